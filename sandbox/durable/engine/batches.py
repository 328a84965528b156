"""What to do with messages that came for one instance: deliver, put off, or throw away. Decides and does nothing else.

Sources: durabletask OrchestrationSessionManager.cs (DedupeExecutionStartedMessagesAsync), Messaging/OrchestrationSession.cs
(IsOutOfOrderMessage), AzureStorageOrchestrationService.cs (IsExecutableInstance), TaskOrchestrationDispatcher.cs (ReconcileMessagesWithState).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.durable.storage.keys import is_entity
from sandbox.durable.storage.messages import Message, Received
from sandbox.durable.storage.tracking import Recorded

from .events import TERMINAL, Event, event, started, status_of

ATTEMPTS_OF_A_START = 10
ATTEMPTS_WITHOUT_AN_INSTANCE = 5
_ANSWERS = ("TaskCompleted", "TaskFailed", "SubOrchestrationInstanceCompleted", "SubOrchestrationInstanceFailed", "TimerFired")


@dataclass
class Sorted:
    """`past`: the events of the execution that goes on, none if one begins."""

    execution_id: str | None
    past: list[Event]
    deliver: list[Received] = field(default_factory=list)
    put_off: list[Received] = field(default_factory=list)
    discard: list[Received] = field(default_factory=list)
    begun: Event | None = None
    """The ExecutionStarted that an entity gets without anybody starting it."""

    @property
    def events(self) -> list[Event]:
        return ([self.begun] if self.begun else []) + [one.message.event for one in self.deliver]


def sort(recorded: Recorded, batch: list[Received], row: Mapping[str, Any] | None, now: datetime) -> Sorted:
    """`row`: of the Instances table."""
    result = Sorted(recorded.execution_id, recorded.events)
    for one in batch:
        if one.message.event["EventType"] == "ExecutionStarted":
            _sort_start(result, recorded, one, row)
        else:
            _sort_other(result, recorded, one)
    if started(result.past + result.events) is None and result.deliver:
        first = result.deliver[0].message
        if is_entity(first.instance_id):
            result.execution_id = uuid.uuid4().hex
            result.begun = _entity_start(first, result.execution_id, now)
        else:
            result.discard, result.deliver = result.discard + result.deliver, []
    return result


def _sort_start(result: Sorted, recorded: Recorded, one: Received, row: Mapping[str, Any] | None) -> None:
    message = one.message
    is_top_level = message.event.get("ParentInstance") is None
    known = row.get("ExecutionId") if row is not None else None
    if message.execution_id == recorded.execution_id:
        result.discard.append(one)  # delivered before: the worker died before it could delete it
    elif not is_top_level or (row is not None and known in (None, message.execution_id)):
        result.execution_id, result.past = message.execution_id, []
        result.discard, result.deliver = result.discard + result.deliver, [one]
    elif one.dequeued >= ATTEMPTS_OF_A_START or _is_redundant(message.event, row):
        result.discard.append(one)
    else:
        # The message comes before the row: most likely the client is about to write it.
        result.put_off.append(one)


def _is_redundant(start: Event, row: Mapping[str, Any] | None) -> bool:
    """Another start's row is there already, Pending and older than this message."""
    return row is not None and row["RuntimeStatus"] == "Pending" and bool(row["CreatedTime"] < start["Timestamp"])


def _sort_other(result: Sorted, recorded: Recorded, one: Received) -> None:
    message = one.message
    is_over = bool(result.past) and status_of(result.past) in TERMINAL
    is_stale = result.execution_id is not None and message.execution_id not in (None, result.execution_id)
    if is_over or is_stale:
        result.discard.append(one)
    elif _is_out_of_order(result, recorded, one):
        result.put_off.append(one)
    else:
        result.deliver.append(one)


def _is_out_of_order(result: Sorted, recorded: Recorded, one: Received) -> bool:
    """An answer may be quicker than the checkpoint that records its question, since questions are sent first."""
    message = one.message
    kind = message.event["EventType"]
    from_entity = kind == "EventRaised" and is_entity(message.sender) and not is_entity(message.instance_id)
    if kind not in _ANSWERS and not from_entity:
        return False
    if started(result.past + result.events) is None:
        return one.dequeued <= ATTEMPTS_WITHOUT_AN_INSTANCE
    if recorded.checkpoint is not None and recorded.checkpoint > message.event["Timestamp"]:
        return False
    if from_entity:
        return not any(one["EventType"] == "EventSent" and _request(one) == message.event["Name"] for one in result.past)
    id = message.event["TimerId" if kind == "TimerFired" else "TaskScheduledId"]
    return not any(one["EventId"] == id for one in result.past)


def _request(sent: Event) -> str:
    return str(json.loads(sent["Input"])["id"])


def _entity_start(first: Message, execution_id: str, now: datetime) -> Event:
    """Name is the whole id `@name@key`: TaskEntityShim.cs takes it apart again."""
    instance = {"InstanceId": first.instance_id, "ExecutionId": execution_id}
    return event("ExecutionStarted", now, Name=first.instance_id, Version="", OrchestrationInstance=instance)
