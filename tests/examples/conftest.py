"""Loads an example app by itself, and plays the Durable extension's part: history in, actions out, until the orchestrator is done."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from azure.durable_functions import DurableOrchestrationClient, OrchestrationRuntimeStatus
from azure.durable_functions.models.actions.ActionType import ActionType
from azure.durable_functions.models.history import HistoryEventType

EXAMPLES = Path(__file__).parents[2] / "examples"
OWN_MODULES = ("function_app", "ordering", "pricing", "starting", "versions")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class App:
    """An example's function_app, with its functions by name."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.functions = {function.get_function_name(): function for function in module.app.get_functions()}

    def function(self, name: str) -> Callable[..., Any]:
        return self.functions[name].get_user_function()

    def bindings(self) -> dict[str, list[str]]:
        return {name: [binding.type for binding in function.get_bindings()] for name, function in self.functions.items()}


@pytest.fixture
def load_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], App]]:
    """Imports `examples/<name>/function_app.py`. The examples' modules share names, so they are forgotten afterwards."""

    def load(name: str) -> App:
        monkeypatch.syspath_prepend(str(EXAMPLES / name))
        return App(importlib.import_module("function_app"))

    _forget()
    yield load
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in OWN_MODULES]:
        del sys.modules[name]


class Playback:
    """One instance of an orchestrator. Every turn replays the whole history, as the extension does; nothing else is remembered.

    The protocol is the SDK's own (`DurableOrchestrationContext.from_json`, `OrchestratorState.to_json_string`), schema version 3.
    """

    def __init__(self, orchestrator: Callable[..., str], order: dict[str, Any], version: str | None = None) -> None:
        self._orchestrator = orchestrator
        self._input = json.dumps(order)
        self.now = START
        self.history: list[dict[str, Any]] = []
        self.waiting_for: dict[int, dict[str, Any]] = {}
        """Activities, sub-orchestrations, entity calls and timers without an answer, by task id."""
        self.scheduled: list[str] = []
        """What was asked for, in order: `ReserveItem`, `timer +300 s`, `Stock.reserve(tea)`."""
        self.output: Any = None
        self.status: Any = None
        self.done = False
        self._known = 0
        self._next_id = 0
        self._turn(("EXECUTION_STARTED", {"Name": "ProcessOrder", "Input": self._input, "Version": version}))

    def complete(self, task: int, result: Any) -> None:
        """The answer of an activity, of a sub-orchestration, or of an entity."""
        action = self.waiting_for.pop(task)
        if action["actionType"] == ActionType.CALL_ENTITY:
            answer = json.dumps({"result": json.dumps(result)})
            self._turn(("EVENT_RAISED", {"Name": f"request-{task}", "Input": answer}))
        elif action["actionType"] == ActionType.CALL_SUB_ORCHESTRATOR:
            self._turn(("SUB_ORCHESTRATION_INSTANCE_COMPLETED", {"TaskScheduledId": task, "Result": json.dumps(result)}))
        else:
            self._turn(("TASK_COMPLETED", {"TaskScheduledId": task, "Result": json.dumps(result)}))

    def raise_event(self, name: str, value: Any) -> None:
        self._turn(("EVENT_RAISED", {"Name": name, "Input": json.dumps(value)}))

    def fire_timer(self) -> None:
        """Time passes until the earliest timer fires."""
        timers = {
            task: _time(action["fireAt"]) for task, action in self.waiting_for.items() if action["actionType"] == ActionType.CREATE_TIMER
        }
        task = min(timers, key=lambda one: timers[one])
        self.now = timers[task]
        del self.waiting_for[task]
        self._turn(("TIMER_FIRED", {"TimerId": task, "FireAt": self.now.isoformat()}))

    def work(self, answer: Callable[[str, Any], Any]) -> None:
        """Answers all that is open but timers, the last one first, so that no order of completion is taken for granted."""
        while open_calls := [task for task, action in self.waiting_for.items() if action["actionType"] != ActionType.CREATE_TIMER]:
            action = self.waiting_for[open_calls[-1]]
            if action["actionType"] == ActionType.CALL_ENTITY:
                self.complete(open_calls[-1], answer(f"{_entity(action)}.{action['operation']}", json.loads(action["input"])))
            else:
                self.complete(open_calls[-1], answer(action["functionName"], json.loads(action["input"])))

    def _turn(self, event: tuple[str, dict[str, Any]]) -> None:
        assert not self.done, "the orchestrator has finished"
        self._add("ORCHESTRATOR_STARTED")
        self._add(event[0], **event[1])
        body = {
            "history": self.history,
            "instanceId": "o-1",
            "isReplaying": len(self.history) > 2,
            "parentInstanceId": None,
            "input": self._input,
            "upperSchemaVersion": 2,
            "maximumShortTimerDuration": "6.00:00:00",
            "longRunningTimerIntervalDuration": "3.00:00:00",
        }
        state = json.loads(self._orchestrator(SimpleNamespace(body=json.dumps(body))))
        actions = list(_flat(state["actions"]))
        for action in actions[self._known :]:
            self._schedule(action)
        cancelled = {action["fireAt"] for action in actions if action.get("isCanceled")}
        self.waiting_for = {task: action for task, action in self.waiting_for.items() if action.get("fireAt") not in cancelled}
        self._known = len(actions)
        self._add("ORCHESTRATOR_COMPLETED")
        self.done, self.output, self.status = state["isDone"], state.get("output"), state.get("customStatus")
        self.now += timedelta(seconds=1)

    def _schedule(self, action: dict[str, Any]) -> None:
        kind = action["actionType"]
        if kind == ActionType.WAIT_FOR_EXTERNAL_EVENT:
            self.scheduled.append(f"wait for {action['externalEventName']}")
            return
        task, self._next_id = self._next_id, self._next_id + 1
        self.waiting_for[task] = action
        if kind == ActionType.CALL_ACTIVITY:
            self.scheduled.append(action["functionName"])
            self._add("TASK_SCHEDULED", EventId=task, Name=action["functionName"])
        elif kind == ActionType.CALL_SUB_ORCHESTRATOR:
            self.scheduled.append(action["functionName"])
            self._add("SUB_ORCHESTRATION_INSTANCE_CREATED", EventId=task, Name=action["functionName"], InstanceId=action["instanceId"])
        elif kind == ActionType.CREATE_TIMER:
            self.scheduled.append(f"timer +{round((_time(action['fireAt']) - self.now).total_seconds())} s")
            self._add("TIMER_CREATED", EventId=task, FireAt=action["fireAt"])
        else:
            assert kind == ActionType.CALL_ENTITY, action
            self.scheduled.append(f"{_entity(action)}.{action['operation']}")
            self._add("EVENT_SENT", EventId=task, Input=json.dumps({"id": f"request-{task}"}))

    def _add(self, kind: str, **fields: Any) -> None:
        event = {"EventType": HistoryEventType[kind].value, "EventId": -1, "IsPlayed": False, "Timestamp": self.now.isoformat()}
        self.history.append({**event, **fields})


def _flat(actions: Any) -> Iterator[dict[str, Any]]:
    for action in actions:
        if isinstance(action, list):
            yield from _flat(action)
        elif "compoundActions" in action:
            yield from _flat(action["compoundActions"])
        else:
            yield action


def _time(text: str) -> datetime:
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _entity(action: dict[str, Any]) -> str:
    return str(action["instanceId"])


@pytest.fixture
def play() -> type[Playback]:
    return Playback


class Instances:
    """The extension's side of the durable client: what runs already, and what was started."""

    binding = json.dumps(
        {
            "taskHubName": "Orders",
            "creationUrls": {},
            "managementUrls": {"id": "INSTANCEID", "statusQueryGetUri": "http://localhost/instances/INSTANCEID?code=x"},
            "rpcBaseUrl": "http://localhost/",
        }
    )
    """What the durable client binding hands to a function."""

    def __init__(self) -> None:
        self.status: OrchestrationRuntimeStatus | None = None
        """Of every instance; None: there is none."""
        self.started: list[tuple[str, str, Any]] = []


@pytest.fixture
def instances(monkeypatch: pytest.MonkeyPatch) -> Instances:
    fake = Instances()

    async def get_status(self: DurableOrchestrationClient, instance_id: str) -> SimpleNamespace:
        return SimpleNamespace(runtime_status=fake.status)

    async def start_new(self: DurableOrchestrationClient, name: str, instance_id: str, client_input: Any) -> str:
        fake.started.append((name, instance_id, client_input))
        return instance_id

    monkeypatch.setattr(DurableOrchestrationClient, "get_status", get_status)
    monkeypatch.setattr(DurableOrchestrationClient, "start_new", start_new)
    return fake
