"""A slot's package: fetched from where WEBSITE_RUN_FROM_PACKAGE points, with the app's own rights, and unpacked by content.

Source: Microsoft docs, "Run your functions from a package file in Azure", section "Fetch a package from Azure Blob Storage using a
managed identity": without a SAS the identity needs Storage Blob Data Reader; WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID names a
user-assigned one, and without it the system-assigned one is used. On Flex Consumption functionAppConfig.deployment.storage says where the
package is and with whose rights it is fetched.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import ssl
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobClient

from sandbox.arm.store import Body
from sandbox.storage.tokens import Tokens

from .lane import NotLaunched
from .wanted import Wanted, setting

_SECONDS = 60.0


class PackageProblem(NotLaunched):
    """The code can't be had now. The next try may go better: a role assignment takes a while, a blob may come back."""


class Packages:
    """Unpacked under `directory`, one folder per content; folders stay, so that going back to a version is quick."""

    def __init__(self, directory: Path, tokens: Tokens, authority: Path) -> None:
        self._directory, self._tokens, self._authority = directory, tokens, authority
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(authority))),
        )

    def fetch(self, wanted: Wanted) -> Path:
        """The directory with the unpacked package. Raises PackageProblem."""
        url = wanted.package_url
        assert url is not None
        return self._unpacked(self._content(url, wanted), url)

    def _content(self, url: str, wanted: Wanted) -> bytes:
        shown = url.partition("?")[0]
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            raise PackageProblem(f"{shown} is not in this sandbox, which fetches packages from nowhere else.")
        headers = {"x-ms-version": "2023-11-03"}
        connection = _connection_string(wanted)
        if connection is not None:
            return self._by_key(url, connection)
        if "sig" not in parse_qs(urlsplit(url).query):
            token = self._tokens.issue(_principal(wanted), "https://storage.azure.com").token
            headers["Authorization"] = f"Bearer {token}"
        try:
            with self._opener.open(urllib.request.Request(url, headers=headers), timeout=_SECONDS) as response:
                content: bytes = response.read()
                return content
        except urllib.error.HTTPError as refused:
            refused.close()
            reason = f"{refused.code} {refused.headers.get('x-ms-error-code') or refused.reason}"
            raise PackageProblem(f"The package {shown} could not be fetched: {reason}.") from None
        except OSError as problem:
            raise PackageProblem(f"The package {shown} could not be fetched: {problem}.") from problem

    def _by_key(self, url: str, connection: str) -> bytes:
        """With the SDK, which signs by the account's key."""
        container, _, name = urlsplit(url).path.strip("/").partition("/")[2].partition("/")
        try:
            with BlobClient.from_connection_string(connection, container, name, connection_verify=str(self._authority)) as blob:
                content: bytes = blob.download_blob().readall()
                return content
        except (AzureError, ValueError) as problem:
            raise PackageProblem(f"The package {url} could not be fetched: {problem}.") from problem

    def _unpacked(self, content: bytes, url: str) -> Path:
        place = self._directory / hashlib.sha256(content).hexdigest()[:32]
        if place.exists():
            return place
        aside = place.with_name(f"{place.name}.{id(content):x}.new")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                package.extractall(aside)
            aside.rename(place)
        except zipfile.BadZipFile:
            raise PackageProblem(f"{url.partition('?')[0]} is no zip file.") from None
        except OSError:
            if not place.exists():  # otherwise another slot with the same package was faster
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return place


def _principal(wanted: Wanted) -> str:
    """Object id of the identity that fetches. Raises PackageProblem if the app has none."""
    identity: Body = wanted.identity or {}
    named = setting(wanted.settings, "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID")
    if wanted.flex is not None:
        named = str(_authentication(wanted).get("userAssignedIdentityResourceId") or "")
    if named and named.lower() != "systemassigned":
        known = {str(id).lower(): body for id, body in (identity.get("userAssignedIdentities") or {}).items()}
        if named.lower() not in known:
            raise PackageProblem(f"The identity {named} that is to fetch the package is not assigned to the app.")
        return str(known[named.lower()]["principalId"])
    if not identity.get("principalId"):
        raise PackageProblem("The app has no system-assigned identity to fetch its package with, and its URL carries no SAS.")
    return str(identity["principalId"])


def _authentication(wanted: Wanted) -> Body:
    assert wanted.flex is not None
    authentication: Body = wanted.flex.config["deployment"]["storage"]["authentication"]
    return authentication


def _connection_string(wanted: Wanted) -> str | None:
    """Where functionAppConfig fetches by one. Raises PackageProblem if there is no such setting."""
    if wanted.flex is None or _authentication(wanted)["type"] != "storageaccountconnectionstring":
        return None
    name = _authentication(wanted)["storageAccountConnectionStringName"]
    found = setting(wanted.settings, name)
    if not found:
        raise PackageProblem(f"The app setting '{name}' that is to fetch the package does not exist.")
    return found
