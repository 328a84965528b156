"""Microsoft.DurableTask/schedulers and their task hubs: resources only, no backend answers at their endpoints.

Sources: Azure/bicep-types-az, microsoft.durabletask/2026-02-01 (names, properties); Microsoft docs, "Durable Task Scheduler" (SKUs: Dedicated
with 1 to 3 capacity units, Consumption without) and "Task hubs": one is made before an app can use it. What ends the host name is Azure's.
"""

from __future__ import annotations

import ipaddress

from sandbox.arm import ArmError, Request, ResourceId
from sandbox.arm.store import Body

from .tracked import Tracked, normal_location, uuid_of

SCHEDULERS = "Microsoft.DurableTask/schedulers"
_NAME = r"[a-zA-Z0-9-]{3,64}"
_NAME_HELP = "3 to 64 letters, digits and hyphens"
_LARGEST = 3


class Schedulers(Tracked):
    name = SCHEDULERS
    name_rule = _NAME
    name_help = _NAME_HELP
    required = ("location", "properties.sku.name")

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        properties = body.get("properties") or {}
        if properties.get("ipAllowlist") is None:
            raise _refusal("it lacks the required value 'properties.ipAllowlist'")
        sku = properties.get("sku") or {}
        name, capacity = sku.get("name"), sku.get("capacity")
        if name not in ("Dedicated", "Consumption"):
            raise _refusal(f"the SKU '{name}' is neither Dedicated nor Consumption")
        if name == "Consumption" and capacity is not None:
            raise _refusal("the SKU Consumption has no capacity")
        if capacity is not None and not 1 <= capacity <= _LARGEST:
            raise _refusal(f"the capacity {capacity} of the SKU Dedicated is not from 1 to {_LARGEST}")
        for address in properties["ipAllowlist"]:
            try:
                ipaddress.ip_network(address, strict=False)
            except ValueError:
                raise _refusal(f"'{address}' in ipAllowlist is neither an IP address nor a CIDR range") from None

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        label = f"{id.name}-{uuid_of('scheduler', str(id))[:8]}".lower()
        sku = properties["sku"]
        capacity = {"capacity": sku.get("capacity") or 1} if sku["name"] == "Dedicated" else {}
        return {
            "provisioningState": "Succeeded",
            "endpoint": f"https://{label}.{normal_location(body['location'])}.durabletask.io",
            "publicNetworkAccess": properties.get("publicNetworkAccess") or "Enabled",
            "sku": {"name": sku["name"], "redundancyState": "None", **capacity},
        }


class TaskHubs(Tracked):
    name = f"{SCHEDULERS}/taskHubs"
    name_rule = _NAME
    name_help = _NAME_HELP

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        scheduler = id.parent
        assert scheduler is not None
        endpoint = (self.plane.store.get(scheduler) or {})["properties"]["endpoint"]
        address = f"https://dashboard.durabletask.io/subscriptions/{id.subscription}/schedulers/{scheduler.name}/taskhubs/{id.name}"
        return {"provisioningState": "Succeeded", "dashboardUrl": f"{address}?endpoint={endpoint}"}


def _refusal(why: str) -> ArmError:
    return ArmError(400, "InvalidRequestContent", f"The scheduler is not valid: {why}.")
