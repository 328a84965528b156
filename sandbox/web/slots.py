"""Where a site, its slots and their settings stand in the store, and what is read from there. Production is the slot `production`."""

from __future__ import annotations

from sandbox.arm import ArmError, ControlPlane, ResourceId
from sandbox.arm.store import Body

SITES = "Microsoft.Web/sites"
SLOTS = "Microsoft.Web/sites/slots"
PRODUCTION = "production"


def site_of(id: ResourceId) -> ResourceId:
    """The production site above any id that lies under it."""
    return ResourceId(id.scope, SITES, id.names[:1])


def slot_of(id: ResourceId) -> str:
    """The slot that an id belongs to, in lower case: what Azure compares slot names by."""
    return id.names[1].lower() if id.type.lower().startswith(SLOTS.lower()) else PRODUCTION


def slot_id(site: ResourceId, slot: str) -> ResourceId:
    return site if slot.lower() == PRODUCTION else site.child("slots", slot)


def slot_names(plane: ControlPlane, site: ResourceId) -> list[str]:
    """The slots beside production, lower-cased, in the order in which they were made."""
    return [slot_of(id) for id, _ in plane.store.of_type(SLOTS) if site_of(id).key == site.key]


def require_slot(plane: ControlPlane, site: ResourceId, slot: str) -> Body:
    body = plane.store.get(slot_id(site, slot))
    if body is None:
        raise ArmError(404, "NotFound", f"Cannot find slot '{slot}' of site '{site.name}'.")
    return body


def config_id(owner: ResourceId, name: str) -> ResourceId:
    """`owner` is a site or a slot; `name` is `appsettings`, `connectionstrings`, `web`, …"""
    return owner.child("config", name)


def config(plane: ControlPlane, owner: ResourceId, name: str) -> Body:
    """The properties of one config resource; empty if it was never written."""
    body = plane.store.get(config_id(owner, name))
    return {} if body is None else dict(body["properties"])


def config_body(owner: ResourceId, name: str, properties: Body) -> Body:
    id = config_id(owner, name)
    return {"id": str(id), "name": name, "type": id.type, "properties": properties}


def count_start(plane: ControlPlane, owner: ResourceId) -> None:
    """Notes that the slot's process was started anew: `starts` in what the store hides."""
    hidden = plane.store.hidden(owner)
    plane.store.set_hidden(owner, {**hidden, "starts": hidden.get("starts", 0) + 1})
