"""A running sandbox with a clock that tests move, and the few requests that set a stage in it."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any

from azure.core.credentials import AzureNamedKeyCredential, TokenCredential
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION
from sandbox.world import Sandbox

ROLE_DELAY = 300.0
GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/storage"
SOMEBODY = "11111111-0000-4000-8000-000000000001"
_numbers = itertools.count(1)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Account:
    """One storage account, and the official clients for it."""

    sandbox: Sandbox
    name: str
    id: str
    key: str = field(repr=False)

    @property
    def by_key(self) -> AzureNamedKeyCredential:
        return AzureNamedKeyCredential(self.name, self.key)

    def as_(self, principal: str) -> TokenCredential:
        return self.sandbox.credential(principal)

    def blobs(self, credential: Any) -> BlobServiceClient:
        return BlobServiceClient(self._url("blob"), credential=credential, **self._client())

    def queues(self, credential: Any) -> QueueServiceClient:
        return QueueServiceClient(self._url("queue"), credential=credential, **self._client())

    def tables(self, credential: Any) -> TableServiceClient:
        return TableServiceClient(self._url("table"), credential=credential, **self._client())

    def _url(self, service: str) -> str:
        return self.sandbox.storage.endpoints(self.name)[service]

    def _client(self) -> dict[str, Any]:
        return {"connection_verify": str(self.sandbox.ca_bundle), "retry_total": 0}


class Cloud:
    def __init__(self, sandbox: Sandbox, clock: Clock) -> None:
        self.sandbox, self.clock = sandbox, clock
        self.put(GROUP, {"location": "westeurope"})

    def put(self, id: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.sandbox.plane.request("PUT", id, body).body

    def account(self, *, keys: bool = True, name: str | None = None) -> Account:
        """A new account, with `allowSharedKeyAccess` as given."""
        name = name or f"account{next(_numbers)}"
        id = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}"
        properties = {"allowSharedKeyAccess": keys}
        self.put(id, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": properties})
        key = self.sandbox.plane.request("POST", f"{id}/listKeys").body["keys"][0]["value"]
        return Account(self.sandbox, name, id, key)

    def grant(self, role: str, scope: str, principal: str = SOMEBODY, *, wait: bool = True) -> str:
        """The id of a role assignment; effective, unless `wait` is false."""
        id = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
        definition = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        self.put(id, {"properties": {"principalId": principal, "roleDefinitionId": definition, "principalType": "ServicePrincipal"}})
        if wait:
            self.clock.now += ROLE_DELAY
        return id
