"""One pass of the monitor: read, plan, carry out; again at once as long as lines get on, so that a first request needs one pass.

Safe in several routers at once: before each step the line's row has to be the one that was decided on, every write is conditional, and whoever
finds another row leaves that line to the next pass.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from azure.core.exceptions import AzureError

from ..keeping import Conflict
from ..lines import LineRow
from ..planning import (
    Action,
    Alarm,
    Answered,
    Enlist,
    Expire,
    Failed,
    Forward,
    GiveUp,
    Move,
    Remove,
    Save,
    Strike,
    World,
    due,
    plan,
    settle,
)
from ..versions import Line
from .context import Context
from .listing import strike
from .performing import perform
from .reading import read_world
from .stored import forward_stored, give_up

ROUNDS = 6
LINES_AT_ONCE = 4
"""Lines that are worked on side by side. Resource Manager counts requests per subscription, and people wait for other things too."""


@dataclass
class PassReport:
    done: list[str] = field(default_factory=list)
    """What was done, in words, for the log."""
    alarms: list[str] = field(default_factory=list)
    again_at: datetime | None = None
    """When the next try of a line that people may wait for is due."""
    problem: str = ""
    """The router's own rows could not be read: nothing was done."""


async def run_pass(context: Context) -> PassReport:
    """Never raises for what Azure answers."""
    report = PassReport()
    try:
        for _ in range(ROUNDS):
            world = await read_world(context)
            moved = await _carry_out(context, world, plan(world), report)
            if not moved:
                break
        rows = await context.store.lines()
        report.again_at = due(replace(world, lines=rows))
    except AzureError as error:
        report.problem = f"the router's state can't be read ({type(error).__name__})"
    return report


async def _carry_out(context: Context, world: World, actions: Sequence[Action], report: PassReport) -> bool:
    """Whether a line is in another state now."""
    by_line: dict[Line, list[Action]] = {}
    for action in actions:
        if isinstance(action, Alarm):
            _alarm(context, action.why, report)
        elif isinstance(action, Expire):
            continue
        elif isinstance(action, Strike):
            await _strike(context, action, report)
        elif action.line is not None:
            by_line.setdefault(action.line, []).append(action)
    rows: Mapping[Line, LineRow] = {row.line: row for row in world.lines}
    gate = asyncio.Semaphore(LINES_AT_ONCE)

    async def one(line: Line, steps: list[Action]) -> bool:
        async with gate:
            return await _line(context, rows[line], steps, report)

    known = {line: steps for line, steps in by_line.items() if line in rows}
    results = await asyncio.gather(*(one(line, steps) for line, steps in known.items()), return_exceptions=True)
    for line, result in zip(known, results, strict=True):
        if isinstance(result, Exception):
            _noted(f"{line}", result, report)
        elif isinstance(result, BaseException):
            raise result
    if any(isinstance(action, Expire) for action in actions):
        await _expire(context, world.now, report)
    return any(result is True for result in results)


async def _strike(context: Context, action: Strike, report: PassReport) -> None:
    try:
        report.done.append(await strike(context, action.lines))
    except Conflict:
        pass
    except AzureError as error:
        _noted("the gateway's list", error, report)


async def _expire(context: Context, now: datetime, report: PassReport) -> None:
    try:
        await context.requests.expire(now)
    except AzureError as error:
        _noted("expired requests", error, report)


def _noted(what: str, error: Exception, report: PassReport) -> None:
    """One line's trouble, such as a row that can't be stored, ends neither the pass nor another line's work."""
    logging.getLogger(__name__).error("%s", what, exc_info=error)
    report.done.append(f"{what}: {type(error).__name__}")


def _alarm(context: Context, why: str, report: PassReport) -> None:
    """Once in a pass, whichever of its rounds see it."""
    if why not in report.alarms:
        report.alarms.append(why)
        context.alarm(why)


async def _line(context: Context, row: LineRow, steps: list[Action], report: PassReport) -> bool:
    moved = False
    try:
        for action in steps:
            there = await context.store.line(row.line)
            if there is None or there.etag != row.etag:
                return moved
            after, goes_on = await _step(context, row, action, report)
            if after != row:
                moved = moved or after.state != row.state
                row = await context.store.save(after)
            if not goes_on:
                return moved
    except Conflict:
        pass
    return moved


async def _step(context: Context, row: LineRow, action: Action, report: PassReport) -> tuple[LineRow, bool]:
    """The row to store, and whether the line's next step may follow."""
    match action:
        case Move(to=to, why=why, changes=changes):
            report.done.append(f"{row.line}: {row.state} -> {to}: {why}")
            return replace(row.moved(to, context.now(), why), **changes), True
        case Save(changes=changes):
            return replace(row, **changes), True
        case Forward():
            report.done.append(f"{row.line}: {await forward_stored(context, row)} stored requests were answered")
            return row, True
        case GiveUp(why=why):
            report.done.append(f"{row.line}: {await give_up(context, row, why)} stored requests were given up")
            return row, True
        case Remove() if not row.removing:
            return row, False
        case Enlist() if not row.listed:
            return row, False
    outcome = await perform(context, row, action)
    if outcome is None:
        return row, True
    report.done.append(f"{row.line}: {type(action).__name__.lower()}: {outcome}")
    settled = settle(row, action, outcome, context.now())
    return settled, not isinstance(outcome, Failed) and not (isinstance(outcome, Answered) and not outcome.answering)


__all__ = ["PassReport", "run_pass"]
