"""A control plane over storage in memory, with one group and one account, and short ways to ask it things."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sandbox.arm import ArmError, ControlPlane, Response, Store
from sandbox.resources import all_types
from sandbox.storage import MemoryStorage

SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-00000000d0d0"
OTHER_SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-00000000ffff"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/orders"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/packages"


class Azure:
    def __init__(self, *, role_delay: float = 0.0) -> None:
        self.now = 1000.0
        self.storage = MemoryStorage()
        self.plane = ControlPlane(Store(), all_types(self.storage, role_delay=role_delay), clock=lambda: self.now)
        self.put(GROUP, location="westeurope")
        self.put_account()

    def put_account(self, path: str = ACCOUNT, **properties: Any) -> Any:
        return self.put(path, location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"}, properties=properties)

    def put_blob(self, name: str, content: bytes, **properties: Any) -> Any:
        return self.put(f"{CONTAINER}/blobs/{name}", properties=properties, content=base64.b64encode(content).decode())

    def put(self, path: str, **body: Any) -> Any:
        return self.plane.request("PUT", path, body).body

    def get(self, path: str) -> Any:
        return self.plane.request("GET", path).body

    def delete(self, path: str) -> int:
        return self.plane.request("DELETE", path).status

    def post(self, path: str, **body: Any) -> Response:
        return self.plane.request("POST", path, body)

    def refusal(self, method: str, path: str, **body: Any) -> tuple[int, str]:
        """Status and code of a request that must fail."""
        with pytest.raises(ArmError) as refused:
            self.plane.request(method, path, body)
        return refused.value.status, refused.value.code
