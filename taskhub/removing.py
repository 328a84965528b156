"""Removes one ended instance: history, blobs, and last its row. An instance that is started anew meanwhile keeps what is its."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableTransactionError
from azure.data.tables.aio import TableServiceClient

from .connecting import RETRIES, Credential, opening
from .hub import Hub
from .instance import TERMINAL, unescape_key

if TYPE_CHECKING:
    from azure.storage.blob.aio import ContainerClient

_SENTINEL = "sentinel"
"""RowKey of the history row that every batch of history writes as well, with its ExecutionId (Azure/durabletask, AzureTableTrackingStore.cs)."""
_BATCH = 100
"""Operations of a table transaction (Microsoft docs "Performing entity group transactions")."""
_UNTOUCHED = MatchConditions.IfNotModified


@dataclass(frozen=True)
class Removed:
    history_rows: int
    blobs: int


class Removal:
    def __init__(self, tables: TableServiceClient, hub: Hub, containers: Sequence[ContainerClient]) -> None:
        self._instances = tables.get_table_client(hub.instances)
        self._history = tables.get_table_client(hub.history)
        self._hub, self._containers = hub, containers

    async def remove(self, key: str) -> Removed | None:
        """`key`: the PartitionKey. None: somebody wrote to the instance, so it stays.

        History and blobs are listed before the row is read once more. If that is terminal still and of the same execution as the history,
        all that was listed belongs to what ended; from there on, ETags tell of whoever starts it anew.
        """
        history = await self._rows_of(key)
        blobs = [(container, name) for container in self._containers for name in await _blobs_of(container, key)]
        try:
            row = await self._instances.get_entity(key, "")
        except ResourceNotFoundError:
            return None
        sentinel = next((each for each in history if each["RowKey"] == _SENTINEL), None)
        if row.get("RuntimeStatus") not in TERMINAL or (self._hub.tracking is not None and not self._hub.is_own(row.get("TaskHubName"))):
            return None
        if sentinel is not None and sentinel.get("ExecutionId") != row.get("ExecutionId"):
            return None
        try:
            await self._delete_history(history)
            for container, name in blobs:
                await _delete_blob(container, name)
            await self._instances.delete_entity(row, etag=row.metadata["etag"], match_condition=_UNTOUCHED)
        except ResourceModifiedError:
            return None
        except TableTransactionError as problem:
            if problem.status_code != 412:
                raise
            return None
        return Removed(len(history), len(blobs))

    async def _rows_of(self, key: str) -> list[Any]:
        """The sentinel first: while it is as it was, nobody has written history."""
        query = self._history.query_entities(
            "PartitionKey eq @key", parameters={"key": key}, select=["PartitionKey", "RowKey", "ExecutionId"]
        )
        try:
            return sorted([row async for row in query], key=lambda row: row["RowKey"] != _SENTINEL)
        except ResourceNotFoundError:
            return []

    async def _delete_history(self, rows: list[Any]) -> None:
        for start in range(0, len(rows), _BATCH):
            await self._history.submit_transaction(
                [("delete", row, {"etag": row.metadata["etag"], "match_condition": _UNTOUCHED}) for row in rows[start : start + _BATCH]]
            )


@asynccontextmanager
async def large_messages_of(hub: Hub, credential: Credential, **options: Any) -> AsyncIterator[list[ContainerClient]]:
    """The containers that may hold this hub's large payloads: in its own account, and in the tracking store's, under the hub's name."""
    # Only a purge needs this package, and an app that mounts StatusCheck should not have to carry it.
    from azure.storage.blob.aio import ContainerClient

    tracking = hub.tracking
    places = {hub.blob: credential}
    if tracking is not None and tracking.blob is not None:
        places[tracking.blob] = tracking.connection_string or credential
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(ContainerClient(url, hub.large_messages, opening(opens), **{**RETRIES, **options}))
            for url, opens in places.items()
            if url is not None
        ]


async def _blobs_of(container: ContainerClient, key: str) -> list[str]:
    """Of exactly this instance. Messages are named after its id, history after its key; 'a/b' may be the id of another than 'a'."""
    found: dict[str, None] = {}
    for folder in dict.fromkeys((f"{key}/", f"{unescape_key(key)}/")):
        try:
            async for blob in container.list_blobs(name_starts_with=folder):
                if "/" not in blob.name[len(folder) :]:
                    found[blob.name] = None
        except ResourceNotFoundError:
            return []  # No payload was ever large enough for a container to be made.
    return list(found)


async def _delete_blob(container: ContainerClient, name: str) -> None:
    try:
        await container.delete_blob(name)
    except ResourceNotFoundError:
        pass  # Gone is what was wanted.


__all__ = ["Removal", "Removed", "large_messages_of"]
