"""Policies of an API, read when they are put as the gateway reads them: what does not compile is refused.

Sources: Microsoft docs, "API Management limits" (policy size on Consumption, 16 KiB), "API Management policy expressions". That a policy is refused
which names an unknown backend or named value is what its users report, such as terraform-provider-azurerm#5830.
"""

from __future__ import annotations

import re

from sandbox.arm import Request
from sandbox.arm.store import Body
from sandbox.gateway import Policy, PolicyRefused

from .apis import APIS
from .named_values import values_of
from .tagged import Tagged, invalid, service_of

POLICIES = f"{APIS}/policies"
_CONSUMPTION_POLICY_BYTES = 16 * 1024


class Policies(Tagged):
    name = POLICIES
    name_rule = "policy"
    name_help = "policy"
    required = ("properties.value",)

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        text, format = str(body["properties"]["value"]), body["properties"].get("format", "xml")
        service = service_of(request.id)
        tier = ((self.plane.store.get(service) or {}).get("sku") or {}).get("name")
        if tier == "Consumption" and len(text.encode()) > _CONSUMPTION_POLICY_BYTES:
            raise invalid(f"the policy has {len(text.encode())} bytes; the tier Consumption takes {_CONSUMPTION_POLICY_BYTES}")
        if format not in ("xml", "rawxml"):
            raise invalid(f"the embedded Azure reads policies in the formats xml and rawxml, not {format}")
        try:
            Policy.read(text, values_of(self.plane, service), format=format)
        except PolicyRefused as problem:
            raise invalid(str(problem)) from problem
        for backend in sorted(set(re.findall(r'backend-id="([^"@]+)"', text))):
            if self.plane.store.get(service.child("backends", backend)) is None:
                raise invalid(f"Backend with id '{backend}' could not be found")


__all__ = ["POLICIES", "Policies"]
