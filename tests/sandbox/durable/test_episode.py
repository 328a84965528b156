"""One turn of an orchestration, without storage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.durable import HubOptions
from sandbox.durable.engine.control import instance_clock
from sandbox.durable.engine.episode import Episode, Outcome, delivered
from sandbox.durable.engine.events import Event, event
from sandbox.durable.engine.functions import DurableFunctions
from tests.sandbox.durable.apps import app_with
from tests.sandbox.durable.taskhub import functions_of

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def Waits(context):
    for _ in range(2):
        yield context.create_timer(context.current_utc_datetime + HOUR)


def turn(past: list[Event], received: list[Event]) -> Outcome:
    """At the same real moment as the one before."""
    functions = DurableFunctions(functions_of(app_with(Waits)), str)
    options = HubOptions("Hub", "q", "t", "b", timer_speed=60.0)
    clock = instance_clock(past + received, NOW)
    return Episode("i-1", functions, options, lambda _: None, clock=clock, now=NOW).run("e-1", past, received)


def start() -> Event:
    return event("ExecutionStarted", NOW, Name="Waits", Version="", OrchestrationInstance={"InstanceId": "i-1", "ExecutionId": "e-1"})


def kinds(events: list[Event]) -> list[Any]:
    return [one["EventType"] for one in events]


def test_a_timer_is_as_far_away_as_the_instance_s_own_clock_says() -> None:
    """After the first, that clock is an hour ahead: the second is due an hour after it, and a minute from now."""
    first = turn([], [start()])
    second = turn(first.events, [event("TimerFired", NOW, TimerId=0, FireAt=NOW + HOUR)])
    assert [(message.due, message.event["FireAt"]) for message in first.control] == [(60.0, NOW + HOUR)]
    assert [(message.due, message.event["FireAt"]) for message in second.control] == [(60.0, NOW + 2 * HOUR)]
    assert second.events[second.first]["Timestamp"] == NOW + HOUR
    assert all(one["Timestamp"] == NOW for one in second.events[second.first + 1 :])


def test_only_what_is_new_is_written() -> None:
    first = turn([], [start()])
    second = turn(first.events, [event("TimerFired", NOW, TimerId=0, FireAt=NOW + HOUR)])
    assert kinds(second.events[second.first :]) == ["OrchestratorStarted", "TimerFired", "TimerCreated", "OrchestratorCompleted"]
    assert second.events[: second.first] == first.events


def test_what_comes_while_an_instance_is_suspended_is_delivered_when_it_is_resumed() -> None:
    began, raised = start(), event("EventRaised", NOW, Name="Go", Input="1")
    suspended, resumed = event("ExecutionSuspended", NOW), event("ExecutionResumed", NOW)
    assert delivered([began, suspended, raised]) == ([began, suspended], True)
    assert delivered([began, suspended, raised, resumed]) == ([began, suspended, resumed, raised], False)
    assert delivered([began, raised]) == ([began, raised], False)
