"""What a test sees and does in the embedded Azure: live settings, swaps by a real client, who runs on which storage."""

from __future__ import annotations

from typing import Any

from azure.mgmt.web import WebSiteManagementClient

from sandbox.world import Sandbox

GROUP = "orders-rg"
SITE = "orders"
IDENTIFIERS = "DurableManagementStorage__tableServiceUri"


class Azure:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.plane = sandbox.plane

    @property
    def group(self) -> str:
        return f"/subscriptions/{self.sandbox.subscription}/resourceGroups/{GROUP}"

    @property
    def site(self) -> str:
        return f"{self.group}/providers/Microsoft.Web/sites/{SITE}"

    def slot_id(self, slot: str) -> str:
        return self.site if slot == "production" else f"{self.site}/slots/{slot}"

    def settings(self, slot: str = "production") -> dict[str, str]:
        answer = self.plane.request("POST", f"{self.slot_id(slot)}/config/appsettings/list", {}, caller="test")
        return dict(answer.body["properties"])

    def stack(self, slot: str = "production") -> str:
        """The runtime stack that Azure runs the slot with."""
        answer = self.plane.request("GET", f"{self.slot_id(slot)}/config/web", caller="test")
        return str(answer.body["properties"]["linuxFxVersion"])

    def bundle(self, slot: str = "production") -> tuple[str, str | None]:
        """The durable account that a slot names, and the version of the code that it runs from."""
        settings = self.settings(slot)
        return settings.get(IDENTIFIERS, "").rstrip("/").rpartition("/")[2], settings.get("DURABLE_DEPLOY_VERSION")

    def bundles(self) -> dict[str, tuple[str, str | None]]:
        """Every slot's `bundle`."""
        slots = [id.names[1] for id, _ in self.plane.store.of_type("Microsoft.Web/sites/slots")]
        return {slot: self.bundle(slot) for slot in ["production", *slots]}

    def packages(self) -> list[str]:
        """The blobs that some slot runs from, by name."""
        return [self.settings(slot).get("WEBSITE_RUN_FROM_PACKAGE", "").rpartition("/")[2] for slot in self.bundles()]

    def lost_packages(self) -> list[str]:
        """Those of them that are not there."""
        return [name for name in self.packages() if name and self.sandbox.storage.get_blob("orderspkgs", "packages", name) is None]

    def writes_since(self, number: int) -> list[tuple[str, str]]:
        """What was written after the first `number` writes, as (operation, id below the resource group)."""
        return [(write.operation, write.id.partition("/providers/")[2]) for write in self.plane.journal.since(number)]

    def swap(self, slot: str = "staging", other: str = "production") -> None:
        """With azure-mgmt-web, over HTTPS, as a pipeline does."""
        client = self.client()
        if other == "production":
            poller = client.web_apps.begin_swap_slot_with_production(
                GROUP, SITE, {"targetSlot": slot, "preserveVnet": True}, polling_interval=0
            )
        else:
            poller = client.web_apps.begin_swap_slot(GROUP, SITE, slot, {"targetSlot": other, "preserveVnet": True}, polling_interval=0)
        poller.result()

    def client(self) -> Any:
        endpoint = self.sandbox.arm_endpoint
        return WebSiteManagementClient(
            self.sandbox.credential(),
            self.sandbox.subscription,
            base_url=endpoint,
            credential_scopes=[f"{endpoint}/.default"],
            connection_verify=str(self.sandbox.ca_bundle),
        )
