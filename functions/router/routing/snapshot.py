"""What a router knows of the lines at one moment. It may act on it for `cache_seconds`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ..lines import LineRow, Pins, State, VersionRow
from ..versions import Line, Version


@dataclass(frozen=True)
class Snapshot:
    rows: Mapping[Line, LineRow]
    deployed: Mapping[Line, Version]
    """The newest version of each line that was ever deployed, with an app or without."""
    pins: Pins
    at: datetime

    @classmethod
    def of(cls, rows: Iterable[LineRow], versions: Iterable[VersionRow], pins: Pins, at: datetime) -> Self:
        newest: dict[Line, Version] = {}
        for row in versions:
            newest[row.version.line] = max(row.version, newest.get(row.version.line, row.version))
        return cls({row.line: row for row in rows}, newest, pins, at)

    @property
    def active(self) -> tuple[Line, ...]:
        """Newest first."""
        return tuple(sorted((line for line, row in self.rows.items() if row.state is State.ACTIVE), reverse=True))

    @property
    def known(self) -> tuple[Line, ...]:
        """Lines that a request may name, newest first."""
        return tuple(sorted({*self.deployed, *self.rows}, reverse=True))


__all__ = ["Snapshot"]
