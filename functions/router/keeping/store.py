"""The state table as everybody here sees it: whole rows, and nobody overwrites what somebody else has written."""

from __future__ import annotations

from typing import Protocol

from ..lines import LineRow, Pins, VersionRow
from ..versions import Line


class Conflict(Exception):
    """Somebody else has written the row since it was read, or inserted it first. Nothing was written; read again and decide again."""


class Store(Protocol):
    """Raises azure.core's errors where the table can't be reached."""

    async def lines(self) -> tuple[LineRow, ...]: ...

    async def line(self, line: Line) -> LineRow | None: ...

    async def save(self, row: LineRow) -> LineRow:
        """The row as stored, with its new ETag. Without an ETag it is an insert. Raises Conflict."""
        ...

    async def versions(self) -> tuple[VersionRow, ...]: ...

    async def add_version(self, row: VersionRow) -> VersionRow:
        """Raises Conflict if it was deployed before."""
        ...

    async def pins(self) -> Pins: ...

    async def save_pins(self, pins: Pins) -> Pins:
        """Raises Conflict."""
        ...


__all__ = ["Conflict", "Store"]
