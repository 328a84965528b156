"""Rows as entities of Azure Table Storage, and back. One property for each field, so that a person who looks at the table can read it.

Times are ISO 8601 text: the table's own type for times keeps 100 ns, and loses what it was given (Microsoft docs, "Understanding the Table
service data model"). What is left out reads as the field's default, so that an older router's rows can be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..lines import LineRow, Pins, State, Transition, VersionRow
from ..versions import Line, Version

LINES, VERSIONS, PINS = "line", "version", "pins"
"""Partitions. All rows of one kind are read together."""

_TIMES = ("retry_at", "clean_since", "oldest", "judged_at", "last_start", "purged_at", "delisted_at")
_PLAIN = (
    "reason",
    "app",
    "hub",
    "host_name",
    "attempts",
    "error",
    "verdict",
    "active",
    "retire_forced",
    "retire_asked",
    "held",
    "listed",
    "gateway_error",
    "removing",
    "ever_ran",
)
_LONGEST = 30_000
"""Characters of a text: a property holds 64 KiB of UTF-16."""

Entity = Mapping[str, Any]


def line_entity(row: LineRow) -> dict[str, Any]:
    entity: dict[str, Any] = {"PartitionKey": LINES, "RowKey": str(row.line), "state": row.state.value, "since": row.since.isoformat()}
    for name in _PLAIN:
        value = getattr(row, name)
        if value is not None:
            entity[name] = value[:_LONGEST] if isinstance(value, str) else value
    entity |= {name: value.isoformat() for name in _TIMES if (value := getattr(row, name)) is not None}
    entity |= {name: str(value) for name in ("wanted", "deployed") if (value := getattr(row, name)) is not None}
    entity["history"] = json.dumps([[one.state.value, one.at.isoformat(), one.reason[:500]] for one in row.history])
    return entity


def line_row(entity: Entity, etag: str) -> LineRow:
    """Raises ValueError or KeyError for what is no such row."""
    known: dict[str, Any] = {name: entity[name] for name in _PLAIN if entity.get(name) is not None}
    known |= {name: datetime.fromisoformat(entity[name]) for name in _TIMES if entity.get(name)}
    known |= {name: Version.parse(entity[name]) for name in ("wanted", "deployed") if entity.get(name)}
    history = json.loads(entity.get("history") or "[]")
    return LineRow(
        line=Line.parse(entity["RowKey"]),
        state=State(entity["state"]),
        since=datetime.fromisoformat(entity["since"]),
        history=tuple(Transition(State(state), datetime.fromisoformat(at), reason) for state, at, reason in history),
        etag=etag,
        **known,
    )


def version_entity(row: VersionRow) -> dict[str, Any]:
    return {
        "PartitionKey": VERSIONS,
        "RowKey": str(row.version),
        "package": row.package,
        "digest": row.digest,
        "at": row.at.isoformat(),
        "by": row.by,
    }


def version_row(entity: Entity, etag: str) -> VersionRow:
    at = datetime.fromisoformat(entity["at"])
    return VersionRow(Version.parse(entity["RowKey"]), entity["package"], entity["digest"], at, entity.get("by") or "", etag)


def pins_entity(pins: Pins) -> dict[str, Any]:
    entity = {"PartitionKey": PINS, "RowKey": PINS}
    return {**entity, "default": str(pins.default)} if pins.default is not None else entity


def pins_row(entity: Entity, etag: str) -> Pins:
    return Pins(Line.parse(entity["default"]) if entity.get("default") else None, etag)


__all__ = ["LINES", "PINS", "VERSIONS", "line_entity", "line_row", "pins_entity", "pins_row", "version_entity", "version_row"]
