"""Handles what came for one instance, from the queue to the tables and back.

Order of writes, as in durabletask AzureStorageOrchestrationService.cs (CompleteTaskOrchestrationWorkItemAsync): outgoing messages, the
history, the Instances row, and last the messages that started it all are deleted. Whoever dies in between leaves messages that come again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.durable.options import HubOptions
from sandbox.durable.storage import instance_row
from sandbox.durable.storage.hub import Hub
from sandbox.durable.storage.keys import is_entity
from sandbox.durable.storage.messages import Messages, Received
from sandbox.durable.storage.tracking import Recorded, SplitBrain, Tracking

from . import entities
from .batches import Sorted, sort
from .episode import Episode, Observe, Outcome
from .events import TERMINAL, Event, status_of
from .functions import DurableFunctions
from .timings import Timings
from .versions import may_run


class Control:
    def __init__(self, hub: Hub, functions: DurableFunctions, observe: Observe, timings: Timings) -> None:
        self._options: HubOptions = hub.options
        self._tracking, self._messages = Tracking(hub), Messages(hub)
        self._functions, self._observe, self._timings = functions, observe, timings

    def handle(self, instance_id: str, batch: list[Received]) -> bool:
        """Whether messages went out that this worker may find at once."""
        now = datetime.now(UTC)
        recorded = self._tracking.load(instance_id)
        result = sort(recorded, batch, self._row(instance_id, batch), now)
        outcome: Outcome | None = None
        if result.deliver:
            outcome = self._decide(instance_id, result, now)
        try:
            if outcome is not None:
                self._commit(instance_id, recorded, outcome)
            elif result.discard:
                self._repair(instance_id, recorded, now)
        except SplitBrain:
            result.put_off, result.deliver = result.put_off + result.deliver, []
        else:
            if outcome is None:
                result.put_off, result.deliver = result.put_off + result.deliver, []
        for one in result.put_off:
            one.abandon(self._timings.put_off)
        for one in result.discard + result.deliver:
            one.delete()
        return outcome is not None and bool(outcome.control or outcome.work)

    def _row(self, instance_id: str, batch: list[Received]) -> Mapping[str, Any] | None:
        """Needed for starts only."""
        if all(one.message.event["EventType"] != "ExecutionStarted" for one in batch):
            return None
        return self._tracking.instance(instance_id)

    def _decide(self, instance_id: str, result: Sorted, now: datetime) -> Outcome | None:
        """None: the instance is left to a worker of another version (strategy Reject)."""
        past, received = result.past, result.events
        execution_id = result.execution_id
        assert execution_id is not None
        if is_entity(instance_id):
            return entities.operate(instance_id, past, received, self._functions, self._observe, now)
        clock = instance_clock(past + received, now)
        episode = Episode(instance_id, self._functions, self._options, self._observe, clock=clock, now=now)
        if may_run(instance_row.version_of(past + received), self._options):
            return episode.run(execution_id, past, received)
        return episode.fail(execution_id, past, received) if self._options.failure == "Fail" else None

    def _commit(self, instance_id: str, recorded: Recorded, outcome: Outcome) -> None:
        for message in outcome.control:
            self._messages.send(message)
        for message in outcome.work:
            self._messages.send_work(message)
        new = outcome.events[outcome.first :]
        urls = self._tracking.append(instance_id, outcome.execution_id, outcome.first, new, recorded.etag)
        columns = instance_row.checkpoint(
            outcome.events, outcome.first, outcome.execution_id, outcome.custom_status, self._options.hub, datetime.now(UTC), urls
        )
        self._tracking.merge_instance(instance_id, columns)

    def _repair(self, instance_id: str, recorded: Recorded, now: datetime) -> None:
        """Messages for an instance that is over: its last worker may have died before it wrote the Instances row."""
        if recorded.execution_id is None or status_of(recorded.events) not in TERMINAL:
            return
        row = self._tracking.instance(instance_id, select=["RuntimeStatus", "ExecutionId"])
        if row is None or (row.get("ExecutionId") == recorded.execution_id and row["RuntimeStatus"] not in TERMINAL):
            columns = instance_row.repaired(recorded.events, recorded.execution_id, self._options.hub, now)
            self._tracking.merge_instance(instance_id, columns)


def instance_clock(events: list[Event], now: datetime) -> datetime:
    """The instance's own time: real, but never before a timer that fired, nor before what it was told already.

    Only where timers run faster than time do the two differ.
    """
    fired = [one["FireAt"] for one in events if one["EventType"] == "TimerFired"]
    told: list[datetime] = [one["Timestamp"] for one in events if one["EventType"] == "OrchestratorStarted"]
    return max(now, *fired, *told) if fired or told else now
