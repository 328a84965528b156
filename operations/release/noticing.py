"""How the last release ended, and what others did since: told first, and then gone on from, never fought."""

from __future__ import annotations

from datetime import datetime

from .record import Outcome
from .world import World


def notices_of(world: World) -> tuple[str, ...]:
    """Sentences; none if the last release ended well and nobody did anything since."""
    return (*_unfinished(world), *world.notices)


def _unfinished(world: World) -> tuple[str, ...]:
    record = world.record
    if record is None or record.outcome is Outcome.DONE:
        return ()
    if record.outcome is Outcome.ROLLED_BACK:
        when = "" if record.ended is None else f" at {shown(record.ended)}"
        return (f"The last release of {record.version_to} was rolled back{when}.",) if record.version_to == world.wanted else ()
    step = record.unfinished
    how = "was stopped" if record.outcome is Outcome.STOPPED else "was killed"
    where = "" if step is None else f" during '{step.kind}'"
    then = "This goes on with it." if record.version_to == world.wanted else f"This is the release of {world.wanted} instead."
    return (f"The release of {record.version_to} that began at {shown(record.started)} {how}{where}. {then}",)


def shown(moment: datetime) -> str:
    """As people read it, in UTC, to the second."""
    return moment.strftime("%Y-%m-%d %H:%M:%SZ")


__all__ = ["notices_of", "shown"]
