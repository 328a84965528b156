"""How many active instances there are, by orchestrator and version, in the task hub of every slot. Reads, and decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential

import taskhub

from ..live import Live, LiveSlot

DEADLINE = 120.0
"""Seconds for one hub."""


@dataclass(frozen=True)
class Active:
    """Instances of one orchestrator and version in one slot's hub."""

    slot: str
    name: str
    version: str | None
    count: int
    oldest: datetime | None

    def as_json(self) -> dict[str, Any]:
        oldest = None if self.oldest is None else self.oldest.isoformat()
        return {"slot": self.slot, "orchestrator": self.name, "version": self.version, "count": self.count, "oldest": oldest}


@dataclass(frozen=True)
class Counted:
    active: tuple[Active, ...]
    unknown: tuple[str, ...]
    """Hubs that could not be read to their end, in sentences: there may be more than was counted."""


async def count(live: Live, credential: AsyncTokenCredential, **client_options: Any) -> Counted:
    """One pass over each hub. A slot without code whose hub does not exist, or is not named, has no instances; with code, that is a riddle."""
    slots = [slot for slot in live.slots.values() if slot.hub is not None]
    readings = await asyncio.gather(*(_read(slot, credential, client_options) for slot in slots))
    active: list[Active] = []
    unknown = [
        f"The settings of slot '{slot.slot}' name no task hub that can be read, though it has code."
        for slot in live.slots.values()
        if slot.hub is None and slot.had_code
    ]
    for slot, reading in zip(slots, readings, strict=True):
        if (why := _why_unknown(slot, reading)) is not None:
            unknown.append(f"Task hub '{reading.hub}' of slot '{slot.slot}' can't be counted: {why}.")
        active += _groups(slot.slot, reading)
    return Counted(tuple(active), tuple(unknown))


async def _read(slot: LiveSlot, credential: AsyncTokenCredential, options: dict[str, Any]) -> taskhub.Reading:
    assert slot.hub is not None
    return await taskhub.read(slot.hub, slot.connection_string or credential, full=True, deadline=DEADLINE, **options)


def _why_unknown(slot: LiveSlot, reading: taskhub.Reading) -> str | None:
    if reading.failed is not None:
        return reading.failed.rstrip(".")
    if not reading.hub_exists:
        return "it has no tables, though the slot has code" if slot.had_code else None
    return None if reading.complete else f"its {DEADLINE:.0f} seconds were over before its end"


def _groups(slot: str, reading: taskhub.Reading) -> Iterable[Active]:
    """By version: the statuses of one add up."""
    found: dict[tuple[str, str | None], list[taskhub.Group]] = {}
    for group in reading.active:
        found.setdefault((group.name, group.version), []).append(group)
    for (name, version), groups in sorted(found.items(), key=lambda one: (one[0][0], one[0][1] or "")):
        ages = [group.oldest.created for group in groups if group.oldest.created is not None]
        yield Active(slot, name, version, sum(group.count for group in groups), min(ages, default=None))


__all__ = ["DEADLINE", "Active", "Counted", "count"]
