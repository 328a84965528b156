"""Microsoft.Web: plans, sites, slots, their settings, and the swap of two slots in its four phases.

`web_types()` for the control plane, `swaps_of(plane)` for the swap engine behind it, `processes(plane, site)` for what runs.
"""

from __future__ import annotations

from pathlib import Path
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


def web_types(
    *, swapping: Literal["background", "manual"] = "background", storage: StorageService | None = None, authority: Path | None = None
) -> list[ResourceType]:
    """`manual`: a swap, and a deployment, stand still until a test advances them (`swaps_of(plane)`, `deployments_of(plane)`); else threads do.

    `storage` is asked whether a slot's package exists, where no functions host runs it; without it every package does. `authority`: the CA
    to trust at its endpoints; without it nothing listens there.
    """
    # Imported late: the host of the code and its types build on the modules of this package.
    from sandbox.deploying import deploying_types
    from sandbox.functions.arm_types import arm_types

    swaps = Swaps(manual=swapping == "manual")
    types: list[ResourceType] = [Plans(), swaps, SlotOperationResults(swaps)]
    for name in (SITES, SLOTS):
        types += [
            Sites(name, swaps),
            SiteConfig(f"{name}/config", swaps),
            PublishingPolicies(f"{name}/basicPublishingCredentialsPolicies", swaps),
        ]
    return [*types, *deploying_types(storage, authority, manual=swaps.manual), *arm_types(storage)]


__all__ = ["Process", "SwapPhase", "Swaps", "processes", "swaps_of", "web_types"]
