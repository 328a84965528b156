"""OData filters for the Instances table. The service takes at most 15 comparisons in one (Querying tables and entities)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from .hub import Hub
from .instance import TERMINAL

NO_ENTITY = "(PartitionKey lt '@' or PartitionKey ge 'A')"
"""Ids of entities begin with '@', and 'A' is the next character (Azure/durabletask, OrchestrationInstanceStatusQueryCondition.cs)."""

_CHANGING = "not (" + " or ".join(f"RuntimeStatus eq '{status}'" for status in TERMINAL) + ")"
"""Not "one of the four active ones": a status that a later version adds must not read as "nothing runs"."""


_NOTHING = "PartitionKey lt ''"


def active(hub: Hub, *, entities: bool, or_written_since: datetime | None = None) -> str:
    """What is not terminal, and what became so since that moment of the service's own clock (every row's Timestamp is).

    What most rows fail comes first: a service that stops there has one comparison to make for each of them.
    """
    late = f" or Timestamp ge {date(or_written_since)}" if or_written_since else ""
    return _all(f"({_CHANGING}{late})", "" if entities else NO_ENTITY, of_hub(hub))


def instances(
    hub: Hub, *, statuses: Iterable[str] | None = None, created_from: datetime | None = None, created_to: datetime | None = None
) -> str:
    """Instances that are no entities; `created_from` is included, `created_to` is not. An empty `statuses` matches nothing."""
    wanted = None if statuses is None else " or ".join(f"RuntimeStatus eq {text(status)}" for status in statuses)
    return _all(
        "" if wanted is None else f"({wanted or _NOTHING})",
        NO_ENTITY,
        of_hub(hub),
        f"CreatedTime ge {date(created_from)}" if created_from else "",
        f"CreatedTime lt {date(created_to)}" if created_to else "",
    )


def of_hub(hub: Hub) -> str:
    """Of a shared tracking store, rows whose TaskHubName may be this hub's; empty for tables of its own.

    The service compares case-sensitively, and rows carry the name as host.json had it when they were written: 'Orders' and 'orders' are
    one hub. Character by character, every such spelling lies between the one in capitals and the one in small letters, so that this
    range leaves none of them out. It lets some other hubs through: `Hub.is_own` or `Hub.may_be_own` has the last word.

    Said as "not outside": a comparison with a property that a row lacks is false, so that rows without the name come through as well.
    """
    if hub.tracking is None:
        return ""
    return f"not (TaskHubName lt {text(hub.name.upper())} or TaskHubName gt {text(hub.name.lower())})"


def date(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: which moment is it?")
    return f"datetime'{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z'"


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _all(*parts: str) -> str:
    return " and ".join(part for part in parts if part)


__all__ = ["active", "date", "instances", "of_hub", "text"]
