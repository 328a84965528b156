"""Named values. Sources: Azure/azure-rest-api-specs, Microsoft.ApiManagement, namedValues (lengths, characters, `listValue`); Microsoft docs,
"Use named values in Azure API Management policies" (one that a policy names can't be deleted).
"""

from __future__ import annotations

import re

from sandbox.arm import ControlPlane, Request, ResourceId, Response
from sandbox.arm.store import Body

from .tagged import NAME, NAME_HELP, SERVICES, Tagged, invalid, referred, service_of

NAMED_VALUES = f"{SERVICES}/namedValues"
MAXIMUM = 4096
"""Characters of a value."""
_POLICIES = f"{SERVICES}/apis/policies"


class NamedValues(Tagged):
    name = NAMED_VALUES
    name_rule = NAME
    name_help = NAME_HELP
    required = ("properties.displayName",)

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        properties = body["properties"]
        if not re.fullmatch(r"[A-Za-z0-9-._]{1,256}", str(properties.get("displayName"))):
            raise invalid("the displayName has 1 to 256 letters, digits, hyphens, periods and underscores")
        value = str(properties.get("value") or "")
        if not value.strip():
            raise invalid("the value is empty or consists of white space")
        if len(value) > MAXIMUM:
            raise invalid(f"the value has {len(value)} characters, and may have {MAXIMUM}")

    def shown(self, id: ResourceId, body: Body) -> Body:
        """No GET shows the value of a secret one."""
        secret = body["properties"].get("secret")
        return {**body, "properties": {key: value for key, value in body["properties"].items() if not (secret and key == "value")}}

    def post(self, request: Request) -> Response:
        if (request.action or "").lower() != "listvalue":
            return super().post(request)
        return self.tagged(request.id, Response(200, {"value": self.existing(request.id)["properties"]["value"]}))

    def delete(self, request: Request) -> Response:
        known, service = self.plane.store.get(request.id), service_of(request.id)
        name = None if known is None else known["properties"]["displayName"]
        for id, policy in self.plane.store.of_type(_POLICIES):
            if service_of(id).key == service.key and name in referred(policy["properties"]["value"]):
                raise invalid(f"the named value is used by the policy '{id}'")
        return super().delete(request)


def values_of(plane: ControlPlane, service: ResourceId) -> dict[str, str]:
    """By display name, secret ones too."""
    found = [body["properties"] for id, body in plane.store.of_type(NAMED_VALUES) if service_of(id).key == service.key]
    return {one["displayName"]: one["value"] for one in found}


__all__ = ["MAXIMUM", "NAMED_VALUES", "NamedValues", "values_of"]
