"""Ways to ask a task hub whether anything runs in it: ours, and those it is compared with. Each costs requests, bytes, and gives an answer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import taskhub
from taskhub import ACTIVE, Hub, Verdict
from taskhub.connecting import Meter, storage_of


@dataclass(frozen=True)
class Asked:
    drained: bool
    requests: int
    bytes: int


@dataclass(frozen=True)
class Place:
    """A hub, and how to reach it."""

    hub: Hub
    connection_string: str
    client_options: Mapping[str, Any]


Approach = Callable[[Place], Coroutine[Any, Any, Asked]]


async def verdict_only(place: Place) -> Asked:
    """A gate's first pass, ending at its first hit."""
    return await _pass(place, full=False)


async def everything(place: Place) -> Asked:
    """A pass that counts, and lists entities."""
    return await _pass(place, full=True)


async def confirming(place: Place) -> Asked:
    """A gate's second pass, which asks for what was written since the first one as well."""
    return await _pass(place, full=False, since=datetime.now(UTC))


async def _pass(place: Place, **options: Any) -> Asked:
    seen = await taskhub.read(place.hub, place.connection_string, deadline=120.0, **options, **place.client_options)
    assert seen.failed is None, seen.failed
    return Asked(seen.complete and not seen.active and not seen.messages, seen.requests, seen.bytes)


async def gate(place: Place) -> Asked:
    """Two passes, without the time between them that an operator would choose: for its answer, not its time."""
    finding = await taskhub.check(place.hub, place.connection_string, settle=0.0, **place.client_options)
    return Asked(finding.verdict is Verdict.DRAINED, finding.requests, finding.bytes)


async def list_and_filter(place: Place) -> Asked:
    """Every instance is fetched and looked at, as the clients' "get all instances" does; all four statuses, no entities."""
    meter = Meter()
    active = 0
    async with storage_of(place.hub, place.connection_string, meter, **place.client_options) as (_, tables):
        async for row in tables.get_table_client(place.hub.instances).list_entities():
            active += row["RuntimeStatus"] in ACTIVE and not row["PartitionKey"].startswith("@")
    return Asked(active == 0, meter.requests, meter.bytes)


async def one_page(place: Place) -> Asked:
    """The status check of Microsoft's page "Zero-downtime deployment for Durable Functions": Pending and Running, one page of 100."""
    meter = Meter()
    wanted = "RuntimeStatus eq 'Pending' or RuntimeStatus eq 'Running'"
    async with storage_of(place.hub, place.connection_string, meter, **place.client_options) as (_, tables):
        pages = tables.get_table_client(place.hub.instances).query_entities(wanted, results_per_page=100).by_page()
        found = [row async for row in await anext(pages)]
    return Asked(not found, meter.requests, meter.bytes)


LISTING = "list, filter in the client"
VERDICT = "taskhub, verdict only"
CONFIRMING = "taskhub, confirming pass"
TIMED: Mapping[str, Approach] = {
    VERDICT: verdict_only,
    CONFIRMING: confirming,
    "taskhub, everything": everything,
    "StatusCheck of one page": one_page,
    LISTING: list_and_filter,
}
ANSWERING: Mapping[str, Approach] = {"taskhub": gate, "StatusCheck of one page": one_page, LISTING: list_and_filter}

__all__ = ["ANSWERING", "CONFIRMING", "LISTING", "TIMED", "VERDICT", "Approach", "Asked", "Place"]
