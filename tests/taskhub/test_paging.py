"""Storage as it is in Azure, and on bad days: empty pages, faults, slowness, nonsense, clocks that disagree."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from azure.data.tables import TableServiceClient

from benchmarks.taskhubs.odata import BadFilter, predicate
from benchmarks.taskhubs.paging_server import Answer, PagingServer, Request
from benchmarks.taskhubs.rows import row, rows
from taskhub import Hub, Reason, Tracking, Verdict, filters
from tests.taskhub.hubs import check_paging, read_paging

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def fill(server: PagingServer, count: int) -> None:
    server.tables["OrdersInstances"] = [{"Timestamp": LONG_AGO, **each} for each in rows(count)]


def test_empty_pages_are_followed_to_the_only_active_instance_at_the_end(paging: PagingServer) -> None:
    fill(paging, 1000)
    assert check_paging(paging).verdict is Verdict.DRAINED
    paging.put("OrdersInstances", row("zz-last", "Suspended"))
    for full in (True, False):
        finding = check_paging(paging, full=full)
        assert (finding.verdict, finding.active) == (Verdict.BUSY, 1)


def test_a_reader_of_one_page_sees_nothing_there(paging: PagingServer) -> None:
    """The control: what the documented status check does."""
    fill(paging, 1000)
    paging.put("OrdersInstances", row("zz-last", "Running"))
    with TableServiceClient.from_connection_string(paging.connection_string) as service:
        pages = service.get_table_client("OrdersInstances").query_entities("RuntimeStatus eq 'Running'").by_page()
        assert list(next(pages)) == []


@pytest.mark.parametrize("full", [True, False])
def test_a_pass_makes_no_more_requests_than_the_scan_and_one_per_queue(paging: PagingServer, full: bool) -> None:
    fill(paging, 1000)
    reading = read_paging(paging, full=full)
    assert sum(request.service == "table" for request in paging.requests) == 1000 / paging.examined
    assert reading.requests == 1 + 5 + 10 == len(paging.requests)


def test_stopping_at_the_first_hit_reads_no_further_page(paging: PagingServer) -> None:
    fill(paging, 1000)
    paging.put("OrdersInstances", row("00-first", "Running"))
    reading = read_paging(paging, full=False)
    assert (len(reading.active), reading.complete, sum(request.service == "table" for request in paging.requests)) == (1, False, 1)


def test_only_the_columns_that_are_told_are_asked_for(paging: PagingServer) -> None:
    read_paging(paging)
    (query,) = (request.query for request in paging.requests if request.service == "table")
    assert query["$select"] == "PartitionKey,Name,Version,RuntimeStatus,CreatedTime,LastUpdatedTime,TaskHubName"


def fails(service: str, answer: Answer, *, after: int = 0) -> Callable[[Request], Answer | None]:
    count = iter(range(10**6))
    return lambda request: answer if request.service == service and next(count) >= after else None


GARBAGE = b"<html><body>Welcome to our network</body></html>"
FAULTS = {
    "500": Answer(500),
    "503": Answer(503, headers={"Retry-After": "1"}),
    "403": Answer(403, headers={"x-ms-error-code": "AuthorizationPermissionMismatch"}),
    "401": Answer(401),
    "404 of something else": Answer(404, GARBAGE, {"Content-Type": "text/html"}),
    "a page of HTML": Answer(200, GARBAGE, {"Content-Type": "text/html"}),
    "JSON of something else": Answer(200, b'{"hello": 1}', {"Content-Type": "application/json"}),
    "half an answer": Answer(200, b'{"value": [{"Part', {"Content-Type": "application/json"}),
    "nothing": Answer(200),
    "a dropped connection": Answer(200, dropped=True),
}


@pytest.mark.parametrize("service", ["queue", "table"])
@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("had_code", [True, False])
def test_storage_that_fails_is_unknown_and_never_drained(
    paging: PagingServer, service: str, after: int, fault: str, had_code: bool
) -> None:
    fill(paging, 1000)
    paging.fault = fails(service, FAULTS[fault], after=after)
    finding = check_paging(paging, had_code=had_code)
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.reason is Reason.UNREADABLE or (fault, finding.reason) == ("a page of HTML", Reason.NO_HUB)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_carries_its_status_and_names_the_roles(paging: PagingServer, status: int) -> None:
    paging.fault = fails("table", Answer(status))
    finding = check_paging(paging)
    assert finding.status == status
    assert finding.sentence.startswith(f"The storage of task hub 'Orders' can't be read: {status} ")
    assert "Storage Table Data Reader and Storage Queue Data Reader" in finding.sentence


def test_a_fault_that_passes_is_retried(paging: PagingServer) -> None:
    answers = iter([Answer(503), Answer(500)])
    paging.fault = lambda request: next(answers, None) if request.service == "table" else None
    assert check_paging(paging, retry_total=2, retry_backoff_factor=0).verdict is Verdict.DRAINED


def test_an_instance_that_was_seen_counts_even_if_the_rest_can_not_be_read(paging: PagingServer) -> None:
    fill(paging, 1000)
    paging.put("OrdersInstances", row("00-first", "Running"))
    paging.fault = fails("table", Answer(500), after=2)
    finding = check_paging(paging)
    assert (finding.verdict, finding.reason, finding.active) == (Verdict.BUSY, Reason.ACTIVE, 1)
    assert finding.sentence.startswith("At least 1 instance is active")


@pytest.mark.parametrize("seen", [False, True])
def test_storage_that_never_answers_ends_at_the_deadline(paging: PagingServer, seen: bool) -> None:
    """UNKNOWN; or BUSY, if an instance was seen before it fell silent."""
    fill(paging, 1000)
    if seen:
        paging.put("OrdersInstances", row("00-first", "Running"))
    silent = threading.Event()
    try:
        paging.fault = lambda request: silent.wait() and None if "NextPartitionKey" in request.query else None
        finding = check_paging(paging, deadline=0.5)
    finally:
        silent.set()
    if seen:
        assert (finding.verdict, finding.reason, finding.active) == (Verdict.BUSY, Reason.ACTIVE, 1)
    else:
        assert (finding.verdict, finding.reason, finding.active) == (Verdict.UNKNOWN, Reason.DEADLINE, None)
        assert finding.sentence == "Task hub 'Orders' was not read to its end within the deadline: allow more time."


def test_a_deadline_without_room_for_the_second_pass_is_unknown(paging: PagingServer) -> None:
    finding = check_paging(paging, settle=30.0, deadline=20.0)
    assert (finding.verdict, finding.reason, finding.passes) == (Verdict.UNKNOWN, Reason.DEADLINE, 1)
    assert finding.sentence == "One pass over task hub 'Orders' saw nothing, but there was no time for a second one, 30 s later."


@pytest.mark.parametrize("hours", [-3, 3])
def test_clocks_that_disagree_change_no_verdict(paging: PagingServer, hours: int) -> None:
    """The storage's and the workers' by hours, one to each side of ours."""
    skew = timedelta(hours=hours)
    now = datetime.now(UTC)
    paging.clock = lambda: now + skew
    paging.put("OrdersInstances", row("a", "Completed", LastUpdatedTime=now - skew, CompletedTime=now - skew))
    now += timedelta(minutes=1)
    assert check_paging(paging).verdict is Verdict.DRAINED
    paging.put("OrdersInstances", row("b", "Running", CreatedTime=now - skew))
    assert check_paging(paging).verdict is Verdict.BUSY


def test_an_instance_that_ended_right_now_costs_another_look(paging: PagingServer) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        nonlocal now
        waited.append(seconds)
        now += timedelta(seconds=seconds)

    paging.clock = lambda: now
    paging.put("OrdersInstances", row("a", "Completed"))
    finding = check_paging(paging, settle=0.0, pause=pause)
    assert (finding.verdict, finding.passes, waited) == (Verdict.DRAINED, 5, [0.0, 3.0, 3.0, 0.0])


def test_a_message_that_becomes_an_instance_is_busy_then_active(paging: PagingServer) -> None:
    paging.queues["orders-control-02"] = 1

    async def pause(_seconds: float) -> None:
        paging.queues["orders-control-02"] = 0
        paging.put("OrdersInstances", row("a", "Running"))

    first = check_paging(paging, deadline=10.0)
    assert (first.verdict, first.reason, first.queued["orders-control-02"]) == (Verdict.BUSY, Reason.QUEUED, 1)
    assert (second := check_paging(paging, pause=pause)).reason is Reason.ACTIVE and second.passes == 2


def test_nobody_is_asked_for_more_than_the_service_takes() -> None:
    predicate(filters.active(Hub("Orders", "", "", Tracking("")), entities=False, or_written_since=LONG_AGO))
    with pytest.raises(BadFilter, match="16 comparisons"):
        predicate(" or ".join(f"A eq '{number}'" for number in range(16)))


def test_the_settle_time_is_waited_for_between_two_clean_passes(paging: PagingServer) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    finding = check_paging(paging, settle=7.0, pause=pause)
    assert (finding.verdict, finding.passes, waited) == (Verdict.DRAINED, 2, [7.0])
