"""Code that changed under a running instance: what breaks it, how it says so, and what does not break it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sandbox.durable.engine.control import Control
from sandbox.durable.engine.functions import DurableFunctions
from tests.sandbox.durable.apps import app_with
from tests.sandbox.durable.taskhub import QUICK, TaskHub, functions_of, until

ACTIVITIES = {"A": lambda value: value, "B": lambda value: value}
CHANGED = "Was a change made to the orchestrator code after this instance had already started running?"
EARLIER = "Non-Deterministic workflow detected: A previous execution of this orchestration scheduled"


def waits_after(begin: Callable) -> Callable:
    def Flow(context):
        yield from begin(context)
        yield context.wait_for_external_event("Go")
        return "finished"

    return Flow


def activity(name):
    def begin(context):
        yield context.call_activity(name, 1)

    return begin


def timer(context):
    yield context.create_timer(context.current_utc_datetime + timedelta(hours=1))


def child(name):
    def begin(context):
        yield context.call_sub_orchestrator(name, None, "child")

    return begin


def nothing(context):
    return iter(())


def Child(context):
    return 1
    yield


def Other(context):
    return 2
    yield


CASES = [
    (
        activity("A"),
        activity("B"),
        " an activity task with sequence number 0 named 'A', but the current orchestration replay instead scheduled an activity task named 'B' "
        "with this sequence number.  ",
    ),
    (
        activity("A"),
        nothing,
        " an activity task with sequence ID 0 and name 'A' (version ''), but the current replay execution hasn't (yet?) scheduled this task. ",
    ),
    (
        activity("A"),
        timer,
        " an activity task with sequence number 0 named 'A', but the current orchestration replay instead produced a "
        "CreateTimerOrchestratorAction action with this sequence number. ",
    ),
    (
        timer,
        activity("A"),
        " a timer task with sequence number 0 named but the current orchestration replay instead produced a ScheduleTaskOrchestratorAction "
        "action with this sequence number. ",
    ),
    (timer, nothing, " a timer task with sequence number 0 but the current replay execution hasn't (yet?) scheduled this task. "),
    (
        child("Child"),
        child("Other"),
        " a sub-orchestration task with sequence ID 0 and name 'Child' (version '', instance ID 'child'), but the current orchestration replay "
        "instead scheduled a sub-orchestration task with name Other at this sequence number. ",
    ),
    (
        child("Child"),
        nothing,
        " a sub-orchestration task with sequence ID 0 and name 'Child' (version '', instance ID 'child'), but the current replay execution "
        "hasn't (yet?) scheduled this task. ",
    ),
]


@pytest.mark.parametrize(("before", "after", "sentence"), CASES)
def test_a_replay_that_differs_from_the_history_fails_the_instance(taskhub: TaskHub, before, after, sentence: str) -> None:
    old = taskhub.worker(app_with(waits_after(before), Child, Other, activities=ACTIVITIES), "old")
    taskhub.start("Flow")
    until(lambda: taskhub.events().count("OrchestratorCompleted") == 2)
    old.stop(graceful=True)
    taskhub.workers.clear()
    taskhub.worker(app_with(waits_after(after), Child, Other, activities=ACTIVITIES), "new")
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", 1)
    status = taskhub.finished()
    assert (status["runtimeStatus"], status["output"]) == ("Failed", f"{EARLIER}{sentence}{CHANGED}")


def test_an_activity_with_another_input_is_not_noticed(taskhub: TaskHub) -> None:
    def changed(context):
        yield context.call_activity("a", 2)

    old = taskhub.worker(app_with(waits_after(activity("A")), activities=ACTIVITIES))
    taskhub.start("Flow")
    until(lambda: taskhub.events().count("OrchestratorCompleted") == 2)
    old.stop(graceful=True)
    taskhub.workers.clear()
    taskhub.worker(app_with(waits_after(changed), activities=ACTIVITIES))
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", 1)
    assert taskhub.finished()["output"] == "finished"


def test_an_orchestrator_that_is_gone_fails_its_instances(taskhub: TaskHub) -> None:
    old = taskhub.worker(app_with(waits_after(activity("A")), activities=ACTIVITIES))
    taskhub.start("Flow")
    until(lambda: taskhub.events().count("OrchestratorCompleted") == 2)
    old.stop(graceful=True)
    taskhub.workers.clear()
    taskhub.worker(app_with(Other))
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", 1)
    assert taskhub.finished()["output"] == (
        "Orchestrator function 'Flow' failed: The function 'Flow' doesn't exist, is disabled, or is not an orchestrator function. "
        "Additional info: The following are the known orchestrator functions: 'Other'."
    )


def test_an_activity_that_the_worker_lacks_fails_even_if_another_worker_has_it(taskhub: TaskHub) -> None:
    """Activities know no versions: any worker of the hub takes them."""

    def Flow(context):
        try:
            yield context.call_activity("New", 1)
        except Exception as error:
            return str(error).splitlines()[0].strip()

    new = taskhub.worker(app_with(Flow, activities={"New": lambda value: value}), "new", start=False)
    taskhub.raw.create()
    taskhub.start("Flow", to=new)
    # Only the orchestration runs on the new code; then the old code takes the work item.
    known = DurableFunctions(functions_of(app_with(Flow, activities={"New": lambda value: value})), str)
    batch = taskhub.take()
    Control(taskhub.raw, known, lambda _: None, QUICK).handle("i-1", batch)
    taskhub.worker(app_with(Flow, activities={"Old": lambda value: value}), "old")
    until(lambda: "TaskFailed" in taskhub.events())
    failed = next(row for row in taskhub.history() if row.get("EventType") == "TaskFailed")
    assert failed["Reason"] == (
        "Activity function 'New' failed: The function 'New' doesn't exist, is disabled, or is not an activity function. "
        "Additional info: The following are the known activity functions: 'Old'."
    )
