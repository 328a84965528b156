"""What the data plane of storage does for an app: its deployment container, the SAS of a package, and what a removed hub leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from taskhub import Hub

SAS_LIFETIME = timedelta(hours=1)
SAS_BEFORE = timedelta(minutes=15)
"""Clocks differ (Microsoft docs, "Create a user delegation SAS", best practices)."""


class DataPlane(Protocol):
    """`blob` and `queue` are endpoints of an account. Making what exists and deleting what does not exist changes nothing."""

    async def ensure_container(self, blob: str, name: str) -> None: ...

    async def delete_container(self, blob: str, name: str) -> None: ...

    async def containers(self, blob: str, prefix: str) -> Sequence[str]: ...

    async def delete_queues(self, hub: Hub) -> Sequence[str]:
        """The hub's control and work-item queues, no other whose name begins alike. Returns what was deleted."""
        ...

    async def signed(self, url: str, now: datetime) -> str:
        """A blob's URL with a SAS to read it for an hour."""
        ...


class AzureData:
    """`options` go to every client, such as `connection_verify`."""

    def __init__(self, credential: AsyncTokenCredential, **options: Any) -> None:
        self._credential, self._options = credential, options

    async def ensure_container(self, blob: str, name: str) -> None:
        async with self._blobs(blob) as service:
            try:
                await service.create_container(name)
            except ResourceExistsError as problem:
                # Being deleted is 409 too, with a code of its own, and passes (error code ContainerBeingDeleted).
                if getattr(problem, "error_code", None) == "ContainerBeingDeleted":
                    raise

    async def delete_container(self, blob: str, name: str) -> None:
        async with self._blobs(blob) as service:
            try:
                await service.delete_container(name)
            except ResourceNotFoundError:
                pass  # Gone is what was wanted.
            except ResourceExistsError as problem:
                if getattr(problem, "error_code", None) != "ContainerBeingDeleted":
                    raise

    async def containers(self, blob: str, prefix: str) -> Sequence[str]:
        async with self._blobs(blob) as service:
            return [str(one.name) async for one in service.list_containers(name_starts_with=prefix)]

    async def delete_queues(self, hub: Hub) -> Sequence[str]:
        async with QueueServiceClient(hub.queue, self._credential, **self._options) as service:
            found = hub.own_queues([queue.name async for queue in service.list_queues(name_starts_with=hub.queue_prefix)])
            for name in found:
                try:
                    await service.delete_queue(name)
                except ResourceNotFoundError:
                    pass
            return found

    async def signed(self, url: str, now: datetime) -> str:
        """Signed with a user delegation key: the packages' account may have its keys off. Needs Storage Blob Delegator and read access."""
        account, endpoint, container, name = _parts(url)
        start, expiry = now - SAS_BEFORE, now + SAS_LIFETIME
        async with self._blobs(endpoint) as service:
            key = await service.get_user_delegation_key(start, expiry)
        token = generate_blob_sas(
            account,
            container,
            name,
            user_delegation_key=key,
            permission=BlobSasPermissions(read=True),
            start=start,
            expiry=expiry,
        )
        return f"{url}?{token}"

    def _blobs(self, endpoint: str) -> BlobServiceClient:
        return BlobServiceClient(endpoint, self._credential, **self._options)


def _parts(url: str) -> tuple[str, str, str, str]:
    """Account, endpoint, container and name of a blob. Emulators have the account in the path, Azure in the host."""
    at = urlsplit(url)
    host, path = at.hostname or "", unquote(at.path).lstrip("/")
    in_path = "." not in host or host.replace(".", "").isdigit()
    account = path.split("/", 1)[0] if in_path else host.split(".", 1)[0]
    rest = path.split("/", 1)[1] if in_path and "/" in path else path
    container, _, name = rest.partition("/")
    return account, f"{at.scheme}://{at.netloc}" + (f"/{account}" if in_path else ""), container, name


__all__ = ["SAS_BEFORE", "SAS_LIFETIME", "AzureData", "DataPlane"]
