"""Services, their APIs, operations and backends.

Sources: Microsoft docs, "Naming rules and restrictions for Azure resources"; Azure/azure-rest-api-specs, Microsoft.ApiManagement (properties).
"""

from __future__ import annotations

import re

from sandbox.arm import Request, ResourceId
from sandbox.arm.store import Body

from ..tracked import Tracked
from .tagged import NAME, NAME_HELP, SERVICES, Tagged, invalid

APIS = f"{SERVICES}/apis"
OPERATIONS = f"{APIS}/operations"
BACKENDS = f"{SERVICES}/backends"
_TIERS = ("Consumption", "Developer", "Basic", "Standard", "Premium", "BasicV2", "StandardV2", "PremiumV2", "Isolated")


class Services(Tracked):
    name = SERVICES
    name_rule = r"[A-Za-z]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?"
    name_help = "1 to 50 letters, digits and hyphens, beginning with a letter, not ending in a hyphen"
    required = ("location", "sku.name", "properties.publisherEmail", "properties.publisherName")

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        sku = body.get("sku") or {}
        if sku.get("name") not in _TIERS:
            raise invalid(f"'{sku.get('name')}' is no tier: {', '.join(_TIERS)}")
        if (sku["name"] == "Consumption") is not (sku.get("capacity") == 0):
            raise invalid("the capacity of the tier Consumption is 0, and of every other tier at least 1")

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {"provisioningState": "Succeeded", "gatewayUrl": f"https://{id.name.lower()}.azure-api.net"}


class Apis(Tagged):
    name = APIS
    name_rule = r"[^*#&+:<>?]{1,256}"
    name_help = "1 to 256 characters, without *#&+:<>?"
    required = ("properties.displayName",)

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        """The path has to be given, and is empty for the API at the service's root (Microsoft docs, "Apis - Create Or Update")."""
        if body["properties"].get("path") is None:
            raise invalid("the API has no path")


class Operations(Tagged):
    name = OPERATIONS
    name_rule = NAME
    name_help = NAME_HELP
    required = ("properties.displayName", "properties.method", "properties.urlTemplate")

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        properties = body["properties"]
        named = {one["name"] for one in properties.get("templateParameters") or ()}
        asked = {name.lstrip("*") for name in re.findall(r"{(\*?[^}]+)}", properties["urlTemplate"])}
        if asked != named:
            raise invalid(f"the URL template has {sorted(asked)}, and templateParameters define {sorted(named)}")


class Backends(Tagged):
    name = BACKENDS
    name_rule = NAME
    name_help = NAME_HELP
    required = ("properties.url", "properties.protocol")


__all__ = ["APIS", "BACKENDS", "OPERATIONS", "Apis", "Backends", "Operations", "Services"]
