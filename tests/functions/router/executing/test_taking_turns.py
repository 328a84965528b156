"""Two routers at once, each of whose requests may wait while the other goes on: nothing is lost, nothing is done twice, and it comes to an end."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.router.executing import run_pass
from functions.router.executing.stored import ABANDONED_AFTER
from functions.router.keeping import Conflict, RequestState
from functions.router.lines import LineRow, State
from tests.functions.router.executing.world import Monitor, asked_for, superseded
from tests.functions.router.hosting.world import AT, ONE, Killed, blueprint, line_row

SEEDS = st.integers(0, 2**32)
TICK = 15
"""Seconds between two looks. A router may act on what it has read for one look longer, and a request is under way for as long."""
POLICY = {"quiet_seconds": 30, "removal_delay_seconds": 30, "closing_seconds": 45, "cache_seconds": 20, "request_seconds": 20}
BEGUN = "1.0-" + "b" * 32


class Turns:
    """Before a request to anything, others may go on."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.passed = 0
        self.dies_at: int | None = None
        """The number of the request before which the router that makes it dies."""

    async def turn(self, _what: str = "") -> None:
        self.passed += 1
        if self.passed == self.dies_at:
            raise Killed
        for _ in range(self._random.choice((0, 0, 1, 2, 5, 20))):
            await asyncio.sleep(0)

    def around(self, part: Any) -> Any:
        return _Around(part, self)


class _Around:
    def __init__(self, part: Any, turns: Turns) -> None:
        self._part, self._turns = part, turns

    def __getattr__(self, name: str) -> Any:
        work = getattr(self._part, name)

        async def after_a_turn(*args: Any, **options: Any) -> Any:
            await self._turns.turn()
            return await work(*args, **options)

        return after_a_turn


def taking_turns(monitor: Monitor, seed: int) -> Turns:
    turns = Turns(seed)
    send = monitor.world.transport.send

    async def sent(request: Any, **options: Any) -> Any:
        await turns.turn()
        return await send(request, **options)

    monitor.world.transport.send = sent  # type: ignore[method-assign]
    monitor.world.data = turns.around(monitor.world.data)
    monitor.online.step = turns.turn
    return turns


async def router(monitor: Monitor, turns: Turns) -> None:
    async def work(context: Any) -> Any:
        parts = {name: turns.around(getattr(context, name)) for name in ("store", "requests")}
        return await run_pass(replace(context, **parts))

    try:
        await monitor.inside(work)
    except Killed:
        assert turns.dies_at is not None


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_two_routers_make_one_app_and_send_each_request_once(seed: int) -> None:
    monitor = asked_for("a", "c", "d", starter="b")
    turns = taking_turns(monitor, seed)

    async def both() -> None:
        await asyncio.gather(router(monitor, turns), router(monitor, turns))

    for _ in range(4):
        asyncio.run(both())
        monitor.later(seconds=60)
    assert (monitor.row().state, monitor.world.in_group()) == (State.ACTIVE, ["serverfarms orders-1-0-plan", "sites orders-1-0"])
    assert sorted(monitor.online.ids) == sorted(id * 32 for id in "abcd")
    assert monitor.online.instances == {BEGUN: ["Running"]}
    assert {one.state for one in monitor.requests.all.values()} == {RequestState.DONE}


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 90), st.sampled_from(["Running", "Completed"]))
def test_one_router_dies_anywhere_while_another_works_and_each_start_is_begun_once(seed: int, step: int, begins_as: str) -> None:
    monitor = asked_for("a", starter="b")
    monitor.online.begins_as = begins_as
    turns = taking_turns(monitor, seed)
    turns.dies_at = step

    async def both() -> None:
        await asyncio.gather(router(monitor, turns), router(monitor, turns))

    asyncio.run(both())
    turns.dies_at = None
    for _ in range(3):
        monitor.later(seconds=ABANDONED_AFTER.total_seconds() + 1)
        monitor.run()
    assert monitor.row().state is State.ACTIVE
    assert {one.state for one in monitor.requests.all.values()} == {RequestState.DONE}
    assert monitor.online.instances == {BEGUN: [begins_as]}
    assert monitor.online.ids.count("a" * 32) <= 1
    answer = monitor.requests.all["a" * 32].answer
    assert answer is not None and (answer.status == 504 or monitor.online.ids.count("a" * 32) == 1)


@dataclass
class Callers:
    """Routers let their starts in: by what they have read a look ago at most, noted first where the line is on its way out."""

    monitor: Monitor
    turns: Turns
    known: LineRow
    coming: int = 0
    lost: list[str] = field(default_factory=list)

    async def start(self, *, later: bool) -> None:
        row: LineRow | None = self.known
        store = self.turns.around(self.monitor.store)
        for _ in range(5):
            assert row is not None
            if row.state is not State.ACTIVE and (row.state not in (State.DRAINING, State.DRAINED) or row.removing):
                return  # Refused: nothing was promised.
            if row.state is State.ACTIVE:
                break
            try:
                await store.save(replace(row, last_start=max(self.monitor.now, row.since)))
                break
            except Conflict:
                row = await store.line(ONE)
        if later:
            self.coming += 1
        else:
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

    def removed(self, what: str) -> None:
        if what.startswith("DELETE") and what.endswith("/sites/orders-1-0") and (self.monitor.hubs.running[ONE] or self.coming):
            self.lost.append("an app was removed with work in it")


LOOKS = st.lists(st.sampled_from(["", "", "", "", "start", "late", "ends"]), min_size=1, max_size=20)


@settings(max_examples=20, deadline=None)
@given(SEEDS, LOOKS)
@example(1, [""] * 9 + ["start"])
@example(2, [""] * 10 + ["late", "", "ends"])
def test_no_start_is_lost_on_a_line_that_two_routers_retire(seed: int, looks: list[str]) -> None:
    monitor = superseded()
    monitor.world.blueprint = blueprint(policy=POLICY)
    row = monitor.row().moved(State.DRAINING, AT, "2.0 is active")
    monitor.store.rows[ONE] = replace(row, deployed=line_row().wanted, etag="one")
    turns = taking_turns(monitor, seed)
    callers = Callers(monitor, turns, monitor.row())
    monitor.world.transport.before = lambda _number, what: callers.removed(what)

    async def look(what: str) -> None:
        works = [router(monitor, turns), router(monitor, turns)]
        if what in ("start", "late"):
            works.append(callers.start(later=what == "late"))
        before = monitor.row()
        callers.arrive()
        await asyncio.gather(*works)
        callers.known = before
        monitor.later(seconds=TICK)

    for what in looks:
        if what == "ends":
            monitor.hubs.running.clear()
        asyncio.run(look(what))
    monitor.hubs.running.clear()
    for _ in range(24):
        asyncio.run(look(""))
        monitor.hubs.running.clear()
    assert callers.lost == []
    assert (monitor.row().state, monitor.world.in_group()) == (State.RETIRED, ["serverfarms orders-2-0-plan", "sites orders-2-0"])
