"""JavaScript and TypeScript apps, models v3 and v4. See the files beside this one for each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ....problem import OperationProblem
from ...model import Changes, Files, Index
from .freezing.folders import apart, manifest
from .freezing.loading import functions_folder, loading, without_lines
from .freezing.plan import Plan, beside, plan, texts
from .freezing.telling import notes
from .reading.functions import AZURE, DURABLE
from .reading.reading import Reading
from .reading.settings import relaxed


class JavaScript:
    name = "javascript"

    def recognises(self, files: Files) -> bool:
        package = relaxed(files.get("package.json", b""))
        needs = {name for kind in ("dependencies", "devDependencies") if isinstance(found := package.get(kind), dict) for name in found}
        return bool(needs & {AZURE, DURABLE}) or any(_is_folder(files, path) for path in files if path.endswith("/function.json"))

    def index(self, files: Files) -> Index:
        """All functions, all references, and what stands in the way of either."""
        reading = _read(_Same(files))
        found = [one.reference for references in reading.references.values() for one in references]
        problems = (*reading.app.problems, *reading.functions.problems)
        return Index(tuple(one.function for one in reading.functions.all), tuple(found), problems)

    def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
        """Only what differs from the files as they are. Raises OperationProblem if a copy could not be run beside the original."""
        known = _read(_Same(files))
        # What loads the versions is no part of the working copy: with it or without, the same is frozen.
        bare = {path: text.encode() for path, text in without_lines(known.app).items()}
        reading = _read(_Same({**files, **bare})) if bare else known
        wanted = {name.lower() for name in names}
        chosen = [one for one in reading.working if one.function.name.lower() in wanted]
        if not chosen:
            return Changes()
        result = plan(reading, chosen, version)
        copied = (
            _registered(known, reading, result, version) if any(one.source for one in chosen) else _in_folders(reading, result, version)
        )
        _refuse(known, result, copied, version)
        writes = {path: text for path, text in sorted(copied.written.items()) if files.get(path) != text.encode()}
        told = [copied.note] if copied.note else []
        return Changes(writes, (), tuple(result.unresolved), (*told, *notes(reading, result, copied.targets, version)))

    def prune(self, files: Files, index: Index, version: str) -> Changes:
        """The copies, and what loads them."""
        reading = _read(_Same(files))
        app = reading.app
        registered = {one.function.file for one in reading.functions.all if one.function.version == version}
        gone = {path for path in files if app.version(path) == version}
        writes = without_lines(app, version)
        by_hand = [one for one in reading.functions.all if one.function.version == version and one.function.file in registered - gone]
        told = (f"{one.function.file}:{one.function.line}: {one.function.name} is not a copy: take it out by hand." for one in by_hand)
        return Changes(writes, tuple(sorted(gone)), (), tuple(told))


@dataclass(frozen=True)
class _Copied:
    targets: Mapping[str, str]
    """Path -> where its copy lies."""
    written: Mapping[str, str]
    added: frozenset[str]
    """What must not be there before."""
    note: str = ""


def _registered(known: Reading, reading: Reading, result: Plan, version: str) -> _Copied:
    declaring = sorted({one.source.path for one in result.chosen if one.source is not None})
    folder = functions_folder(reading.app, declaring, version)
    targets = beside(result.paths, folder, version)
    how = loading(known.app, folder, result.loaded, targets, version)
    added = frozenset({*targets.values(), *((how.index,) if how.index else ())})
    return _Copied(targets, {**texts(reading, result, targets), **how.writes}, added, how.note)


def _in_folders(reading: Reading, result: Plan, version: str) -> _Copied:
    app = reading.app
    targets = apart(app, result.chosen, result.paths, version)
    written = {targets[path]: app.files[path].decode() for path in targets if path not in result.paths}
    written |= texts(reading, result, targets)
    written |= {targets[one.function.file]: manifest(app, one, targets, version) for one in result.chosen}
    return _Copied(targets, written, frozenset(written))


def _is_folder(files: Files, manifest: str) -> bool:
    """Of a function in JavaScript: Python's folders have a function.json too."""
    named = relaxed(files[manifest]).get("scriptFile")
    folder = manifest.rpartition("/")[0]
    return named.endswith((".js", ".mjs", ".cjs")) if isinstance(named, str) else f"{folder}/index.js" in files


class _Same:
    """Files by their content, to read an app once that is asked about several times."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._key = tuple(files.items())

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._key == other._key


@lru_cache(maxsize=4)
def _read(same: _Same) -> Reading:
    return Reading(same.files)


def _refuse(reading: Reading, result: Plan, copied: _Copied, version: str) -> None:
    """Nothing is changed if a copy could not be loaded, or if something else lies where it would go."""
    problems = list(result.problems)
    problems += [one for one in reading.app.problems if one.partition(":")[0] in result.paths]
    ours = any(reading.app.version(one.function.file) == version for one in reading.functions.all)
    if not ours:
        taken = [path for path in sorted(copied.added) if path in reading.app.files]
        problems += [f"{path}: lies where the frozen copies go. Give it another name." for path in taken]
    if problems:
        raise OperationProblem(problems)


__all__ = ["JavaScript"]
