"""What each slot's code should run with now: read from the control plane in one look, decided without side effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.arm import ControlPlane, ResourceId
from sandbox.arm.store import Body
from sandbox.deploying.deployment import released
from sandbox.web.processes import Process, processes
from sandbox.web.slots import PRODUCTION, SITES, require_slot, slot_id
from sandbox.web.swap_phase import SwapState

Slot = tuple[str, str]
"""Site and slot, both in lower case; production is `production`."""

RUN_FROM_PACKAGE = "WEBSITE_RUN_FROM_PACKAGE"


@dataclass(frozen=True)
class FlexApp:
    """What is special about an app on Flex Consumption."""

    config: Body
    """functionAppConfig, as Azure shows it."""
    deployment: str | None
    """The deployment whose package is to run; None: nothing was deployed yet."""
    url: str
    """Of that package."""


@dataclass(frozen=True)
class Wanted:
    id: ResourceId
    """The slot's, or the site's for production."""
    slot: str
    host_name: str
    belongs_to: str
    """The slot whose sticky settings, and so whose keys, the code has: in a swap the target's from phase 1 on."""
    enabled: bool
    settings: dict[str, str] = field(repr=False)
    connection_strings: dict[str, Any] = field(repr=False)
    stack: str
    starts: int
    identity: Body | None
    flex: FlexApp | None = None

    @property
    def site(self) -> str:
        return self.id.names[0]

    @property
    def key(self) -> Slot:
        return self.site.lower(), self.slot

    @property
    def package_url(self) -> str | None:
        """None: the slot has no code. Only a URL is run; `1` means files that Azure's own deployment leaves, which the sandbox lacks."""
        if self.flex is not None:
            return self.flex.url if self.flex.deployment else None
        value = setting(self.settings, RUN_FROM_PACKAGE)
        return value if value.lower().startswith("http") else None

    @property
    def run_as(self) -> tuple[Any, ...] | None:
        """What makes a restart when it differs. Routing is not in it: at phase 3 of a swap nothing restarts. None: nothing is to run.

        Microsoft docs, "App settings reference": changing any app setting restarts the app; "Site update strategies in Flex Consumption": code,
        settings and any other property of the configuration are each an update of their own.
        """
        if not self.enabled or self.package_url is None:
            return None
        return self.starts, self.settings, self.connection_strings, self.stack, self.flex


@dataclass(frozen=True)
class Swapping:
    """A swap that is past phase 3: the two slots' processes have changed places."""

    site: str
    operation: str
    source: str
    target: str


def wanted_now(plane: ControlPlane) -> tuple[list[Wanted], list[Swapping]]:
    with plane.store.lock:
        found: list[Wanted] = []
        past: list[Swapping] = []
        for site, body in plane.store.of_type(SITES):
            if "functionapp" not in str(body.get("kind", "")).lower():
                continue
            swap = SwapState.of(plane, site)
            if swap is not None and swap.done >= 3:
                past.append(Swapping(site.name.lower(), swap.id, swap.source, swap.target))
            found += [_wanted(plane, site, slot, process, swap) for slot, process in processes(plane, site).items()]
        return found, past


def _wanted(plane: ControlPlane, site: ResourceId, slot: str, process: Process, swap: SwapState | None) -> Wanted:
    body = require_slot(plane, site, slot)
    prepared = swap is not None and slot == swap.source and 1 <= swap.done <= 3
    return Wanted(
        id=slot_id(site, slot),
        slot=slot,
        host_name=body["properties"]["defaultHostName"],
        belongs_to=swap.target if swap is not None and prepared else slot,
        enabled=body["properties"].get("enabled", True) is not False and body["properties"].get("state") != "Stopped",
        settings=process.settings,
        connection_strings=process.connection_strings,
        stack=process.stack,
        starts=process.starts,
        identity=body.get("identity"),
        flex=_flex(plane, site, body),
    )


def _flex(plane: ControlPlane, site: ResourceId, body: Body) -> FlexApp | None:
    config = body["properties"].get("functionAppConfig")
    if config is None:
        return None
    package = released(plane, site) or {}
    return FlexApp(config, package.get("deployment"), package.get("url", ""))


def setting(settings: Mapping[str, str], name: str) -> str:
    """Names are compared without regard to case; empty if there is none."""
    return next((value for key, value in settings.items() if key.upper() == name.upper()), "")


__all__ = ["PRODUCTION", "FlexApp", "Slot", "Swapping", "Wanted", "setting", "wanted_now"]
