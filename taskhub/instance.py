"""One row of an Instances table, as a value.

Columns and status names: Azure/durabletask, OrchestrationInstanceStatus.cs and OrchestrationStatus.cs. Keys: the same, KeySanitation.cs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ACTIVE = ("Pending", "Running", "Suspended", "ContinuedAsNew")
"""Durable Functions' HTTP API answers 202 for exactly these."""
TERMINAL = ("Completed", "Failed", "Terminated", "Canceled")
"""Whatever is in neither list, a status of a later version or none at all, counts as active."""
STATUSES = (*ACTIVE, *TERMINAL)

COLUMNS = ("PartitionKey", "Name", "Version", "RuntimeStatus", "CreatedTime", "LastUpdatedTime", "TaskHubName")
"""What is asked for: never Input and Output, which make up most of a row."""


@dataclass(frozen=True)
class Instance:
    """Times are those that the workers wrote, by their own clocks: to be shown, not to be compared with ours."""

    id: str
    name: str
    version: str | None
    status: str
    created: datetime | None
    updated: datetime | None
    hub: str | None
    """As written in the row; None in rows of versions that wrote no TaskHubName."""

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def is_entity(self) -> bool:
        """An entity's id is `@name@key`, and its status stays Running for ever (MicrosoftDocs/azure-docs#42646)."""
        return self.id.startswith("@")

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "status": self.status,
            "created": _text(self.created),
            "updated": _text(self.updated),
            "hub": self.hub,
        }


def instance_of(row: Mapping[str, Any]) -> Instance:
    return Instance(
        id=unescape_key(row["PartitionKey"]),
        name=row.get("Name") or "",
        version=row.get("Version") or None,
        status=row.get("RuntimeStatus") or "",
        created=_moment(row.get("CreatedTime")),
        updated=_moment(row.get("LastUpdatedTime")),
        hub=row.get("TaskHubName") or None,
    )


def age(instance: Instance) -> tuple[bool, datetime, str]:
    """Sorts by age: the oldest first, those without a time of creation last."""
    return instance.created is None, instance.created or datetime.min.replace(tzinfo=UTC), instance.id


_ESCAPES = {"^": "^^", "/": "^0", "\\": "^1", "#": "^2", "?": "^3"}
_UNESCAPES = {escaped[1]: plain for plain, escaped in _ESCAPES.items()}
_OFFSET = ord("À")


def escape_key(id: str) -> str:
    """An instance id as a PartitionKey, in which `/ \\ # ?` and control characters may not stand."""
    return "".join(_ESCAPES.get(c) or (f"^{chr(_OFFSET + ord(c))}" if _is_control(c) else c) for c in id)


def unescape_key(key: str) -> str:
    characters = iter(key)
    return "".join(_unescaped(next(characters, "")) if c == "^" else c for c in characters)


def _unescaped(c: str) -> str:
    return _UNESCAPES.get(c) or (chr(ord(c) - _OFFSET) if c and ord(c) >= _OFFSET else c)


def _is_control(c: str) -> bool:
    return ord(c) <= 0x1F or 0x7F <= ord(c) <= 0x9F


def _moment(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


__all__ = ["ACTIVE", "COLUMNS", "STATUSES", "TERMINAL", "Instance", "age", "escape_key", "instance_of", "unescape_key"]
