"""Which old versions the code may lose now. Pure.

Orchestration versioning: the branches below the oldest version that anything still needs. Name-based: the versions that nothing runs and no
client starts. Needed is what is active in any slot's hub, what clients are told in any slot, and what production's code gives a start
that names no version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from ..live import Live
from .containing import Contents
from .counting import Active
from .naming import split
from .ordering import compare, system_version


@dataclass(frozen=True)
class Answer:
    orchestrator: str
    """Empty: of the whole app."""
    deletable: tuple[str, ...]
    """Versions by name, oldest first; with orchestration versioning none, see `below`."""
    below: str | None
    """Branches for versions below this one may go. None: of no use, or nothing may go."""
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return {"orchestrator": self.orchestrator, "deletable": list(self.deletable), "below": self.below, "sentence": self.sentence}


def started_versions(live: Live, setting: str, ramp: str | None) -> frozenset[str]:
    """What clients are told to start, in any slot: the setting, its overrides by orchestrator (`<setting>_<Name>`), a ramp."""
    prefix = f"{setting.lower()}_"
    told = {
        value
        for slot in live.slots.values()
        if slot.package is not None
        for name, value in slot.settings.items()
        if value and (name.lower() == setting.lower() or name.lower().startswith(prefix))
    }
    return frozenset(told | ({ramp} if ramp else set()))


def floors(active: Sequence[Active], production: Contents, started: frozenset[str]) -> list[Answer]:
    """Orchestration versioning: one answer for each orchestrator of which something is active, and one for all others."""
    by_name: dict[str, list[Active]] = {}
    for one in active:
        by_name.setdefault(one.name, []).append(one)
    always = started | ({production.newest} if production.newest else set())
    return [*(_floor(name, found, always) for name, found in sorted(by_name.items())), _others(bool(by_name), always)]


def unused(active: Sequence[Active], production: Contents, started: frozenset[str]) -> Answer:
    """Name-based: the versions in production's code of which nothing runs and which no client starts. The newest always stays."""
    running = {version for one in active if (version := split(one.name)[1]) is not None}
    free = tuple(version for version in production.versions[:-1] if version not in running | started)
    if not production.versions:
        return Answer("", (), None, f"{production.label} does not say which versions it has, so none can be named.")
    if free:
        listed = ", ".join(free)
        return Answer("", free, None, f"{listed} can go: nothing of them runs, and no client starts them. `migrate prune` takes them out.")
    return Answer("", (), None, "Every version in production's code still runs, or is what clients start: none can go.")


def mixed_forms(versions: Iterable[str | None]) -> bool:
    """Whether some compare as numbers and some as text: then "oldest" depends on which two are compared."""
    return len({system_version(version) is None for version in versions if version}) > 1


def _floor(name: str, found: Sequence[Active], always: frozenset[str] | set[str]) -> Answer:
    versions = [one.version for one in found]
    if None in versions:
        count = sum(one.count for one in found if one.version is None)
        some = "1 instance without a version is" if count == 1 else f"{count} instances without a version are"
        return Answer(name, (), None, f"{name}: nothing can go. {some} active, older than every version.")
    if mixed_forms([*versions, *always]):
        shown = ", ".join(sorted({version for version in versions if version} | set(always)))
        return Answer(name, (), None, f"{name}: nothing can be named. Versions of different forms ({shown}) have no one order in Durable.")
    oldest = min((version for version in (*versions, *always) if version), key=cmp_to_key(compare))
    count = sum(one.count for one in found if one.version == oldest)
    why = f"{count} of {oldest} {'is' if count == 1 else 'are'} active" if count else f"clients still start {oldest}"
    return Answer(name, (), oldest, f"{name}: branches for versions below {oldest} can go; {why}.")


def _others(some: bool, always: frozenset[str] | set[str]) -> Answer:
    who = "All other orchestrators" if some else "All orchestrators"
    if not always:
        return Answer("", (), None, f"{who}: nothing is active, and no version is known that clients start.")
    if mixed_forms(always):
        shown = ", ".join(sorted(always))
        return Answer("", (), None, f"{who}: nothing can be named. Versions of different forms ({shown}) have no one order in Durable.")
    oldest = min(always, key=cmp_to_key(compare))
    return Answer("", (), oldest, f"{who}: nothing is active; branches for versions below {oldest}, which clients start, can go.")


def as_rows(active: Sequence[Active]) -> Mapping[tuple[str, str | None], list[Active]]:
    """By orchestrator and version, over all slots."""
    rows: dict[tuple[str, str | None], list[Active]] = {}
    for one in active:
        rows.setdefault((one.name, one.version), []).append(one)
    return rows


__all__ = ["Answer", "as_rows", "floors", "started_versions", "unused"]
