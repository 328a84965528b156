"""Which settings each slot's running code has, at any moment of a swap: not always what the slot's stored settings say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.arm import ControlPlane, ResourceId
from sandbox.arm.store import Body

from .slots import PRODUCTION, config, slot_id, slot_names
from .swap_phase import SwapState, stickiness_between
from .travel import applied


@dataclass(frozen=True)
class Process:
    """The code in one slot. From phase 3 of a swap on, "in the slot" means by routing: the new code is in production."""

    routing: str
    """The slot whose requests it gets: `production`, `staging`, …"""
    settings: dict[str, str]
    connection_strings: dict[str, Any]
    stack: str
    """`linuxFxVersion`, or what Flex Consumption's runtime says, as `PYTHON|3.11`."""
    starts: int
    """How often this process was started: when it was made, at each change of its settings, at the two restarts of a swap."""


def processes(plane: ControlPlane, site_id: ResourceId | str) -> dict[str, Process]:
    """By slot, production first. In a swap the source slot's process runs with the target's sticky settings from phase 1 to phase 4:

    before phase 3 that is the staged code being prepared, after it the old code that has not been restarted yet.
    """
    site = ResourceId.parse(site_id) if isinstance(site_id, str) else site_id
    with plane.store.lock:
        return {slot: _process(plane, site, slot) for slot in (PRODUCTION, *slot_names(plane, site))}


def _process(plane: ControlPlane, site: ResourceId, slot: str) -> Process:
    own, state = slot_id(site, slot), SwapState.of(plane, site)
    settings, strings = config(plane, own, "appsettings"), config(plane, own, "connectionstrings")
    web: Body = config(plane, own, "web")
    if state is not None and slot == state.source and 1 <= state.done <= 3:
        target = slot_id(site, state.target)
        sticky = stickiness_between(plane, site, own, target)
        settings = applied(settings, config(plane, target, "appsettings"), sticky.setting)
        strings = applied(strings, config(plane, target, "connectionstrings"), sticky.connection_string)
    return Process(slot, settings, strings, _stack(plane, own, web), plane.store.hidden(own).get("starts", 0))


def _stack(plane: ControlPlane, own: ResourceId, web: Body) -> str:
    """On Flex Consumption functionAppConfig.runtime says it, in the same form."""
    runtime = ((plane.store.get(own) or {}).get("properties", {}).get("functionAppConfig") or {}).get("runtime")
    return f"{runtime['name'].upper()}|{runtime['version']}" if runtime else str(web.get("linuxFxVersion", ""))
