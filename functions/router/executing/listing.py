"""The gateway's list: what it says now, and the ways to write it. Never over what somebody else has written since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from ..arm import ArmProblem, told
from ..gateway import Entry, Listing, NamedValue, Overtaken
from ..hosting import Apps
from ..keeping import Conflict
from ..lines import LineRow, State
from ..planning import Delisted, Enlisted, Failed, Front, NotEnlisted, Outcome
from ..versions import Line
from .context import Context

TRIES = 3
"""Of a write that somebody else was faster than."""

Unchanged = Callable[[], Awaitable[None]]
"""Raises Conflict if the line's row is another one by now."""


async def read_front(context: Context, rows: Iterable[LineRow]) -> Front | None:
    """As the list is at the beginning of a round; never raises for what Azure answers."""
    gateway, wanted = context.gateway, context.blueprint.gateway
    if gateway is None or wanted is None:
        return None
    try:
        found = (await gateway.read()).listing
    except ArmProblem as problem:
        return Front(wanted.seconds, None, problem=f"the gateway's list can't be read: {told(problem)}")
    stale = [row.line for row in rows if row.line in found.entries and await _is_stale(context.apps, row, found)]
    return Front(wanted.seconds, frozenset(found.entries), found.default, frozenset(stale))


async def enlist(context: Context, row: LineRow, default: Line | None, unchanged: Unchanged) -> Outcome:
    """Looks at the row once more between reading the list and writing it: whoever takes the line out writes the row first, then the list.

    Where it can't be in the list, the list is written without it, also if that changes nothing: another router may be about to put it in.
    """
    try:
        key = (await context.apps.key(row)).function
    except ArmProblem as problem:
        return Failed(f"the app's key for the gateway's list can't be read: {told(problem)}")
    if not key:
        return Failed("the app has no function key yet, which the gateway would need")
    entry = Entry(row.host_name, key)

    def changed(listing: Listing) -> Listing:
        return listing.with_line(row.line, entry, default) if entry.can_be_listed else listing.without(row.line, default)

    written = await _written(context, row.line, changed, unchanged)
    if isinstance(written, Failed):
        return written
    if row.line in written.entries:
        return Enlisted()
    if entry.can_be_listed:
        return NotEnlisted("there is no room for it in the gateway's list: its requests pass the router")
    return NotEnlisted("its address or key can't be in the gateway's list: its requests pass the router")


async def delist(context: Context, row: LineRow, unchanged: Unchanged) -> Outcome:
    written = await _written(context, row.line, lambda listing: listing.without(row.line, listing.default), unchanged)
    return written if isinstance(written, Failed) else Delisted()


async def strike(context: Context, lines: Iterable[Line]) -> str:
    """Takes lines without a row out of the list; the sentence says what came of it."""
    gone = sorted(lines)

    async def unchanged() -> None:
        for line in gone:
            if await context.store.line(line) is not None:
                raise Conflict(f"line {line} was made meanwhile")

    def changed(listing: Listing) -> Listing:
        for line in gone:
            listing = listing.without(line, listing.default)
        return listing

    written = await _written(context, gone[0], changed, unchanged)
    return (
        written.error
        if isinstance(written, Failed)
        else f"{', '.join(map(str, gone))} taken out of the gateway's list: no such line is known"
    )


async def refuse_if_listed(context: Context, row: LineRow) -> None:
    """Before anything of an app is removed. Raises ArmProblem, also if the list can't be read."""
    if context.gateway is not None and row.line in (await context.gateway.read()).listing.entries:
        raise ArmProblem(409, "", f"the gateway's list still has {row.line}")


async def _written(context: Context, line: Line, change: Callable[[Listing], Listing], unchanged: Unchanged) -> Listing | Failed:
    """What the list says afterwards. Raises Conflict. Nothing is written only where `line` is in the list, and the list as it should be."""
    gateway = context.gateway
    if gateway is None:
        return Failed("there is no gateway")
    try:
        async with gateway.lock:
            for _ in range(TRIES):
                written = await _once(gateway, line, change, unchanged)
                if written is not None:
                    return written
    except ArmProblem as problem:
        return Failed(f"the gateway's list can't be written: {told(problem)}")
    return Failed("the gateway's list was written by somebody else at the same moment; the next pass tries again")


async def _once(gateway: NamedValue, line: Line, change: Callable[[Listing], Listing], unchanged: Unchanged) -> Listing | None:
    """None: somebody else was faster."""
    found = await gateway.read()
    await unchanged()
    text = change(found.listing).written()
    listing = Listing.read(text)
    if text == found.text and line in listing.entries:
        return listing
    try:
        await gateway.write(text, found)
    except Overtaken:
        return None
    return listing


async def _is_stale(apps: Apps, row: LineRow, listing: Listing) -> bool:
    """A key that can't be read now is not known to be another one."""
    if row.state is not State.ACTIVE:
        return False
    try:
        key = (await apps.key(row)).function
    except ArmProblem:
        return False
    return bool(key) and listing.entries[row.line] != Entry(row.host_name, key or "")


__all__ = ["delist", "enlist", "read_front", "refuse_if_listed", "strike"]
