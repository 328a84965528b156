"""What a step's outcome comes to in the line's row: pure, so that what was done and what is remembered can't contradict each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..lines import LineRow, State
from ..versions import Version
from .actions import Action, Delist, Deploy, Enlist, Probe, Purge
from .making import ended, fresh

FIRST_PAUSE = timedelta(seconds=15)
"""After the first failed try; twice as long after each further one."""
FIRST_LOOK = timedelta(seconds=5)
"""The same for an app that does not answer yet, or does not take its package up: starting takes it seconds, and people wait."""
LONGEST_PAUSE = timedelta(minutes=15)
LONGEST_WISH = timedelta(hours=1)
"""Of a Retry-After; whatever Azure says, a line is looked at again by then."""
PURGED_EVERY = timedelta(days=1)
PURGE_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Made:
    host_name: str


@dataclass(frozen=True)
class Deployed:
    pass


@dataclass(frozen=True)
class Answered:
    answering: bool | None
    """None: could not be found out."""
    version: Version | None
    detail: str
    host_name: str = ""


@dataclass(frozen=True)
class Removed:
    pass


@dataclass(frozen=True)
class Held:
    pass


@dataclass(frozen=True)
class Released:
    pass


@dataclass(frozen=True)
class Enlisted:
    pass


@dataclass(frozen=True)
class NotEnlisted:
    why: str
    """A sentence: there is no room for it, or its key has a character that can't be in the list. The list was written without it."""


@dataclass(frozen=True)
class Delisted:
    pass


@dataclass(frozen=True)
class Purged:
    pass


@dataclass(frozen=True)
class Failed:
    error: str
    """A sentence without secrets."""
    retry_after: float | None = None
    """Seconds that Azure asks for: throttling, which is no failed try."""
    not_ours: bool = False
    """The resource belongs to somebody else."""


Outcome = Made | Deployed | Answered | Removed | Held | Released | Enlisted | NotEnlisted | Delisted | Purged | Failed


def settle(row: LineRow, action: Action, outcome: Outcome, now: datetime) -> LineRow:
    """The row to store, from the one that was read after the step. The same row: nothing is to be stored."""
    match outcome:
        case Failed():
            return _failed(row, action, outcome, now)
        case Answered():
            return _answered(row, action, outcome, now)
        case Made(host_name):
            return replace(row, host_name=host_name or row.host_name)
        case Held():
            return replace(row, held=True, **fresh())
        case Released():
            return replace(row, held=False, **fresh())
        case Enlisted():
            return replace(row, gateway_error="")
        case NotEnlisted(why):
            return replace(row, listed=False, delisted_at=now, gateway_error=why)
        case Delisted():
            return replace(row, listed=False, delisted_at=now, gateway_error="")
        case Purged():
            return replace(row, purged_at=now)
        case Removed():
            return _removed(row, now)
        case Deployed():
            return row


def _failed(row: LineRow, action: Action, outcome: Failed, now: datetime) -> LineRow:
    if isinstance(action, (Enlist, Delist)):
        return replace(row, gateway_error=outcome.error)  # Tried in each pass; no step on its app has failed.
    if isinstance(action, Purge):
        return replace(row, purged_at=now - PURGED_EVERY + PURGE_AGAIN)  # History that stays an hour longer is no reason to stop anything.
    if outcome.not_ours and row.state is State.PROVISIONING:
        return replace(row.moved(State.FAILED, now, outcome.error), error=outcome.error)
    if outcome.retry_after is not None:
        wish = min(max(timedelta(seconds=outcome.retry_after), timedelta(seconds=1)), LONGEST_WISH)
        return replace(row, error=outcome.error, retry_at=now + wish)
    return _tried(row, outcome.error, FIRST_LOOK if isinstance(action, Deploy) else FIRST_PAUSE, now)


def _answered(row: LineRow, action: Action, outcome: Answered, now: datetime) -> LineRow:
    if not outcome.answering:
        if outcome.answering is False and isinstance(action, Probe) and action.or_make_again and row.state is State.ACTIVE:
            return replace(row.moved(State.PROVISIONING, now, f"its app is gone ({outcome.detail}); it is made again"), **fresh())
        return _tried(row, outcome.detail, FIRST_LOOK, now)
    wanted = row.wanted if row.state in (State.PROVISIONING, State.ACTIVE) else row.deployed or row.wanted
    if outcome.version is None or outcome.version != wanted:
        if isinstance(action, Probe) and action.or_make_again:
            return row
        return _tried(row, f"it answers with {outcome.version or 'no version'}, and {wanted} is wanted", FIRST_LOOK, now)
    well = replace(row, deployed=outcome.version, host_name=outcome.host_name or row.host_name, **fresh())
    if row.state is State.PROVISIONING:
        return replace(
            well.moved(State.ACTIVE, now, f"its app answers with {outcome.version}"), held=False, clean_since=None, last_start=None
        )
    return well


def _removed(row: LineRow, now: datetime) -> LineRow:
    if not row.removing:
        return row  # Somebody has begun it anew since.
    over = row if row.state is State.RETIRED else row.moved(State.RETIRED, now, f"its app is removed: {row.reason}")
    return replace(over, **ended())


def _tried(row: LineRow, error: str, first: timedelta, now: datetime) -> LineRow:
    pause = min(first * 2 ** min(row.attempts, 16), LONGEST_PAUSE)
    return replace(row, attempts=row.attempts + 1, retry_at=now + pause, error=error)


__all__ = [
    "Answered",
    "Delisted",
    "Deployed",
    "Enlisted",
    "Failed",
    "Held",
    "Made",
    "NotEnlisted",
    "Outcome",
    "Purged",
    "Released",
    "Removed",
    "settle",
]
