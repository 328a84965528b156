"""History retention: takes away instances that ended long ago, with their history and the blobs of their large payloads.

Durable's own purge of a whole range times out on big hubs (Azure/azure-functions-durable-extension#1145, #2129); this one goes slice by
slice, the oldest first, and an instance's row goes last: what is cut off anywhere is found again by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from azure.data.tables.aio import TableServiceClient

from . import filters
from .connecting import Credential, tables_of
from .hub import Hub
from .instance import TERMINAL
from .instances import table_names
from .removing import Removal, Removed, large_messages_of

AT_ONCE = 8
"""Instances that are removed side by side: a purge must not take the storage from the app whose it is."""


@dataclass(frozen=True)
class Purged:
    """What was removed so far; with `dry_run`, `instances` would be, and nothing else is known."""

    instances: int = 0
    history_rows: int = 0
    blobs: int = 0
    left: int = 0
    """Instances that were written to meanwhile, such as those started anew under their old id. They keep all they have."""
    slices: int = 0
    up_to: datetime | None = None
    """Everything that ended before this moment is done."""
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "instances": self.instances,
            "history_rows": self.history_rows,
            "blobs": self.blobs,
            "left": self.left,
            "slices": self.slices,
            "up_to": None if self.up_to is None else self.up_to.isoformat(),
            "dry_run": self.dry_run,
        }


async def purge(
    hub: Hub,
    credential: Credential,
    *,
    before: datetime,
    slice: timedelta = timedelta(days=1),
    dry_run: bool = False,
    progress: Callable[[Purged], None] = lambda _so_far: None,
    **client_options: Any,
) -> Purged:
    """Removes the instances of this hub that ended before `before`, by their workers' clocks. Never entities, never another hub's rows.

    `progress` is told after each slice of time. Needs Table and Blob Data Contributor. Raises ValueError if an account's blob endpoint is
    missing (a purge that leaves blobs behind leaves them for ever), and azure.core's AzureError; what is done by then is done whole.
    """
    if not dry_run and (hub.blob is None or (hub.tracking is not None and hub.tracking.blob is None)):
        raise ValueError(f"task hub '{hub.name}': give the blob endpoint of each of its accounts, for the blobs of large messages")
    if slice <= timedelta(0):
        raise ValueError(f"slice: {slice!r} must be longer than nothing")
    so_far = Purged(dry_run=dry_run)
    async with tables_of(hub, credential, **client_options) as tables:
        ended = await _ended(hub, tables, before)
        async with large_messages_of(hub, credential, **client_options) as containers:
            removal = Removal(tables, hub, containers)
            for end, keys in _slices(ended, before, slice):
                removed = [] if dry_run else await _all(removal, keys)
                so_far = _and(so_far, removed, len(keys), end)
                progress(so_far)
    return replace(so_far, up_to=before)


async def _ended(hub: Hub, service: TableServiceClient, before: datetime) -> list[tuple[datetime, str]]:
    """When each ended, and its key. One scan: neither time is indexed, so that a scan per slice would cost as much each time."""
    wanted = f"{filters.instances(hub, statuses=TERMINAL)} and LastUpdatedTime lt {filters.date(before)}"
    columns = ["PartitionKey", "CompletedTime", "LastUpdatedTime", "TaskHubName"]
    found = []
    for name in await table_names(service, hub.instances):
        async with service.get_table_client(name) as table:
            async for row in table.query_entities(wanted, select=columns):
                # Older versions of the extension wrote no CompletedTime.
                at = row.get("CompletedTime") or row["LastUpdatedTime"]
                if at < before and (hub.tracking is None or hub.is_own(row.get("TaskHubName"))):
                    found.append((at, str(row["PartitionKey"])))
    return sorted(found)


def _slices(ended: Iterable[tuple[datetime, str]], before: datetime, slice: timedelta) -> list[tuple[datetime, list[str]]]:
    """The end of each slice that has any, oldest first, and its keys."""
    found: dict[datetime, list[str]] = {}
    for at, key in ended:
        found.setdefault(before - ((before - at - timedelta.resolution) // slice) * slice, []).append(key)
    return sorted(found.items())


async def _all(removal: Removal, keys: list[str]) -> list[Removed | None]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(key: str) -> Removed | None:
        async with gate:
            return await removal.remove(key)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(key)) for key in keys]
    except ExceptionGroup as several:
        # The others were ended with it; a caller asks for AzureError, not for a group of them.
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


def _and(so_far: Purged, removed: list[Removed | None], wanted: int, end: datetime) -> Purged:
    done = [one for one in removed if one is not None]
    return replace(
        so_far,
        instances=so_far.instances + (wanted if so_far.dry_run else len(done)),
        history_rows=so_far.history_rows + sum(one.history_rows for one in done),
        blobs=so_far.blobs + sum(one.blobs for one in done),
        left=so_far.left + len(removed) - len(done),
        slices=so_far.slices + 1,
        up_to=end,
    )


__all__ = ["Purged", "purge"]
