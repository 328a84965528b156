"""Asks the hub of every slot. An id may be in several: ids that clients choose may come again in a later version's hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ResourceNotFoundError

import taskhub
from taskhub import ACTIVE, Instance

from ..live import Live, LiveSlot


@dataclass(frozen=True)
class Found:
    slot: str
    hub: str
    instance: Instance
    address: str
    """Where it answers: a GET with the host's system key `durabletask_extension` as `code`."""

    def as_json(self) -> dict[str, Any]:
        one = self.instance
        dates = {name: None if at is None else at.isoformat() for name, at in (("created", one.created), ("updated", one.updated))}
        return {
            "id": one.id,
            "slot": self.slot,
            "hub": self.hub,
            "name": one.name,
            "version": one.version,
            "status": one.status,
            **dates,
            "address": self.address,
        }


@dataclass(frozen=True)
class Answers:
    found: tuple[Found, ...]
    unreadable: tuple[str, ...]
    """Hubs that could not be asked, in sentences: the answer may lack what is there."""


async def find_everywhere(live: Live, credential: AsyncTokenCredential, id: str, **client_options: Any) -> Answers:
    slots = [slot for slot in live.slots.values() if slot.hub is not None]
    answers = await asyncio.gather(*(_find(slot, credential, id, client_options) for slot in slots), return_exceptions=True)
    return _sorted_out(slots, [[one] if isinstance(one, Found) else [] if one is None else one for one in answers])


async def active_in(live: Live, credential: AsyncTokenCredential, **client_options: Any) -> Answers:
    """What is not finished, in every slot. Entities are left out: they never finish."""
    slots = [slot for slot in live.slots.values() if slot.hub is not None]
    answers = await asyncio.gather(*(_active(slot, credential, client_options) for slot in slots), return_exceptions=True)
    return _sorted_out(slots, list(answers))


def address(host: str, id: str) -> str:
    """Docs: "HTTP APIs in Durable Functions". The code in the slot answers for its own hub, whose name need not be given."""
    return f"https://{host}/runtime/webhooks/durabletask/instances/{quote(id, safe='')}"


def _sorted_out(slots: list[LiveSlot], answers: list[Any]) -> Answers:
    found: list[Found] = []
    unreadable: list[str] = []
    for slot, answer in zip(slots, answers, strict=True):
        if isinstance(answer, ResourceNotFoundError):
            continue  # no table, so no instance
        if isinstance(answer, AzureError):
            reason = (str(answer).splitlines() or [type(answer).__name__])[0].rstrip(".")
            unreadable.append(f"Task hub '{slot.hub.name if slot.hub else ''}' of slot '{slot.slot}' can't be read: {reason}.")
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found += answer
    return Answers(tuple(found), tuple(unreadable))


async def _find(slot: LiveSlot, credential: AsyncTokenCredential, id: str, options: dict[str, Any]) -> Found | None:
    assert slot.hub is not None
    instance = await taskhub.find_instance(slot.hub, slot.connection_string or credential, id, **options)
    return None if instance is None else _found(slot, instance)


async def _active(slot: LiveSlot, credential: AsyncTokenCredential, options: dict[str, Any]) -> list[Found]:
    assert slot.hub is not None
    listed: AsyncIterator[Instance] = taskhub.list_instances(slot.hub, slot.connection_string or credential, statuses=ACTIVE, **options)
    return [_found(slot, one) async for one in listed if not one.id.startswith("@")]


def _found(slot: LiveSlot, instance: Instance) -> Found:
    hub = slot.hub.name if slot.hub else ""
    return Found(slot.slot, instance.hub or hub, instance, address(slot.host_name, instance.id))


__all__ = ["Answers", "Found", "active_in", "address", "find_everywhere"]
