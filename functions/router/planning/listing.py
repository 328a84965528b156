"""Which lines the gateway sends straight to their apps, and when it surely sends nothing any more.

A line is in the list while it is active. The row says so before the list does, and stops saying so after it: what is between the two is the longer
time, so that a router that dies in between leaves nothing unknown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..blueprint import LONGEST_GATEWAY_SECONDS
from ..lines import LineRow, State
from ..versions import Line
from .actions import Action, Alarm, Delist, Enlist, Save, Strike
from .model import Front, World

WITHOUT = LONGEST_GATEWAY_SECONDS
"""Seconds that a gateway may still go by the list after the blueprint names none any more. Nobody says then how long it was: the longest."""
AGAIN = timedelta(minutes=10)
"""Until a line for which there was no room is tried again."""


def listing(row: LineRow, world: World) -> list[Action]:
    """What is to be done about it, besides whatever else is done about the line in this pass."""
    front = world.front
    if front is None:
        gone = {"listed": False, "delisted_at": world.now, "gateway_error": ""}
        return [Save(row.line, "there is no gateway any more", gone)] if row.listed else _said(row, "")
    if front.lines is None:
        return _said(row, front.problem) if row.listed or row.state is not State.RETIRED else []
    if row.state is State.ACTIVE and not row.removing and not world.is_foreign(row) and not world.is_missing(row):
        return _enlisted(row, world, front, front.lines)
    if row.listed or row.line in front.lines:
        return [Delist(row.line, f"it is {row.state}" if row.state is not State.ACTIVE else "its app is not there")]
    return _said(row, "")


def strangers(world: World) -> list[Action]:
    """Of the whole list: what nobody here knows is taken out; and a list that can't be read is somebody's business."""
    front = world.front
    if front is None:
        return []
    if front.lines is None:
        return [Alarm(None, f"{front.problem}. Lines that it may have are not removed until it can be")]
    unknown = front.lines - {row.line for row in world.lines}
    return [Strike(frozenset(unknown), "no such line is known here")] if unknown else []


def sends_nothing(row: LineRow, world: World) -> bool:
    """No gateway has a reason to send anything to the line's app. False also where that is not known."""
    if row.listed or world.is_named(row) or (world.front is not None and world.front.lines is None):
        return False
    until = silent_from(row, world)
    return until is None or world.now >= until


def silent_from(row: LineRow, world: World) -> datetime | None:
    """From when on no gateway goes by a list that has the line; None: it was in none, or is in one still."""
    if row.listed or row.delisted_at is None:
        return None
    return row.delisted_at + timedelta(seconds=WITHOUT if world.front is None else world.front.seconds)


def _enlisted(row: LineRow, world: World, front: Front, listed: frozenset[Line]) -> list[Action]:
    if world.app(row) is None or not row.host_name:
        return []
    default = world.default if world.default in world.active else None
    there = row.line in listed
    # Also the line that led so far: the new one may be none that can be in the list.
    leads = front.default != default and row.line in (default, front.default)
    if there and not leads and row.line not in front.stale:
        right = row.listed and not row.gateway_error
        return [] if right else [Save(row.line, "the gateway's list has it", {"listed": True, "gateway_error": ""})]
    if not row.listed and row.gateway_error and row.delisted_at is not None and world.now - row.delisted_at < AGAIN and not there:
        return []
    why = "it is active" if not there else "requests without a version go elsewhere now" if leads else "what the list says of it is old"
    marked: list[Action] = [] if row.listed else [Save(row.line, why, {"listed": True})]
    return [*marked, Enlist(row.line, default, why)]


def _said(row: LineRow, error: str) -> list[Action]:
    return [] if row.gateway_error == error else [Save(row.line, error or "it is not in the gateway's list", {"gateway_error": error})]


__all__ = ["AGAIN", "WITHOUT", "listing", "sends_nothing", "silent_from", "strangers"]
