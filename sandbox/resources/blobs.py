"""`…/containers/C/blobs/NAME`: not an ARM type of Azure's, but what azure-native's `storage.Blob` does on the data plane with the account's key.

PUT takes `{"properties": {…}, "content": base64}`. The content goes to the storage service; the store and the journal keep its size
and hashes only. A `/` in a blob's name is written `%2F` in the path.
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote, unquote

from sandbox.arm import ArmError, Request, ResourceId, Response
from sandbox.arm.errors import not_found
from sandbox.arm.store import Body
from sandbox.storage.service import StorageService

from .storage_accounts import account_of, shared_key_allowed
from .tracked import Tracked


class Blobs(Tracked):
    """Refuses every request on an account whose shared keys are off, as the provider's key-signed calls are refused.

    Codes: Microsoft docs, "Blob service error codes" and "Prevent Shared Key authorization".
    """

    name = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
    name_rule = r".{1,1024}"
    name_help = "1 to 1024 characters"

    def __init__(self, storage: StorageService) -> None:
        super().__init__()
        self._storage = storage

    def put(self, request: Request) -> Response:
        self._require_keys(request.id)
        body = dict(request.body or {})
        encoded = body.pop("content", None)
        before = self._read(request.id)
        if encoded is None:
            if before is None:
                raise ArmError(
                    400, "InvalidRequestContent", f"The blob '{_name(request.id)}' does not exist, so the request must carry its 'content'."
                )
            return self._update(request, body, before)
        if before is not None:
            raise ArmError(409, "BlobAlreadyExists", f"The specified blob already exists: {_name(request.id)}.")
        self._require_container(request.id)
        return self._upload(request, body, base64.b64decode(encoded))

    def existing(self, id: ResourceId) -> Body:
        self._require_keys(id)
        body = self._read(id)
        if body is None:
            raise not_found(id.type, "/".join(id.names), id.resource_group)
        return body

    def delete(self, request: Request) -> Response:
        self._require_keys(request.id)
        if self._read(request.id) is None:
            return super().delete(request)
        self._storage.delete_blob(request.id.names[0], request.id.names[2], _name(request.id))
        if self.plane.store.get(request.id) is not None:
            self.plane.erase(request)
        return Response(200)

    def _upload(self, request: Request, body: Body, content: bytes) -> Response:
        given = body.get("properties") or {}
        account, _, container, _ = request.id.names
        self._storage.put_blob(
            account, container, _name(request.id), content, content_type=given.get("contentType"), metadata=given.get("metadata") or {}
        )
        stored = self._described(request.id, given, content)
        self.plane.write(request, stored)
        return Response(201, stored)

    def _update(self, request: Request, body: Body, before: Body) -> Response:
        stored = {**before, "properties": {**before["properties"], **(body.get("properties") or {})}}
        self.plane.write(request, stored)
        return Response(200, stored)

    def _read(self, id: ResourceId) -> Body | None:
        """What the storage service holds now: a blob that was deleted there is gone here too, and one uploaded there is seen."""
        content = self._storage.get_blob(id.names[0], id.names[2], _name(id))
        if content is None:
            return None
        return self.plane.store.get(id) or self._described(id, {}, content)

    def _described(self, id: ResourceId, given: Body, content: bytes) -> Body:
        account, _, container, _ = id.names
        computed = {
            "url": f"{self._storage.endpoints(account)['blob']}{container}/{quote(_name(id))}",
            "size": len(content),
            "contentMd5": base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        return {"id": str(id), "name": _name(id), "type": self.name, "properties": {**given, **computed}}

    def _require_keys(self, id: ResourceId) -> None:
        if not shared_key_allowed(account_of(self.plane, id)):
            raise ArmError(403, "KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted on this storage account.")

    def _require_container(self, id: ResourceId) -> None:
        container = id.parent
        if container is None or self.plane.store.get(container) is None:
            raise ArmError(404, "ContainerNotFound", f"The specified container does not exist: {id.names[2]}.")


def _name(id: ResourceId) -> str:
    return unquote(id.name)
