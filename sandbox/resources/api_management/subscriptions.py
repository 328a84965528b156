"""Subscriptions to APIs and their keys. Every service has one that opens all APIs from the beginning, `master`.

Sources: Microsoft docs, "Subscriptions in Azure API Management"; Azure/azure-rest-api-specs, Microsoft.ApiManagement, subscriptions (`listSecrets`; a
subscription that is put without a state is only submitted). Subscriptions of products are refused: there are no products here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sandbox.arm import ControlPlane, Request, ResourceId, Response
from sandbox.arm.store import Body

from .tagged import NAME, NAME_HELP, SERVICES, Tagged, invalid, service_of

SUBSCRIPTIONS = f"{SERVICES}/subscriptions"
MASTER = "master"
_KEYS = ("primaryKey", "secondaryKey")


class Subscriptions(Tagged):
    name = SUBSCRIPTIONS
    name_rule = NAME
    name_help = NAME_HELP
    required = ("properties.displayName", "properties.scope")

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        if _api(request.id, str(body["properties"]["scope"])) is None:
            raise invalid(f"the embedded Azure knows the scopes /apis and /apis/<id>, not '{body['properties']['scope']}'")

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        known = (before or {}).get("properties", {})
        keys = {key: properties.get(key) or known.get(key) or _made_up(id, key) for key in _KEYS}
        return {**keys, "state": properties.get("state", "submitted")}

    def existing(self, id: ResourceId) -> Body:
        if id.name.lower() == MASTER and self.plane.store.get(id) is None:
            self.require_parent(id)
            return _master(service_of(id))
        return super().existing(id)

    def shown(self, id: ResourceId, body: Body) -> Body:
        """No GET shows keys."""
        return {**body, "properties": {key: value for key, value in body["properties"].items() if key not in _KEYS}}

    def post(self, request: Request) -> Response:
        if (request.action or "").lower() != "listsecrets":
            return super().post(request)
        properties = self.existing(request.id)["properties"]
        return self.tagged(request.id, Response(200, {key: properties[key] for key in _KEYS}))


def opens(plane: ControlPlane, service: ResourceId, api: str, key: str) -> bool:
    """Whether `key` belongs to an active subscription for the API with that id."""
    for id, body in _of_service(plane, service):
        properties = body["properties"]
        fits = properties["state"] == "active" and _api(id, properties["scope"]) in ("", api.lower())
        if fits and key in (properties[one] for one in _KEYS):
            return True
    return False


def _of_service(plane: ControlPlane, service: ResourceId) -> Iterator[tuple[ResourceId, Body]]:
    master = service.child("subscriptions", MASTER)
    if plane.store.get(master) is None:
        yield master, _master(service)
    for id, body in plane.store.of_type(SUBSCRIPTIONS):
        if service_of(id).key == service.key:
            yield id, body


def _master(service: ResourceId) -> Body:
    id = service.child("subscriptions", MASTER)
    keys = {key: _made_up(id, key) for key in _KEYS}
    properties = {"displayName": "Built-in all-access subscription", "scope": f"{service}/", "state": "active", **keys}
    return {"id": str(id), "name": MASTER, "type": SUBSCRIPTIONS, "properties": properties}


def _api(id: ResourceId, scope: str) -> str | None:
    """In lower case; empty: all of them; None: it is about something else."""
    rest = scope.lower().removeprefix(str(service_of(id)).lower()).strip("/")
    if rest in ("", "apis"):
        return ""
    return rest.removeprefix("apis/") if rest.startswith("apis/") else None


def _made_up(id: ResourceId, key: str) -> str:
    return hashlib.sha256(f"{id.key}|{key}".encode()).hexdigest()[:32]


__all__ = ["MASTER", "SUBSCRIPTIONS", "Subscriptions", "opens"]
