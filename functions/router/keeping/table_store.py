"""The state table in Azure Table Storage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from ..lines import LineRow, Pins, VersionRow
from ..versions import Line
from . import entities as as_entities
from .store import Conflict

_Row = TypeVar("_Row", LineRow, VersionRow, Pins)


class TableStore:
    """`table` is the state table, which the component has made. Writes are conditional, always."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def lines(self) -> tuple[LineRow, ...]:
        return await self._all(as_entities.LINES, as_entities.line_row)

    async def line(self, line: Line) -> LineRow | None:
        return await self._one(as_entities.LINES, str(line), as_entities.line_row)

    async def save(self, row: LineRow) -> LineRow:
        return await self._write(row, as_entities.line_entity(row), as_entities.line_row)

    async def versions(self) -> tuple[VersionRow, ...]:
        return await self._all(as_entities.VERSIONS, as_entities.version_row)

    async def add_version(self, row: VersionRow) -> VersionRow:
        return await self._write(replace(row, etag=""), as_entities.version_entity(row), as_entities.version_row)

    async def pins(self) -> Pins:
        return await self._one(as_entities.PINS, as_entities.PINS, as_entities.pins_row) or Pins()

    async def save_pins(self, pins: Pins) -> Pins:
        return await self._write(pins, as_entities.pins_entity(pins), as_entities.pins_row)

    async def _all(self, partition: str, read: Callable[[Any, str], _Row]) -> tuple[_Row, ...]:
        found = self._table.query_entities("PartitionKey eq @partition", parameters={"partition": partition})
        return tuple([read(entity, str(entity.metadata["etag"])) async for entity in found])

    async def _one(self, partition: str, key: str, read: Callable[[Any, str], _Row]) -> _Row | None:
        try:
            entity = await self._table.get_entity(partition, key)
        except ResourceNotFoundError:
            return None
        return read(entity, str(entity.metadata["etag"]))

    async def _write(self, row: _Row, entity: dict[str, Any], read: Callable[[Any, str], _Row]) -> _Row:
        try:
            if not row.etag:
                written = await self._table.create_entity(entity)
            else:
                written = await self._table.update_entity(
                    entity, mode=UpdateMode.REPLACE, etag=row.etag, match_condition=MatchConditions.IfNotModified
                )
        except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError):
            # An answer that was lost is asked for again by the client library, and then it is our own row that is in the way.
            there = await self._one(entity["PartitionKey"], entity["RowKey"], read)
            if there is not None and there == row:
                return there
            raise Conflict(f"{entity['PartitionKey']} {entity['RowKey']} was written by somebody else") from None
        return replace(row, etag=written["etag"])


__all__ = ["TableStore"]
