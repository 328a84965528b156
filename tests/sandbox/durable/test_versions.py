"""Orchestration versions: what is recorded, which worker runs what, and what happens to the rest.

Sources: Microsoft docs, "Orchestration versioning" (strategies; a sub-orchestration gets the default version of the app unless the call names
one); durabletask VersioningSettings.cs, TaskOrchestrationDispatcher.cs (each turn is checked, not only the first).
"""

from __future__ import annotations

from dataclasses import replace

import azure.durable_functions as df
import pytest

from sandbox.durable import HubOptions
from sandbox.durable.engine.versions import compare_versions, may_run
from tests.sandbox.durable.apps import app_with, counter
from tests.sandbox.durable.taskhub import TaskHub, until


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1.0.0", "1.0.0", 0),
        ("1.1.0", "1.0.0", 1),
        ("1.0.0", "1.1.0", -1),
        ("2.0", "10.0", -1),
        ("2", "10", 1),
        ("9", "10", 1),
        ("1.0", "1.0.0", -1),
        ("1.0.0", "1.0.0.0", -1),
        ("v2", "V2", 0),
        ("", "1", -1),
        (None, "1", -1),
        ("1", "", 1),
        (None, "", 0),
    ],
)
def test_versions_are_compared_as_dotnet_does(one: str | None, other: str | None, expected: int) -> None:
    assert compare_versions(one, other) == expected


@pytest.mark.parametrize(
    ("match", "own", "runs"),
    [
        ("None", "1.0", ["", "1.0", "2.0"]),
        ("Strict", "1.0", ["1.0"]),
        ("CurrentOrOlder", "1.0", ["", "1.0"]),
        ("CurrentOrOlder", None, [""]),
        ("CurrentOrOlder", "2.0", ["", "1.0", "2.0"]),
    ],
)
def test_a_match_strategy_says_which_versions_a_worker_runs(match, own, runs: list[str]) -> None:
    options = HubOptions("Hub", "q", "t", "b", match=match, default_version=own)
    assert [version for version in ("", "1.0", "2.0") if may_run(version, options)] == runs


def Version(context):
    child = yield context.call_sub_orchestrator("Child", None, f"child-of-{context.instance_id}")
    named = yield context.call_sub_orchestrator("Child", None, f"named-of-{context.instance_id}", "1.5")
    return [context.version, child, named]


def Child(context):
    return context.version
    yield


def Retry(context):
    options = df.RetryOptions(1000, 2)
    child = yield context.call_sub_orchestrator_with_retry("Child", options)
    named = yield context.call_sub_orchestrator_with_retry("Child", options, None, None, "1.5")
    return [child, named]


def Wait(context):
    yield context.wait_for_external_event("Go")
    return context.version


def app():
    return app_with(Version, Child, Retry, Wait)


def test_an_instance_gets_the_version_of_the_app_or_the_one_it_is_started_with(taskhub: TaskHub) -> None:
    """A child gets the app's, whatever its parent has, unless the call names one."""
    taskhub.worker(app(), as_=replace(taskhub.options, default_version="2.0"))
    taskhub.start("Version", "default")
    taskhub.start("Version", "older", version="1.0")
    assert taskhub.finished("default")["output"] == ["2.0", "2.0", "1.5"]
    assert taskhub.finished("older")["output"] == ["1.0", "2.0", "1.5"]
    versions = {row["PartitionKey"]: row["Version"] for row in taskhub.rows("instances")}
    assert versions == {
        "default": "2.0",
        "older": "1.0",
        "child-of-default": "2.0",
        "child-of-older": "2.0",
        "named-of-default": "1.5",
        "named-of-older": "1.5",
    }


def test_a_rejected_instance_waits_untouched_for_a_worker_that_may_run_it(taskhub: TaskHub) -> None:
    old = taskhub.worker(app(), "old", as_=replace(taskhub.options, default_version="1.0"))
    taskhub.start("Wait", version="2.0")
    taskhub.start("Wait", "i-0")
    taskhub.reaches("Running", "i-0")
    until(lambda: dequeued(taskhub) >= 1)
    assert (taskhub.status()["runtimeStatus"], taskhub.events()) == ("Pending", [])
    old.stop(graceful=True)
    taskhub.workers.clear()
    taskhub.worker(app(), "new", as_=replace(taskhub.options, default_version="2.0"))
    taskhub.reaches("Running")
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", 1)
    assert taskhub.finished()["output"] == "2.0"
    assert {seen["worker"] for seen in taskhub.observed if seen["instance"] == "i-1"} == {"new"}


def dequeued(taskhub: TaskHub) -> int:
    """How often the message that is left was taken."""
    return sum(message.dequeue_count or 0 for queue in taskhub.raw.control for message in queue.peek_messages(max_messages=32))


def test_the_strategy_fail_ends_an_instance_that_a_worker_may_not_run(taskhub: TaskHub) -> None:
    taskhub.worker(app(), as_=replace(taskhub.options, default_version="1.0", failure="Fail"))
    taskhub.start("Wait", version="2.0")
    status = taskhub.finished()
    assert status["runtimeStatus"] == "Failed"
    assert status["output"] == "VersionMismatch: Orchestration version did not comply with Worker Versioning"
    assert taskhub.observed == []


def test_entities_have_no_version_and_run_everywhere(taskhub: TaskHub) -> None:
    taskhub.worker(app_with(counter=counter), as_=replace(taskhub.options, default_version="1.0", match="Strict"))
    taskhub.request("POST", "entities/counter/one?op=add", "1")
    until(lambda: taskhub.request("GET", "entities/counter/one").body == 1)


def test_a_child_that_is_tried_again_gets_its_version_the_same_way(taskhub: TaskHub) -> None:
    taskhub.worker(app(), as_=replace(taskhub.options, default_version="2.0"))
    taskhub.start("Retry", version="1.0")
    assert taskhub.finished()["output"] == ["2.0", "1.5"]


def test_a_newer_worker_ends_an_older_instance_with_the_version_that_it_has(taskhub: TaskHub) -> None:
    running(taskhub, own="1.0")
    taskhub.worker(app(), "new", as_=replace(taskhub.options, default_version="2.0"))
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", 1)
    assert taskhub.finished()["output"] == "1.0"
    assert workers(taskhub) == {"first", "new"}


def test_a_running_instance_of_a_newer_version_is_left_to_newer_workers(taskhub: TaskHub) -> None:
    """Also a worker that has no version at all leaves it: removing defaultVersion strands what was started with one."""
    running(taskhub, own="2.0")
    older = taskhub.worker(app(), "older", as_=replace(taskhub.options, default_version=None))
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", 1)
    until(lambda: dequeued(taskhub) >= 1)
    assert (taskhub.status()["runtimeStatus"], workers(taskhub)) == ("Running", {"first"})
    older.stop(graceful=True)
    taskhub.workers.clear()
    taskhub.worker(app(), "new", as_=replace(taskhub.options, default_version="2.0"))
    assert taskhub.finished()["output"] == "2.0"


def test_the_strategy_fail_ends_a_running_instance_at_its_next_turn(taskhub: TaskHub) -> None:
    running(taskhub, own="2.0")
    taskhub.worker(app(), "older", as_=replace(taskhub.options, default_version="1.0", failure="Fail"))
    assert taskhub.status()["runtimeStatus"] == "Running"
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", 1)
    assert taskhub.finished()["runtimeStatus"] == "Failed"
    assert workers(taskhub) == {"first"}


def running(taskhub: TaskHub, *, own: str) -> None:
    """An instance that waits, begun by a worker of that version, which is gone now."""
    first = taskhub.worker(app(), "first", as_=replace(taskhub.options, default_version=own))
    taskhub.start("Wait")
    taskhub.reaches("Running")
    first.stop(graceful=True)
    taskhub.workers.clear()


def workers(taskhub: TaskHub) -> set[str]:
    return {str(seen["worker"]) for seen in taskhub.observed}
