"""Microsoft.Web/serverfarms (App Service plans): their tiers, and what a tier allows."""

from __future__ import annotations

import re

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId, Response
from sandbox.arm.store import Body
from sandbox.resources.tracked import Tracked

from .slots import SITES, slot_names

PLANS = "Microsoft.Web/serverfarms"

_TIERS = (
    (r"F1", "Free"), (r"D1", "Shared"), (r"B[123]", "Basic"), (r"S[123]", "Standard"), (r"P[123]", "Premium"), (r"P[123]V2", "PremiumV2"),
    (r"P[0123]V3", "PremiumV3"), (r"P[12345]MV3", "PremiumMV3"), (r"P[0123]V4", "PremiumV4"), (r"P[12345]MV4", "PremiumMV4"), (r"I[123]", "Isolated"),
    (r"I\d+M?V2", "IsolatedV2"), (r"Y1", "Dynamic"), (r"EP[123]", "ElasticPremium"), (r"FC1", "FlexConsumption"),
)  # fmt: skip

SLOT_LIMITS = {
    "Dynamic": 2, "ElasticPremium": 3, "Standard": 5, "Premium": 20, "PremiumV2": 20, "PremiumV3": 20, "PremiumMV3": 20, "PremiumV4": 20,
    "PremiumMV4": 20, "Isolated": 20, "IsolatedV2": 20,
}  # fmt: skip
"""Slots per site, production counted. A tier that is not here has production only.

Microsoft docs, "Azure Functions deployment slots" (Consumption, Premium, Flex Consumption) and "Azure subscription and service limits",
App Service limits (the dedicated tiers).
"""

APP_LIMITS = {"FlexConsumption": 1, "Dynamic": 100, "ElasticPremium": 100}
"""Function apps per plan: Microsoft docs, "Azure Functions hosting options", service limits."""

NO_ALWAYS_ON = frozenset({"Free", "Shared", "Dynamic", "FlexConsumption"})


class Plans(Tracked):
    """A PUT without a tier gets the tier of its SKU name. Name rule: Microsoft docs, "Naming rules and restrictions"."""

    name = PLANS
    name_rule = r"[A-Za-z0-9-]{1,60}"
    name_help = "1 to 60 letters, digits and hyphens"
    required = ("location",)

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        if before is None:
            return
        tier = self._sku(body, before)["tier"]
        for site in sites_on(self.plane, request.id):
            require_slots_allowed(tier, 1 + len(slot_names(self.plane, site)))

    def completed(self, id: ResourceId, body: Body, before: Body | None) -> Body:
        return super().completed(
            id, {**body, "kind": body.get("kind") or (before or {}).get("kind", "app"), "sku": self._sku(body, before)}, before
        )

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {"reserved": bool(properties.get("reserved", False)), "status": "Ready", "provisioningState": "Succeeded"}

    def shown(self, id: ResourceId, body: Body) -> Body:
        return {**body, "properties": {**body["properties"], "numberOfSites": len(sites_on(self.plane, id))}}

    def delete(self, request: Request) -> Response:
        sites = sites_on(self.plane, request.id)
        if sites:
            names = ", ".join(site.name for site in sites)
            raise ArmError(
                409, "Conflict", f"Server farm '{request.id.name}' cannot be deleted because it has web app(s) {names} assigned to it."
            )
        return super().delete(request)

    def _sku(self, body: Body, before: Body | None) -> Body:
        given = body.get("sku") or (before or {}).get("sku") or {"name": "F1"}
        name = str(given.get("name") or "")
        tier = tier_of(name)
        return {
            **given,
            "name": name,
            "tier": tier,
            "size": name,
            "family": re.sub(r"\d", "", name),
            "capacity": given.get("capacity", 0 if tier == "Dynamic" else 1),
        }


def tier_of(sku: str) -> str:
    for pattern, tier in _TIERS:
        if re.fullmatch(pattern, sku, re.IGNORECASE):
            return tier
    raise ArmError(400, "BadRequest", f"The SKU name {sku!r} is not one of App Service: examples are Y1, FC1, EP1, B1, S1, P0v3, P1v3.")


def plan_named(plane: ControlPlane, plan_id: str) -> Body:
    """The plan that a site's `serverFarmId` names."""
    try:
        plan = plane.store.get(ResourceId.parse(plan_id))
    except ValueError:
        plan = None
    if plan is None:
        raise ArmError(404, "NotFound", f"Cannot find ServerFarm with name {plan_id.rsplit('/', 1)[-1]}.")
    return plan


def sites_on(plane: ControlPlane, plan: ResourceId) -> list[ResourceId]:
    return [id for id, body in plane.store.of_type(SITES) if body["properties"]["serverFarmId"].lower() == plan.key]


def require_slots_allowed(tier: str, count: int) -> None:
    """`count` includes production. The wording is Azure's: Azure/azure-functions-ux#1309."""
    if count > SLOT_LIMITS.get(tier, 1):
        raise ArmError(
            409, "Conflict", f"Cannot complete the operation because the site will exceed the number of slots allowed for the '{tier}' SKU."
        )


def require_apps_allowed(tier: str, count: int) -> None:
    limit = APP_LIMITS.get(tier)
    if limit is not None and count > limit:
        raise ArmError(
            409,
            "Conflict",
            f"Cannot complete the operation because the plan will exceed the {limit} function app(s) allowed for the '{tier}' SKU.",
        )
