"""The History and Instances tables.

Source: durabletask Tracking/AzureTableTrackingStore.cs. History: one row per event, RowKey its number in 16 hexadecimal digits; the row
`sentinel` names the current execution, and its ETag guards against two workers writing at once. Rows that an earlier, longer execution
left behind are told by their ExecutionId.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableTransactionError, UpdateMode

from sandbox.durable.engine.events import Event, from_row, to_row

from .hub import Hub
from .keys import escape_key
from .large import LargePayloads

SENTINEL = "sentinel"
BATCH = 99
"""Rows in one write, beside the sentinel."""


class SplitBrain(Exception):
    """Another worker wrote the history since it was read: give the messages back and let it be."""


@dataclass
class Recorded:
    """What is stored of an instance. No events: nothing, or another execution than the one asked for."""

    events: list[Event] = field(default_factory=list)
    execution_id: str | None = None
    etag: str | None = None
    checkpoint: datetime | None = None


class Tracking:
    def __init__(self, hub: Hub) -> None:
        self._hub, self.large = hub, LargePayloads(hub.large_messages)

    def load(self, instance_id: str) -> Recorded:
        key = escape_key(instance_id)
        rows = list(self._hub.history.query_entities("PartitionKey eq @key", parameters={"key": key}))
        sentinel = next((row for row in rows if row["RowKey"] == SENTINEL), None)
        if sentinel is None:
            return Recorded()
        of_execution = [row for row in rows if row["RowKey"] != SENTINEL and row.get("ExecutionId") == sentinel["ExecutionId"]]
        of_execution.sort(key=lambda row: str(row["RowKey"]))
        return Recorded(
            [from_row(self.large.fetch(dict(row))) for row in of_execution],
            sentinel["ExecutionId"],
            sentinel.metadata["etag"],
            sentinel.get("CheckpointCompletedTimestamp"),
        )

    def append(self, instance_id: str, execution_id: str, first: int, new: list[Event], etag: str | None) -> dict[str, str]:
        """Writes `new` from row number `first` on; the URLs of outsourced columns, `<number>/<column>`. Raises SplitBrain."""
        key, urls = escape_key(instance_id), {}
        rows = []
        for number, one in enumerate(new, start=first):
            row = {"PartitionKey": key, "RowKey": f"{number:016X}", **to_row(one), "ExecutionId": execution_id}
            urls.update({f"{number}/{column}": url for column, url in self.large.outsource(row).items()})
            rows.append(row)
        for begin in range(0, len(rows), BATCH):
            batch = rows[begin : begin + BATCH]
            etag = self._write(key, execution_id, batch, etag, final=begin + BATCH >= len(rows))
        return urls

    def _write(self, key: str, execution_id: str, rows: list[dict[str, Any]], etag: str | None, *, final: bool) -> str:
        sentinel: dict[str, Any] = {"PartitionKey": key, "RowKey": SENTINEL, "ExecutionId": execution_id, "IsCheckpointComplete": final}
        if final:
            sentinel["CheckpointCompletedTimestamp"] = datetime.now(UTC)
        operations: list[Any] = [("upsert", row, {"mode": UpdateMode.REPLACE}) for row in rows]
        if etag is None:
            operations.append(("create", sentinel))
        else:
            guard = {"mode": UpdateMode.MERGE, "etag": etag, "match_condition": MatchConditions.IfNotModified}
            operations.append(("update", sentinel, guard))
        try:
            return str(self._hub.history.submit_transaction(operations)[-1]["etag"])
        except (TableTransactionError, HttpResponseError) as error:
            if error.status_code in (409, 412):
                raise SplitBrain(key) from None
            raise

    def instance(self, instance_id: str, select: list[str] | None = None) -> Mapping[str, Any] | None:
        try:
            return self._hub.instances.get_entity(escape_key(instance_id), "", select=select)
        except ResourceNotFoundError:
            return None

    def merge_instance(self, instance_id: str, columns: Mapping[str, Any]) -> None:
        row = {
            "PartitionKey": escape_key(instance_id),
            "RowKey": "",
            **{name: value for name, value in columns.items() if value is not None},
        }
        self._hub.instances.upsert_entity(row, mode=UpdateMode.MERGE)

    def new_instance(self, instance_id: str, columns: Mapping[str, Any], replaces: str | None) -> None:
        """The Pending row of a start, over the one with the ETag `replaces`. A row that someone wrote meanwhile stays: SetNewExecutionAsync."""
        row: dict[str, Any] = {name: value for name, value in columns.items() if value is not None}
        row = {"PartitionKey": escape_key(instance_id), "RowKey": "", **row, "TaskHubName": self._hub.options.hub}
        self.large.outsource(row)
        if blob := row.pop("InputBlobName", None):
            row["Input"] = f"{self._hub.large_messages.url}/{blob}"
        try:
            if replaces is None:
                self._hub.instances.create_entity(row)
            else:
                guard: dict[str, Any] = {"etag": replaces, "match_condition": MatchConditions.IfNotModified}
                self._hub.instances.update_entity(row, mode=UpdateMode.REPLACE, **guard)
        except (ResourceExistsError, HttpResponseError) as error:
            if error.status_code not in (409, 412):
                raise

    def delete(self, instance_id: str) -> int:
        """Everything of an instance; how many History rows that were."""
        key = escape_key(instance_id)
        found = list(self._hub.history.query_entities("PartitionKey eq @key", parameters={"key": key}, select=["PartitionKey", "RowKey"]))
        self.large.delete_all(key)
        for begin in range(0, len(found), 100):
            batch: list[Any] = [("delete", row) for row in found[begin : begin + 100]]
            self._hub.history.submit_transaction(batch)
        self._hub.instances.delete_entity(key, "")
        return len(found)
