"""C#: in-process and isolated apps, functions by method and by class. See the files beside this one for each step."""

from __future__ import annotations

from ....problem import OperationProblem
from ...model import Changes, Files, Index
from .freezing.assembling import Copy, copy, version_folder
from .freezing.telling import notes
from .reading.app import App
from .reading.constants import Constants
from .reading.functions import Declared, declared, problem
from .reading.projects import FOLDER, Project
from .reading.references import References

_SIGNS = (b"FunctionName(", b"[Function(", b"[DurableTask", b"OrchestrationTrigger", b"TaskOrchestrationContext")


class CSharp:
    name = "csharp"

    def recognises(self, files: Files) -> bool:
        return any(
            path.endswith(".csproj") or (path.endswith(".cs") and any(sign in text for sign in _SIGNS)) for path, text in files.items()
        )

    def index(self, files: Files) -> Index:
        """All functions, all references, and what stands in the way of either."""
        app = App(files)
        constants = Constants(app)
        functions, unnamed = declared(app, constants)
        references = References(app, constants, [one.function for one in functions])
        found = [one.reference for source in app.sources.values() for one in references.of(source)]
        return Index(tuple(one.function for one in functions), tuple(found), (*app.problems, *map(problem, unnamed)))

    def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
        """Only what differs from the files as they are. Raises OperationProblem if a copy could not be compiled beside the original."""
        app = App(files)
        constants = Constants(app)
        functions, unnamed = declared(app, constants)
        working = [one for one in (*functions, *unnamed) if app.version(one.source.path) is None]
        wanted = {name.lower() for name in names}
        frozen = [one for one in working if one.function.name.lower() in wanted and one.function.version is None]
        references = References(app, constants, [one.function for one in functions])
        copies = [_checked(app, copy(app, project, references, working, its, version)) for project, its in _by_project(app, frozen)]
        writes = {path: text for one in copies for path, text in one.writes.items() if files.get(path) != text.encode()}
        return Changes(
            dict(sorted(writes.items())),
            (),
            tuple(reference for one in copies for reference in one.unresolved),
            tuple(sentence for one in copies for sentence in notes(app, one, working, frozen, version)),
        )

    def prune(self, files: Files, index: Index, version: str) -> Changes:
        """A C# project needs no registration: the files are all there is."""
        app = App(files)
        folder = f"{FOLDER}/{version_folder(version)}"
        gone = [path for path in files if path.endswith(".cs") and app.project(path).relative(path).startswith(f"{folder}/")]
        namespace = f"{FOLDER}.{version_folder(version)}".encode()
        users = [path for path, text in files.items() if path.endswith(".cs") and path not in gone and _names(text, namespace)]
        told = (f"{path}: speaks of namespace …{namespace.decode()}, which is gone with {version}." for path in users)
        return Changes({}, tuple(gone), (), tuple(told))


def _by_project(app: App, frozen: list[Declared]) -> list[tuple[Project, list[Declared]]]:
    found: dict[str, list[Declared]] = {}
    for one in frozen:
        found.setdefault(app.project(one.source.path).folder, []).append(one)
    return [(app.project(its[0].source.path), its) for _, its in sorted(found.items())]


def _checked(app: App, one: Copy) -> Copy:
    """Nothing is changed if the result would not be C#, or if names of the app stand where the copies' namespaces go."""
    problems = [
        f"{path}:{number}: can't be read as C#, so it can't be copied."
        for path in one.plan.files
        for number in app.sources[path].syntax_errors[:1]
    ]
    problems += [
        f"{path}: type {FOLDER} has the name that the frozen copies' namespace needs. Rename it." for path in _called_versions(app)
    ]
    if problems:
        raise OperationProblem(problems)
    return one


def _called_versions(app: App) -> list[str]:
    return [one.path for one in app.types.get(FOLDER, [])]


def _names(text: bytes, namespace: bytes) -> bool:
    at = text.find(namespace)
    while at >= 0:
        following = text[at + len(namespace) : at + len(namespace) + 1]
        if not (following.isalnum() or following == b"_"):
            return True
        at = text.find(namespace, at + 1)
    return False


__all__ = ["CSharp"]
