"""OneDeploy: gives a Flex Consumption app the package that `pulumi up` has uploaded.

Microsoft docs, "Automate resource deployment for your function app": PUT sites/X/extensions/onedeploy with `packageUri`, an https URL that needs
no more than what it carries, so a SAS of an hour, signed by the user delegation key of whoever releases. The same package again is the
same deployment again, so it may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError
from azure.storage.blob import BlobClient, BlobSasPermissions, BlobServiceClient, generate_blob_sas

from ..azure import Arm, ArmFailed
from ..azure.credentials import client_options
from ..problem import UNEXPECTED, OperationProblem, Unknown

VERSION = "2024-04-01"
PATIENCE = 900.0
"""Seconds for the package to be fetched, looked at and stored."""
EVERY = 2.0
_FAILED, _SUCCESS = 3, 4
"""Kudu's DeployStatus."""


def one_deploy(
    arm: Arm,
    site_id: str,
    package: str,
    credential: TokenCredential,
    *,
    say: Callable[[str], None] = lambda _: None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """`package` is the blob's URL. Raises OperationProblem with Azure's words if it fails; Unknown if its end can't be told."""
    body = {"properties": {"packageUri": signed(package, credential), "remoteBuild": False}}
    answer = arm.request("PUT", f"{site_id}/extensions/onedeploy", body, version=VERSION)
    name = str((answer.body or {}).get("properties", {}).get("id") or (answer.body or {}).get("name") or "latest")
    waited, told = 0.0, ""
    while waited <= PATIENCE:
        found = _record(arm, site_id, name)
        status, text = found.get("status"), str(found.get("status_text") or found.get("progress") or "")
        if status == _SUCCESS:
            return
        if status == _FAILED:
            raise OperationProblem(
                f"The deployment failed, and the app runs what it ran before: {text or 'Azure gives no reason'}", UNEXPECTED
            )
        if text != told:
            say(text)
            told = text
        pause(EVERY)
        waited += EVERY
    raise Unknown(
        f"The deployment did not end within {PATIENCE:.0f} seconds ({told}). Run this again: the same package may be deployed twice."
    )


def signed(package: str, credential: TokenCredential) -> str:
    """The URL with a SAS to read it, valid for an hour. An address outside of Azure Storage is left as it is."""
    if "?" in package:
        return package
    now = datetime.now(UTC)
    start, end = now - timedelta(minutes=15), now + timedelta(hours=1)
    try:
        with BlobClient.from_blob_url(package, credential=credential, **client_options()) as blob:
            account = package.partition(f"/{blob.container_name}/")[0]
            with BlobServiceClient(account, credential=credential, **client_options()) as service:
                key = service.get_user_delegation_key(start, end)
            names: dict[str, Any] = {"container_name": blob.container_name, "blob_name": blob.blob_name}
            token = generate_blob_sas(
                blob.account_name or "", **names, user_delegation_key=key, permission=BlobSasPermissions(read=True), start=start, expiry=end
            )
    except AzureError as error:
        first = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise OperationProblem(
            f"The package can't be signed for the deployment ({first}). It takes Storage Blob Data Contributor on the packages' account, which "
            "`access.operators` of the stack grants.",
            UNEXPECTED,
        ) from None
    return f"{package}?{token}"


def _record(arm: Arm, site_id: str, name: str) -> dict[str, Any]:
    try:
        return dict((arm.get(f"{site_id}/deployments/{name}", version=VERSION) or {}).get("properties") or {})
    except ArmFailed as error:
        if error.status == 404:
            return {}
        raise


__all__ = ["one_deploy", "signed"]
