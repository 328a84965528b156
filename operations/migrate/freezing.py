"""What freezing a version changes: decided before anything is written, and looked at once more as if it were. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..problem import OperationProblem
from .lock import Frozen, Lock, changed_files, digest
from .model import Changes, Files, Function, Index, Kind, Language, Reference
from .names import is_label, order, versioned

_ALWAYS = (Kind.ORCHESTRATOR, Kind.ACTIVITY)


@dataclass(frozen=True)
class Choice:
    """Which functions are frozen. Left out: all orchestrators and activities of the working copy."""

    only: frozenset[str] = frozenset()
    entities: bool = False
    clients: bool = False


@dataclass(frozen=True)
class Plan:
    version: str
    writes: Mapping[str, bytes] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    lock: Lock = field(default_factory=Lock)
    frozen: tuple[Function, ...] = ()
    """As they are called afterwards."""
    left_out: tuple[Function, ...] = ()
    """Functions of the working copy that stay as they are, on purpose."""
    by_hand: tuple[Function, ...] = ()
    """Functions that are named like versions, and that no lock file knows."""
    unresolved: tuple[Reference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """It was frozen before, and is as it was."""
        return not self.writes and not self.deletes

    def as_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "frozen": [one.name for one in self.frozen],
            "left_out": {one.name: one.kind.value for one in self.left_out if one.kind is not Kind.OTHER},
            "by_hand": [one.name for one in self.by_hand],
            "unresolved": [{"place": f"{one.file}:{one.line}", "form": one.form, "text": one.text} for one in self.unresolved],
            "notes": list(self.notes),
        }


def plan_freeze(files: Files, lock: Lock, language: Language, version: str, choice: Choice) -> Plan:
    """Raises OperationProblem with everything that is in the way; then nothing may be written."""
    if not is_label(version):
        raise OperationProblem(f"{version}: is no version. Write it like v1, v10 or v1.2.")
    lock.refuse_other_language(language.name)
    index = language.index(files)
    if index.problems:
        raise OperationProblem(index.problems)
    again = version in lock.versions
    if again and (changed := changed_files(lock.versions[version], files)):
        raise OperationProblem([_changed(version, path, how) for path, how in changed])
    if not again and lock.versions and order(version) <= order(lock.labels[-1]):
        raise OperationProblem(
            f"{version}: {lock.labels[-1]} is frozen already, and versions go up. Take one that is newer, such as {_next(lock.labels[-1])}."
        )
    names = _again(lock.versions[version], version, index, choice) if again else _chosen(index, choice)
    _refuse_clashes(index, names, version, again)
    changes = language.freeze(files, index, version, names)
    writes = {path: text.encode() for path, text in changes.writes.items() if files.get(path) != text.encode()}
    if again:
        _refuse_other_content(version, lock.versions[version], writes)
    return _checked(files, lock, language, version, index, names, changes, writes)


def _checked(
    files: Files,
    lock: Lock,
    language: Language,
    version: str,
    before: Index,
    names: frozenset[str],
    changes: Changes,
    writes: Mapping[str, bytes],
) -> Plan:
    """The result is read again: whatever is missing in it is a fault of this program, and must not reach anybody's files."""
    after = dict(files) | dict(writes)
    for path in changes.deletes:
        after.pop(path, None)
    index = language.index(dict(sorted(after.items())))
    by_name = {one.name.lower(): one for one in index.functions}
    wanted = {versioned(name, version): name for name in names}
    missing = sorted(name for name in wanted if name.lower() not in by_name)
    if index.problems or missing:
        found = [*index.problems, *(f"{name} is not in the result" for name in missing)]
        raise OperationProblem([f"{version} could not be frozen, and nothing was changed. This is a fault of the migration:", *found])
    frozen = tuple(by_name[name.lower()] for name in sorted(wanted))
    known = lock.versions.get(version)
    functions = {one.name: {"kind": one.kind.value, "of": wanted.get(one.name, one.base)} for one in frozen}
    made = {path: digest(content) for path, content in writes.items() if path not in files}
    entry = known if known is not None else Frozen(functions, made)
    left = tuple(one for one in before.functions if one.version is None and one.name not in names)
    strangers = tuple(one for one in before.functions if one.version is not None and one.version not in lock.versions)
    locked = lock.with_version(version, entry, language.name)
    return Plan(version, writes, changes.deletes, locked, frozen, left, strangers, changes.unresolved, changes.notes)


def _chosen(index: Index, choice: Choice) -> frozenset[str]:
    working = {one.name: one for one in index.functions if one.version is None}
    if choice.only:
        lower = {name.lower(): name for name in working}
        if unknown := sorted(name for name in choice.only if name.lower() not in lower):
            raise OperationProblem([_unknown(name, working) for name in unknown])
        return frozenset(lower[name.lower()] for name in choice.only)
    kinds = (*_ALWAYS, *((Kind.ENTITY,) if choice.entities else ()), *((Kind.CLIENT,) if choice.clients else ()))
    names = frozenset(name for name, one in working.items() if one.kind in kinds)
    if not names:
        raise OperationProblem("The working copy has no orchestrators and no activities, so there is nothing to freeze.")
    return names


def _again(frozen: Frozen, version: str, index: Index, choice: Choice) -> frozenset[str]:
    """What it has. What has come to the working copy since can only be frozen with the next one."""
    names = frozenset(facts["of"] for facts in frozen.functions.values())
    new = sorted(_chosen(index, choice) - names) if choice.only else []
    if new:
        raise OperationProblem(
            f"{version} is frozen without {', '.join(new)}. A frozen version never changes. Freeze the next one, such as {_next(version)}."
        )
    return names


def _refuse_clashes(index: Index, names: frozenset[str], version: str, again: bool) -> None:
    """Functions compares names without regard to case."""
    if again:
        return
    taken = {one.name.lower(): one for one in index.functions}
    clashes = [taken[new.lower()] for new in (versioned(name, version) for name in sorted(names)) if new.lower() in taken]
    if clashes:
        raise OperationProblem(
            [
                f"{one.file}:{one.line}: a function {one.name} is there already, and is in no lock file. Rename it, or freeze another version."
                for one in clashes
            ]
        )


def _refuse_other_content(version: str, frozen: Frozen, writes: Mapping[str, bytes]) -> None:
    others = sorted(path for path in writes if path in frozen.files or path.startswith(_folders(frozen)))
    if others:
        raise OperationProblem(
            f"{version} is frozen, and the working copy is another by now ({', '.join(others[:3])}{', …' if len(others) > 3 else ''} would change). "
            f"A frozen version never changes: its instances replay its code. Freeze the next one, such as {_next(version)}."
        )


def _folders(frozen: Frozen) -> tuple[str, ...]:
    """Of its files, where they are not the app's own."""
    return tuple(sorted({f"{path.rpartition('/')[0]}/" for path in frozen.files if "/" in path}))


def _changed(version: str, path: str, how: str) -> str:
    was = "is missing" if how == "missing" else "has changed"
    return f"{path}: {was} since {version} was frozen, and instances of {version} replay that code. Take the committed file back."


def _unknown(name: str, working: Mapping[str, Function]) -> str:
    close = difflib.get_close_matches(name, working, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"--only {name}: the working copy has no such function.{meant} There are: {', '.join(sorted(working))}."


def _next(label: str) -> str:
    parts = label[1:].split(".")
    return "v" + ".".join([*parts[:-1], str(int(parts[-1]) + 1)])


__all__ = ["Choice", "Plan", "plan_freeze"]
