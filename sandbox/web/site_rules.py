"""What Azure refuses when a site or a slot is written. Each function raises ArmError or passes."""

from __future__ import annotations

import re

from sandbox.arm import ArmError, ControlPlane, ResourceId
from sandbox.arm.store import Body

from . import flex
from .plans import NO_ALWAYS_ON, plan_named, require_apps_allowed, require_slots_allowed, sites_on
from .site_body import host_name
from .slots import PRODUCTION, SITES, SLOTS, site_of, slot_names, slot_of


def check_name(id: ResourceId, slot: str) -> None:
    """Microsoft docs, "Naming rules and restrictions": sites 2 to 60, slots 2 to 59, letters, digits and inner hyphens."""
    longest = 60 if slot == PRODUCTION else 59
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]", id.name) or len(id.name) > longest:
        raise ArmError(
            400, "BadRequest", f"{id.name!r} is not a valid name: 2 to {longest} letters, digits and hyphens, no hyphen first or last."
        )
    if len(id.names) > 1 and slot == PRODUCTION:
        raise ArmError(400, "BadRequest", "'production' is the name of the slot that every site has; it can't be created.")


def check_host_name(plane: ControlPlane, id: ResourceId) -> None:
    """Host names are one namespace over all subscriptions."""
    host = host_name(id.names[0], slot_of(id))
    for type_ in (SITES, SLOTS):
        for other, body in plane.store.of_type(type_):
            if other.key != id.key and body["properties"]["defaultHostName"] == host:
                raise ArmError(409, "Conflict", f"Website with given name {id.name} already exists.")


def check_plan(plane: ControlPlane, id: ResourceId, plan_id: str, before: Body | None) -> Body:
    """The plan must exist, and have room for a new app or slot, or for all slots of a site that moves to it."""
    plan = plan_named(plane, plan_id)
    tier, site = plan["sku"]["tier"], site_of(id)
    moved = before is None or before["properties"]["serverFarmId"].lower() != plan_id.lower()
    if slot_of(id) != PRODUCTION:
        if before is None:
            require_slots_allowed(tier, len(slot_names(plane, site)) + 2)
    elif moved:
        require_slots_allowed(tier, len(slot_names(plane, site)) + 1)
        require_apps_allowed(tier, len(sites_on(plane, ResourceId.parse(plan["id"]))) + 1)
    return plan


def check_kind(kind: str, parent: Body) -> None:
    if _kinds(kind) != _kinds(parent.get("kind", "app")):
        raise ArmError(
            400, "BadRequest", f"The slot's kind '{kind}' does not match the kind '{parent.get('kind')}' of its site '{parent['name']}'."
        )


def check_config(changes: Body, plan: Body) -> None:
    """Always On needs a tier that has it; linuxFxVersion needs a Linux plan (`reserved`)."""
    if changes.get("alwaysOn") and plan["sku"]["tier"] in NO_ALWAYS_ON:
        raise ArmError(409, "Conflict", "There was a conflict. AlwaysOn cannot be set for this site as the plan does not allow it.")
    if plan["sku"]["tier"] == flex.TIER:
        flex.check_config(changes)
    if changes.get("linuxFxVersion") and not plan["properties"].get("reserved"):
        raise ArmError(
            400, "BadRequest", f"The parameter LinuxFxVersion has an invalid value: the plan '{plan['name']}' is not a Linux plan."
        )


def check_settings(settings: object, tier: str) -> None:
    """A map of text to text; Flex Consumption refuses some names."""
    if not isinstance(settings, dict) or not all(isinstance(value, str) and name for name, value in settings.items()):
        raise ArmError(400, "BadRequest", "The application settings must be a map of names to texts.")
    if tier == flex.TIER:
        flex.check_settings(settings)


def _kinds(kind: str | None) -> frozenset[str]:
    return frozenset(part.strip().lower() for part in (kind or "app").split(","))
