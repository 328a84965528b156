"""Instances of all lines, as the tables of their task hubs tell: whose is an id, what was recorded of it, and lists over all lines.

A point read for each id that does not tell its line, remembered for a minute. With a tracking store for each line, all lines are asked.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.data.tables.aio import TableClient

from taskhub import ACTIVE, STATUSES, Hub
from taskhub.instance import escape_key, unescape_key

from ..blueprint import Durable
from ..lines import LineRow
from ..versions import Line

REMEMBERED_SECONDS = 60.0
REMEMBERED = 10_000
PAGE = 100
"""Durable's own page size (Microsoft docs, "HTTP APIs in Durable Functions")."""
LONGEST_PAGE = 1_000
_COLUMNS = ("PartitionKey", "Name", "RuntimeStatus", "CreatedTime", "LastUpdatedTime", "TaskHubName", "CustomStatus", "Input", "Output")


@dataclass(frozen=True)
class Found:
    line: Line | None
    """None: of a hub that no line has."""
    row: Mapping[str, Any]

    @property
    def is_active(self) -> bool:
        return self.row.get("RuntimeStatus") in ACTIVE

    def as_status(self) -> dict[str, Any]:
        """The shape that Durable's own status has, with the line."""
        return {
            "name": self.row.get("Name") or "",
            "instanceId": unescape_key(str(self.row["PartitionKey"])),
            "runtimeStatus": self.row.get("RuntimeStatus") or "",
            "input": _value(self.row.get("Input")),
            "customStatus": _value(self.row.get("CustomStatus")),
            "output": _value(self.row.get("Output")),
            "createdTime": _time(self.row.get("CreatedTime")),
            "lastUpdatedTime": _time(self.row.get("LastUpdatedTime")),
            "line": None if self.line is None else str(self.line),
        }


class BadList(ValueError):
    """A parameter of a list that means nothing."""


class Instances:
    """`open_table(endpoint, name)` gives a client, which is kept. `hub_of` tells where a line's hub is, None if nowhere any more. `clock` gives
    seconds that only grow."""

    def __init__(
        self,
        durable: Durable,
        open_table: Callable[[str, str], TableClient],
        hub_of: Callable[[LineRow], Awaitable[Hub | None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._durable, self._open, self._hub_of, self._clock = durable, open_table, hub_of, clock
        self._tables: dict[tuple[str, str], TableClient] = {}
        self._owners: dict[str, tuple[float, Line]] = {}

    async def owner(self, id: str, rows: Iterable[LineRow]) -> Line | None:
        """Whose instance it is. Raises azure.core's AzureError."""
        known = self._owners.get(id)
        if known is not None and self._clock() < known[0]:
            return known[1]
        found = await self.find(id, rows)
        if found is None or found.line is None:
            return None
        if len(self._owners) >= REMEMBERED:
            self._owners.clear()
        self._owners[id] = (self._clock() + REMEMBERED_SECONDS, found.line)
        return found.line

    async def find(self, id: str, rows: Iterable[LineRow]) -> Found | None:
        """An active one, if several lines have that id, else the newest. Never remembered. Raises azure.core's AzureError."""
        there = [found for found in await asyncio.gather(*(one.get(id) for one in await self._sources(rows))) if found is not None]
        return max(there, key=lambda one: (one.is_active, str(one.row.get("CreatedTime"))), default=None)

    async def elsewhere(self, id: str, line: Line, rows: Iterable[LineRow]) -> Line | None:
        """Another line in which an instance of that id is active. Asked before a start, so that its owner may be another one from now on."""
        self._owners.pop(id, None)
        found = await asyncio.gather(*(one.get(id) for one in await self._sources(rows)))
        return next((one.line for one in found if one is not None and one.is_active and one.line not in (None, line)), None)

    async def page(self, query: str, token: str | None, rows: Iterable[LineRow], line: Line | None) -> tuple[list[Found], str | None]:
        """One page, and the token of the next. `query`: runtimeStatus, top, instanceIdPrefix, createdTimeFrom, createdTimeTo, as in Durable's
        interface. Raises BadList, and azure.core's AzureError."""
        wanted = _filter(query)
        sources = await self._sources([row for row in rows if line is None or row.line == line], only=line)
        place, inner = _place(token, len(sources))
        while place < len(sources):
            found, inner = await sources[place].page(wanted.condition, wanted.top, inner)
            if inner is None:
                place += 1
            if found or place >= len(sources):
                return found, _token(place, inner) if place < len(sources) else None
        return [], None

    async def close(self) -> None:
        for table in self._tables.values():
            await table.close()
        self._tables.clear()

    async def _sources(self, rows: Iterable[LineRow], only: Line | None = None) -> list[_Source]:
        ordered = sorted(rows, key=lambda one: one.line)
        durable = self._durable
        if durable.tracking == "shared":
            hubs = {row.hub.lower(): row.line for row in ordered}
            at = (durable.tracking_storage or durable.storage).table
            return [_Source(self._table(at, f"{durable.tracking_prefix}Instances"), hubs, only is not None)]
        places = [(row, await self._hub_of(row)) for row in ordered]
        return [_Source(self._table(hub.tables, hub.instances), {}, False, row.line) for row, hub in places if hub is not None]

    def _table(self, endpoint: str, name: str) -> TableClient:
        if (endpoint, name) not in self._tables:
            self._tables[endpoint, name] = self._open(endpoint, name)
        return self._tables[endpoint, name]


@dataclass(frozen=True)
class _Source:
    table: TableClient
    hubs: Mapping[str, Line]
    only_these: bool
    """Rows of other hubs are left out."""
    line: Line | None = None
    """All of its rows are this line's."""

    async def get(self, id: str) -> Found | None:
        try:
            return self._found(await self.table.get_entity(escape_key(id), "", select=list(_COLUMNS)))
        except HttpResponseError as error:
            if error.status_code == 404:
                return None  # The table too is made by the first app that runs.
            if error.status_code == 400:
                return None  # It can't be a key of a table, such as one that is too long, so that nothing has it.
            raise

    async def page(self, condition: str, top: int, token: Any) -> tuple[list[Found], Any]:
        pages: Any = self.table.query_entities(condition, results_per_page=top, select=list(_COLUMNS)).by_page(continuation_token=token)
        try:
            async for page in pages:
                found = [self._found(row) async for row in page]
                return [one for one in found if not self.only_these or one.line is not None], pages.continuation_token
        except ResourceNotFoundError:
            pass
        return [], None

    def _found(self, row: Mapping[str, Any]) -> Found:
        return Found(self.line or self.hubs.get(str(row.get("TaskHubName") or "").lower()), row)


@dataclass(frozen=True)
class _Wanted:
    condition: str
    top: int


def _filter(query: str) -> _Wanted:
    asked = {name.lower(): values[-1] for name, values in parse_qs(query).items()}
    parts = ["(PartitionKey lt '@' or PartitionKey ge 'A')"]  # entities have no status that ends
    if asked.get("runtimestatus"):
        wanted = [one.strip() for one in asked["runtimestatus"].split(",")]
        strangers = [one for one in wanted if one not in STATUSES]
        if strangers:
            raise BadList(f"runtimeStatus: no such status: {', '.join(strangers)[:80]}. There are {', '.join(STATUSES)}.")
        parts.append("(" + " or ".join(f"RuntimeStatus eq '{one}'" for one in wanted) + ")")
    if asked.get("instanceidprefix"):
        prefix = escape_key(asked["instanceidprefix"]).replace("'", "''")
        parts.append(f"PartitionKey ge '{prefix}' and PartitionKey lt '{prefix}\uffff'")
    for name, comparison in (("createdtimefrom", "ge"), ("createdtimeto", "lt")):
        if asked.get(name):
            parts.append(f"CreatedTime {comparison} datetime'{_moment(name, asked[name])}'")
    return _Wanted(" and ".join(parts), _top(asked.get("top")))


def _top(text: str | None) -> int:
    if text is None:
        return PAGE
    if not (text.isdecimal() and len(text) <= 4) or not 1 <= int(text) <= LONGEST_PAGE:
        raise BadList(f"top: {text[:20]!r} is no number from 1 to {LONGEST_PAGE}.")
    return int(text)


def _moment(name: str, text: str) -> str:
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
        return f"{(at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    except (ValueError, OverflowError):
        raise BadList(f"{name}: {text[:40]!r} is no time such as 2026-03-01T12:00:00Z.") from None


def _token(place: int, inner: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([place, inner]).encode()).decode()


def _place(token: str | None, sources: int) -> tuple[int, Any]:
    if not token:
        return 0, None
    try:
        place, inner = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error, TypeError, RecursionError):
        raise BadList("x-ms-continuation-token: is none of the router's.") from None
    if not isinstance(place, int) or not 0 <= place <= sources or not (inner is None or _is_key(inner)):
        raise BadList("x-ms-continuation-token: is none of the router's.")
    return place, inner


def _is_key(inner: Any) -> bool:
    """As azure-data-tables makes them: PartitionKey and RowKey of the next row."""
    return isinstance(inner, dict) and all(value is None or isinstance(value, str) for value in inner.values())


def _value(text: Any) -> Any:
    """JSON as the app wrote it; a large value is a reference to a blob, and shown as it is."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _time(value: Any) -> str | None:
    return value.isoformat() if hasattr(value, "isoformat") else None


__all__ = ["BadList", "Found", "Instances"]
