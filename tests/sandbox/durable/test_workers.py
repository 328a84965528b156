"""Several workers on one hub."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.credentials import AccessToken

from sandbox.durable import Timings
from sandbox.durable.engine.events import event
from sandbox.durable.storage.tracking import SplitBrain, Tracking
from tests.sandbox.durable.apps import app_with
from tests.sandbox.durable.conftest import MakeHub
from tests.sandbox.durable.taskhub import TaskHub, until
from tests.sandbox.storage.cloud import SOMEBODY

PATIENT = Timings(lease=600.0, balancing=0.1, slow=0.1)
"""A lease lasts far longer than a test: a partition changes hands only because its owner gives it up."""


def Job(context):
    return (yield context.task_all([context.call_activity("Work", number) for number in range(4)]))


def working():
    return app_with(Job, activities={"Work": lambda value: value})


def test_two_workers_share_the_partitions_and_each_instance_has_one(make_hub: MakeHub) -> None:
    hub = make_hub(partition_count=4)
    one = hub.worker(working(), "one", timings=PATIENT)
    assert len(one.owned_queues) == 4
    two = hub.worker(working(), "two", timings=PATIENT)
    until(lambda: (len(one.owned_queues), len(two.owned_queues)) == (2, 2))
    assert one.owned_queues.isdisjoint(two.owned_queues)
    for number in range(8):
        hub.start("Job", f"i-{number}")
    for number in range(8):
        assert hub.finished(f"i-{number}")["output"] == [0, 1, 2, 3]
    by_instance = {seen["instance"]: set() for seen in hub.observed}
    for seen in hub.observed:
        if seen["kind"] == "orchestrator":
            by_instance[seen["instance"]].add(seen["worker"])
    assert all(len(workers) == 1 for workers in by_instance.values())
    assert {worker for workers in by_instance.values() for worker in workers} == {"one", "two"}


def test_a_worker_that_stops_gracefully_hands_its_partitions_over_at_once(make_hub: MakeHub) -> None:
    hub = make_hub(partition_count=4)
    one = hub.worker(working(), "one", timings=PATIENT)
    two = hub.worker(working(), "two", timings=PATIENT)
    until(lambda: len(two.owned_queues) == 2)
    hub.workers.remove(one)
    one.stop(graceful=True)
    until(lambda: len(two.owned_queues) == 4)
    assert {row["CurrentOwner"] for row in hub.rows("partitions")} == {"two"}


def test_a_worker_finishes_what_it_runs_before_it_stops(taskhub: TaskHub) -> None:
    running, go_on = threading.Semaphore(0), threading.Event()

    def slow(value):
        running.release()
        assert go_on.wait(60)
        return value

    worker = taskhub.worker(app_with(Job, activities={"Work": slow}), timings=Timings(drain=60.0))
    taskhub.start("Job")
    assert all(running.acquire(timeout=60) for _ in range(4))
    stopping = threading.Thread(target=worker.stop, kwargs={"graceful": True})
    stopping.start()
    go_on.set()
    stopping.join()
    taskhub.workers.remove(worker)
    assert taskhub.executions("activity") == 4
    taskhub.worker(working(), "successor")
    assert taskhub.finished()["output"] == [0, 1, 2, 3]
    assert taskhub.executions("activity") == 4


def test_an_activity_that_takes_long_is_not_given_to_another_worker(taskhub: TaskHub) -> None:
    """Its message would be visible again after four seconds, were it not renewed."""
    calls: list[int] = []
    enough = threading.Event()

    def long(value):
        calls.append(1)
        enough.wait(6)
        return value

    def Once(context):
        return (yield context.call_activity("Long", 1))

    quick = Timings(visibility=4, slow=0.1, balancing=0.1)
    for name in ("one", "two"):
        taskhub.worker(app_with(Once, activities={"Long": long}), name, timings=quick)
    taskhub.start("Once")
    assert taskhub.finished()["output"] == 1
    assert len(calls) == 1


def test_any_worker_takes_activities_also_of_instances_that_it_does_not_run(make_hub: MakeHub) -> None:
    """Ten at once is one worker's limit; twelve that wait for each other need two."""
    hub = make_hub(partition_count=1)
    barrier = threading.Barrier(12, timeout=60)

    def together(value):
        barrier.wait()
        return value

    def Crowd(context):
        return (yield context.task_all([context.call_activity("Together", number) for number in range(12)]))

    for name in ("one", "two"):
        hub.worker(app_with(Crowd, activities={"Together": together}), name)
    hub.start("Crowd")
    assert hub.finished()["output"] == list(range(12))
    assert {seen["worker"] for seen in hub.observed if seen["kind"] == "orchestrator"} == {"one"}


def test_a_history_that_another_worker_wrote_meanwhile_is_left_alone(taskhub: TaskHub) -> None:
    taskhub.raw.create()
    tracking, now = Tracking(taskhub.raw), datetime.now(UTC)
    tracking.append("i-1", "first", 0, [event("OrchestratorStarted", now)], None)
    seen_by_both = tracking.load("i-1")
    tracking.append("i-1", "first", 1, [event("OrchestratorCompleted", now)], seen_by_both.etag)
    with pytest.raises(SplitBrain):
        tracking.append("i-1", "first", 1, [event("OrchestratorStarted", now)], seen_by_both.etag)
    with pytest.raises(SplitBrain):
        tracking.append("i-1", "second", 0, [event("OrchestratorStarted", now)], None)
    assert taskhub.events() == ["OrchestratorStarted", "OrchestratorCompleted"]


def test_a_worker_signs_in_with_an_async_credential_too(taskhub: TaskHub) -> None:
    class Async:
        async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
            return taskhub.account.as_(SOMEBODY).get_token(*scopes)

    taskhub.worker(working(), credential=Async())
    taskhub.start("Job")
    assert taskhub.finished()["output"] == [0, 1, 2, 3]
