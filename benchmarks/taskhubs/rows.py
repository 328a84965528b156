"""Rows of an Instances table, as Durable Functions writes them (Azure/durabletask, AzureTableTrackingStore.cs). The same each time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_PAYLOAD = '{"order":"' + "x" * 300 + '"}'
"""Input and output: with them a row is about 1 KB, as in the measurements of the listing."""


def row(id: str, status: str, *, number: int = 0, hub: str = "Orders", **columns: Any) -> dict[str, Any]:
    """An instance of orchestrator `Order`, a second younger than the one before. `id` is the PartitionKey. A column of None is left out."""
    created = BEGAN + timedelta(seconds=number)
    ended = {"CompletedTime": created + timedelta(seconds=30), "Output": _PAYLOAD} if status in ENDED else {}
    found = {
        "PartitionKey": id,
        "RowKey": "",
        "Name": "Order",
        "Version": "1.0",
        "ExecutionId": hashlib.md5(id.encode(), usedforsecurity=False).hexdigest(),
        "Input": _PAYLOAD,
        "CustomStatus": "null",
        "CreatedTime": created,
        "LastUpdatedTime": created + timedelta(seconds=30),
        "RuntimeStatus": status,
        "TaskHubName": hub,
        **ended,
        **columns,
    }
    return {name: value for name, value in found.items() if value is not None}


ENDED = ("Completed", "Failed", "Terminated", "Canceled")


def rows(count: int, *, hub: str = "Orders") -> Iterator[dict[str, Any]]:
    """Ended instances, one in fifty of them failed, with the random ids that Durable Functions makes itself; in the order of the ids."""
    ids = sorted(hashlib.md5(f"{hub} {number}".encode(), usedforsecurity=False).hexdigest() for number in range(count))
    return (row(id, "Failed" if number % 50 == 0 else "Completed", number=number, hub=hub) for number, id in enumerate(ids))


__all__ = ["BEGAN", "ENDED", "row", "rows"]
