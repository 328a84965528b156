"""Python, v2 model: functions by decorators. See the files beside this one for each step."""

from __future__ import annotations

from ....problem import OperationProblem
from ...model import Changes, Files, Index
from ...names import suffix, versioned
from .freezing.copying import copy
from .freezing.layout import InPackage
from .freezing.package import clashes, is_ours, package_files
from .freezing.plan import plan
from .freezing.registering import registered, unregistered
from .freezing.telling import notes
from .reading.app import ENTRY, FOLDER, App
from .reading.functions import Declared, declared, of_working_copy
from .reading.memory import collecting_nothing
from .reading.references import References


class Python:
    name = "python"

    def recognises(self, files: Files) -> bool:
        return ENTRY in files

    @collecting_nothing()
    def index(self, files: Files) -> Index:
        """What the worker would find, and what in the app's modules refers to it."""
        app = App(files, (ENTRY,))
        functions, problems = declared(app)
        functions = [one for one in functions if one.registered]
        found = References(app, functions).all()
        return Index(
            tuple(one.function for one in functions),
            tuple(reference for one in found for reference in one.references),
            (*app.problems, *problems),
        )

    @collecting_nothing()
    def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
        """Only what differs from the files as they are. Raises OperationProblem if a copy could not be run beside the original."""
        app = App(files, (ENTRY,))
        functions, problems = declared(app)
        working = of_working_copy(app, functions)
        wanted = {name.lower() for name in names}
        chosen = [one for one in working if one.registered and one.function.name.lower() in wanted and one.function.version is None]
        _check([*app.problems, *problems, *clashes(files, version), *_taken(functions, chosen, version)])
        references = References(app, [one for one in functions if one.registered]).all()
        layout = InPackage(version)
        named = [leaf for one in chosen for leaf in (one.leaf, one.durable) if leaf is not None]
        copied = copy(app, plan(app, working, chosen, references, layout), chosen, named, references, layout)
        texts = {layout.path(path): text for path, text in copied.texts.items()}
        texts |= package_files(version, sorted({one.source.path for one in chosen}))
        texts[ENTRY] = registered(app, ENTRY, version)
        writes = {path: text for path, text in sorted(texts.items()) if files.get(path) != text.encode()} if chosen else {}
        return Changes(writes, (), tuple(copied.unresolved), tuple(notes(app, copied, working, chosen, version)))

    def prune(self, files: Files, index: Index, version: str) -> Changes:
        """Its package, its registration, and with the last of the versions the package of them all."""
        folder = f"{FOLDER}/{suffix(version)}/"
        gone = [path for path in files if path.startswith(folder) and path.endswith(".py")]
        left = [path for path in files if path.startswith(f"{FOLDER}/") and path not in gone]
        init = f"{FOLDER}/__init__.py"
        if gone and left == [init] and is_ours(files[init]):
            gone.append(init)
        entry = App(files, (ENTRY,)).sources.get(ENTRY)
        text = unregistered(entry, version) if entry is not None else None
        writes = {ENTRY: text} if text is not None and files[ENTRY] != text.encode() else {}
        module = f"{FOLDER}.{suffix(version)}"
        users = [path for path, one in files.items() if path not in (*gone, ENTRY) and path.endswith(".py") and _speaks_of(one, module)]
        return Changes(writes, tuple(sorted(gone)), (), tuple(f"{path}: speaks of {module}, which is gone." for path in users))


def _check(problems: list[str]) -> None:
    if problems:
        raise OperationProblem(problems)


def _taken(functions: list[Declared], chosen: list[Declared], version: str) -> list[str]:
    own = f"{FOLDER}/{suffix(version)}/"
    others = {one.function.name.lower(): one.function for one in functions if one.registered and not one.function.file.startswith(own)}
    names = {versioned(one.function.name, version) for one in chosen}
    return [
        f"{other.file}:{other.line}: {other.name} is there already, so no copy can have that name. Rename it, or freeze another version."
        for name in sorted(names)
        if (other := others.get(name.lower())) is not None
    ]


def _speaks_of(text: bytes, module: str) -> bool:
    at = text.find(module.encode())
    while at >= 0:
        following = text[at + len(module) : at + len(module) + 1]
        if not (following.isalnum() or following == b"_"):
            return True
        at = text.find(module.encode(), at + 1)
    return False


__all__ = ["Python"]
