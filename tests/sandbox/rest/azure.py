"""A control plane served over HTTPS, and clients for it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jwt
import requests
from azure.core.credentials import AccessToken
from azure.mgmt.web import WebSiteManagementClient

from sandbox.arm import ControlPlane, Store
from sandbox.resources import all_types
from sandbox.rest import ArmServer
from sandbox.storage import MemoryStorage
from sandbox.web import swaps_of, web_types

SUBSCRIPTION_ID = "00000000-0000-4000-8000-00000000d0d0"
GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders"
TOKEN = jwt.encode({"oid": "somebody"}, "a secret of nobody, long enough for the library")


class Credential:
    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken(TOKEN, int(time.time()) + 3600)


class Azure:
    def __init__(self, certificate: Path, key: Path, authority: Path) -> None:
        self.plane = ControlPlane(Store(), [*all_types(MemoryStorage()), *web_types()])
        self.swaps = swaps_of(self.plane)
        self._server = ArmServer(self.plane, certificate, key)
        self._authority = authority
        self.endpoint = ""
        put = {
            GROUP: {"location": "westeurope", "tags": {"a": "1"}},
            PLAN: {"location": "westeurope", "sku": {"name": "S1"}},
            SITE: {"location": "westeurope", "kind": "functionapp", "properties": {"serverFarmId": PLAN}},
            f"{SITE}/slots/staging": {"location": "westeurope"},
            f"{SITE}/config/appsettings": {"properties": {"CODE": "old", "STICKY": "production"}},
            f"{SITE}/slots/staging/config/appsettings": {"properties": {"CODE": "new", "STICKY": "staging"}},
            f"{SITE}/config/slotConfigNames": {"properties": {"appSettingNames": ["STICKY"]}},
        }
        for path, body in put.items():
            self.plane.request("PUT", path, body)

    def __enter__(self) -> Azure:
        self.endpoint = f"https://127.0.0.1:{self._server.start()}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self.swaps.close()

    def client(self) -> WebSiteManagementClient:
        return WebSiteManagementClient(
            Credential(),
            SUBSCRIPTION_ID,
            base_url=self.endpoint,
            credential_scopes=["https://management.azure.com/.default"],
            connection_verify=str(self._authority),
            polling_interval=0,
            retry_total=0,
        )

    def call(
        self, method: str, path: str, *, token: str | None = TOKEN, version: str | None = "2025-05-01", **options: Any
    ) -> requests.Response:
        headers = {**({} if token is None else {"Authorization": f"Bearer {token}"}), **options.pop("extra", {})}
        params = {**({} if version is None else {"api-version": version}), **options.pop("params", {})}
        return requests.request(
            method, self.endpoint + path, headers=headers, params=params, verify=str(self._authority), timeout=30, **options
        )
