"""The answers: plain data, no requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import taskhub

from ..deployment import PRODUCTION


@dataclass(frozen=True)
class LastSwap:
    """What Azure notes of a completed swap (`slotSwapStatus` of Microsoft.Web/sites). By its own clock."""

    at: datetime
    source: str
    target: str

    @property
    def slots(self) -> frozenset[str]:
        return frozenset((self.source, self.target))


@dataclass(frozen=True)
class LiveSlot:
    slot: str
    host_name: str
    bundle: str | None
    """None: the settings name no durable storage, or that of a stranger. Where the hub stays with its slot: what the code is called."""
    stranger: str | None
    """A durable account, secret or hub that belongs to none of the bundles."""
    marker: str | None
    """DURABLE_DEPLOY_BUNDLE: a cross-check, and where storage is named by a Key Vault reference the only word."""
    hub: taskhub.Hub | None
    """None: the settings name no durable storage."""
    connection_string: str | None = field(repr=False)
    """What opens the hub, if it is not the caller's identity."""
    read_by: str
    """How the hub is reached, as a clause for people; empty for the ordinary way, identity."""
    version: str | None
    package: str | None
    """What the code runs from: a URL; None without code."""
    stack: str
    """The runtime that Azure runs it with, `linuxFxVersion`."""
    stack_marker: str | None
    """The runtime that the bundle was made for."""
    starters: tuple[str, ...]
    """Functions of this code that start work by themselves."""
    contains: tuple[str, ...]
    """Versions that this code says it has (DURABLE_DEPLOY_VERSIONS). With orchestration versioning one: it and all before."""
    starts: str | None
    """The version that clients in this slot start. None: no versioning strategy, or nothing set."""
    settings: Mapping[str, str] = field(repr=False)
    """All of them; secret."""
    swap_target: str | None
    """Azure has prepared this slot for a swap with that one (`targetSwapSlot`)."""
    operation: str | None
    """What Azure is doing with the slot now (`inProgressOperationId`)."""
    state: str
    """`Running` or `Stopped`."""
    last_swap: LastSwap | None = None
    ahead: str | None = None
    """Flex Consumption: label of the code that the settings are for already, and that is not there yet."""

    @property
    def label(self) -> str:
        """As the component names the code: by its version, else by its blob."""
        return self.version or (self.package or "").partition("?")[0].rpartition("/")[2] or "no code"

    def told(self, between: str = " with") -> str:
        """Version and bundle, for people. Where hubs stay with their slots the bundle is the version."""
        bundle = "" if self.bundle == self.label else f"{between} bundle {self.bundle}"
        return f"version {self.label}{bundle}"

    @property
    def had_code(self) -> bool:
        """Whether something may have run here, so that a missing hub is a riddle and not an empty slot.

        Without a package, settings of a deploying pipeline tell: they exist only where one has been at work.
        """
        deployed = any(name.upper().startswith("SCM_") or name.upper() == "ENABLE_ORYX_BUILD" for name in self.settings)
        return bool(self.package or self.version or deployed or "WEBSITE_RUN_FROM_PACKAGE" in self.settings)

    @property
    def stack_differs(self) -> bool:
        return bool(self.stack and self.stack_marker) and self.stack.lower() != (self.stack_marker or "").lower()


@dataclass(frozen=True)
class Live:
    slots: Mapping[str, LiveSlot]
    """Production first."""
    last_swap: LastSwap | None
    """The newest of all slots."""
    hubs_stay: bool = False
    """A swap exchanges code and leaves the task hubs where they are: the versioning strategies."""

    @property
    def production(self) -> LiveSlot:
        return self.slots[PRODUCTION]

    def told(self) -> tuple[str, ...]:
        """What each slot has, for people."""
        return tuple(f"'{slot}' has {one.told()}" for slot, one in self.slots.items())

    @property
    def swap_under_way(self) -> LiveSlot | None:
        """A slot with which Azure is swapping now."""
        return next((one for one in self.slots.values() if one.operation is not None), None)

    @property
    def half_swap(self) -> LiveSlot | None:
        """A slot that a swap with preview has prepared, and that waits to be completed or reset."""
        if self.swap_under_way is not None:
            return None
        return next((one for one in self.slots.values() if one.swap_target is not None), None)


__all__ = ["LastSwap", "Live", "LiveSlot"]
