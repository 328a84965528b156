"""Packages that operators name: read whole from the router's own container, and checked before anything is remembered of them."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, Any, Protocol
from urllib.parse import unquote

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob.aio import ContainerClient

from ..blueprint import Durable

MAXIMUM_PACKAGE = 1024 * 1024 * 1024
"""Bytes. What App Service takes for a package to run from (Microsoft docs, "Run your functions from a package file", limits)."""
MAXIMUM_HOST_JSON = 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)*", re.ASCII)
_ENTITY_CODE = (b".entity_trigger(", b"[EntityTrigger", b"@DurableEntityTrigger", b"df.app.entity(", b"app.entity(")


class PackageProblem(Exception):
    """What is wrong with a package, and what would help; `status` is the answer's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Package:
    url: str
    digest: str
    """SHA-256, hexadecimal."""
    problems: tuple[str, ...]
    """What its host.json says otherwise than the lines' task hubs need."""
    has_entities: bool
    size: int = field(default=0, compare=False)


class Packages(Protocol):
    async def read(self, url: str) -> Package:
        """Raises PackageProblem."""
        ...


class BlobPackages:
    """`container` is the router's own, under `base_url`."""

    def __init__(self, container: ContainerClient, base_url: str, durable: Durable) -> None:
        self._container, self._base, self._durable = container, base_url.rstrip("/") + "/", durable

    async def read(self, url: str) -> Package:
        name = blob_of(url, self._base)
        try:
            blob = self._container.get_blob_client(name)
            size = (await blob.get_blob_properties()).size
            if size > MAXIMUM_PACKAGE:
                raise PackageProblem(413, "PackageTooLarge", f"The package has {size} bytes; at most {MAXIMUM_PACKAGE} can be run from.")
            with tempfile.TemporaryFile() as file:
                # In pieces, and looked at beside the loop: a package may be longer than the memory, and requests go on meanwhile.
                await (await blob.download_blob(max_concurrency=4)).readinto(file)
                return await asyncio.to_thread(package_in, url, file, self._durable)
        except ResourceNotFoundError:
            raise PackageProblem(404, "PackageMissing", f"There is no blob '{name}' in the router's container.") from None
        except AzureError as error:
            kind = type(error).__name__
            raise PackageProblem(
                503, "PackageUnreadable", f"The package '{name}' can't be read at the moment ({kind}). Try again."
            ) from None


def blob_of(url: str, base: str) -> str:
    """The blob's name, if the URL is one in the router's own container: no other address is ever asked. Raises PackageProblem."""
    name = url.removeprefix(base)
    decoded = unquote(name)
    if not url.startswith(base) or decoded != name or _NAME.fullmatch(name) is None or ".." in name or len(name) > 1024:
        raise PackageProblem(
            400,
            "BadPackage",
            f"package: is no plain URL of a blob in the router's container, {base}. Upload it with: operations versions deploy.",
        )
    return name


def package_of(url: str, data: bytes, durable: Durable) -> Package:
    return package_in(url, io.BytesIO(data), durable)


def package_in(url: str, file: IO[bytes], durable: Durable) -> Package:
    """What is in it. Raises PackageProblem if it is no app at all."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # typeshed asks for a readable buffer, which files are
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if not names:
                raise PackageProblem(422, "EmptyPackage", "The package is empty.")
            host = _host_json(archive, names)
            entities = _has_entities(archive, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise PackageProblem(422, "BadPackage", f"The package is no readable .zip file ({type(error).__name__}).") from None
    return Package(url, digest, tuple(check_host_json(host, durable)), entities, file.seek(0, io.SEEK_END))


def check_host_json(host: Any, durable: Durable) -> list[str]:
    """What has to be changed so that the app works on its line's hub, each with path, value and wanted value. Pure."""
    if not isinstance(host, dict):
        return ["host.json: is no JSON object"]
    task = ((host.get("extensions") or {}) if isinstance(host.get("extensions"), dict) else {}).get("durableTask")
    task = task if isinstance(task, dict) else {}
    storage = task.get("storageProvider")
    storage = storage if isinstance(storage, dict) else {}
    at = "host.json: extensions.durableTask"
    found = [_differs(f"{at}.hubName", task.get("hubName"), "%TaskHubName%")]
    kind = storage.get("type", "AzureStorage")
    if str(kind).lower() != "azurestorage":
        found.append(f"{at}.storageProvider.type: is {_shown(kind)}; lines work on Azure Storage")
    connection = storage.get("connectionStringName", storage.get("connectionName"))
    found.append(_differs(f"{at}.storageProvider.connectionStringName", connection, durable.connection_name))
    tracking, prefix = storage.get("trackingStoreConnectionStringName"), storage.get("trackingStoreNamePrefix")
    if durable.tracking == "shared":
        found.append(_differs(f"{at}.storageProvider.trackingStoreConnectionStringName", tracking, durable.tracking_connection_name))
        found.append(_differs(f"{at}.storageProvider.trackingStoreNamePrefix", prefix, durable.tracking_prefix))
    elif tracking is not None:
        found.append(
            f"{at}.storageProvider.trackingStoreConnectionStringName: is {_shown(tracking)}; each line has its own tracking tables, leave it out"
        )
    return [one for one in found if one]


def _differs(path: str, value: Any, wanted: str) -> str:
    return "" if value == wanted else f"{path}: is {_shown(value)}, and has to be {wanted!r}"


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)[:80]


def _host_json(archive: zipfile.ZipFile, names: list[str]) -> Any:
    if "host.json" not in names:
        inside = next((name for name in names if name.endswith("/host.json")), None)
        hint = f" It has {inside}: zip the app's folder from within." if inside else ""
        raise PackageProblem(422, "BadPackage", f"The package has no host.json at its root.{hint}")
    if archive.getinfo("host.json").file_size > MAXIMUM_HOST_JSON:
        raise PackageProblem(422, "BadPackage", "host.json: is longer than any host.json.")
    try:
        return json.loads(archive.read("host.json").decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PackageProblem(422, "BadPackage", f"host.json: can't be read ({error}).") from None


def _has_entities(archive: zipfile.ZipFile, names: list[str]) -> bool:
    """By function.json, and by the ways in which source code declares one. Compiled code says so in the files that its build makes."""
    for name in names:
        info = archive.getinfo(name)
        if name.startswith(".python_packages/") or "node_modules/" in name or info.file_size > MAXIMUM_HOST_JSON:
            continue
        if name.endswith("/function.json") or name in ("functions.metadata", "functions.json"):
            if b"entitytrigger" in archive.read(name).lower():
                return True
        elif name.endswith((".py", ".js", ".ts", ".mjs", ".cjs", ".cs")):
            text = archive.read(name)
            if any(word in text for word in _ENTITY_CODE):
                return True
    return False


__all__ = ["BlobPackages", "Package", "PackageProblem", "Packages", "blob_of", "check_host_json", "package_in", "package_of"]
