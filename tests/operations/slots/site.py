"""An app in the embedded Azure as the component leaves it, made by requests to the control plane: no engine, no code, seconds to make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from operations.azure import Arm
from operations.deployment import PRODUCTION, Bundle, Deployment
from operations.live import Live, read_live
from operations.reporting import Reporter
from operations.swapping.exchanging import Waits
from sandbox.resources import role_ids
from sandbox.resources.roles import _TYPE as ROLE_ASSIGNMENTS
from sandbox.world import Sandbox

GROUP = "orders-rg"
SITE = "orders"
CONNECTION = "DurableManagementStorage"
HUB = "ordersTasks"
COLOURS = ("blue", "green", "amber", "violet")
OPERATOR = "00000000-0000-4000-8000-00000000a0a0"


class Site:
    """`slots` beside production; a durable account per slot, and one for packages. The operator may read hubs and write packages."""

    def __init__(self, sandbox: Sandbox, slots: tuple[str, ...] = ("staging",), *, roles: bool = True) -> None:
        self.sandbox, self.plane = sandbox, sandbox.plane
        self.slots = (PRODUCTION, *slots)
        self.bundles = dict(zip(COLOURS, (f"orders{colour}" for colour in COLOURS[: len(self.slots)]), strict=False))
        self._base()
        for account in (*self.bundles.values(), "orderspkgs"):
            self._account(account)
        if roles:
            self.grant()
        for slot, bundle in zip(self.slots, self.bundles, strict=True):
            self.hold(slot, bundle, version="1.0.0" if slot == PRODUCTION else None)

    @property
    def group(self) -> str:
        return f"/subscriptions/{self.sandbox.subscription}/resourceGroups/{GROUP}"

    @property
    def id(self) -> str:
        return f"{self.group}/providers/Microsoft.Web/sites/{SITE}"

    def slot_id(self, slot: str) -> str:
        return self.id if slot == PRODUCTION else f"{self.id}/slots/{slot}"

    def account_id(self, account: str) -> str:
        return f"{self.group}/providers/Microsoft.Storage/storageAccounts/{account}"

    def endpoint(self, account: str, service: str) -> str:
        body = self.plane.request("GET", self.account_id(account)).body
        return str(body["properties"]["primaryEndpoints"][service])

    def outputs(self) -> dict[str, Any]:
        return {
            "site_id": self.id,
            "slots": list(self.slots),
            "bundles": {bundle: {"account": account, "task_hub": HUB} for bundle, account in self.bundles.items()},
            "connection_setting": CONNECTION,
            "task_hub_setting": None,
            "packages_url": f"{self.endpoint('orderspkgs', 'blob')}packages",
            "host_names": {slot: f"{SITE}.example" if slot == PRODUCTION else f"{SITE}-{slot}.example" for slot in self.slots},
        }

    def deployment(self, **changes: Any) -> Deployment:
        outputs = self.outputs()
        made = Deployment(
            stack="test-orders",
            subscription=self.sandbox.subscription,
            group=GROUP,
            site=SITE,
            slots=self.slots,
            bundles={name: Bundle(account, HUB) for name, account in self.bundles.items()},
            connection_setting=CONNECTION,
            task_hub_setting=None,
            packages_url=outputs["packages_url"],
            host_names=outputs["host_names"],
        )
        return replace(made, **changes)

    def arm(self, **options: Any) -> Arm:
        given = {"pause": lambda _: None, **options}
        return Arm(self.sandbox.credential(), endpoint=self.sandbox.arm_endpoint, bundle=str(self.sandbox.ca_bundle), **given)

    def live(self) -> Live:
        return read_live(self.deployment(), self.arm())

    def settings(self, slot: str, settings: Mapping[str, str]) -> None:
        """The whole map, as a PUT replaces it."""
        self.plane.request("PUT", f"{self.slot_id(slot)}/config/appsettings", {"properties": dict(settings)})

    def has(self, slot: str) -> dict[str, str]:
        return dict(self.plane.request("POST", f"{self.slot_id(slot)}/config/appsettings/list").body["properties"])

    def bundle(self, bundle: str, version: str | None) -> dict[str, str]:
        account = self.bundles[bundle]
        uris = {f"{CONNECTION}__{service}ServiceUri": self.endpoint(account, service) for service in ("blob", "queue", "table")}
        code = {} if version is None else {"DURABLE_DEPLOY_VERSION": version, "WEBSITE_RUN_FROM_PACKAGE": self.package(version)}
        return {"DURABLE_DEPLOY_BUNDLE": bundle, "DURABLE_DEPLOY_STACK": "PYTHON|3.11", **uris, **code}

    def package(self, version: str) -> str:
        return f"{self.endpoint('orderspkgs', 'blob')}packages/orders-{version}.zip"

    def hold(self, slot: str, bundle: str, version: str | None, **more: str) -> None:
        self.settings(slot, {**self.bundle(bundle, version), **more})

    def swap(self, slot: str = "staging", other: str = PRODUCTION) -> None:
        """By other means, until it is complete."""
        from sandbox.web import swaps_of

        self.plane.request("POST", f"{self.slot_id(slot)}/slotsswap", {"targetSlot": other, "preserveVnet": True})
        swaps_of(self.plane).wait(self.id)

    def versions(self) -> dict[str, tuple[str | None, str | None]]:
        """Slot -> bundle by its storage, and version."""
        return {slot: (one.bundle, one.version) for slot, one in self.live().slots.items()}

    def grant(self, principal: str = OPERATOR) -> None:
        durable = (role_ids.STORAGE_TABLE_DATA_CONTRIBUTOR, role_ids.STORAGE_QUEUE_DATA_CONTRIBUTOR, role_ids.STORAGE_BLOB_DATA_CONTRIBUTOR)
        wanted = {
            "orderspkgs": (role_ids.STORAGE_BLOB_DATA_CONTRIBUTOR,),
            **{account: durable for account in self.bundles.values()},
        }
        number = 0
        for account, roles in wanted.items():
            for role in roles:
                number += 1
                properties = {
                    "roleDefinitionId": f"/subscriptions/{self.sandbox.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                    "principalId": principal,
                    "principalType": "ServicePrincipal",
                }
                name = f"00000000-0000-4000-9000-{number:012d}"
                self.plane.request("PUT", f"{self.account_id(account)}/providers/{ROLE_ASSIGNMENTS}/{name}", {"properties": properties})

    def _base(self) -> None:
        self.plane.request("PUT", self.group, {"location": "westeurope"})
        plan = f"{self.group}/providers/Microsoft.Web/serverfarms/{SITE}"
        sku = {"name": "P0v3", "tier": "Premium0V3"}
        self.plane.request("PUT", plan, {"location": "westeurope", "kind": "linux", "sku": sku, "properties": {"reserved": True}})
        properties = {"serverFarmId": plan, "reserved": True, "siteConfig": {"linuxFxVersion": "PYTHON|3.11"}}
        for slot in self.slots:
            body = {"location": "westeurope", "kind": "functionapp,linux", "properties": properties}
            self.plane.request("PUT", self.slot_id(slot), body)

    def _account(self, name: str) -> None:
        body = {
            "location": "westeurope",
            "kind": "StorageV2",
            "sku": {"name": "Standard_LRS"},
            "properties": {"allowSharedKeyAccess": True},
        }
        self.plane.request("PUT", self.account_id(name), body)


class Quiet(Reporter):
    """Keeps what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def say(self, step: str) -> None:
        self.said.append(step)

    def note(self, text: str) -> None:
        self.said.append(text)

    def waiting(self, what: str, since: object, detail: str = "") -> None:
        self.said.append(f"waiting for {what}")


def at_once() -> Waits:
    return Waits(pause=lambda _: None)
