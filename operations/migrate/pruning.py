"""Which frozen versions may go, and what that changes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..problem import OperationProblem
from .lock import Lock
from .model import Files, Kind, Language
from .names import split


@dataclass(frozen=True)
class Needed:
    """What the deployed app says of its versions, in all of its slots."""

    running: Mapping[str, int] = field(default_factory=dict)
    """Orchestrator -> how many of its instances are active. Names as clients wrote them."""
    started: frozenset[str] = frozenset()
    """Versions that clients are told."""


@dataclass(frozen=True)
class Prune:
    gone: tuple[str, ...]
    stays: Mapping[str, str]
    """Version -> why."""
    writes: Mapping[str, bytes] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    lock: Lock = field(default_factory=Lock)
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"gone": list(self.gone), "stays": dict(self.stays), "notes": list(self.notes)}


def decide_prune(lock: Lock, needed: Needed, keep: int) -> tuple[tuple[str, ...], dict[str, str]]:
    """The versions that may go, and why each of the others stays. `keep`: so many of the newest stay whatever they do."""
    active = _active(lock, needed.running)
    started = {_normal(version) for version in needed.started}
    newest = lock.labels[len(lock.labels) - keep :] if keep else []
    stays: dict[str, str] = {}
    for label in lock.labels:
        if count := active.get(label, 0):
            stays[label] = "1 instance of it is active" if count == 1 else f"{count} instances of it are active"
        elif label in started:
            stays[label] = "clients start it"
        elif label in newest:
            stays[label] = "it is the newest" if keep == 1 else f"it is one of the newest {keep}"
    return tuple(label for label in lock.labels if label not in stays), stays


def plan_prune(files: Files, lock: Lock, language: Language, gone: Sequence[str], stays: Mapping[str, str]) -> Prune:
    """Raises OperationProblem if what stays refers to what would go."""
    lock.refuse_other_language(language.name)
    now, notes = dict(files), list[str]()
    for label in gone:
        changes = language.prune(now, language.index(now), label)
        now = {path: content for path, content in now.items() if path not in changes.deletes}
        now = dict(sorted({**now, **{path: text.encode() for path, text in changes.writes.items()}}.items()))
        notes += [*changes.notes, *_own_state(lock, label), *_strangers(lock, label, changes.deletes)]
    left = lock
    for label in gone:
        left = left.without(label)
    if gone:
        _refuse_loose_ends(language, files, now, gone)
    writes = {path: content for path, content in now.items() if files.get(path) != content}
    return Prune(tuple(gone), stays, writes, tuple(path for path in files if path not in now), left, tuple(notes))


def _active(lock: Lock, running: Mapping[str, int]) -> dict[str, int]:
    """By version. Functions compares names without regard to case, and Durable keeps them as the client wrote them."""
    known = {name.lower(): label for label in lock.labels for name in lock.versions[label].functions}
    active: dict[str, int] = {}
    for name, count in running.items():
        label = known.get(name.lower()) or split(name.lower())[1]
        if label is not None:
            active[label] = active.get(label, 0) + count
    return active


def _normal(version: str) -> str:
    """Clients may be told the suffix (`v1_2`) as well as the label."""
    return version.strip().lower().replace("_", ".")


def _own_state(lock: Lock, label: str) -> Iterator[str]:
    entities = sorted(name for name, facts in lock.versions[label].functions.items() if facts.get("kind") == Kind.ENTITY)
    if entities:
        yield f"{label} has entities of its own ({', '.join(entities)}). Their state stays in the task hub, and no code reads it any more."


def _strangers(lock: Lock, label: str, deletes: Sequence[str]) -> Iterator[str]:
    frozen = {path for one in lock.versions.values() for path in one.files}
    if others := [path for path in deletes if path not in frozen]:
        yield f"Goes with {label}, though it was not frozen with it: {', '.join(others)}."


def _refuse_loose_ends(language: Language, files: Files, now: Files, gone: Sequence[str]) -> None:
    index = language.index(now)
    names = {one.name.lower() for one in index.functions}
    before = {one.name.lower() for one in language.index(files).functions}
    loose = [one for one in index.references if one.to is not None and one.to.lower() in before - names]
    if loose or index.problems:
        raise OperationProblem(
            [
                *(
                    f"{one.file}:{one.line}: {one.form} names {one.to}, which goes with {', '.join(gone)}. Change that first; nothing was removed."
                    for one in loose
                ),
                *index.problems,
            ]
        )


__all__ = ["Needed", "Prune", "decide_prune", "plan_prune"]
