"""What is to be done now, for all lines: the whole decision of a pass, without side effects. Never raises, whatever the world is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..lines import LineRow, State
from .actions import Action, Alarm, Expire, Move, Purge, Save
from .capacity import Room, alarm, frees_up_first
from .leaving import closing, drained, draining, retired
from .listing import listing, strangers
from .making import failed, provisioning
from .model import World
from .outcomes import LONGEST_WISH, PURGED_EVERY
from .serving import active

SKEW = timedelta(minutes=10)
"""A time in a row that lies further in the future was written by a clock that was wrong."""

_ORDER = {
    state: n for n, state in enumerate((State.PROVISIONING, State.ACTIVE, State.DRAINING, State.DRAINED, State.CLOSING, State.FAILED))
}
"""People wait for those that are being made."""


def plan(world: World) -> tuple[Action, ...]:
    """In the order in which it is to be done; the actions of one line stand together."""
    room, steps = Room(world), list[Action]()
    for row in sorted(world.lines, key=lambda one: (_ORDER.get(one.state, len(_ORDER)), one.since, one.line)):
        own = _set_right(row, world.now) or _of(row, world, room)
        # A line that goes into another state is looked at anew, by what it is then.
        steps += own if any(isinstance(step, Move) for step in own) else [*own, *listing(row, world)]
    return (*steps, *strangers(world), *_purge(world), *_alarms(world, room), Expire())


def due(world: World) -> datetime | None:
    """When the next try of a line that people may wait for is due; None: none is, before the next regular pass."""
    times = [row.retry_at for row in world.lines if row.state is State.PROVISIONING and row.retry_at is not None]
    return min(times, default=None)


def _of(row: LineRow, world: World, room: Room) -> list[Action]:
    match row.state:
        case State.PROVISIONING:
            return provisioning(row, world, room)
        case State.ACTIVE:
            return active(row, world, room)
        case State.DRAINING:
            return draining(row, world, room)
        case State.DRAINED:
            return drained(row, world)
        case State.CLOSING:
            return closing(row, world)
        case State.FAILED:
            return failed(row, world)
        case State.RETIRED:
            return retired(row, world)


def _set_right(row: LineRow, now: datetime) -> list[Action]:
    """A clock that ran ahead leaves times that nothing would reach for long: waiting begins anew, which is never too short."""
    ahead = now + SKEW
    changes: dict[str, Any] = {}
    if row.since > ahead:
        changes["since"] = now
    changes |= {name: now for name in ("last_start", "delisted_at") if (at := getattr(row, name)) is not None and at > ahead}
    if row.retry_at is not None and row.retry_at > ahead + LONGEST_WISH:
        changes["retry_at"] = None
    changes |= {name: None for name in ("clean_since", "judged_at", "purged_at") if (at := getattr(row, name)) is not None and at > ahead}
    return [Save(row.line, "its times were ahead of the clock", changes)] if changes else []


def _purge(world: World) -> list[Action]:
    """One line in a pass, each once a day."""
    days = world.policy.history_retention_days
    if days is None:
        return []
    rows = [row for row in world.lines if row.state is not State.PROVISIONING and not row.removing]
    wanted = [row for row in rows if row.purged_at is None or world.now - row.purged_at >= PURGED_EVERY]
    if not wanted:
        return []
    row = min(wanted, key=lambda one: (one.purged_at is not None, one.purged_at or world.now, one.line))
    return [Purge(row.line, world.now - timedelta(days=days), f"history is kept for {days} days")]


def _alarms(world: World, room: Room) -> list[Action]:
    reached = alarm(room.count, world.policy) if world.apps is not None else None
    if reached is None:
        return []
    there = [row for row in world.lines if row.line in (world.apps or {})]
    return [Alarm(None, f"{reached}. {frees_up_first(there)}")]


__all__ = ["due", "plan"]
