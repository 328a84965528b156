"""Python, v1 model: a folder with a function.json for each function. What its modules say is read as for the v2 model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from ....problem import OperationProblem
from ...model import Changes, Files, Function, Index
from ...names import suffix, versioned
from ..python.freezing.copying import copy
from ..python.freezing.package import is_ours, own_package
from ..python.freezing.plan import Plan, needed
from ..python.freezing.telling import entities, of_copies
from ..python.reading.app import ENTRY, FOLDER, App
from ..python.reading.memory import collecting_nothing
from ..python.reading.references import References
from .folders import MANIFEST, Folder, folders
from .layout import Beside, version_at
from .manifest import frozen

_OWN = ("orchestrationtrigger", "activitytrigger", "entitytrigger")


class PythonV1:
    name = "python-v1"

    def recognises(self, files: Files) -> bool:
        """The worker takes a function_app.py for the v2 model, whatever lies beside it."""
        return ENTRY not in files and bool(folders(files)[0])

    @collecting_nothing()
    def index(self, files: Files) -> Index:
        found, problems = folders(files)
        app = _app(files, found)
        references = tuple(reference for one in References(app, found).all() for reference in one.references)
        return Index(tuple(one.function for one in found), references, (*problems, *app.problems))

    @collecting_nothing()
    def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
        """Only what differs from the files as they are. Raises OperationProblem if a copy could not be run beside the original."""
        found, problems = folders(files)
        app = _app(files, found)
        wanted = {name.lower() for name in names}
        chosen = [one for one in found if one.name.lower() in wanted and one.function.version is None]
        layout = Beside(version, frozenset(one.name for one in chosen))
        problems = [*problems, *app.problems, *_clashes(files, chosen, version)]
        if problems:
            raise OperationProblem(problems)
        own = [path for one in chosen for path in files if path.startswith(f"{one.name}/")]
        plan = Plan()
        plan.paths = needed(app, [*(path for path in own if path.endswith(".py")), *(one.script for one in chosen)], plan)
        copied = copy(app, plan, chosen, (), References(app, found).all(), layout)
        texts = {layout.path(path): text for path, text in copied.texts.items()}
        if any(path.startswith(f"{FOLDER}/") for path in texts):
            texts |= own_package(version)
        texts |= {layout.path(one.path): frozen(files[one.path].decode(), one, layout) for one in chosen}
        others, notes = _others(files, [path for path in own if not path.endswith((".py", f"/{MANIFEST}"))])
        texts |= {layout.path(path): text for path, text in others.items()}
        writes = {path: text for path, text in sorted(texts.items()) if files.get(path) != text.encode()}
        declaring = {path for path in plan.paths if path in own}
        told = [*of_copies(app, copied, declaring, version), *notes, *_told([one.function for one in found], chosen, version)]
        return Changes(writes, (), tuple(copied.unresolved), tuple(told))

    def prune(self, files: Files, index: Index, version: str) -> Changes:
        """The functions' folders and what they share; with the last of the versions the package of them all."""
        tops = frozenset(one.name for one in folders(files)[0])
        gone = [path for path in files if version_at(path, tops) == version]
        left = [path for path in files if path.startswith(f"{FOLDER}/") and path not in gone]
        if gone and left == [f"{FOLDER}/__init__.py"] and is_ours(files[left[0]]):
            gone += left
        return Changes({}, tuple(sorted(gone)))


def _app(files: Files, found: list[Folder]) -> App:
    tops = frozenset(one.name for one in found)
    own = [path for path in files if path.endswith(".py") and path.partition("/")[0] in tops]
    return App(files, tuple(dict.fromkeys([*own, *(one.script for one in found)])), partial(version_at, folders=tops))


def _clashes(files: Files, chosen: Iterable[Folder], version: str) -> list[str]:
    """A folder of that name that is no copy of the function, by its own script and bindings; modules where the shared copies go."""
    found = [path for path in (f"{FOLDER}.py",) if path in files]
    init = f"{FOLDER}/__init__.py"
    found += [init] if init in files and not is_ours(files[init]) else []
    found += [path for one in chosen if (path := f"{versioned(one.name, version)}.py") in files]
    found += [
        path
        for path in files
        if path.startswith(f"{FOLDER}/") and path.endswith(".py") and path != init and version_at(path, frozenset()) is None
    ]
    return [f"{path}: lies where the frozen copies go. Give it another name." for path in found]


def _others(files: Files, paths: Iterable[str]) -> tuple[Mapping[str, str], list[str]]:
    texts: dict[str, str] = {}
    notes: list[str] = []
    for path in paths:
        try:
            texts[path] = files[path].decode()
        except UnicodeDecodeError:
            notes.append(f"{path}: is no text, and was not copied.")
    return texts, notes


def _told(functions: list[Function], chosen: list[Folder], version: str) -> Iterable[str]:
    yield from entities([one for one in functions if one.version is None], [one.function for one in chosen], version)
    for one in chosen:
        for binding in one.bindings:
            kind, new = str(binding.get("type", "")), f"{one.name}_{suffix(version)}"
            if kind.lower() == "httptrigger":
                if (route := binding.get("route")) is not None:
                    yield f"{one.path}:1: {new} has the same route as {one.name}, {route}: only one of them can answer. Give one of them another."
            elif kind.lower().endswith("trigger") and kind.lower() not in _OWN:
                yield f"{one.path}:1: {new} has the same {kind} as {one.name}: both answer to it."


__all__ = ["PythonV1"]
