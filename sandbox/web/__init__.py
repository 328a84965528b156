"""Microsoft.Web: plans, sites, slots, their settings, and the swap of two slots in its four phases.

`web_types()` for the control plane, `swaps_of(plane)` for the swap engine behind it, `processes(plane, site)` for what runs.
"""

from __future__ import annotations

from typing import Literal

from sandbox.arm import ResourceType
from sandbox.storage.service import StorageService

from .operation_results import SlotOperationResults
from .plans import Plans
from .processes import Process, processes
from .settings import SiteConfig
from .sites import PublishingPolicies, Sites
from .slots import SITES, SLOTS
from .swap_phase import SwapPhase
from .swaps import Swaps, swaps_of


def web_types(*, swapping: Literal["background", "manual"] = "background", storage: StorageService | None = None) -> list[ResourceType]:
    """`manual`: a swap stands still until a test calls `swaps_of(plane).advance(site)`; otherwise a thread carries it through.

    `storage` is asked whether a slot's package exists, where no functions host runs it; without it every package does.
    """
    # Imported late: the host of the code and its types build on the modules of this package.
    from sandbox.functions.arm_types import arm_types

    swaps = Swaps(manual=swapping == "manual")
    types: list[ResourceType] = [Plans(), swaps, SlotOperationResults(swaps)]
    for name in (SITES, SLOTS):
        types += [
            Sites(name, swaps),
            SiteConfig(f"{name}/config", swaps),
            PublishingPolicies(f"{name}/basicPublishingCredentialsPolicies", swaps),
        ]
    return [*types, *arm_types(storage)]


__all__ = ["Process", "SwapPhase", "Swaps", "processes", "swaps_of", "web_types"]
