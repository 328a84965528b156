"""Real orchestrators of the real SDK, run by a worker on real queues and tables."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import azure.durable_functions as df
import pytest

from tests.sandbox.durable.apps import app_with
from tests.sandbox.durable.taskhub import TaskHub, until


def test_activities_get_their_inputs_and_give_their_outputs_as_json(taskhub: TaskHub) -> None:
    def Chain(context):
        first = yield context.call_activity("Double", context.get_input())
        return (yield context.call_activity("Double", first))

    taskhub.worker(app_with(Chain, activities={"Double": lambda value: {"items": value["items"] * 2}}))
    taskhub.start("Chain", input={"items": ["tea"]})
    assert taskhub.finished()["output"] == {"items": ["tea"] * 4}
    assert taskhub.events() == [
        *("OrchestratorStarted", "ExecutionStarted", "TaskScheduled", "OrchestratorCompleted"),
        *("OrchestratorStarted", "TaskCompleted", "TaskScheduled", "OrchestratorCompleted"),
        *("OrchestratorStarted", "TaskCompleted", "ExecutionCompleted", "OrchestratorCompleted"),
    ]


def test_activities_run_at_the_same_time_also_async_ones(taskhub: TaskHub) -> None:
    barrier = threading.Barrier(3, timeout=20)

    async def meet(value: int) -> int:
        barrier.wait()
        return value

    def FanOut(context):
        return (yield context.task_all([context.call_activity("Meet", number) for number in range(3)]))

    taskhub.worker(app_with(FanOut, activities={"Meet": meet}))
    taskhub.start("FanOut")
    assert taskhub.finished()["output"] == [0, 1, 2]


def test_a_failed_activity_is_an_exception_that_can_be_caught(taskhub: TaskHub) -> None:
    def fail(value):
        raise ValueError("no such order")

    def Careful(context):
        try:
            yield context.call_activity("Fail", 1)
        except Exception as error:
            return str(error).splitlines()[:2]

    taskhub.worker(app_with(Careful, activities={"Fail": fail}))
    taskhub.start("Careful")
    expected = ["Activity function 'Fail' failed: Result: Failure", "Exception: ValueError: no such order "]
    assert taskhub.finished()["output"] == expected


def test_an_exception_fails_the_instance(taskhub: TaskHub) -> None:
    def Broken(context):
        context.set_custom_status("about to fail")
        yield context.call_activity("Echo", 1)
        raise RuntimeError("broken")

    taskhub.worker(app_with(Broken, activities={"Echo": lambda value: value}))
    taskhub.start("Broken")
    status = taskhub.finished()
    assert (status["runtimeStatus"], status["customStatus"]) == ("Failed", "about to fail")
    assert status["output"] == "Orchestrator function 'Broken' failed: broken"


def test_an_orchestrator_without_yield_completes_at_once(taskhub: TaskHub) -> None:
    def Plain(context):
        return {"id": context.instance_id, "input": context.get_input()}

    taskhub.worker(app_with(Plain))
    taskhub.start("Plain", input=7)
    assert taskhub.finished()["output"] == {"id": "i-1", "input": 7}


def test_a_timer_moves_the_clock_of_its_instance_and_not_the_real_one(taskhub: TaskHub) -> None:
    def Wait(context):
        before = context.current_utc_datetime
        yield context.create_timer(before + timedelta(hours=1))
        after = context.current_utc_datetime
        yield context.call_activity("Echo", 1)
        return [(after - before).total_seconds(), (context.current_utc_datetime - after).total_seconds() < 60]

    taskhub.worker(app_with(Wait, activities={"Echo": lambda value: value}))
    taskhub.start("Wait")
    assert taskhub.finished()["output"] == [3600.0, True]
    row = taskhub.instance()
    assert row["LastUpdatedTime"] - row["CreatedTime"] < timedelta(minutes=10)


def test_a_timer_longer_than_six_days_is_a_chain_of_timers(taskhub: TaskHub) -> None:
    def Wait(context):
        before = context.current_utc_datetime
        yield context.create_timer(before + timedelta(days=8))
        return (context.current_utc_datetime - before).days

    taskhub.worker(app_with(Wait), as_=replace(taskhub.options, timer_speed=1_000_000.0))
    taskhub.start("Wait")
    assert taskhub.finished()["output"] == 8
    assert taskhub.events().count("TimerFired") == 2


def test_an_event_is_kept_for_an_orchestrator_that_does_not_wait_for_it_yet(taskhub: TaskHub) -> None:
    def Approve(context):
        context.set_custom_status("started")
        yield context.create_timer(context.current_utc_datetime + timedelta(hours=1))
        return (yield context.wait_for_external_event("Approval"))

    taskhub.worker(app_with(Approve))
    taskhub.start("Approve")
    taskhub.reaches("started")
    assert taskhub.request("POST", "instances/i-1/raiseEvent/Approval", {"by": "Ann"}).status == 202
    assert taskhub.finished()["output"] == {"by": "Ann"}


def test_the_first_of_event_and_timer_wins_and_the_canceled_timer_is_not_waited_for(taskhub: TaskHub) -> None:
    def Race(context):
        event = context.wait_for_external_event("Go")
        timer = context.create_timer(context.current_utc_datetime + timedelta(hours=24))
        context.set_custom_status("racing")
        winner = yield context.task_any([event, timer])
        if winner == event:
            timer.cancel()
        yield context.call_activity("Echo", 1)
        return "event" if winner == event else "timer"

    taskhub.worker(app_with(Race, activities={"Echo": lambda value: value}))
    taskhub.start("Race")
    taskhub.reaches("racing")
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", True)
    assert taskhub.finished()["output"] == "event"
    # Its message stays until it is due, though the instance is over.
    assert list(taskhub.queued().values()) == [1]


def test_a_child_answers_its_parent(taskhub: TaskHub) -> None:
    def Parent(context):
        named = yield context.call_sub_orchestrator("Child", {"n": 1}, "child-1")
        unnamed = yield context.call_sub_orchestrator("Child", {"n": 2})
        return [named, unnamed]

    def Child(context):
        return [context.get_input()["n"], context.parent_instance_id]
        yield

    taskhub.worker(app_with(Parent, Child))
    taskhub.start("Parent")
    assert taskhub.finished()["output"] == [[1, "i-1"], [2, "i-1"]]
    execution = taskhub.instance()["ExecutionId"]
    assert {row["PartitionKey"] for row in taskhub.rows("instances")} == {"i-1", "child-1", f"{execution}:1"}


def test_a_failed_or_terminated_child_is_an_exception(taskhub: TaskHub) -> None:
    def Parent(context):
        problems = []
        for name in ("Fails", "Waits"):
            try:
                yield context.call_sub_orchestrator(name, None, name)
            except Exception as error:
                problems.append(str(error).splitlines()[0].strip())
        return problems

    def Fails(context):
        raise RuntimeError("child broke")
        yield

    def Waits(context):
        yield context.wait_for_external_event("Never")

    taskhub.worker(app_with(Parent, Fails, Waits))
    taskhub.start("Parent")
    taskhub.reaches("Running", "Waits")
    taskhub.request("POST", "instances/Waits/terminate?reason=enough")
    assert taskhub.finished()["output"] == ["Orchestrator function 'Fails' failed: child broke", "enough"]


def test_continue_as_new_begins_a_new_execution_with_a_short_history(taskhub: TaskHub) -> None:
    def Loop(context):
        round = context.get_input()
        yield context.call_activity("Echo", round)
        if round == 3:
            return "done"
        context.continue_as_new(round + 1)

    taskhub.worker(app_with(Loop, activities={"Echo": lambda value: value}))
    taskhub.start("Loop", input=1)
    first = until(lambda: taskhub.instance())["ExecutionId"]
    assert taskhub.finished()["output"] == "done"
    assert taskhub.executions("activity") == 3
    sentinel = taskhub.history()[-1]
    assert sentinel["ExecutionId"] == taskhub.instance()["ExecutionId"] != first
    current = [row["EventType"] for row in taskhub.history()[:-1] if row["ExecutionId"] == sentinel["ExecutionId"]]
    assert current == [
        *("OrchestratorStarted", "ExecutionStarted", "TaskScheduled", "OrchestratorCompleted"),
        *("OrchestratorStarted", "TaskCompleted", "ExecutionCompleted", "OrchestratorCompleted"),
    ]


def test_rows_of_a_longer_generation_stay_behind_and_are_not_read_again(taskhub: TaskHub) -> None:
    def Shrink(context):
        rounds = context.get_input()
        for number in range(rounds):
            yield context.call_activity("Echo", number)
        if rounds == 1:
            return (yield context.wait_for_external_event("Go"))
        context.continue_as_new(1)

    taskhub.worker(app_with(Shrink, activities={"Echo": lambda value: value}))
    taskhub.start("Shrink", input=4)
    until(lambda: taskhub.executions("activity") == 5)
    taskhub.request("POST", "instances/i-1/raiseEvent/Go", "end")
    assert taskhub.finished()["output"] == "end"
    assert len({row["ExecutionId"] for row in taskhub.history()}) == 2


def test_an_event_that_comes_with_the_one_that_ends_a_generation_reaches_the_next(taskhub: TaskHub) -> None:
    def Collect(context):
        seen = context.get_input() or []
        if len(seen) == 3:
            return seen
        seen.append((yield context.wait_for_external_event("Item")))
        context.continue_as_new(seen)

    worker = taskhub.worker(app_with(Collect))
    taskhub.start("Collect", input=[])
    taskhub.reaches("Running")
    for number in range(3):
        taskhub.request("POST", "instances/i-1/raiseEvent/Item", number, to=worker)
    assert taskhub.finished()["output"] == [0, 1, 2]


@pytest.mark.parametrize(("succeeds_at", "ends"), [(3, {"runtimeStatus": "Completed", "output": 3}), (9, {"runtimeStatus": "Failed"})])
def test_a_retry_waits_and_tries_again(taskhub: TaskHub, succeeds_at: int, ends: dict) -> None:
    tries: list[int] = []

    def flaky(value):
        tries.append(1)
        if len(tries) < succeeds_at:
            raise OSError("not yet")
        return len(tries)

    def Patient(context):
        return (yield context.call_activity_with_retry("Flaky", df.RetryOptions(5000, 3), None))

    taskhub.worker(app_with(Patient, activities={"Flaky": flaky}))
    taskhub.start("Patient")
    status = taskhub.finished()
    assert {name: status[name] for name in ends} == ends
    assert (len(tries), taskhub.events().count("TimerFired")) == (3, 2 if succeeds_at == 3 else 3)


def test_a_child_is_retried_too(taskhub: TaskHub) -> None:
    tries: list[int] = []

    def Parent(context):
        return (yield context.call_sub_orchestrator_with_retry("Child", df.RetryOptions(1000, 2), None))

    def Child(context):
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("not yet")
        return "child"

    taskhub.worker(app_with(Parent, Child))
    taskhub.start("Parent")
    assert taskhub.finished()["output"] == "child"


def test_a_suspended_instance_does_nothing_until_it_is_resumed(taskhub: TaskHub) -> None:
    def Approve(context):
        approval = yield context.wait_for_external_event("Approval")
        return (yield context.call_activity("Echo", approval))

    taskhub.worker(app_with(Approve, activities={"Echo": lambda value: value}))
    taskhub.start("Approve")
    taskhub.reaches("Running")
    assert taskhub.request("POST", "instances/i-1/suspend?reason=audit").status == 202
    taskhub.reaches("Suspended")
    assert taskhub.status()["output"] == "audit"
    taskhub.request("POST", "instances/i-1/raiseEvent/Approval", 5)
    until(lambda: "EventRaised" in taskhub.events())
    assert (taskhub.status()["runtimeStatus"], taskhub.executions("activity")) == ("Suspended", 0)
    assert taskhub.request("POST", "instances/i-1/resume?reason=done").status == 202
    assert taskhub.finished()["output"] == 5


def test_an_instance_that_is_suspended_before_it_began_does_not_begin(taskhub: TaskHub) -> None:
    def Begin(context):
        return (yield context.call_activity("Echo", 1))

    app = app_with(Begin, activities={"Echo": lambda value: value})
    taskhub.raw.create()
    idle = taskhub.worker(app, start=False)
    taskhub.start("Begin", to=idle)
    taskhub.request("POST", "instances/i-1/suspend?reason=wait", to=idle)
    taskhub.worker(app_with(Begin, activities={"Echo": lambda value: value}))
    taskhub.reaches("Suspended")
    assert "TaskScheduled" not in taskhub.events()
    taskhub.request("POST", "instances/i-1/resume?reason=go")
    assert taskhub.finished()["output"] == 1


def test_a_terminated_instance_ends_with_its_reason_and_hears_nothing_more(taskhub: TaskHub) -> None:
    def Forever(context):
        yield context.wait_for_external_event("Never")

    taskhub.worker(app_with(Forever))
    taskhub.start("Forever")
    taskhub.reaches("Running")
    assert taskhub.request("POST", "instances/i-1/terminate?reason=not%20needed").status == 202
    status = taskhub.finished()
    assert (status["runtimeStatus"], status["output"]) == ("Terminated", "not needed")
    assert taskhub.events()[-4:] == ["OrchestratorStarted", "ExecutionTerminated", "ExecutionCompleted", "OrchestratorCompleted"]
    assert taskhub.request("POST", "instances/i-1/raiseEvent/Never", 1).status == 410
    until(lambda: taskhub.queued() == {})


def test_a_missing_activity_fails_the_orchestrator_that_calls_it(taskhub: TaskHub) -> None:
    def Calls(context):
        yield context.call_activity("Nowhere", 1)

    taskhub.worker(app_with(Calls, activities={"Echo": lambda value: value}))
    taskhub.start("Calls")
    assert taskhub.finished()["output"] == (
        "Orchestrator function 'Calls' failed: The function 'Nowhere' doesn't exist, is disabled, or is not an activity function. "
        "Additional info: The following are the known activity functions: 'Echo'."
    )


def test_input_that_fits_no_column_lies_in_a_blob(taskhub: TaskHub) -> None:
    def Big(context):
        return len((yield context.call_activity("Echo", context.get_input())))

    taskhub.worker(app_with(Big, activities={"Echo": lambda value: value}))
    taskhub.start("Big", input="x" * 80_000)
    assert taskhub.finished()["output"] == 80_000
    assert taskhub.instance()["Input"].startswith(f"{taskhub.options.blob}/{taskhub.options.hub.lower()}-largemessages/i-1/")
    assert taskhub.status()["input"] == '"' + "x" * 80_000 + '"'
    scheduled = next(row for row in taskhub.history() if row.get("EventType") == "TaskScheduled")
    assert (scheduled["Input"], scheduled["InputBlobName"].startswith("i-1/history-0000000000000002-TaskScheduled-")) == ("", True)
