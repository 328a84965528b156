"""What a client of a hub can do: start instances, send them messages, look at them, purge them.

Sources: durable extension ContextImplementations/DurableClient.cs; durabletask AzureStorageOrchestrationService.cs (CreateTaskOrchestrationAsync:
the message goes out first, the Instances row is written after it).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.durable.engine.entities import entity_state, signal_message
from sandbox.durable.engine.events import Event, event
from sandbox.durable.storage import instance_row
from sandbox.durable.storage.hub import Hub
from sandbox.durable.storage.keys import unescape_key
from sandbox.durable.storage.messages import Message, Messages
from sandbox.durable.storage.tracking import Tracking

from .queries import Query

RUNNING = ("Running", "Pending", "ContinuedAsNew", "Suspended")
FINISHED = ("Completed", "Failed", "Terminated", "Canceled")


class InstanceRuns(Exception):
    """An instance with that id has not finished: overridableExistingInstanceStates is NonRunningStates unless set."""


class Client:
    """`wake` is called after each message that went out."""

    def __init__(self, hub: Hub, wake: Callable[[], None]) -> None:
        self._hub, self._wake = hub, wake
        self._messages, self.tracking = Messages(hub), Tracking(hub)

    def start(self, name: str, instance_id: str | None, input: Any, version: str | None) -> str:
        """The new instance's id. `input`: what the body held; the SDK sends JSON text. `version` None: that of this app. Raises InstanceRuns."""
        id = instance_id or uuid.uuid4().hex
        row = self.tracking.instance(id)
        if row is not None and row["RuntimeStatus"] in RUNNING:
            raise InstanceRuns(f"An Orchestration instance with the status {row['RuntimeStatus']} already exists.")
        execution, now = uuid.uuid4().hex, datetime.now(UTC)
        start = event(
            "ExecutionStarted",
            now,
            Name=name,
            Version=version or self._hub.options.default_version or "",
            Input=None if input is None else json.dumps(input, separators=(",", ":")),
            OrchestrationInstance={"InstanceId": id, "ExecutionId": execution},
        )
        self._messages.send(Message(id, start, execution))
        replaces = None if row is None else row.metadata["etag"]  # type: ignore[attr-defined]
        self.tracking.new_instance(id, instance_row.pending(start, self._hub.options.hub, now), replaces)
        self._wake()
        return id

    def raise_event(self, instance_id: str, name: str, data: Any) -> None:
        self._send(instance_id, event("EventRaised", datetime.now(UTC), Name=name, Input=json.dumps(data, separators=(",", ":"))))

    def terminate(self, instance_id: str, reason: str) -> None:
        self._send(instance_id, event("ExecutionTerminated", datetime.now(UTC), Input=reason))

    def suspend(self, instance_id: str, reason: str) -> None:
        self._send(instance_id, event("ExecutionSuspended", datetime.now(UTC), Reason=reason))

    def resume(self, instance_id: str, reason: str) -> None:
        self._send(instance_id, event("ExecutionResumed", datetime.now(UTC), Reason=reason))

    def signal(self, entity_id: str, operation: str, input: str | None) -> None:
        """`input`: JSON text."""
        self._messages.send(signal_message(entity_id, operation, input, "", datetime.now(UTC)))
        self._wake()

    def status(self, instance_id: str) -> dict[str, Any] | None:
        row = self.tracking.instance(instance_id)
        return None if row is None else self._complete(dict(row))

    def state(self, entity_id: str) -> str | None:
        """Of an entity, as JSON text; None: it does not exist."""
        row = self.status(entity_id)
        return None if row is None else entity_state(row.get("Input"))

    def history(self, instance_id: str) -> list[Event]:
        return self.tracking.load(instance_id).events

    def page(self, query: Query, top: int, token: Any) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """One page of instances, entities among them, and what brings the next one. A page may be empty and not the last."""
        pages = self._hub.instances.query_entities(query.filter(), results_per_page=top).by_page(continuation_token=token)
        rows = [self._complete(dict(row)) for row in next(pages, [])]
        following = pages.continuation_token  # type: ignore[attr-defined]
        return rows, following

    def purge(self, instance_id: str) -> bool:
        """Also what runs: PurgeInstanceHistoryAsync looks at no status."""
        if self.tracking.instance(instance_id, select=["PartitionKey"]) is None:
            return False
        self.tracking.delete(instance_id)
        return True

    def purge_by(self, query: Query) -> int:
        """How many. A query without a status takes what runs as well: AzureTableTrackingStore.cs (DeleteHistoryAsync)."""
        rows = list(self._hub.instances.query_entities(query.filter(), select=["PartitionKey"]))
        for row in rows:
            self.tracking.delete(unescape_key(row["PartitionKey"]))
        return len(rows)

    def _send(self, instance_id: str, what: Event) -> None:
        self._messages.send(Message(instance_id, what))
        self._wake()

    def _complete(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row with its id, and its large columns fetched."""
        row["Id"] = unescape_key(row["PartitionKey"])
        for column in ("Input", "Output"):
            text = row.get(column)
            if isinstance(text, str) and text.startswith("http"):
                row[column] = self.tracking.large.get_by_url(text) or text
        return row
