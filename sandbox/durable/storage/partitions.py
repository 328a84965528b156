"""Which control queues this worker reads: rows of `<hub>Partitions`, one per control queue, changed only with the ETag that was read.

Source: durabletask Partitioning/TablePartitionManager.cs and TablePartitionLease.cs (the default of extension 3.x). A worker claims what has no
owner or an expired one, renews its own, steals from workers that have more than their share by writing itself as NextOwner, and hands over
once its messages in flight are done. In the sandbox leases are short, so that the queues of a killed worker are read again soon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.data.tables import UpdateMode

from .hub import Hub

Row = dict[str, Any]
COLUMNS = ("CurrentOwner", "NextOwner", "OwnedSince", "LastRenewal", "ExpiresAt", "IsDraining")


class Partitions:
    def __init__(self, hub: Hub, worker_id: str, lease: timedelta) -> None:
        self._table, self._worker, self._lease = hub.partitions, worker_id, lease

    def step(self, now: datetime, *, drained: frozenset[str], stopping: bool = False) -> tuple[set[str], set[str]]:
        """One round of reading and writing: (queues to read, queues to drain).

        `drained`: queues of which nothing is in flight here. A row that another worker changed meanwhile is left for the next round.
        """
        rows = [dict(row) | {"etag": row.metadata["etag"]} for row in self._table.list_entities()]
        changed = renewed(rows, self._worker, now, self._lease, drained=drained, stopping=stopping)
        if not stopping:
            changed += stolen(rows, self._worker)
        lost = {row["RowKey"] for row in changed if not self._write(row)}
        mine = [row for row in rows if row.get("CurrentOwner") == self._worker and row["RowKey"] not in lost]
        draining = {row["RowKey"] for row in mine if row.get("NextOwner") or stopping}
        return {row["RowKey"] for row in mine} - draining, draining

    def _write(self, row: Mapping[str, Any]) -> bool:
        stored = {name: value for name, value in row.items() if name != "etag" and value is not None}
        try:
            self._table.update_entity(stored, mode=UpdateMode.REPLACE, etag=row["etag"], match_condition=MatchConditions.IfNotModified)
        except HttpResponseError as error:
            if error.status_code != 412:
                raise
            return False
        return True


def renewed(rows: list[Row], worker: str, now: datetime, lease: timedelta, *, drained: frozenset[str], stopping: bool) -> list[Row]:
    """The rows that this worker claims, renews, drains, hands over or asks for, changed in place. Decides and does nothing else."""
    changed = []
    for row in rows:
        owner, next_owner = row.get("CurrentOwner"), row.get("NextOwner")
        free = owner is None and next_owner in (None, worker)
        expired = row.get("ExpiresAt") is not None and now >= row["ExpiresAt"] and owner != worker
        if not stopping and (free or expired):
            row.update(CurrentOwner=worker, NextOwner=None, OwnedSince=now, LastRenewal=now, ExpiresAt=now + lease, IsDraining=False)
        elif owner == worker and (next_owner or stopping):
            if row["RowKey"] in drained and row.get("IsDraining"):
                row.update(CurrentOwner=None, IsDraining=False)
            else:
                row.update(IsDraining=True, LastRenewal=now, ExpiresAt=now + lease)
        elif owner == worker:
            row.update(LastRenewal=now, ExpiresAt=now + lease)
        elif not stopping and owner is not None and next_owner is None and row.get("IsDraining"):
            row["NextOwner"] = worker
        else:
            continue
        changed.append(row)
    return changed


def stolen(rows: list[Row], worker: str) -> list[Row]:
    """The rows that this worker asks others for, until it has its share: BalanceLeasesAsync."""
    shares: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if owner := row.get("NextOwner") or row.get("CurrentOwner"):
            shares[owner].append(row)
    mine = len(shares.pop(worker, []))
    average = len(rows) // (len(shares) + 1)
    if not shares or mine > average:
        return []
    changed = []
    for theirs in shares.values():
        excess = len(theirs) - average
        wanted = max(average - mine, 1 if excess > 1 and mine == average else 0)
        for row in [one for one in theirs if one.get("NextOwner") is None][: min(wanted, excess)]:
            row["NextOwner"] = worker
            mine += 1
            changed.append(row)
    return changed
