"""Replays an orchestrator: the actions that the SDK returned, held against the history.

The SDK replays the user's code and returns every action since the beginning. The extension performs them one after the other, waiting for
each (WhenAll and WhenAny for theirs), and numbers what it schedules; what the history holds already must be the same under that number.
Sources: durable extension Listener/OutOfProcOrchestrationShim.cs (ProcessAsyncActionsV2), durabletask TaskOrchestrationContext.cs (numbering,
the checks), RetryInterceptor.cs (a retry is a timer and another try; a last timer even after the last try).
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sandbox.durable.engine.events import Event, parse_time

from .nondeterminism import missing, other_kind, other_name
from .tasks import Promise, run, when_all, when_any


class ActionType(IntEnum):
    """As in azure-functions-durable, models/actions/ActionType.py. CallHttp is 8."""

    CALL_ACTIVITY = 0
    CALL_ACTIVITY_WITH_RETRY = 1
    CALL_SUB_ORCHESTRATOR = 2
    CALL_SUB_ORCHESTRATOR_WITH_RETRY = 3
    CONTINUE_AS_NEW = 4
    CREATE_TIMER = 5
    WAIT_FOR_EXTERNAL_EVENT = 6
    CALL_ENTITY = 7
    SIGNAL_ENTITY = 9
    WHEN_ANY = 11
    WHEN_ALL = 12


@dataclass(frozen=True)
class Scheduled:
    """Something that an orchestrator asked for. `kind`: the action's name in durabletask, part of its messages."""

    kind: str
    name: str = ""
    instance_id: str | None = None
    version: str | None = None
    input: str | None = None
    fire_at: datetime | None = None


TASK, TIMER = "ScheduleTaskOrchestratorAction", "CreateTimerOrchestratorAction"
CHILD, EVENT = "CreateSubOrchestrationAction", "SendEventOrchestratorAction"
_OF_EVENT = {"TaskScheduled": TASK, "TimerCreated": TIMER, "SubOrchestrationInstanceCreated": CHILD, "EventSent": EVENT}
_COMPLETES = {"TaskCompleted": "TaskScheduledId", "SubOrchestrationInstanceCompleted": "TaskScheduledId", "TimerFired": "TimerId"}
_FAILS = {"TaskFailed": "TaskScheduledId", "SubOrchestrationInstanceFailed": "TaskScheduledId"}


class Replay:
    """`check(kind, name)` raises where the app has no such function: the call fails the orchestrator, as in the extension."""

    def __init__(self, instance_id: str, execution_id: str, actions: list[Any], check: Callable[[str, str], None]) -> None:
        self.pending: dict[int, Scheduled] = {}
        """Asked for, and not in the history yet: the new ones, when all events are through."""
        self.continued: str | None = None
        """The input of the next generation, as the SDK gave it."""
        self.carried: list[Event] = []
        """External events that came after the orchestrator had decided to continue as new."""
        self._instance_id, self._execution_id, self._actions, self._check = instance_id, execution_id, actions, check
        self._next = 0
        self._calls = 0
        self._now: datetime | None = None
        self._open: dict[int, Promise] = {}
        self._listening: dict[str, deque[Promise]] = defaultdict(deque)
        self._buffered: dict[str, deque[Event]] = defaultdict(deque)
        self._run: Promise | None = None

    @property
    def failure(self) -> Exception | None:
        """Why the actions could not be performed to their end."""
        return self._run.failure if self._run else None

    @property
    def performed(self) -> bool:
        return self._run is not None and self._run.settled

    def feed(self, events: Iterable[Event]) -> None:
        """Raises NonDeterministic."""
        for one in events:
            self._feed(one)

    def _feed(self, one: Event) -> None:
        kind = one["EventType"]
        if kind == "OrchestratorStarted":
            self._now = one["Timestamp"]
        elif kind == "ExecutionStarted":
            self._run = run(self._perform_all())
        elif kind in _OF_EVENT:
            self._compare(one)
        elif kind in _COMPLETES:
            self._settle(one[_COMPLETES[kind]], None)
        elif kind in _FAILS:
            self._settle(one[_FAILS[kind]], RuntimeError(one.get("Reason")))
        elif kind == "EventRaised":
            self._raise(one)

    async def _perform_all(self) -> None:
        for action in self._actions:
            # What fails here fails the orchestrator; a task that fails later is the user's code's to catch.
            promise = self._perform(action)
            try:
                await promise
            except Exception:
                pass

    def _perform(self, action: dict[str, Any]) -> Promise:
        match action["actionType"]:
            case ActionType.CALL_ACTIVITY:
                return self._activity(action)
            case ActionType.CALL_ACTIVITY_WITH_RETRY:
                return run(self._with_retry(action["retryOptions"], lambda: self._activity(action)))
            case ActionType.CALL_SUB_ORCHESTRATOR:
                return self._child(action)
            case ActionType.CALL_SUB_ORCHESTRATOR_WITH_RETRY:
                return run(self._with_retry(action["retryOptions"], lambda: self._child(action)))
            case ActionType.CREATE_TIMER:
                return self._timer(parse_time(action["fireAt"]), canceled=action.get("isCanceled", False))
            case ActionType.WAIT_FOR_EXTERNAL_EVENT:
                return self._listen(action["externalEventName"])
            case ActionType.CALL_ENTITY:
                return self._listen(self._operation(action, signal=False))
            case ActionType.SIGNAL_ENTITY:
                self._operation(action, signal=True)
                return _kept()
            case ActionType.CONTINUE_AS_NEW:
                self.continued = action["input"]
                return _kept()
            case ActionType.WHEN_ALL:
                return when_all([self._perform(one) for one in action["compoundActions"]])
            case ActionType.WHEN_ANY:
                return when_any([self._perform(one) for one in action["compoundActions"]])
        raise NotImplementedError(f"The sandbox does not perform actions of the type {action['actionType']} (call_http is one).")

    def _activity(self, action: dict[str, Any]) -> Promise:
        self._check("activity", action["functionName"])
        # durabletask gives an activity a list of arguments.
        return self._schedule(Scheduled(TASK, action["functionName"], version="", input=json.dumps([action["input"]])))

    def _child(self, action: dict[str, Any]) -> Promise:
        self._check("orchestrator", action["functionName"])
        instance_id = action.get("instanceId") or f"{self._execution_id}:{self._next}"
        child = Scheduled(CHILD, action["functionName"], instance_id, action.get("version"), json.dumps(action["input"]))
        return self._schedule(child)

    def _timer(self, fire_at: datetime, *, canceled: bool = False) -> Promise:
        """A canceled timer is scheduled all the same, and its message comes; nobody waits for it."""
        promise = self._schedule(Scheduled(TIMER, fire_at=fire_at))
        if canceled:
            promise.break_(RuntimeError("canceled"))
        return promise

    async def _with_retry(self, options: dict[str, Any], attempt: Callable[[], Promise]) -> Any:
        failure: Exception | None = None
        for _ in range(options["maxNumberOfAttempts"]):
            try:
                return await attempt()
            except Exception as error:
                failure = error
            assert self._now is not None
            await self._timer(self._now + timedelta(milliseconds=options["firstRetryIntervalInMilliseconds"]))
        raise failure or RuntimeError("maxNumberOfAttempts must be at least 1")

    def _operation(self, action: dict[str, Any], *, signal: bool) -> str:
        """Sends an operation to an entity; the id that its answer carries: RequestMessage.cs (ordering of messages is not modelled)."""
        self._calls += 1
        request = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._instance_id}/{self._execution_id}/{self._calls}"))
        body: dict[str, Any] = {
            "op": action["operation"],
            "id": request,
            "parent": self._instance_id,
            "parentExecution": self._execution_id,
        }
        if signal:
            body = {"op": action["operation"], "signal": True, "id": request, "parent": self._instance_id}
        body["input"] = json.dumps(action["input"])
        self._schedule(Scheduled(EVENT, "op", action["instanceId"], input=json.dumps(body)))
        return request

    def _schedule(self, what: Scheduled) -> Promise:
        promise = Promise()
        self.pending[self._next] = what
        self._open[self._next] = promise
        self._next += 1
        return promise

    def _listen(self, name: str) -> Promise:
        """Names of events are compared without regard to case: DurableOrchestrationContext.cs."""
        promise = Promise()
        if waiting := self._buffered[name.lower()]:
            waiting.popleft()
            promise.keep()
        else:
            self._listening[name.lower()].append(promise)
        return promise

    def _raise(self, one: Event) -> None:
        if self.continued is not None:
            self.carried.append(one)
        elif waiting := self._listening[one["Name"].lower()]:
            waiting.popleft().keep()
        else:
            self._buffered[one["Name"].lower()].append(one)

    def _settle(self, id: int, failure: Exception | None) -> None:
        promise = self._open.pop(id, None)
        if promise is None:
            return  # a duplicate: messages are delivered at least once
        if failure is None:
            promise.keep()
        else:
            promise.break_(failure)

    def _compare(self, recorded: Event) -> None:
        id, wanted = recorded["EventId"], _OF_EVENT[recorded["EventType"]]
        now = self.pending.get(id)
        if now is None:
            raise missing(recorded)
        if now.kind != wanted:
            raise other_kind(recorded, now.kind)
        if now.name.lower() != str(recorded.get("Name") or "").lower():
            raise other_name(recorded, now.name)
        del self.pending[id]


def _kept() -> Promise:
    promise = Promise()
    promise.keep()
    return promise
