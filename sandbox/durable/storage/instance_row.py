"""The columns of an Instances row: at a start, at a checkpoint, and when a row is found behind its history.

Source: durabletask Tracking/AzureTableTrackingStore.cs (SetNewExecutionAsync, UpdateStateAsync, UpdateInstanceStatusForCompletedOrchestrationAsync,
2026). Versions before that named no hub at a checkpoint, so that in their tables sub-orchestrations and entities have no TaskHubName.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.durable.engine.events import Event, started

Columns = dict[str, Any]


def pending(start: Event, hub: str, now: datetime) -> Columns:
    """What a client writes, after the message."""
    return {
        "Input": start.get("Input"),
        "CreatedTime": start["Timestamp"],
        "Name": start["Name"],
        "Version": start["Version"],
        "RuntimeStatus": "Pending",
        "LastUpdatedTime": now,
        "TaskHubName": hub,
        "ExecutionId": start["OrchestrationInstance"]["ExecutionId"],
        "Generation": 0,
    }


def checkpoint(
    events: list[Event], first: int, execution_id: str, custom_status: str | None, hub: str, now: datetime, urls: Mapping[str, str]
) -> Columns:
    """What the events from `first` on change. `urls`: of outsourced columns, by `<number>/<column>`."""
    columns: Columns = {
        "ExecutionId": execution_id,
        "LastUpdatedTime": events[-1]["Timestamp"],
        "TaskHubName": hub,
        "CustomStatus": custom_status,
    }
    for number, one in enumerate(events[first:], start=first):
        columns |= _of_event(one, now, lambda column, number=number: urls.get(f"{number}/{column}"))
    return columns


def repaired(events: list[Event], execution_id: str, hub: str, now: datetime) -> Columns:
    """Of an instance that its history says is over."""
    columns = checkpoint(events, 0, execution_id, None, hub, now, {})
    completed = next((one["Timestamp"] for one in reversed(events) if one["EventType"] == "ExecutionCompleted"), now)
    return columns | {"CompletedTime": completed, "LastUpdatedTime": events[-1]["Timestamp"]}


def _of_event(one: Event, now: datetime, url: Any) -> Columns:
    match one["EventType"]:
        case "ExecutionStarted":
            return {
                "Name": one["Name"],
                "Version": one.get("Version"),
                "CreatedTime": one["Timestamp"],
                "RuntimeStatus": "Running",
                "Generation": 0,
                "Input": url("Input") or one.get("Input"),
            }
        case "ExecutionCompleted":
            failure = one.get("FailureDetails")
            output = f"{failure['ErrorType']}: {failure['ErrorMessage']}" if failure else one.get("Result")
            return {"RuntimeStatus": one["OrchestrationStatus"], "CompletedTime": now, "Output": url("Result") or output}
        case "ExecutionTerminated":
            return {"RuntimeStatus": "Terminated", "CompletedTime": now, "Output": url("Input") or one.get("Input")}
        case "ExecutionSuspended":
            return {"RuntimeStatus": "Suspended", "Output": url("Reason") or one.get("Reason")}
        case "ExecutionResumed":
            return {"RuntimeStatus": "Running", "Output": url("Reason") or one.get("Reason")}
    return {}


def version_of(events: list[Event]) -> str | None:
    start = started(events)
    return start.get("Version") if start else None
