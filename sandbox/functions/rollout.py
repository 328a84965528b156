"""What happens to the instances of a Flex Consumption app at a site update, in the order in which it happens.

Source: Microsoft docs, "Site update strategies in Flex Consumption". Recreate ends all instances and starts new ones. A rolling update drains
one batch and starts as many new instances at the same moment, until none of the old ones is left. An update that comes while another one rolls
overlaps it: all that is not of the newest is drained. Batches, their size and the time between them are Azure's; here a batch is one
instance, and the next one begins when the last one's successor has started or failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.arm.store import Body
from sandbox.web.flex import RECREATE, always_ready

BATCH = 1
FEWEST, MOST = 2, 4
DRAIN_SECONDS = 3600.0
"""The scale-in grace period: what runs in an instance that is drained may go on for so long."""


@dataclass(frozen=True)
class Rollout:
    """Handed to hooks right after it has happened: the window before the next batch is open."""

    site: str
    update: int
    """1 for the app's first update since the sandbox has started; the first start of its code is none."""
    strategy: str
    stage: Literal["begins", "batch", "superseded", "complete"]
    batch: int = 0
    of: int = 0
    replaced: tuple[int, ...] = ()
    started: tuple[int, ...] = ()
    """Numbers of instances; the replaced ones are draining, and may still run something."""
    overlaps: int | None = None
    """The update that was under way when this one began."""

    @property
    def operation(self) -> str:
        """What the journal calls it."""
        kind = "recreate" if self.strategy == RECREATE else "rolling update"
        stage = {
            "begins": "begins" if self.overlaps is None else f"begins while update {self.overlaps} is under way",
            "batch": f"batch {self.batch} of {self.of}",
            "superseded": "superseded by a newer update",
            "complete": "complete",
        }[self.stage]
        return f"{kind} {self.update}: {stage}"


def fleet_size(config: Body) -> int:
    """One instance on demand beside those that are always ready; two at least, so that updates have something to roll over."""
    most = int(config["scaleAndConcurrency"]["maximumInstanceCount"])
    return min(most, max(FEWEST, min(MOST, always_ready(config) + 1)))
