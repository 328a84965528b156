"""Durable timers that nobody waits for any more, and whose messages still lie in the control queues.

A timer is a message that becomes visible when it is due. If an orchestrator cancels it (the usual way to wait for an event with a deadline) or
ends before it, the message stays, up to its due time, and is thrown away then (Azure/durabletask, AzureStorageOrchestrationService.cs). Seen
from the queues alone such a message can't be told from a start whose client died. The History table can tell: it keeps the creation of
every timer with its due time, until the instance is purged or begins anew with continue-as-new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import filters
from .connecting import Credential, tables_of
from .hub import Hub
from .instance import unescape_key
from .instances import find_instance, table_names


@dataclass(frozen=True)
class LeftoverTimer:
    instance: str
    due: datetime

    def as_json(self) -> dict[str, Any]:
        return {"instance": self.instance, "due": self.due.isoformat()}


async def leftover_timers(hub: Hub, credential: Credential, moment: datetime, **client_options: Any) -> list[LeftoverTimer]:
    """Every timer of the hub that is due after `moment` and has not fired, soonest first. Meant for a hub on which nothing is active.

    The message of such a timer must still be there. The table is scanned: a question for the rare case. In a shared tracking store each
    instance's row is asked for its hub, since History names none. Raises AzureError.
    """
    query = f"(EventType eq 'TimerCreated' or EventType eq 'TimerFired') and FireAt gt {filters.date(moment)}"
    created: dict[tuple[str, int], datetime] = {}
    fired: set[tuple[str, int]] = set()
    async with tables_of(hub, credential, **client_options) as service:
        for name in await table_names(service, hub.history):
            async with service.get_table_client(name) as table:
                async for row in table.query_entities(query, select=["PartitionKey", "EventType", "EventId", "TimerId", "FireAt"]):
                    if row["EventType"] == "TimerFired":
                        fired.add((row["PartitionKey"], row["TimerId"]))
                    else:
                        created[row["PartitionKey"], row["EventId"]] = row["FireAt"]
    found = [LeftoverTimer(unescape_key(key), due) for (key, id), due in created.items() if (key, id) not in fired]
    if hub.tracking is not None:
        own = {id: await find_instance(hub, credential, id, **client_options) for id in {timer.instance for timer in found}}
        found = [timer for timer in found if own[timer.instance] is not None]
    return sorted(found, key=lambda timer: (timer.due, timer.instance))


__all__ = ["LeftoverTimer", "leftover_timers"]
