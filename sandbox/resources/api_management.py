"""Microsoft.ApiManagement: a service, its APIs, operations, policies, named values and backends. Resources only: no gateway answers.

Sources: Microsoft docs, "Naming rules and restrictions for Azure resources" (names), "API Management limits" (policy size on Consumption, 16 KiB),
"Use named values in Azure API Management policies"; Azure/azure-rest-api-specs, Microsoft.ApiManagement (properties). That a policy is refused
which names an unknown backend or named value is what its users report, such as terraform-provider-azurerm#5830.
"""

from __future__ import annotations

import re

from sandbox.arm import ArmError, Request, ResourceId
from sandbox.arm.store import Body

from .tracked import Tracked

SERVICES = "Microsoft.ApiManagement/service"
APIS = f"{SERVICES}/apis"
NAMED_VALUES = f"{SERVICES}/namedValues"
BACKENDS = f"{SERVICES}/backends"
_CONSUMPTION_POLICY_BYTES = 16 * 1024
_TIERS = ("Consumption", "Developer", "Basic", "Standard", "Premium", "BasicV2", "StandardV2", "PremiumV2", "Isolated")
_NAME = r"[A-Za-z0-9-._]{1,80}"
_NAME_HELP = "1 to 80 letters, digits, hyphens, periods and underscores"


class Services(Tracked):
    name = SERVICES
    name_rule = r"[A-Za-z]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?"
    name_help = "1 to 50 letters, digits and hyphens, beginning with a letter, not ending in a hyphen"
    required = ("location", "sku.name", "properties.publisherEmail", "properties.publisherName")

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        sku = body.get("sku") or {}
        if sku.get("name") not in _TIERS:
            raise _invalid(f"'{sku.get('name')}' is no tier: {', '.join(_TIERS)}")
        if (sku["name"] == "Consumption") is not (sku.get("capacity") == 0):
            raise _invalid("the capacity of the tier Consumption is 0, and of every other tier at least 1")

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {"provisioningState": "Succeeded", "gatewayUrl": f"https://{id.name.lower()}.azure-api.net"}


class Apis(Tracked):
    name = APIS
    name_rule = r"[^*#&+:<>?]{1,256}"
    name_help = "1 to 256 characters, without *#&+:<>?"
    required = ("properties.displayName",)

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        """The path has to be given, and is empty for the API at the service's root (Microsoft docs, "Apis - Create Or Update")."""
        if body["properties"].get("path") is None:
            raise _invalid("the API has no path")


class Operations(Tracked):
    name = f"{APIS}/operations"
    name_rule = _NAME
    name_help = _NAME_HELP
    required = ("properties.displayName", "properties.method", "properties.urlTemplate")

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        properties = body["properties"]
        named = {one["name"] for one in properties.get("templateParameters") or ()}
        asked = {name.lstrip("*") for name in re.findall(r"{(\*?[^}]+)}", properties["urlTemplate"])}
        if asked != named:
            raise _invalid(f"the URL template has {sorted(asked)}, and templateParameters define {sorted(named)}")


class Policies(Tracked):
    name = f"{APIS}/policies"
    name_rule = "policy"
    name_help = "policy"
    required = ("properties.value",)

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        text = str(body["properties"]["value"])
        service = ResourceId(request.id.scope, SERVICES, request.id.names[:1])
        if not re.match(r"\s*<policies>.*</policies>\s*$", text, re.DOTALL):
            raise _invalid("a policy is one element <policies>")
        tier = ((self.plane.store.get(service) or {}).get("sku") or {}).get("name")
        if tier == "Consumption" and len(text.encode()) > _CONSUMPTION_POLICY_BYTES:
            raise _invalid(f"the policy has {len(text.encode())} bytes; the tier Consumption takes {_CONSUMPTION_POLICY_BYTES}")
        for value in sorted(set(re.findall(r"{{([^{}]+)}}", text)) - self._named_values(service)):
            raise _invalid(f"Cannot find a property '{value}'")
        for backend in sorted(set(re.findall(r'backend-id="([^"@]+)"', text))):
            if self.plane.store.get(service.child("backends", backend)) is None:
                raise _invalid(f"Backend with id '{backend}' could not be found")

    def _named_values(self, service: ResourceId) -> set[str]:
        found = [body for id, body in self.plane.store.of_type(NAMED_VALUES) if id.key.startswith(f"{service.key}/")]
        return {body["properties"]["displayName"] for body in found}


class NamedValues(Tracked):
    name = NAMED_VALUES
    name_rule = _NAME
    name_help = _NAME_HELP
    required = ("properties.displayName",)

    def shown(self, id: ResourceId, body: Body) -> Body:
        """No GET shows the value of a secret one."""
        secret = body["properties"].get("secret")
        return {**body, "properties": {key: value for key, value in body["properties"].items() if not (secret and key == "value")}}


class Backends(Tracked):
    name = BACKENDS
    name_rule = _NAME
    name_help = _NAME_HELP
    required = ("properties.url", "properties.protocol")


def api_management_types() -> list[Tracked]:
    return [Services(), Apis(), Operations(), Policies(), NamedValues(), Backends()]


def _invalid(why: str) -> ArmError:
    return ArmError(400, "ValidationError", f"One or more fields contain incorrect values: {why}.")
