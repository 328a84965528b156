"""One instance by its id, and instances by what they have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableServiceClient

from . import filters
from .connecting import Credential, tables_of
from .hub import Hub
from .instance import COLUMNS, STATUSES, Instance, escape_key, instance_of


async def find_instance(hub: Hub, credential: Credential, id: str, **client_options: Any) -> Instance | None:
    """None if the hub has none of that id, or does not exist; an entity is found as well. Raises azure.core's AzureError."""
    async with tables_of(hub, credential, **client_options) as service:
        try:
            row = await _row(service, hub.instances, id)
        except ResourceNotFoundError as problem:
            others = await table_names(service, hub.instances) if getattr(problem, "error_code", None) == "TableNotFound" else []
            if others in ([], [hub.instances]):
                return None
            try:
                row = await _row(service, others[0], id)
            except ResourceNotFoundError:
                return None
    return instance_of(row) if hub.tracking is None or hub.may_be_own(row.get("TaskHubName")) else None


async def list_instances(
    hub: Hub,
    credential: Credential,
    *,
    statuses: Iterable[str] | None = None,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    **client_options: Any,
) -> AsyncIterator[Instance]:
    """Instances in the order of their ids, without entities; none if the hub does not exist. `created_to` itself is not included.

    `statuses` left out: all. Raises ValueError for a status that does not exist (Durable's own HTTP API silently drops it, and then its
    whole filter), and azure.core's AzureError.
    """
    wanted = None if statuses is None else list(statuses)
    if strangers := [status for status in wanted or () if status not in STATUSES]:
        raise ValueError(f"No such status: {', '.join(map(repr, strangers))}. There are {', '.join(STATUSES)}.")
    query = filters.instances(hub, statuses=wanted, created_from=created_from, created_to=created_to)
    async with tables_of(hub, credential, **client_options) as service:
        for name in await table_names(service, hub.instances):
            async with service.get_table_client(name) as table:
                async for row in table.query_entities(query, select=[*COLUMNS]):
                    if hub.tracking is None or hub.may_be_own(row.get("TaskHubName")):
                        yield instance_of(row)


async def _row(service: TableServiceClient, name: str, id: str) -> dict[str, Any]:
    async with service.get_table_client(name) as table:
        return await table.get_entity(escape_key(id), "", select=[*COLUMNS])


async def table_names(service: TableServiceClient, name: str) -> list[str]:
    """The table as it is written, or nothing. Azure takes its name in any case; Azurite does not."""
    found = [each.name async for each in service.list_tables() if each.name.lower() == name.lower()]
    return [name] if name in found else found[:1]


__all__ = ["find_instance", "list_instances", "table_names"]
