"""A site with slots in an embedded Azure, made by requests instead of Pulumi: two durable accounts, packages, real tables and queues."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from operations.pulumi import Pulumi
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION, OPERATOR_OBJECT_ID
from sandbox.web import swaps_of
from sandbox.world import Sandbox

GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/orders-rg"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders"
HUB = "ordersTasks"
BUNDLES = ("blue", "green", "amber", "violet")
BLOBS, TABLES, QUEUES = (
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
)
"""Storage Blob, Table and Queue Data Contributor."""


class FakePulumi(Pulumi):
    """The stack `test-orders` as the command line tells of it, without a command line."""

    def __init__(self, folder: Path, site: OrdersSite) -> None:
        super().__init__(folder, "test-orders")
        self.site = site
        self.version = "1.0.0"
        self.ups: list[str | None] = []

    def outputs(self) -> dict[str, Any]:
        slots = self.site.slots
        return {
            "site_id": SITE,
            "slots": list(slots),
            "bundles": {name: {"account": f"orders{name}", "task_hub": HUB} for name in BUNDLES[: len(slots)]},
            "connection_setting": "DurableManagementStorage",
            "task_hub_setting": None,
            "packages_url": self.site.packages_url,
            "host_names": {slot: f"orders-{slot}.example" for slot in slots},
        }

    def config(self) -> dict[str, Any]:
        return {"orders:package": {"version": self.version}}

    def project(self) -> dict[str, Any]:
        return {"name": "orders"}

    def backend(self) -> str:
        return (self.folder / "state").as_uri()

    def update(self, _pulumi: Pulumi, replaces: str | None, _say: Callable[[str], None]) -> None:
        """As the component does: into the first slot that holds `replaces`, else into the first empty one."""
        self.ups.append(replaces)
        held = {slot: self.site.settings(slot).get("DURABLE_DEPLOY_VERSION") for slot in self.site.slots}
        if self.version in held.values():
            return
        staging = [slot for slot in held if slot != "production"]
        target = next((slot for slot in staging if replaces and held[slot] == replaces), None)
        self.site.deploy(target or next(slot for slot in staging if held[slot] is None), self.version)


class OrdersSite:
    """Each slot begins with a bundle of its own, and without code."""

    def __init__(self, sandbox: Sandbox, slots: int = 2) -> None:
        self.sandbox, self.plane = sandbox, sandbox.plane
        self.slots = ("production", "staging", "second", "third")[:slots]
        self.put(GROUP, {"location": "westeurope"})
        for name in ("pkgs", *BUNDLES[:slots]):
            properties = {"allowSharedKeyAccess": False}
            account = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": properties}
            self.put(f"{STORAGE}/orders{name}", account)
            for role in (BLOBS, TABLES, QUEUES):
                self._grant(f"{STORAGE}/orders{name}", role)
        self.put(f"{STORAGE}/orderspkgs/blobServices/default/containers/packages", {"properties": {}})
        self.put(PLAN, {"location": "westeurope", "kind": "linux", "sku": {"name": "S1"}, "properties": {"reserved": True}})
        for slot, bundle in zip(self.slots, BUNDLES, strict=False):
            self.put(self.id(slot), {"location": "westeurope", "kind": "functionapp,linux", "properties": {"serverFarmId": PLAN}})
            self._write(slot, self._storage(bundle))

    @property
    def packages_url(self) -> str:
        return f"{self.sandbox.storage.endpoints('orderspkgs')['blob']}packages"

    def id(self, slot: str) -> str:
        return SITE if slot == "production" else f"{SITE}/slots/{slot}"

    def put(self, id: str, body: dict[str, Any]) -> None:
        self.plane.request("PUT", id, body)

    def settings(self, slot: str) -> dict[str, str]:
        return dict(self.plane.request("POST", f"{self.id(slot)}/config/appsettings/list", {}).body["properties"])

    def versions(self) -> dict[str, str | None]:
        return {slot: self.settings(slot).get("DURABLE_DEPLOY_VERSION") for slot in self.slots}

    def bundle(self, slot: str) -> str:
        return self.settings(slot)["DURABLE_DEPLOY_BUNDLE"]

    def deploy(self, slot: str, version: str) -> None:
        """Code into a slot, with the storage that the slot has; and the hub that its host makes when it starts."""
        bundle = self.bundle(slot)
        url = f"{self.packages_url}/orders-{version}.zip"
        self.sandbox.storage.put_blob("orderspkgs", "packages", f"orders-{version}.zip", b"PK", content_type=None, metadata={})
        code = {"WEBSITE_RUN_FROM_PACKAGE": url, "DURABLE_DEPLOY_VERSION": version, "DURABLE_DEPLOY_STACK": "PYTHON|3.11"}
        self.put(f"{self.id(slot)}/config/web", {"properties": {"linuxFxVersion": "PYTHON|3.11"}})
        self._write(slot, {**self._storage(bundle), **code})
        with suppress(ResourceExistsError):
            self.tables(bundle).create_table(f"{HUB}Instances")
        with suppress(ResourceExistsError):
            self.queues(bundle).create_queue(f"{HUB.lower()}-control-00")

    def instance(self, bundle: str, id: str, status: str = "Running") -> None:
        """A row as Durable writes it; created now."""
        now = datetime.now(UTC)
        row = {"PartitionKey": id, "RowKey": "", "Name": "Order", "RuntimeStatus": status, "CreatedTime": now, "LastUpdatedTime": now}
        self.tables(bundle).get_table_client(f"{HUB}Instances").upsert_entity({**row, "TaskHubName": HUB})

    def tables(self, bundle: str) -> TableServiceClient:
        return TableServiceClient(self._url(bundle, "table"), credential=self.sandbox.credential(), **self._client())

    def queues(self, bundle: str) -> QueueServiceClient:
        return QueueServiceClient(self._url(bundle, "queue"), credential=self.sandbox.credential(), **self._client())

    def swap(self, slot: str = "staging") -> None:
        """By somebody else."""
        self.plane.request("POST", f"{SITE}/slotsswap", {"targetSlot": slot})
        swaps_of(self.plane).wait(SITE)

    def _storage(self, bundle: str) -> dict[str, str]:
        uris = {f"DurableManagementStorage__{service}ServiceUri": self._url(bundle, service) for service in ("blob", "queue", "table")}
        return {**uris, "DURABLE_DEPLOY_BUNDLE": bundle}

    def _url(self, bundle: str, service: str) -> str:
        return str(self.sandbox.storage.endpoints(f"orders{bundle}")[service])

    def _client(self) -> dict[str, Any]:
        return {"connection_verify": str(self.sandbox.ca_bundle)}

    def _write(self, slot: str, settings: dict[str, str]) -> None:
        self.put(f"{self.id(slot)}/config/appsettings", {"properties": settings})

    def _grant(self, scope: str, role: str) -> None:
        definition = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        properties = {"principalId": OPERATOR_OBJECT_ID, "roleDefinitionId": definition, "principalType": "User"}
        self.put(
            f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid5(uuid.NAMESPACE_URL, scope + role)}",
            {"properties": properties},
        )
