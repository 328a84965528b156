"""One turn of an orchestration: what is recorded and what just came in -> what is recorded next, and what is sent. Reads and writes nothing.

Sources: durabletask TaskOrchestrationDispatcher.cs (order of events, continue-as-new within the same turn, answers to a parent), RetryInterceptor.cs;
durable extension OutOfProcOrchestrationShim.cs (sentences of failures, output, custom status).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.durable.options import HubOptions
from sandbox.durable.replay.actions import CHILD, EVENT, TASK, Replay, Scheduled
from sandbox.durable.replay.nondeterminism import NonDeterministic
from sandbox.durable.storage.messages import Message

from .events import Event, event, started, to_json
from .functions import DurableFunctions, MissingFunction
from .versions import MISMATCH

Observe = Callable[[dict[str, Any]], None]
_SCHEDULING = ("TaskScheduled", "TimerCreated", "SubOrchestrationInstanceCreated", "EventSent")


@dataclass
class Outcome:
    """The history of what is now the current execution, of which `events[first:]` are new, and the messages that go out before it is written."""

    execution_id: str
    events: list[Event]
    first: int
    control: list[Message] = field(default_factory=list)
    work: list[Message] = field(default_factory=list)
    custom_status: str | None = None
    """JSON; `null` where the code set none. None: the code did not run, and what is stored stays."""


class Episode:
    """`clock`: the instance's own time in this turn; `now`: real time, for everything else."""

    def __init__(
        self, instance_id: str, functions: DurableFunctions, options: HubOptions, observe: Observe, *, clock: datetime, now: datetime
    ) -> None:
        self._id, self._functions, self._options, self._observe = instance_id, functions, options, observe
        self._clock, self._now = clock, now
        self._control: list[Message] = []
        self._work: list[Message] = []
        self._status: str | None = None

    def run(self, execution_id: str, past: list[Event], received: list[Event]) -> Outcome:
        self._begin(execution_id, past, received)
        while (following := self._turn()) is not None:
            generation = uuid.uuid4().hex
            following[0]["OrchestrationInstance"]["ExecutionId"] = generation
            self._begin(generation, [], following)
        self._new.append(event("OrchestratorCompleted", self._now))
        return self._outcome()

    def fail(self, execution_id: str, past: list[Event], received: list[Event]) -> Outcome:
        """The strategy Fail on an instance of another version: its code is not called."""
        self._begin(execution_id, past, received)
        self._complete("Failed", None, MISMATCH)
        self._new.append(event("OrchestratorCompleted", self._now))
        return self._outcome()

    def _begin(self, execution_id: str, past: list[Event], received: list[Event]) -> None:
        self._execution, self._past = execution_id, past
        self._new = [event("OrchestratorStarted", self._clock), *received]

    def _outcome(self) -> Outcome:
        status = self._status if self._past else self._status or "null"
        return Outcome(self._execution, self._past + self._new, len(self._past), self._control, self._work, status)

    @property
    def _events(self) -> list[Event]:
        return self._past + self._new

    @property
    def _start(self) -> Event:
        start = started(self._events)
        assert start is not None
        return start

    def _turn(self) -> list[Event] | None:
        """The first events of the next generation, if this one continues as new."""
        terminated = next((one for one in self._new if one["EventType"] == "ExecutionTerminated"), None)
        if terminated is not None:
            # The real one replays the code once more before it lets go; nothing comes of that.
            self._complete("Terminated", terminated.get("Input"))
            return None
        events, suspended = delivered(self._events)
        if suspended:
            return None
        return self._replay(events)

    def _replay(self, events: list[Event]) -> list[Event] | None:
        name = self._start["Name"]
        try:
            self._observe(
                {
                    "kind": "orchestrator",
                    "function": self._functions.name("orchestrator", name),
                    "instance": self._id,
                    "version": self._start.get("Version") or None,
                    "replaying": bool(self._past),
                }
            )
            state = self._functions.orchestrate(name, self._body(events))
        except MissingFunction as error:
            self._complete("Failed", f"Orchestrator function '{name}' failed: {error}")
            return None
        self._status = json.dumps(state.get("customStatus"), separators=(",", ":"))
        replay = Replay(self._id, self._execution, list(_flat(state["actions"])), self._functions.check)
        try:
            replay.feed(events)
        except NonDeterministic as error:
            self._complete("Failed", str(error))
            return None
        return self._conclude(state, replay)

    def _conclude(self, state: dict[str, Any], replay: Replay) -> list[Event] | None:
        for id, what in replay.pending.items():
            self._schedule(id, what)
        name = self._start["Name"]
        if replay.failure is not None:
            self._complete("Failed", f"Orchestrator function '{name}' failed: {replay.failure}")
        elif replay.performed and state.get("error"):
            self._complete("Failed", f"Orchestrator function '{name}' failed: {state['error']}", details=f"Message: {state['error']}")
        elif replay.performed and replay.continued is not None:
            return self._next_generation(replay)
        elif replay.performed and state["isDone"]:
            self._complete("Completed", json.dumps(state.get("output"), separators=(",", ":")))
        return None

    def _next_generation(self, replay: Replay) -> list[Event]:
        """External events that nobody waited for are lost, unless they came later than the decision to continue: the shim passes no
        preserveUnprocessedEvents."""
        kept = {key: self._start[key] for key in ("Name", "Version", "ParentInstance") if key in self._start}
        instance = {"InstanceId": self._id}
        start = event("ExecutionStarted", self._now, Input=json.dumps(replay.continued), OrchestrationInstance=instance, **kept)
        return [start, *replay.carried]

    def _schedule(self, id: int, what: Scheduled) -> None:
        if what.kind == TASK:
            scheduled = event("TaskScheduled", self._now, id, Name=what.name, Version=what.version, Input=what.input)
            self._work.append(Message(self._id, scheduled, self._execution, sender=self._id))
        elif what.kind == CHILD:
            scheduled = self._start_child(id, what)
        elif what.kind == EVENT:
            assert what.instance_id is not None
            scheduled = event("EventSent", self._now, id, Name=what.name, InstanceId=what.instance_id, Input=what.input)
            raised = event("EventRaised", self._now, Name=what.name, Input=what.input)
            self._control.append(Message(what.instance_id, raised, sender=self._id))
        else:
            assert what.fire_at is not None
            scheduled = event("TimerCreated", self._now, id, FireAt=what.fire_at)
            fired = event("TimerFired", self._now, TimerId=id, FireAt=what.fire_at)
            due = (what.fire_at - self._clock).total_seconds() / self._options.timer_speed
            self._control.append(Message(self._id, fired, self._execution, sender=self._id, due=due))
        self._new.append(scheduled)

    def _start_child(self, id: int, what: Scheduled) -> Event:
        """A child gets the version of this worker, not of its parent, unless the call names one: docs "Orchestration versioning"."""
        assert what.instance_id is not None
        version = what.version or self._options.default_version or ""
        child = {"InstanceId": what.instance_id, "ExecutionId": uuid.uuid4().hex}
        parent = {
            "Name": self._start["Name"],
            "Version": self._start.get("Version"),
            "OrchestrationInstance": {"InstanceId": self._id, "ExecutionId": self._execution},
            "TaskScheduleId": id,
        }
        start = event(
            "ExecutionStarted",
            self._now,
            Name=what.name,
            Version=version,
            Input=what.input,
            OrchestrationInstance=child,
            ParentInstance=parent,
        )
        self._control.append(Message(what.instance_id, start, child["ExecutionId"], sender=self._id))
        fields = {"Name": what.name, "InstanceId": what.instance_id, "Version": version, "Input": what.input}
        return event("SubOrchestrationInstanceCreated", self._now, id, **fields)

    def _complete(self, status: str, result: str | None, failure: str | None = None, *, details: str | None = None) -> None:
        id = sum(one["EventType"] in _SCHEDULING for one in self._events)
        completed = event("ExecutionCompleted", self._now, id, OrchestrationStatus=status, Result=result)
        if failure is not None:
            kind, _, message = failure.partition(": ")
            completed["FailureDetails"] = {"ErrorType": kind, "ErrorMessage": message, "IsNonRetriable": True}
        self._new.append(completed)
        parent = self._start.get("ParentInstance")
        if parent is not None:
            to = parent["OrchestrationInstance"]
            answer = _answer(status, parent["TaskScheduleId"], result if failure is None else failure, details, self._now)
            self._control.append(Message(to["InstanceId"], answer, to["ExecutionId"], sender=self._id))

    def _body(self, events: list[Event]) -> dict[str, Any]:
        """OrchestrationTriggerAttributeBindingProvider.cs: what an out-of-process orchestrator is called with."""
        parent = self._start.get("ParentInstance")
        past = {id(one) for one in self._past}
        return {
            "history": [{**to_json(one), "IsPlayed": id(one) in past} for one in events],
            "instanceId": self._id,
            "isReplaying": bool(self._past),
            "parentInstanceId": parent["OrchestrationInstance"]["InstanceId"] if parent else None,
            "input": input_text(self._start.get("Input")),
            "upperSchemaVersion": 2,
            "maximumShortTimerDuration": "6.00:00:00",
            "longRunningTimerIntervalDuration": "3.00:00:00",
        }


def delivered(events: list[Event]) -> tuple[list[Event], bool]:
    """The events as the orchestrator sees them, and whether it is suspended now: what came while it was waits until it is resumed.

    durabletask TaskOrchestrationContext.HandleEventWhileSuspended, HandleExecutionResumedEvent.
    """
    seen: list[Event] = []
    held: list[Event] = []
    suspended = False
    for one in events:
        kind = one["EventType"]
        if kind in ("ExecutionSuspended", "ExecutionResumed"):
            suspended = kind == "ExecutionSuspended"
        elif suspended and kind not in ("ExecutionStarted", "OrchestratorStarted", "OrchestratorCompleted"):
            held.append(one)
            continue
        seen.append(one)
        if not suspended:
            seen, held = seen + held, []
    return seen, suspended


def input_text(recorded: str | None) -> str | None:
    """An input as the SDK gets it: text is handed on bare, anything else as JSON."""
    if recorded is None:
        return None
    value = json.loads(recorded)
    return value if isinstance(value, str) else recorded


def _answer(status: str, id: int, result: str | None, details: str | None, now: datetime) -> Event:
    if status == "Completed":
        return event("SubOrchestrationInstanceCompleted", now, TaskScheduledId=id, Result=result)
    return event("SubOrchestrationInstanceFailed", now, TaskScheduledId=id, Reason=result, Details=details)


def _flat(actions: list[Any]) -> Iterator[dict[str, Any]]:
    """From schema version 1 on the actions are one list inside another."""
    for one in actions:
        yield from one
