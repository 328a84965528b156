"""Several routers, and routers that die, over one gateway's list; and starts that the gateway lets in by an older one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.router.executing import listing as listing_steps
from functions.router.executing.listing import delist, enlist
from functions.router.gateway import Listing, NamedValue
from functions.router.keeping import Conflict
from functions.router.lines import LineRow, State
from functions.router.planning import Delisted, Enlisted, Failed
from functions.router.planning import listing as listing_rules
from functions.router.planning import verdicts as verdict_rules
from functions.router.versions import Line, Version
from sandbox.arm.faults import Fault
from tests.functions.router.executing.front import LIST, SECONDS, WRITES, both_lines, in_front, named, text, write
from tests.functions.router.executing.test_taking_turns import POLICY, SEEDS, TICK, Turns, router, taking_turns
from tests.functions.router.executing.world import TWO, Monitor, asked_for
from tests.functions.router.hosting.world import ONE, Killed, line_row


async def _fine() -> None: ...


def _raced() -> tuple[Any, list[str]]:
    """One router is about to put 1.0 into the list and has looked at its row; then another one takes it out. The first one's outcome, and the list."""
    monitor = in_front(asked_for())
    monitor.run()
    listed = text(monitor)
    write(monitor, "none")
    monitor.store.rows[ONE] = replace(monitor.row(), listed=True)

    async def inside() -> Any:
        looked, out = asyncio.Event(), asyncio.Event()
        wrote = NamedValue.write

        async def late(self: NamedValue, wanted: str, over: Any) -> None:
            if wanted == listed:
                looked.set()
                await out.wait()
            await wrote(self, wanted, over)

        async def one(work: Callable[[Any], Any]) -> Any:
            return await monitor.inside(work)

        with patch.object(NamedValue, "write", late), patch.object(listing_steps, "TRIES", 1):
            row = monitor.row()
            first = asyncio.create_task(one(lambda context: enlist(context, row, ONE, _fine)))
            await looked.wait()
            assert await one(lambda context: delist(context, row, _fine)) == Delisted()
            out.set()
            return await first

    return asyncio.run(inside()), named(monitor)


def test_whoever_takes_a_line_out_writes_the_list_also_if_it_is_not_there_so_that_a_late_entry_is_refused() -> None:
    outcome, after = _raced()
    assert isinstance(outcome, Failed) and after == []


def test_without_that_write_the_late_entry_would_stay() -> None:
    """Control."""
    wrote = NamedValue.write

    async def sparing(self: NamedValue, wanted: str, over: Any) -> None:
        if wanted != over.text:
            await wrote(self, wanted, over)

    with patch.object(NamedValue, "write", sparing):
        outcome, after = _raced()
    assert (outcome, after) == (Enlisted(), ["1.0"])


def test_a_row_that_changed_between_the_two_looks_is_not_listed() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    write(monitor, "none")

    async def changed() -> None:
        raise Conflict("line 1.0 was written by somebody else")

    with pytest.raises(Conflict):
        asyncio.run(monitor.inside(lambda context: enlist(context, monitor.row(), ONE, changed)))
    assert named(monitor) == []


@pytest.mark.parametrize("step", range(1, 60, 2))
def test_a_router_that_is_killed_at_any_step_leaves_a_list_that_the_next_one_puts_right(step: int) -> None:
    monitor = in_front(asked_for())
    monitor.run()
    monitor.deployed("2.0.0")
    monitor.store.rows[TWO] = replace(line_row(TWO, wanted=Version(2, 0, 0)), etag="two")
    monitor.killed_at(step)
    try:
        monitor.run()
    except Killed:
        pass
    monitor.killed_at(None)
    listed = {Line.parse(one) for one in named(monitor)}
    assert all(monitor.row(line).listed for line in listed)
    for _ in range(3):
        monitor.later(seconds=60)
        monitor.run()
    assert (named(monitor), monitor.row().listed, monitor.row(TWO).listed) == (["2.0"], False, True)


@dataclass
class Gateways:
    """Callers who come by a gateway: it goes by any list of the last SECONDS, and sends what it lets in to the app."""

    monitor: Monitor
    turns: Turns
    now: frozenset[Line] = frozenset()
    older: list[tuple[datetime, frozenset[Line]]] = field(default_factory=list)
    """Lists that were, and until when."""
    coming: int = 0
    lost: list[str] = field(default_factory=list)
    let_in: int = 0

    def written(self) -> None:
        self.older.append((self.monitor.now, self.now))
        self.now = frozenset(Listing.read(text(self.monitor)).entries)

    async def start(self, *, later: bool) -> None:
        await self.turns.turn()
        since = self.monitor.now - timedelta(seconds=SECONDS)
        if not any(ONE in lines for lines in (self.now, *(lines for until, lines in self.older if until > since))):
            return
        self.let_in += 1
        if later:
            self.coming += 1
            return
        await self.turns.turn()
        self.begin()

    def begin(self) -> None:
        if self.monitor.world.site() is None:
            self.lost.append("a start came to an app that is not there")
        self.monitor.hubs.running[ONE] += 1

    def arrive(self) -> None:
        """What was under way since the last look."""
        for _ in range(self.coming):
            self.begin()
        self.coming = 0

    def before(self, _number: int, what: str) -> None:
        if what.startswith("DELETE") and what.endswith("/sites/orders-1-0") and (self.monitor.hubs.running[ONE] or self.coming):
            self.lost.append("an app was removed with work in it")

    def after(self, _number: int, what: str) -> None:
        if what == f"PUT {LIST}":
            self.written()


LOOKS = st.lists(st.sampled_from(["", "", "start", "late", "ends", "refused", "dies", "set back"]), min_size=4, max_size=20)


def _story(seed: int, looks: list[str]) -> Gateways:
    """1.0 is active once more, and in the list; two routers find that it isn't kept."""
    monitor = both_lines(in_front(asked_for(), **POLICY))
    row: LineRow = replace(monitor.row().moved(State.ACTIVE, monitor.now, "again"), etag="one", listed=True)
    monitor.store.rows[ONE] = row
    asyncio.run(monitor.inside(lambda context: enlist(context, row, None, _fine)))
    turns = taking_turns(monitor, seed)
    gateways = Gateways(monitor, turns)
    gateways.written()
    monitor.world.transport.before, monitor.world.transport.after = gateways.before, gateways.after
    chance = random.Random(seed)

    async def look(what: str = "") -> None:
        gateways.arrive()
        works = [router(monitor, turns), router(monitor, turns)]
        if what in ("start", "late"):
            works.append(gateways.start(later=what == "late"))
        await asyncio.gather(*works)
        turns.dies_at = None
        monitor.later(seconds=TICK)

    for what in looks:
        if what == "ends":
            monitor.hubs.running.clear()
        elif what == "refused":
            monitor.world.plane.faults.add(Fault(WRITES, status=500, code="Refused", message="no"))
        elif what == "dies":
            turns.dies_at = turns.passed + chance.randint(1, 40)
        elif what == "set back":
            monitor.world.plane.faults.clear()
            write(monitor, "none")
            gateways.written()
        asyncio.run(look(what))
    monitor.world.plane.faults.clear()
    for _ in range(40):
        asyncio.run(look())
        monitor.hubs.running.clear()
    gateways.lost += [] if monitor.row().state is State.RETIRED else [f"it is {monitor.row().state}"]
    gateways.lost += [] if named(monitor) == ["2.0"] else [f"the list has {named(monitor)}"]
    return gateways


@settings(max_examples=25, deadline=None)
@given(SEEDS, LOOKS)
def test_no_start_is_lost_that_a_gateway_lets_in_while_two_routers_retire_its_line(seed: int, looks: list[str]) -> None:
    assert _story(seed, looks).lost == []


def test_starts_do_come_by_the_gateway_in_that_story() -> None:
    assert _story(1, ["start", "late", "start"]).let_in == 3


def test_without_the_gateway_s_seconds_such_a_start_would_be_lost() -> None:
    """Control: the story finds it."""
    stories = [(seed, [*[""] * idle, "late"]) for seed in range(2) for idle in range(4, 12)]
    with (
        patch.object(verdict_rules, "silent_from", lambda row, world: None),
        patch.object(listing_rules, "silent_from", lambda row, world: None),
    ):
        lost = [_story(seed, looks).lost for seed, looks in stories]
    assert any(lost)
