"""From what passes have seen to a verdict. Pure: times are in the readings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum, auto

from .finding import Finding, Reason, Verdict
from .instance import Instance, age
from .reading import Group, Reading
from .sentences import sentence


class _Kind(Enum):
    """What one pass comes to, by itself."""

    ACTIVE = auto()
    FAILED = auto()
    CUT_OFF = auto()
    NO_HUB = auto()
    NEVER_WAS = auto()
    """No hub, no trace of one, and no code that could have made it."""
    QUEUED = auto()
    """Messages, and no instance: a start on its way, or leftovers. The next pass tells."""
    ENDING = auto()
    """An instance ended since the pass before; what it may have started is for the next one."""
    CLEAN = auto()


_COUNTS_NOTHING = (_Kind.FAILED, _Kind.CUT_OFF, _Kind.NO_HUB)


def judge(
    readings: Sequence[Reading], *, settle: float, exclude: Collection[str] = (), had_code: bool, unsettled_accepted: int | None = None
) -> Finding:
    """The verdict after these passes, oldest first; the last one decides, together with equal ones right before it.

    DRAINED takes two clean passes: the second begins `settle` seconds after the first one's end or later, and confirms it
    (`Reading.since`). `had_code` False: nothing was ever deployed that could have made the hub, so that its absence is no mistake.
    `unsettled_accepted`: this many messages, exactly, may stay.
    """
    if not readings:
        raise ValueError("There is no reading to judge.")
    kinds = [_kind(reading, exclude, had_code, unsettled_accepted) for reading in readings]
    last, kind = readings[-1], kinds[-1]
    equal = next((n for n, earlier in enumerate(reversed(kinds)) if earlier is not kind), len(kinds))
    before = [one for one in readings[len(readings) - equal : -1] if kind is not _Kind.CLEAN or _confirms(last, one)]
    stays = any((last.started - one.ended).total_seconds() >= settle for one in before)
    verdict, reason = _verdict(kind, stays)
    counted = [group for group in last.active if group.name not in exclude]
    oldest, hidden = _oldest(counted), sum(group.count for group in last.active if group.name in exclude)
    active = None if kind in _COUNTS_NOTHING else sum(group.count for group in counted)
    return Finding(
        verdict=verdict,
        reason=reason,
        sentence=sentence(reason, last, active=active, oldest=oldest, exclude=exclude, hidden=hidden, settle=settle),
        active=active,
        queued=dict(last.queues),
        oldest=oldest,
        by_orchestrator=_by_orchestrator(last.active),
        entities=list(last.entities),
        entities_total=last.entities_total,
        excluded=tuple(exclude),
        excluded_instances=hidden,
        status=last.status,
        passes=len(readings),
        requests=sum(reading.requests for reading in readings),
        bytes=sum(reading.bytes for reading in readings),
        seconds=sum(reading.seconds for reading in readings),
    )


def _kind(reading: Reading, exclude: Collection[str], had_code: bool, accepted: int | None) -> _Kind:
    if any(group.name not in exclude for group in reading.active):
        return _Kind.ACTIVE  # Seen is seen, even if the rest of the pass failed.
    if reading.failed is not None:
        return _Kind.FAILED
    if not reading.complete:
        return _Kind.CUT_OFF
    if not reading.hub_exists:
        return _Kind.NO_HUB if had_code or reading.traces else _Kind.NEVER_WAS
    if reading.ended_since:
        return _Kind.ENDING
    if reading.messages not in (0, accepted):
        return _Kind.QUEUED
    return _Kind.CLEAN


def _confirms(last: Reading, earlier: Reading) -> bool:
    """Whether the last pass also asked for what was written since the earlier one."""
    return last.since is not None and earlier.service_time is not None and last.since <= earlier.service_time


def _verdict(kind: _Kind, stays: bool) -> tuple[Verdict, Reason]:
    match kind:
        case _Kind.ACTIVE:
            return Verdict.BUSY, Reason.ACTIVE
        case _Kind.FAILED:
            return Verdict.UNKNOWN, Reason.UNREADABLE
        case _Kind.NO_HUB:
            return Verdict.UNKNOWN, Reason.NO_HUB
        case _Kind.NEVER_WAS:
            return Verdict.DRAINED, Reason.NEVER_DEPLOYED
        case _Kind.QUEUED:
            return (Verdict.UNKNOWN, Reason.UNSETTLED) if stays else (Verdict.BUSY, Reason.QUEUED)
        case _Kind.CLEAN if stays:
            return Verdict.DRAINED, Reason.EMPTY
        case _Kind.CUT_OFF | _Kind.ENDING | _Kind.CLEAN:
            return Verdict.UNKNOWN, Reason.DEADLINE


def _oldest(groups: Sequence[Group]) -> Instance | None:
    return min((group.oldest for group in groups), key=age, default=None)


def _by_orchestrator(groups: Sequence[Group]) -> list[tuple[str, str | None, dict[str, int]]]:
    found: dict[tuple[str, str | None], dict[str, int]] = {}
    for group in sorted(groups, key=lambda group: (group.name, group.version or "", group.status)):
        found.setdefault((group.name, group.version), {})[group.status] = group.count
    return [(name, version, statuses) for (name, version), statuses in found.items()]


__all__ = ["judge"]
