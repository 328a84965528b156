"""Whether a code has what runs on a task hub. Pure: from what the code says of itself in its slot's settings, and from what was counted.

Orchestration versioning: a code has its own version and all before it (`CurrentOrOlder`), its own alone (`Strict`), or every one (`None`); an
instance without a version is older than all. Source: durabletask VersioningSettings.cs; Microsoft docs "Orchestration versioning".
Name-based: a version is a function of its own, so the function's name decides.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..live import LiveSlot
from ..live.settings import FUNCTIONS, STRATEGIES
from .naming import split
from .ordering import compare

Running = tuple[str, str | None, Mapping[str, int]]
"""Orchestrator, version, and how many active instances have which status: an entry of `Finding.by_orchestrator`."""


@dataclass(frozen=True)
class Contents:
    """What a code says of itself."""

    label: str
    by_name: bool
    versions: tuple[str, ...] = ()
    """Oldest first. With orchestration versioning the code's own one. None: it does not say."""
    match: str = "CurrentOrOlder"
    """versionMatchStrategy of its host.json."""
    orchestrators: frozenset[str] | None = None
    """In lower case, since Durable compares names without regard to case. None: it does not say."""

    @property
    def newest(self) -> str | None:
        return self.versions[-1] if self.versions else None


@dataclass(frozen=True)
class Orphans:
    """Active instances that a code would leave without code."""

    name: str
    version: str | None
    count: int
    certain: bool
    """False: the code does not say enough to be sure of it."""

    def __str__(self) -> str:
        version = f" of version {self.version}" if self.version else ""
        return f"{self.count} {'instance' if self.count == 1 else 'instances'} of {self.name}{version}"


def contents_of(slot: LiveSlot, *, by_name: bool) -> Contents:
    match = slot.settings.get(STRATEGIES, "").partition(",")[0] or "CurrentOrOlder"
    return Contents(slot.label, by_name, slot.contains, match, _orchestrators(slot.settings.get(FUNCTIONS)))


def orphans(code: Contents, running: Iterable[Running]) -> list[Orphans]:
    """What of `running` the code does not have, and what it can't be told of."""
    found = []
    for name, version, statuses in running:
        has = _has(code, name, version)
        if has is not True and (count := sum(statuses.values())):
            found.append(Orphans(name, version, count, has is False))
    return found


def has_version(code: Contents, version: str) -> bool | None:
    """Whether clients may be told to start it. None: the code does not say which versions it has."""
    if not code.versions:
        return None
    if code.by_name:
        return version in code.versions
    return _runs(code, version)


def orphan_sentences(code: Contents, found: Sequence[Orphans], slot: str) -> list[str]:
    """Why a code must not get the hub that runs these; none if nothing speaks against it."""
    lost = [one for one in found if one.certain]
    unsure = [one for one in found if not one.certain]
    sentences = []
    if lost:
        sentences.append(
            f"{code.label} does not have what still runs on the task hub of {slot}: {_listed(lost)}. Nobody would go on with them. "
            "Wait until they have ended, or release a version that still has them."
        )
    if unsure:
        sentences.append(
            f"{code.label} does not say which versions it has, so whether it can go on with {_listed(unsure)} isn't known. "
            "Deploy it with the component, which writes that down."
        )
    return sentences


def _has(code: Contents, name: str, version: str | None) -> bool | None:
    if code.by_name:
        return _has_name(code, name)
    if code.orchestrators is not None and name.lower() not in code.orchestrators:
        return False
    return _runs(code, version) if code.versions else None


def _has_name(code: Contents, name: str) -> bool | None:
    if code.orchestrators is not None:
        return name.lower() in code.orchestrators
    _, version = split(name)
    return version in code.versions if version is not None and code.versions else None


def _runs(code: Contents, version: str | None) -> bool:
    own = code.versions[-1]
    match code.match:
        case "None":
            return True
        case "Strict":
            return compare(version or "", own) == 0
        case _:
            return compare(version or "", own) <= 0


def _listed(found: Sequence[Orphans]) -> str:
    shown = ", ".join(str(one) for one in found[:5])
    return shown if len(found) <= 5 else f"{shown} and {len(found) - 5} more kinds"


def _orchestrators(record: str | None) -> frozenset[str] | None:
    """From DURABLE_DEPLOY_FUNCTIONS: JSON, deflated, in base64; its key `o` names the orchestrators. A broken record says nothing."""
    if not record:
        return None
    try:
        names = json.loads(zlib.decompress(base64.b64decode(record, validate=True)))["o"]
        return frozenset(str(name).lower() for name in names)
    except (ValueError, KeyError, TypeError, zlib.error):
        return None


__all__ = ["Contents", "Orphans", "Running", "contents_of", "has_version", "orphan_sentences", "orphans"]
