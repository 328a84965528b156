"""One turn of an entity: its operations are called in one batch, then it continues as new with its state as input.

Sources: durable extension Listener/TaskEntityShim.cs (ExecuteOutOfProcBatch, Execute), EntityScheduler/SchedulerState.cs, RequestMessage.cs,
ResponseMessage.cs, EntityStatus.cs; MessageSorter.cs drops what an orchestration sent twice because its worker died (how it remembers that is
not modelled). Left out: locks, putting messages in order that overtook each other, scheduled signals.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from sandbox.durable.storage.messages import Message

from .episode import Observe, Outcome
from .events import Event, event, started
from .functions import DurableFunctions, MissingFunction

REMEMBERED = 100
"""Requests by their ids."""


def operate(
    instance_id: str, past: list[Event], received: list[Event], functions: DurableFunctions, observe: Observe, now: datetime
) -> Outcome:
    """An entity's row stays Running for ever; its Input column holds the state."""
    start = started(past + received)
    assert start is not None
    state: dict[str, Any] = json.loads(start["Input"]) if start.get("Input") else {"sorter": {}}
    requests, remembered = _once([json.loads(one["Input"]) for one in received if one["EventType"] == "EventRaised"], state["sorter"])
    answer = _call(instance_id, state, requests, functions, observe)
    messages = [
        _response(instance_id, request, result, now)
        for request, result in zip(requests, answer["results"], strict=True)
        if not request.get("signal")
    ]
    messages += [_signal(instance_id, signal, now) for signal in answer["signals"]]
    following: dict[str, Any] = {"sorter": remembered}
    if answer["entityExists"]:
        following = {"exists": True, "state": answer["entityState"], **following}
    execution = uuid.uuid4().hex
    restarted = event(
        "ExecutionStarted",
        now,
        Name=start["Name"],
        Version=start.get("Version"),
        Input=json.dumps(following, separators=(",", ":")),
        OrchestrationInstance={"InstanceId": instance_id, "ExecutionId": execution},
    )
    events = [event("OrchestratorStarted", now), restarted, event("OrchestratorCompleted", now)]
    status = json.dumps({"entityExists": answer["entityExists"]}, separators=(",", ":"))
    return Outcome(execution, events, 0, messages, [], status)


def _once(requests: list[dict[str, Any]], sorter: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The requests without those that were there before, and what to remember. Only those of orchestrations and entities can come twice."""
    seen: list[str] = list(sorter.get("recv", []))
    kept = []
    for request in requests:
        if request["id"] not in seen:
            kept.append(request)
            seen += [request["id"]] if request.get("parent") else []
    return kept, {"recv": seen[-REMEMBERED:]} if seen else {}


def entity_state(row_input: str | None) -> str | None:
    """The state in an entity's Input column, as JSON text; None: the entity does not exist. DurableClient.ReadEntityStateAsync."""
    state = json.loads(row_input) if row_input else {}
    return str(state["state"]) if state.get("exists") else None


def split_id(instance_id: str) -> tuple[str, str]:
    """`@name@key` -> name, key. The name is in lower case, the key may hold anything: EntityId.cs."""
    name, _, key = instance_id[1:].partition("@")
    return name, key


def _call(
    instance_id: str, state: dict[str, Any], requests: list[dict[str, Any]], functions: DurableFunctions, observe: Observe
) -> dict[str, Any]:
    name, key = split_id(instance_id)
    unchanged = {"entityExists": state.get("exists", False), "entityState": state.get("state"), "signals": []}
    try:
        called = functions.name("entity", name)
    except MissingFunction as error:
        return {**unchanged, "results": [{"isError": True, "result": json.dumps(str(error))} for _ in requests]}
    if not requests:
        return {**unchanged, "results": []}
    observe(
        {"kind": "entity", "function": called, "instance": instance_id, "operations": [one["op"] for one in requests], "replaying": False}
    )
    batch = [{"name": one["op"], "input": one.get("input"), "isSignal": one.get("signal", False)} for one in requests]
    body = {"self": {"name": name, "key": key}, "exists": state.get("exists", False), "state": state.get("state"), "batch": batch}
    return functions.operate(name, body)


def _response(instance_id: str, request: dict[str, Any], result: dict[str, Any], now: datetime) -> Message:
    body = {"result": result["result"]} | ({"exceptionType": "Error"} if result["isError"] else {})
    raised = event("EventRaised", now, Name=request["id"], Input=json.dumps(body))
    return Message(request["parent"], raised, request.get("parentExecution"), sender=instance_id)


def _signal(instance_id: str, signal: dict[str, Any], now: datetime) -> Message:
    target = f"@{signal['target']['name'].lower()}@{signal['target']['key']}"
    return signal_message(target, signal["name"], signal["input"], instance_id, now)


def signal_message(target: str, operation: str, input: str | None, sender: str, now: datetime) -> Message:
    """`input`: JSON text, or None for none."""
    body: dict[str, Any] = {"op": operation, "signal": True, "id": str(uuid.uuid4())}
    if sender:
        body["parent"] = sender
    if input is not None:
        body["input"] = input
    return Message(target, event("EventRaised", now, Name="op", Input=json.dumps(body)), sender=sender)
