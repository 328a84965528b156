"""History events, as plain dictionaries: `EventType` by name, the other fields named as durabletask names them, times as datetime.

Sources: durabletask src/DurableTask.Core/History/*.cs; in a table TableEntityConverter.cs (`_Timestamp`, enums as text, objects as JSON text);
for the SDK `HistoryEvent` and `HistoryEventType` of azure-functions-durable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Event = dict[str, Any]

TYPES = {
    "ExecutionStarted": 0,
    "ExecutionCompleted": 1,
    "ExecutionFailed": 2,
    "ExecutionTerminated": 3,
    "TaskScheduled": 4,
    "TaskCompleted": 5,
    "TaskFailed": 6,
    "SubOrchestrationInstanceCreated": 7,
    "SubOrchestrationInstanceCompleted": 8,
    "SubOrchestrationInstanceFailed": 9,
    "TimerCreated": 10,
    "TimerFired": 11,
    "OrchestratorStarted": 12,
    "OrchestratorCompleted": 13,
    "EventSent": 14,
    "EventRaised": 15,
    "ContinueAsNew": 16,
    "ExecutionSuspended": 19,
    "ExecutionResumed": 20,
}
TIMES = ("Timestamp", "FireAt")
OBJECTS = ("OrchestrationInstance", "ParentInstance", "FailureDetails")
_COLUMNS_OF_THE_ROW = ("PartitionKey", "RowKey", "ExecutionId")


def event(kind: str, at: datetime, id: int = -1, **fields: Any) -> Event:
    assert kind in TYPES, kind
    return {"EventType": kind, "EventId": id, "IsPlayed": False, "Timestamp": at, **fields}


def started(events: Iterable[Event]) -> Event | None:
    """The ExecutionStarted of an execution."""
    return next((one for one in events if one["EventType"] == "ExecutionStarted"), None)


def status_of(events: Iterable[Event]) -> str:
    """durabletask OrchestrationRuntimeState.OrchestrationStatus."""
    status = "Pending"
    for one in events:
        match one["EventType"]:
            case "ExecutionStarted" | "ExecutionResumed":
                status = "Running"
            case "ExecutionSuspended":
                status = "Suspended"
            case "ExecutionCompleted":
                status = str(one["OrchestrationStatus"])
    return status


TERMINAL = frozenset({"Completed", "Failed", "Terminated", "Canceled"})


def to_row(one: Event) -> dict[str, Any]:
    """Columns of a History row. A field without a value has no column."""
    row: dict[str, Any] = {}
    for name, value in one.items():
        if value is not None:
            row["_Timestamp" if name == "Timestamp" else name] = json.dumps(value) if name in OBJECTS else value
    return row


def from_row(row: Mapping[str, Any]) -> Event:
    fields = {("Timestamp" if name == "_Timestamp" else name): value for name, value in row.items() if name not in _COLUMNS_OF_THE_ROW}
    return {name: json.loads(value) if name in OBJECTS else value for name, value in fields.items()}


def to_json(one: Event) -> dict[str, Any]:
    """As messages and the SDK carry it: the type as a number, times as text."""
    fields = {name: _text(value) if name in TIMES and value is not None else value for name, value in one.items()}
    return {**fields, "EventType": TYPES[one["EventType"]]}


def from_json(fields: Mapping[str, Any]) -> Event:
    name = next(name for name, number in TYPES.items() if number == fields["EventType"])
    kept = {key: value for key, value in fields.items() if not key.startswith("$")}
    return {**kept, "EventType": name, **{time: parse_time(kept[time]) for time in TIMES if kept.get(time)}}


def parse_time(text: str) -> datetime:
    """A time without zone is UTC, as .NET reads what the SDK writes."""
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
