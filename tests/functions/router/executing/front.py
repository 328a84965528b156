"""API Management in front of the routers of a test: its list, and what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from functions.router.gateway import Listing
from functions.router.versions import Version
from tests.functions.router.executing.world import TWO, Monitor
from tests.functions.router.hosting.world import OTHERS, blueprint, line_row

SERVICE = f"{OTHERS}/providers/Microsoft.ApiManagement/service/orders-gateway"
LIST = f"{SERVICE}/namedValues/direct-lines"
SECONDS = 200
WRITES = f"put {LIST.lower()}"


def in_front(monitor: Monitor, **policy: Any) -> Monitor:
    """API Management is in front of the routers, with an empty list."""
    wanted = {"gateway": {"list_id": LIST, "seconds": SECONDS}, "policy": policy}
    monitor.world.blueprint = blueprint(**wanted)
    of = {"publisherEmail": "ops@example.com", "publisherName": "ops"}
    monitor.world.put(SERVICE, {"location": "westeurope", "sku": {"name": "BasicV2", "capacity": 1}, "properties": of})
    monitor.world.put(LIST, {"properties": {"displayName": "direct-lines", "secret": True, "value": "none"}})
    return monitor


def text(monitor: Monitor) -> str:
    found = monitor.world.plane.request("POST", f"{LIST}/listValue").body
    return str(found["value"])


def named(monitor: Monitor) -> list[str]:
    return [str(line) for line in sorted(Listing.read(text(monitor)).entries)]


def write(monitor: Monitor, value: str) -> None:
    """As an update does that sets the list back, or a person."""
    monitor.world.put(LIST, {"properties": {"displayName": "direct-lines", "secret": True, "value": value}})


def both_lines(monitor: Monitor) -> Monitor:
    monitor.run()
    monitor.deployed("2.0.0")
    monitor.store.rows[TWO] = replace(line_row(TWO, wanted=Version(2, 0, 0)), etag="two")
    monitor.run()
    return monitor


def list_writes(monitor: Monitor) -> int:
    return sum(one == f"PUT {LIST}" for one in monitor.world.transport.asked)
