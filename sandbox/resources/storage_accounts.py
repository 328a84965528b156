"""Microsoft.Storage/storageAccounts: an entry in the store and, in step with it, a real account in the storage service."""

from __future__ import annotations

import base64
import hashlib

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId, Response
from sandbox.arm.store import Body
from sandbox.storage.service import StorageService

from .tracked import Tracked

_TYPE = "Microsoft.Storage/storageAccounts"


class StorageAccounts(Tracked):
    """Keys exist even while `allowSharedKeyAccess` is false: Azure still lists them, the data plane refuses them.

    (Microsoft docs, "Prevent Shared Key authorization for an Azure Storage account".)
    """

    name = _TYPE
    name_rule = r"[a-z0-9]{3,24}"
    name_help = "3 to 24 lower-case letters and digits"
    required = ("location", "kind", "sku.name")

    def __init__(self, storage: StorageService) -> None:
        super().__init__()
        self._storage = storage

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        if before is None and any(other.name.lower() == request.id.name for other, _ in self.plane.store.of_type(_TYPE)):
            raise ArmError(409, "StorageAccountAlreadyTaken", f"The storage account named {request.id.name} is already taken.")

    def completed(self, id: ResourceId, body: Body, before: Body | None) -> Body:
        # A PUT on an existing account changes what it names and leaves the rest: Microsoft docs, "Storage Accounts - Create".
        kept = {key: value for key, value in (before or {}).items() if key in ("kind", "sku")}
        properties = {**(before or {}).get("properties", {}), **(body.get("properties") or {})}
        return super().completed(id, {**kept, **body, "properties": properties}, before)

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {
            "provisioningState": "Succeeded",
            "primaryEndpoints": self._storage.endpoints(id.name),
            "primaryLocation": body["location"],
            "statusOfPrimary": "available",
        }

    def carry_out(self, request: Request, body: Body, before: Body | None) -> None:
        if before is None:
            self._set_keys(request.id, [_key(request.id, 1, 1), _key(request.id, 2, 1)], turns=1)

    def delete(self, request: Request) -> Response:
        if self.plane.store.get(request.id) is not None:
            self._storage.remove_account(request.id.name)
        return super().delete(request)

    def post(self, request: Request) -> Response:
        self.existing(request.id)
        action = (request.action or "").lower()
        if action == "listkeys":
            return Response(200, self._listed(request.id))
        if action == "regeneratekey":
            return self._regenerate(request)
        return super().post(request)

    def restore(self) -> None:
        """Tells the storage service of every account in a store that was read from disk."""
        for id, _ in self.plane.store.of_type(_TYPE):
            first, second = self.plane.store.hidden(id)["keys"]
            self._storage.add_account(id.name, first, second)

    def _regenerate(self, request: Request) -> Response:
        names = ("key1", "key2")
        if (request.body or {}).get("keyName") not in names:
            raise ArmError(400, "InvalidKeyName", f"keyName must be one of {names}.")
        hidden = self.plane.store.hidden(request.id)
        number = names.index(request.body["keyName"])
        hidden["keys"][number] = _key(request.id, number + 1, hidden["turns"] + 1)
        self._set_keys(request.id, hidden["keys"], turns=hidden["turns"] + 1)
        return Response(200, self._listed(request.id))

    def _set_keys(self, id: ResourceId, keys: list[str], *, turns: int) -> None:
        self._storage.add_account(id.name, keys[0], keys[1])
        self.plane.store.set_hidden(id, {"keys": keys, "turns": turns})

    def _listed(self, id: ResourceId) -> Body:
        keys = self.plane.store.hidden(id)["keys"]
        return {"keys": [{"keyName": f"key{number}", "value": value, "permissions": "FULL"} for number, value in enumerate(keys, 1)]}


def account_of(plane: ControlPlane, id: ResourceId) -> Body:
    """The storage account above a container, table, queue or blob."""
    while len(id.names) > 1:
        parent = id.parent
        assert parent is not None
        id = parent
    body = plane.store.get(id)
    if body is None:
        raise ArmError(
            404, "ResourceNotFound", f"The Resource '{_TYPE}/{id.name}' under resource group '{id.resource_group}' was not found."
        )
    return body


def shared_key_allowed(account: Body) -> bool:
    """Left out means allowed: Microsoft docs, "Prevent Shared Key authorization for an Azure Storage account"."""
    return account["properties"].get("allowSharedKeyAccess") is not False


def _key(id: ResourceId, number: int, turn: int) -> str:
    return base64.b64encode(hashlib.sha512(f"{id.key}|key{number}|{turn}".encode()).digest()).decode()
