"""Which instances a list or a purge means.

Sources: durable extension HttpApiHandler.cs (parameters: a status is parsed with its exact case, an unknown one is dropped without a word, and
with none left there is no filter), durabletask Tracking/OrchestrationInstanceStatusQueryCondition.cs (the table query). There is no filter by
hub: with a shared tracking store the list holds every hub's instances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from sandbox.durable.engine.events import TERMINAL, parse_time
from sandbox.durable.storage.keys import escape_key

STATUSES = ("Running", "Completed", "ContinuedAsNew", "Failed", "Canceled", "Terminated", "Pending", "Suspended")


@dataclass(frozen=True)
class Query:
    statuses: tuple[str, ...] = ()
    """None of them: all."""
    created_from: datetime | None = None
    created_to: datetime | None = None
    prefix: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, Sequence[str]]) -> Self:
        """`parameters`: names in lower case."""
        asked = [name.strip() for text in parameters.get("runtimestatus", ()) for name in text.split(",")]
        return cls(
            tuple(name for name in asked if name in STATUSES),
            _time(parameters, "createdtimefrom"),
            _time(parameters, "createdtimeto"),
            next(iter(parameters.get("instanceidprefix", ())), ""),
        )

    def finished(self) -> Query:
        """Without the statuses of what still runs. If none is left there is no filter by status: AzureTableTrackingStore.cs
        (PurgeInstanceHistoryAsync)."""
        return replace(self, statuses=tuple(status for status in self.statuses if status in TERMINAL))

    def filter(self) -> str:
        conditions = ["RowKey eq ''"]
        if self.created_from:
            conditions.append(f"CreatedTime ge datetime'{_odata(self.created_from)}'")
        if self.created_to:
            conditions.append(f"CreatedTime le datetime'{_odata(self.created_to)}'")
        if self.statuses:
            any_of = " or ".join(f"RuntimeStatus eq '{status}'" for status in self.statuses)
            conditions.append(f"({any_of})")
        if self.prefix:
            low = escape_key(self.prefix).replace("'", "''")
            high = low[:-1] + chr(ord(low[-1]) + 1)
            conditions.append(f"PartitionKey ge '{low}' and PartitionKey lt '{high}'")
        return " and ".join(conditions)


def _odata(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _time(parameters: Mapping[str, Sequence[str]], name: str) -> datetime | None:
    """What is no time is no filter: DateTime.TryParse."""
    try:
        return parse_time(next(iter(parameters.get(name, ())), ""))
    except ValueError:
        return None
