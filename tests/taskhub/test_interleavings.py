"""The gate's reads between the writes of instances that start, go on, continue as new and end, in every order: never DRAINED too early."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import taskhub
from benchmarks.taskhubs.paging_server import Answer, PagingServer, Request
from benchmarks.taskhubs.rows import row
from taskhub import Finding, Hub, Reading, Reason, Verdict, filters
from taskhub.passing import CLOCK_MARGIN
from tests.sampling import seed
from tests.taskhub.durable_model import DOES, EVENT, Model

Programs = Sequence[Sequence[int]]
Schedule = Iterable[Sequence[int]]
"""Before the reader begins, and at each of its requests before the answer: which of the writers make their next write."""

ANY_PROGRAMS = st.lists(st.lists(st.sampled_from(DOES), max_size=4), min_size=1, max_size=3)
ANY_SCHEDULE = st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=60)
SETTLE = 5.0


class Stage:
    """A hub on the paging server, one row to a page, whose writers move whenever the reader asks for something."""

    def __init__(self, server: PagingServer, programs: Programs, schedule: Schedule) -> None:
        server.tables["OrdersInstances"] = []
        server.queues = dict.fromkeys(("orders-control-00", "orders-control-01", "orders-workitems"), 0)
        server.examined = 1
        self.looks = 0
        self.moves = True
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.model = Model(server, lambda: self.looks, _ids())
        self._schedule = iter(schedule)
        server.clock, server.fault = lambda: self.time, self._before
        for does in programs:
            self.model.client_starts(list(does))
        self._move()

    async def pause(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self._move()

    def _before(self, request: Request) -> Answer | None:
        self.time += timedelta(milliseconds=1)
        self.looks += request.query.get("comp") == "list"
        self._move()
        return None

    def _move(self) -> None:
        choices = next(self._schedule, None)
        self.moves = choices is not None
        for choice in choices or ():
            self.model.step(choice)


def _ids() -> Iterator[str]:
    """In no order, so that some are written where a scan has already been."""
    return (f"order-{number * 37 % 100:02}" for number in range(1, 100))


def check(server: PagingServer, stage: Stage, **options: object) -> Finding:
    hub = Hub.from_connection_string(server.connection_string, "Orders")
    wanted = {"settle": SETTLE, "deadline": 10 * SETTLE, "full": False, "pause": stage.pause, "retry_total": 0, **options}
    return asyncio.run(taskhub.check(hub, server.connection_string, **wanted))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server() -> Iterator[PagingServer]:
    with PagingServer().running() as running:
        yield running


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs=ANY_PROGRAMS, before=st.integers(0, 30), schedule=ANY_SCHEDULE)
def test_one_confirming_pass_is_never_clean_while_something_is_active(
    server: PagingServer, programs: Programs, before: int, schedule: list[list[int]]
) -> None:
    one_pass(server, programs, [[0] * before, *schedule])


@pytest.mark.matrix
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs=ANY_PROGRAMS, before=st.integers(0, 30), schedule=ANY_SCHEDULE)
def test_one_confirming_pass_is_never_clean_while_something_is_active_at_length(
    server: PagingServer, programs: Programs, before: int, schedule: list[list[int]]
) -> None:
    one_pass(server, programs, [[0] * before, *schedule])


def test_a_start_is_noticed_however_its_writes_fall_between_the_reads(server: PagingServer) -> None:
    for schedule in orders(writes=6, slots=6):
        one_pass(server, [[EVENT]], schedule)


@pytest.mark.parametrize("does", [[one, EVENT] for one in DOES])
@pytest.mark.parametrize("count", [100, pytest.param(1500, marks=pytest.mark.matrix)])
def test_whatever_an_orchestrator_does_is_noticed_however_its_writes_fall(server: PagingServer, does: list[int], count: int) -> None:
    """A sample: the ways are some ten thousand."""
    for schedule in random.Random(seed()).sample(list(orders(writes=14, slots=7)), count):
        one_pass(server, [does], schedule)


def orders(*, writes: int, slots: int) -> Iterator[Schedule]:
    """Every way to spread so many writes over the beginning, at most two of the requests of a pass, and never.

    Where there are several writers, the first of them is always first, or the second.
    """
    for bursts in (places for size in range(3) for places in itertools.combinations(range(1, slots), size)):
        for cuts in itertools.combinations(range(writes + 1), len(bursts) + 1):
            counts = {0: cuts[0], **dict(zip(bursts, (later - earlier for earlier, later in itertools.pairwise(cuts)), strict=True))}
            for who in (0, 1):
                yield [[who] * counts.get(slot, 0) for slot in range(slots)]


def one_pass(server: PagingServer, programs: Programs, schedule: Schedule) -> None:
    """Judged as if the pass before had been clean: then this one alone decides."""
    stage = Stage(server, programs, schedule)
    hub = Hub.from_connection_string(server.connection_string, "Orders")
    since = stage.time + CLOCK_MARGIN
    reading = asyncio.run(taskhub.read(hub, server.connection_string, full=False, deadline=60.0, since=since, retry_total=0))
    clean = Reading("Orders", reading.started, reading.started, service_time=since)
    verdict = taskhub.judge([clean, reading], settle=0.0, had_code=True).verdict
    if verdict is Verdict.DRAINED:
        assert stage.model.active(stage.looks) == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs=ANY_PROGRAMS, schedule=ANY_SCHEDULE)
def test_a_gate_that_checks_until_the_hub_is_drained_is_never_wrong(
    server: PagingServer, programs: Programs, schedule: list[list[int]]
) -> None:
    stage = Stage(server, programs, schedule)
    while True:
        finding = check(server, stage)
        if finding.verdict is Verdict.DRAINED:
            assert stage.model.active(stage.looks) == []
        if finding.verdict is Verdict.DRAINED or not stage.moves:
            return


@settings(max_examples=30, deadline=None)
@given(programs=ANY_PROGRAMS)
def test_drained_is_said_once_everything_has_ended(server: PagingServer, programs: Programs) -> None:
    stage = Stage(server, programs, [])
    stage.model.run_to_the_end()
    stage.time += timedelta(minutes=1)
    assert check(server, stage).verdict is Verdict.DRAINED


def test_a_reader_that_reads_the_table_first_is_fooled(server: PagingServer) -> None:
    def fooled(schedule: Schedule) -> bool:
        stage = Stage(server, [[EVENT]], schedule)
        return not table_then_queues(server) and stage.model.active(stage.looks) != []

    assert any(fooled(schedule) for schedule in orders(writes=6, slots=6))


def table_then_queues(server: PagingServer) -> bool:
    """Whether it sees anything. The list of queues comes first, for the stage's count of looks; it says nothing about messages."""
    with QueueServiceClient.from_connection_string(server.connection_string) as queues:
        names = [queue.name for queue in queues.list_queues(name_starts_with="orders-")]
        with TableServiceClient.from_connection_string(server.connection_string) as tables:
            wanted = filters.active(Hub("Orders", "", ""), entities=False)
            if list(tables.get_table_client("OrdersInstances").query_entities(wanted)):
                return True
        return any(queues.get_queue_client(name).get_queue_properties().approximate_message_count for name in names)


def test_instances_that_hand_over_behind_the_scan_and_end_are_noticed(server: PagingServer) -> None:
    """In each pass the active one ends before the scan reaches it, and its successor's row is written where the scan has been."""
    Stage(server, [], [])
    relay = ["order-9", "order-7", "order-5", "order-3", "order-1"]
    clock = datetime(2026, 1, 1, tzinfo=UTC)
    passes = 0

    def hand_over(request: Request) -> Answer | None:
        nonlocal passes, clock
        clock += timedelta(milliseconds=1)
        if request.query.get("NextPartitionKey", "") == relay[passes]:
            server.put("OrdersInstances", row(relay[passes + 1], "Running"))
            server.put("OrdersInstances", row(relay[passes], "Completed"))
            passes += 1
        return None

    async def pause(seconds: float) -> None:
        nonlocal clock
        clock += timedelta(seconds=seconds)

    server.clock, server.fault = lambda: clock, hand_over
    for id in ("order-0", "order-2", "order-4", "order-6", "order-8"):
        server.put("OrdersInstances", row(id, "Completed"))
    clock += timedelta(minutes=1)
    server.put("OrdersInstances", row(relay[0], "Running"))
    hub = Hub.from_connection_string(server.connection_string, "Orders")
    finding = asyncio.run(taskhub.check(hub, server.connection_string, settle=SETTLE, deadline=3 * SETTLE, pause=pause, retry_total=0))
    assert passes == 3
    assert (finding.verdict, finding.reason, finding.active) == (Verdict.UNKNOWN, Reason.DEADLINE, 0)
    assert finding.sentence == "2 instances ended on task hub 'Orders' between two passes over it, and may have started others: look again."
