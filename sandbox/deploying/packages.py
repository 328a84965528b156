"""A package on its way: fetched from its URL, looked at, and put into the app's deployment container.

Sources: the steps that Kudu names in its log on Flex Consumption ([Kudu-SourcePackageUriDownloadStep], [Kudu-ValidationStep],
[Kudu-ContentValidationStep], [Kudu-UploadPackageStep]); Azure/azure-dev#4439 for the words of a refused upload; Microsoft docs, "Configure
deployment settings" of Flex Consumption: the identity needs Storage Blob Data Contributor on the deployment container.
"""

from __future__ import annotations

import io
import ssl
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sandbox.arm import ControlPlane, ResourceId
from sandbox.arm.store import Body
from sandbox.resources import has_role
from sandbox.resources.role_ids import STORAGE_BLOB_DATA_CONTRIBUTOR, STORAGE_BLOB_DATA_OWNER
from sandbox.resources.storage_accounts import shared_key_allowed
from sandbox.storage.service import StorageService

from .deployment import RELEASED

_ACCOUNTS = "Microsoft.Storage/storageAccounts"
_MAY_WRITE = (STORAGE_BLOB_DATA_OWNER, STORAGE_BLOB_DATA_CONTRIBUTOR)
_FORBIDDEN = (
    "Failed to upload because Azure Storage responded with Forbidden : 403 (This request is not authorized to perform this operation.)"
)
_SECONDS = 60.0


class DeploymentProblem(Exception):
    """The deployment fails; the message is its status text."""


class PackageTransport:
    """`storage` None: every URL leads to a package. `authority` None: nothing listens at the storage's endpoints, it is asked directly."""

    def __init__(self, storage: StorageService | None, authority: Path | None) -> None:
        self._storage, self._authority = storage, authority

    def fetch(self, plane: ControlPlane, url: str) -> bytes | None:
        """With nothing but what the URL carries: a private blob needs a SAS. None without a storage. Raises DeploymentProblem."""
        if self._storage is None:
            return None
        shown = url.partition("?")[0]
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            raise _problem("SourcePackageUriDownload", f"{shown} is not in this sandbox, which fetches packages from nowhere else.")
        found = self._download(url) if self._authority is not None else self._read(plane, self._storage, url)
        if isinstance(found, bytes):
            return found
        raise _problem("SourcePackageUriDownload", f"Failed to download package from {shown}: {found}.")

    def upload(self, plane: ControlPlane, site: ResourceId, container_url: str, content: bytes) -> None:
        """Over what was there, with the rights that the app's functionAppConfig names. Raises DeploymentProblem."""
        assert self._storage is not None
        found = _container(plane, self._storage, container_url)
        if found is None:
            raise _problem("UploadPackage", f"InaccessibleStorageException: the container {container_url} does not exist.")
        account, container = found
        body = plane.store.get(site) or {}
        if not _may_write(plane, site, body, container):
            raise _problem("UploadPackage", f"BlobUploadFailedException: {_FORBIDDEN}")
        self._storage.put_blob(account.name, container.name, RELEASED, content, content_type="application/zip")

    def _download(self, url: str) -> bytes | str:
        context = ssl.create_default_context(cafile=str(self._authority))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        try:
            with opener.open(urllib.request.Request(url, headers={"x-ms-version": "2023-11-03"}), timeout=_SECONDS) as response:
                content: bytes = response.read()
                return content
        except urllib.error.HTTPError as refused:
            refused.close()
            return f"{refused.code} {refused.headers.get('x-ms-error-code') or refused.reason}"
        except OSError as problem:
            return str(problem)

    def _read(self, plane: ControlPlane, storage: StorageService, url: str) -> bytes | str:
        if "sig" not in parse_qs(urlsplit(url).query):
            return "409 PublicAccessNotPermitted"
        where, _, name = url.partition("?")[0].rpartition("/")
        found = _container(plane, storage, where)
        content = None if found is None else storage.get_blob(found[0].name, found[1].name, name)
        return "404 BlobNotFound" if content is None else content


def check_package(content: bytes) -> None:
    """Raises DeploymentProblem: it must be a zip file with a host.json at its root."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names, broken = package.namelist(), package.testzip()
    except zipfile.BadZipFile:
        raise _problem("Validation", "The package is not a valid zip file.") from None
    if broken is not None:
        raise _problem("Validation", f"The package is damaged: {broken}.")
    if "host.json" not in names:
        raise _problem("ContentValidation", "Cannot find required host.json file in the root of the package.")


def _container(plane: ControlPlane, storage: StorageService, url: str) -> tuple[ResourceId, ResourceId] | None:
    """Account and container that a URL names, if both exist."""
    for account, _ in plane.store.of_type(_ACCOUNTS):
        base = storage.endpoints(account.name)["blob"].rstrip("/") + "/"
        if url.startswith(base):
            name = url.removeprefix(base).strip("/")
            container = account.child("blobServices", "default").child("containers", name)
            return (account, container) if plane.store.get(container) is not None else None
    return None


def _may_write(plane: ControlPlane, site: ResourceId, body: Body, container: ResourceId) -> bool:
    authentication = body["properties"]["functionAppConfig"]["deployment"]["storage"]["authentication"]
    identity, kind = body.get("identity") or {}, authentication["type"]
    if kind == "storageaccountconnectionstring":
        settings = (plane.store.get(site.child("config", "appsettings")) or {"properties": {}})["properties"]
        account = plane.store.get(ResourceId(container.scope, _ACCOUNTS, container.names[:1]))
        return (
            bool(settings.get(authentication["storageAccountConnectionStringName"])) and account is not None and shared_key_allowed(account)
        )
    principal = identity.get("principalId")
    if kind == "userassignedidentity":
        named = str(authentication["userAssignedIdentityResourceId"]).lower()
        assigned = {str(id).lower(): one for id, one in (identity.get("userAssignedIdentities") or {}).items()}
        principal = assigned.get(named, {}).get("principalId")
    return principal is not None and has_role(plane, principal, _MAY_WRITE, str(container))


def _problem(step: str, text: str) -> DeploymentProblem:
    return DeploymentProblem(f"[Kudu-{step}Step] {text}")
