"""What lies in a storage account and has an ARM face: the three services, containers, tables and queues."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.arm import ArmError, Request, ResourceId, Response
from sandbox.arm.errors import not_found
from sandbox.arm.store import Body
from sandbox.storage.service import StorageService

from .storage_accounts import account_of
from .tracked import Tracked


class Services(Tracked):
    """`blobServices/default` and its like exist with the account; a PUT sets their properties, a DELETE is not offered by Azure."""

    default_name_exists = True
    name_rule = "default"
    name_help = "'default'"

    def delete(self, request: Request) -> Response:
        raise ArmError(405, "MethodNotAllowed", f"{self.name} can't be deleted: it lives as long as its storage account.")


class Containers(Tracked):
    name = "Microsoft.Storage/storageAccounts/blobServices/containers"
    name_rule = r"(?=.{3,63}$)(\$root|\$logs|\$web|[a-z0-9]+(-[a-z0-9]+)*)"
    name_help = "3 to 63 lower-case letters, digits and single hyphens, starting and ending with a letter or digit"

    def __init__(self, storage: StorageService) -> None:
        super().__init__()
        self._storage = storage

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        account = account_of(self.plane, request.id)
        access = (body.get("properties") or {}).get("publicAccess") or "None"
        if access != "None" and account["properties"].get("allowBlobPublicAccess") is not True:
            raise ArmError(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {"publicAccess": properties.get("publicAccess", "None"), "leaseState": "Available", "leaseStatus": "Unlocked"}

    def carry_out(self, request: Request, body: Body, before: Body | None) -> None:
        self._storage.create_container(_account(request.id), request.id.name)

    def delete(self, request: Request) -> Response:
        if self.plane.store.get(request.id) is not None:
            self._storage.delete_container(_account(request.id), request.id.name)
        return super().delete(request)


class DataPlaneObjects(Tracked):
    """Tables and queues. The storage service has the last word on whether one exists: apps make and delete them without ARM."""

    def __init__(self, name: str, rule: str, help: str, *, create: _Act, delete: _Act, exists: Callable[[str, str], bool]) -> None:
        super().__init__(name)
        self.name_rule, self.name_help = rule, help
        self._create, self._delete, self._exists = create, delete, exists

    def existing(self, id: ResourceId) -> Body:
        self.require_parent(id)
        if not self._exists(_account(id), id.name):
            raise not_found(id.type, "/".join(id.names), id.resource_group)
        return self.plane.store.get(id) or self.completed(id, {}, None)

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {"tableName": id.name} if id.type.lower().endswith("/tables") else {}

    def carry_out(self, request: Request, body: Body, before: Body | None) -> None:
        self._create(_account(request.id), request.id.name)

    def delete(self, request: Request) -> Response:
        account, name = _account(request.id), request.id.name
        if not self._exists(account, name):
            return super().delete(request)
        self._delete(account, name)
        if self.plane.store.get(request.id) is not None:
            self.plane.erase(request)
        return Response(200)


_Act = Callable[[str, str], None]


def tables(storage: StorageService) -> DataPlaneObjects:
    return DataPlaneObjects(
        "Microsoft.Storage/storageAccounts/tableServices/tables",
        r"[A-Za-z][A-Za-z0-9]{2,62}",
        "3 to 63 letters and digits, starting with a letter",
        create=storage.create_table,
        delete=storage.delete_table,
        exists=storage.has_table,
    )


def queues(storage: StorageService) -> DataPlaneObjects:
    return DataPlaneObjects(
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*",
        "3 to 63 lower-case letters, digits and single hyphens, starting and ending with a letter or digit",
        create=storage.create_queue,
        delete=storage.delete_queue,
        exists=storage.has_queue,
    )


def _account(id: ResourceId) -> str:
    return id.names[0]
