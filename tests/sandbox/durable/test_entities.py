"""Entities, called and signaled from orchestrations."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import azure.durable_functions as df

from sandbox.durable.engine.entities import entity_state, operate
from sandbox.durable.engine.events import event
from sandbox.durable.engine.functions import DurableFunctions
from tests.sandbox.durable.apps import app_with, counter
from tests.sandbox.durable.taskhub import TaskHub, functions_of, until

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEA = df.EntityId("counter", "tea")


def test_operations_of_one_entity_follow_each_other(taskhub: TaskHub) -> None:
    def Many(context):
        yield context.task_all([context.call_entity(TEA, "add", 1) for _ in range(20)])
        return (yield context.call_entity(TEA, "get"))

    taskhub.worker(app_with(Many, counter=counter))
    taskhub.start("Many")
    assert taskhub.finished()["output"] == 20
    assert taskhub.request("GET", "entities/counter/tea").body == 20


def test_a_signal_is_not_waited_for(taskhub: TaskHub) -> None:
    def Tells(context):
        context.signal_entity(TEA, "add", 5)
        return (yield context.call_entity(TEA, "get"))

    taskhub.worker(app_with(Tells, counter=counter))
    taskhub.start("Tells")
    assert taskhub.finished()["output"] == 5


def test_a_failing_operation_is_an_exception_for_its_caller_and_keeps_the_state(taskhub: TaskHub) -> None:
    def Asks(context):
        yield context.call_entity(TEA, "add", 2)
        try:
            yield context.call_entity(TEA, "fly")
        except Exception as error:
            return [str(error), (yield context.call_entity(TEA, "get"))]

    taskhub.worker(app_with(Asks, counter=counter))
    taskhub.start("Asks")
    assert taskhub.finished()["output"] == ["a counter can't fly", 2]


def test_an_entity_that_the_app_lacks_fails_the_call(taskhub: TaskHub) -> None:
    def Asks(context):
        try:
            yield context.call_entity(df.EntityId("Nothing", "x"), "get")
        except Exception as error:
            return str(error)

    taskhub.worker(app_with(Asks, counter=counter))
    taskhub.start("Asks")
    assert taskhub.finished()["output"] == (
        "The function 'nothing' doesn't exist, is disabled, or is not an entity function. "
        "Additional info: The following are the known entity functions: 'counter'."
    )


def test_a_deleted_entity_has_no_state_and_its_row_stays(taskhub: TaskHub) -> None:
    taskhub.worker(app_with(counter=counter))
    taskhub.request("POST", "entities/counter/tea?op=add", "1")
    until(lambda: taskhub.request("GET", "entities/counter/tea").status == 200)
    taskhub.request("POST", "entities/counter/tea?op=forget", "0")
    until(lambda: taskhub.request("GET", "entities/counter/tea").status == 404)
    row = taskhub.instance("@counter@tea")
    assert row is not None
    assert (row["RuntimeStatus"], row["Input"], row["CustomStatus"]) == ("Running", '{"sorter":{}}', '{"entityExists":false}')


def test_an_operation_that_was_sent_twice_counts_once() -> None:
    functions = DurableFunctions(functions_of(app_with(counter=counter)), str)
    request = json.dumps({"op": "add", "id": "r-1", "parent": "i-1", "input": '"3"'})
    sent = [event("EventRaised", NOW, Name="op", Input=request)]
    began = event("ExecutionStarted", NOW, Name="@counter@tea", Version="")
    first = operate("@counter@tea", [], [began, *sent, *sent], functions, lambda _: None, NOW)
    second = operate("@counter@tea", first.events, sent, functions, lambda _: None, NOW)
    assert [len(outcome.control) for outcome in (first, second)] == [1, 0]
    assert [entity_state(outcome.events[1]["Input"]) for outcome in (first, second)] == ["3", "3"]


def test_an_entity_outlives_its_worker(taskhub: TaskHub) -> None:
    first = taskhub.worker(app_with(counter=counter), "first")
    taskhub.request("POST", "entities/counter/tea?op=add", "1")
    until(lambda: taskhub.request("GET", "entities/counter/tea").body == 1)
    first.stop(graceful=True)
    taskhub.workers.clear()
    taskhub.worker(app_with(counter=counter), "second")
    taskhub.request("POST", "entities/counter/tea?op=add", "1")
    until(lambda: taskhub.request("GET", "entities/counter/tea").body == 2)
    assert {seen["worker"] for seen in taskhub.observed} == {"first", "second"}
