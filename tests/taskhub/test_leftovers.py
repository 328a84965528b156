"""Messages that stay while nothing is active: told apart by the history, where they are timers that ended instances left behind."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.taskhubs.paging_server import Answer, PagingServer, Request
from benchmarks.taskhubs.rows import row
from taskhub import Hub, LeftoverTimer, Reason, Verdict, leftover_timers
from tests.taskhub.hubs import check_paging

NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO, EARLIER, LATER = NOW - timedelta(days=9), NOW - timedelta(hours=1), NOW + timedelta(hours=72)


def instance(server: PagingServer, id: str, *events: tuple[str, dict[str, Any]], status: str = "Completed") -> None:
    """Written long ago: what was written during a look is another story."""
    server.put("OrdersInstances", {**row(id, status), "Timestamp": LONG_AGO})
    for number, (kind, columns) in enumerate(events):
        key = {"PartitionKey": id, "RowKey": f"{number:016x}"}
        server.put("OrdersHistory", {**key, "Timestamp": LONG_AGO, "EventType": kind, **columns})


def created(id: int, due: datetime) -> tuple[str, dict[str, Any]]:
    return "TimerCreated", {"EventId": id, "FireAt": due}


def fired(id: int, due: datetime) -> tuple[str, dict[str, Any]]:
    return "TimerFired", {"EventId": -1, "TimerId": id, "FireAt": due}


@pytest.fixture
def approved_in_time(paging: PagingServer) -> PagingServer:
    """An instance waited for an event with a deadline, got it, cancelled the timer, and ended: its message lies there for days."""
    instance(paging, "o-1", ("ExecutionStarted", {}), created(0, LATER), ("EventRaised", {"Name": "Approval"}), ("ExecutionCompleted", {}))
    paging.queues["orders-control-00"] = 1
    return paging


def test_a_cancelled_deadline_is_no_reason_to_wait_if_timers_are_accepted(approved_in_time: PagingServer) -> None:
    finding = check_paging(approved_in_time, accept_unsettled="timers")
    assert (finding.verdict, finding.reason, finding.passes) == (Verdict.DRAINED, Reason.EMPTY, 3)


def test_unasked_it_stays_unsettled_and_the_finding_says_what_the_message_is(approved_in_time: PagingServer) -> None:
    finding = check_paging(approved_in_time)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Reason.UNSETTLED)
    assert finding.leftover_timers == [LeftoverTimer("o-1", LATER)]
    assert finding.sentence == (
        "Task hub 'Orders' keeps 1 message in orders-control-00 while no instance is active. It is the timer of an instance that did not "
        f"wait for it ('o-1'), due until {LATER:%Y-%m-%d %H:%M:%S} UTC: accept-unsettled `timers` lets them pass."
    )
    assert finding.as_json()["leftover_timers"] == [{"instance": "o-1", "due": LATER.isoformat()}]


def test_a_start_whose_client_died_is_not_taken_for_a_timer(approved_in_time: PagingServer) -> None:
    approved_in_time.queues["orders-control-01"] = 1
    finding = check_paging(approved_in_time, accept_unsettled="timers")
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Reason.UNSETTLED)
    assert "1 of them is the timer of an ended instance, the others can't be told" in finding.sentence
    assert finding.sentence.endswith("accept exactly 2.")


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((created(0, EARLIER),), id="a timer that is due already"),
        pytest.param((created(0, LATER), fired(0, LATER)), id="a timer that has fired"),
        pytest.param((("TaskScheduled", {"EventId": 0}),), id="an activity"),
    ],
)
def test_a_message_that_history_does_not_explain_is_unsettled(paging: PagingServer, events: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    instance(paging, "o-1", *events)
    paging.queues["orders-control-00"] = 1
    finding = check_paging(paging, accept_unsettled="timers")
    assert (finding.verdict, finding.reason, finding.leftover_timers) == (Verdict.UNKNOWN, Reason.UNSETTLED, [])


def test_more_timers_than_messages_explain_nothing(approved_in_time: PagingServer) -> None:
    instance(approved_in_time, "o-2", created(0, LATER))
    finding = check_paging(approved_in_time, accept_unsettled="timers")
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Reason.UNSETTLED)


def test_what_starts_after_the_history_was_read_is_seen_by_a_further_pass(approved_in_time: PagingServer) -> None:
    server = approved_in_time

    async def start_once_history_was_read(_seconds: float) -> None:
        if any("OrdersHistory" in request.path for request in server.requests):
            instance(server, "o-2", status="Running")

    finding = check_paging(server, accept_unsettled="timers", pause=start_once_history_was_read)
    assert (finding.verdict, finding.reason, finding.oldest and finding.oldest.id) == (Verdict.BUSY, Reason.ACTIVE, "o-2")


def test_a_history_that_can_not_be_read_explains_nothing(approved_in_time: PagingServer) -> None:
    def refuse(request: Request) -> Answer | None:
        return Answer(403) if "OrdersHistory" in request.path else None

    approved_in_time.fault = refuse
    finding = check_paging(approved_in_time, accept_unsettled="timers")
    assert (finding.verdict, finding.reason, finding.leftover_timers) == (Verdict.UNKNOWN, Reason.UNSETTLED, None)


def test_leftover_timers_come_soonest_first_with_their_instance_as_it_is_called(paging: PagingServer) -> None:
    instance(paging, "a^0b", created(0, LATER), created(1, LATER - timedelta(hours=1)))
    hub = Hub.from_connection_string(paging.connection_string, "Orders")
    found = asyncio.run(leftover_timers(hub, paging.connection_string, NOW))
    assert found == [LeftoverTimer("a/b", LATER - timedelta(hours=1)), LeftoverTimer("a/b", LATER)]
