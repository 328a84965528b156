"""Everything that a plan is made from, as plain data: read once, by `reading.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from taskhub import Finding, Unsettled

from ..deployment import Versioning
from ..versions.containing import Contents
from .record import Record

PRODUCTION = "production"

Mode = Literal["idle", "drain-behind"]
Lateness = Literal["report", "wait", "swap-back"]


@dataclass(frozen=True)
class Slot:
    """One slot with the code that it runs, and with what its task hub says."""

    name: str
    version: str | None = None
    """The label of the code; None: the slot never had any, or code that nobody labelled."""
    package: str | None = None
    """What it runs from; None: no code."""
    bundle: str | None = None
    finding: Finding | None = None
    """None: nobody asked, since nothing depends on it."""
    stack_differs: bool = False
    """It runs on another runtime stack than its code was made for: an update was killed, or raced a swap, between two writes."""
    contents: Contents | None = None
    """Which versions the code says it has; with a versioning strategy only."""
    ahead: str | None = None
    """Flex Consumption: label of the code that the settings are for, where that is not the code that runs."""
    starts: str | None = None
    """The version that clients in this slot start; with a versioning strategy only."""

    @property
    def label(self) -> str:
        """As the program names the code: by its version, else by its blob."""
        return self.version or (self.package or "").partition("?")[0].rpartition("/")[2] or "no code"


@dataclass(frozen=True)
class SwapUnderWay:
    slot: str
    """What changes places with production, as far as Azure tells."""
    paused: bool = False
    """Half of a swap with preview: it does not go on by itself."""


@dataclass(frozen=True)
class World:
    stack: str
    site: str
    wanted: str
    """The version that the stack's configuration asks for."""
    slots: tuple[Slot, ...]
    """Production first. Empty: the stack was never deployed."""
    now: datetime
    wanted_url: str | None = None
    """`package.url` of the configuration, if that is how the package is named."""
    record: Record | None = None
    swap: SwapUnderWay | None = None
    update: str | None = None
    """Since when and by whom the stack is being updated, as a clause; None: it is not."""
    notices: tuple[str, ...] = ()
    """What others did since: a foreign swap, an update that took a swap back. Told, and gone on from."""
    problems: tuple[str, ...] = ()
    """Contradictions between slots, in sentences: two on one hub, a storage that is none of ours."""
    versioning: Versioning | None = None
    """None: status check with slot."""
    pinned: str | None = None
    """The start version that the configuration names; None: the newest of production's code."""
    ramped: float | None = None
    """The share that a ramp to the newest version of the wanted code stands at; None: there is none."""

    @property
    def production(self) -> Slot:
        return self.slots[0]

    @property
    def staging(self) -> Sequence[Slot]:
        return self.slots[1:]

    def holder(self) -> Slot | None:
        """The slot that has the wanted version."""
        return next((slot for slot in self.slots if slot.package is not None and slot.label == self.wanted), None)


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    mode: Mode = "idle"
    abandon_entities: bool = False
    abandon_staging: int | None = None
    accept_unsettled: Unsettled | None = None
    late_starters: Lateness = "report"
    before_swap: str | None = None
    after_swap: str | None = None
    timeout: timedelta = timedelta(hours=2)
    settle: timedelta = timedelta(seconds=30)
    exclude: tuple[str, ...] = ()
    ramp: tuple[float, ...] = ()
    """Shares of new instances, in percent and rising, that get the new version before all do."""
    ramp_step: timedelta = timedelta(minutes=15)
    """How long each share is watched."""
    ramp_failures: int = 0
    """So many instances of the new version may have failed in one step."""

    @property
    def harmless(self) -> Unsettled | None:
        """What may lie in any slot's queues, and not only in production's: timers that nobody waits for."""
        return "timers" if self.accept_unsettled == "timers" else None


__all__ = ["PRODUCTION", "Lateness", "Mode", "Options", "Slot", "SwapUnderWay", "World"]
