"""An embedded Azure with one plan, one site and one staging slot, and short ways to ask it things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.arm import ArmError, ControlPlane, Response, Store
from sandbox.resources import all_types
from sandbox.storage import MemoryStorage
from sandbox.web import swaps_of, web_types

SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-00000000d0d0"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders"
STAGING = f"{SITE}/slots/staging"
KIND = "functionapp,linux"
FLEX: dict[str, Any] = {
    "deployment": {
        "storage": {
            "type": "blobContainer",
            "value": "https://127.0.0.1:1/packages/code",
            "authentication": {"type": "StorageAccountConnectionString", "storageAccountConnectionStringName": "DEPLOYMENT_STORAGE"},
        }
    },
    "runtime": {"name": "python", "version": "3.11"},
    "scaleAndConcurrency": {"maximumInstanceCount": 40, "instanceMemoryMB": 2048},
}
"""What a Flex Consumption site must carry."""


class Azure:
    def __init__(self, *, manual: bool = True, disk: Path | None = None, sku: str = "P0v3") -> None:
        self.plane = ControlPlane(
            Store(disk), [*all_types(MemoryStorage()), *web_types(swapping="manual" if manual else "background")], clock=lambda: 0.0
        )
        self.swaps = swaps_of(self.plane)
        self._sku = sku

    def with_site(self, *slots: str) -> Azure:
        self.put(GROUP, location="westeurope")
        self.put(PLAN, location="westeurope", kind="linux", sku={"name": self._sku}, properties={"reserved": True})
        self.put_site()
        for slot in slots:
            self.put_site(f"{SITE}/slots/{slot}")
        return self

    def put_site(self, path: str = SITE, *, kind: str = KIND, **properties: Any) -> Any:
        """On an FC1 plan with a functionAppConfig, unless one is given; `functionAppConfig=None` leaves it out."""
        if self._sku == "FC1":
            properties = {"functionAppConfig": FLEX, **properties}
        return self.put(path, location="westeurope", kind=kind, properties={"serverFarmId": PLAN, **properties})

    def put(self, path: str, **body: Any) -> Any:
        return self.plane.request("PUT", path, body).body

    def get(self, path: str) -> Any:
        return self.plane.request("GET", path).body

    def delete(self, path: str) -> int:
        return self.plane.request("DELETE", path).status

    def post(self, path: str, **body: Any) -> Response:
        return self.plane.request("POST", path, body)

    def set_settings(self, path: str, **settings: str) -> None:
        self.put(f"{path}/config/appsettings", properties=settings)

    def settings(self, path: str) -> dict[str, str]:
        return dict(self.post(f"{path}/config/appsettings/list").body["properties"])

    def stick(self, *names: str) -> None:
        self.put(f"{SITE}/config/slotConfigNames", properties={"appSettingNames": list(names)})

    def swap(self, source: str = STAGING, target: str = "production") -> Response:
        """From beginning to end."""
        response = self.post(f"{source}/slotsswap", targetSlot=target)
        while self.swaps.advance(SITE) is not None:
            pass
        return response

    def refusal(self, method: str, path: str, **body: Any) -> tuple[int, str, str]:
        """Status, code and message of a request that must fail."""
        with pytest.raises(ArmError) as refused:
            self.plane.request(method, path, body)
        return refused.value.status, refused.value.code, refused.value.message
