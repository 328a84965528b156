"""What App Service plans can do, by SKU name. Microsoft docs: "Azure Functions deployment slots", "App Service plan SKUs"."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class PlanKind:
    name: str
    tier: str
    """ARM's `sku.tier`."""
    slots: int
    """Slots, production included."""
    always_on: bool
    """Dedicated plans must keep the host awake themselves; the others scale by events and refuse the setting."""
    content_share: bool
    """Deployments without a package need an Azure Files share, which needs an account key."""
    elastic: bool = False


_KINDS = (
    (r"FC1", PlanKind("Flex Consumption", "FlexConsumption", 1, False, False)),
    (r"Y1", PlanKind("Consumption", "Dynamic", 2, False, True)),
    (r"EP[123]", PlanKind("Elastic Premium", "ElasticPremium", 3, False, True, elastic=True)),
    (r"S[123]", PlanKind("Standard", "Standard", 5, True, False)),
    (r"P[123]V2", PlanKind("Premium v2", "PremiumV2", 20, True, False)),
    (r"P0V3", PlanKind("Premium v3", "Premium0V3", 20, True, False)),
    (r"P[123]V3|P[1-5]MV3", PlanKind("Premium v3", "PremiumV3", 20, True, False)),
    (r"P[0-3]V4|P[1-5]MV4", PlanKind("Premium v4", "PremiumV4", 20, True, False)),
    (r"I[1-6](M?V2)", PlanKind("Isolated v2", "IsolatedV2", 20, True, False)),
    (r"B[123]", PlanKind("Basic", "Basic", 1, True, False)),
    (r"F1|D1", PlanKind("Free and Shared", "Free", 1, False, False)),
)


def plan_kind(sku: str) -> PlanKind | None:
    """The kind of plan that a SKU name stands for, in any casing; None for a name that isn't known here."""
    return next((kind for pattern, kind in _KINDS if re.fullmatch(pattern, sku, re.IGNORECASE)), None)
