"""The blob of a ramp: `<site>.json` in the container `ramp` of the app's host storage, which its clients read.

Every write is guarded by the ETag of what was read, so that of two people who ramp at once one is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobClient, ContentSettings

from ..azure.credentials import client_options
from ..azure.roles import PATIENCE, patient
from ..live import LiveSlot
from ..live.settings import connection_of
from ..problem import UNEXPECTED, OperationProblem, Unknown
from .record import Ramp

CONTAINER = "ramp"
HOST_STORAGE = "AzureWebJobsStorage"
ROLE = "Storage Blob Data Contributor on the container 'ramp' of the host storage, which `access.operators` of the stack grants"


def ramp_url(production: LiveSlot, site: str) -> str:
    """Where the record lies. Raises Unknown if the settings name the host storage by a secret."""
    connection = connection_of(production.settings, HOST_STORAGE)
    if connection is None or connection.blob is None:
        raise Unknown(f"{HOST_STORAGE} of production names no blob endpoint, so where the record of a ramp lies isn't known.")
    return f"{connection.blob.rstrip('/')}/{CONTAINER}/{site.lower()}.json"


class RampStore:
    """`waiting` is told of every wait for a role that was granted just now, which takes `patience` seconds at most."""

    def __init__(
        self,
        url: str,
        credential: TokenCredential,
        *,
        waiting: Callable[[str, datetime], None] = lambda _what, _since: None,
        patience: float = PATIENCE,
        **options: Any,
    ) -> None:
        self._blob = BlobClient.from_blob_url(url, credential=credential, **{**client_options(), **options})
        self._waiting, self._patience = waiting, patience
        self._etag: str | None = None

    def read(self) -> Ramp | None:
        """None: there is none, or never was. Raises Unknown if it can't be read."""
        try:
            download = patient(self._blob.download_blob, lambda since: self._waiting(ROLE, since), patience=self._patience)
        except ResourceNotFoundError:
            self._etag = None
            return None
        except AzureError as error:
            raise Unknown(f"The ramp can't be read ({_first_line(error)}). It takes {ROLE}.") from None
        self._etag = download.properties.etag
        try:
            return Ramp.read(json.loads(download.readall()))
        except ValueError:
            return None

    def write(self, ramp: Ramp) -> None:
        """Over what `read` has seen. Raises OperationProblem if somebody else wrote meanwhile, Unknown if no answer came."""
        guard: dict[str, Any] = (
            {"overwrite": False}
            if self._etag is None
            else {"overwrite": True, "etag": self._etag, "match_condition": MatchConditions.IfNotModified}
        )
        text = json.dumps(ramp.as_json(), indent=2)
        try:
            written = self._blob.upload_blob(text, content_settings=ContentSettings(content_type="application/json"), **guard)
        except HttpResponseError as error:
            if error.status_code in (409, 412):
                if self.read() == ramp:
                    return  # written before: its answer was lost, and the client sent it once more
                raise OperationProblem(
                    "Somebody else changed the ramp meanwhile; nothing was written. Look at it and run this again."
                ) from None
            if error.status_code == 404:
                raise OperationProblem(f"There is no container '{CONTAINER}' in the host storage. `pulumi up` makes it.") from None
            raise OperationProblem(f"The ramp can't be written ({_first_line(error)}). It takes {ROLE}.", UNEXPECTED) from None
        except AzureError as error:
            raise Unknown(f"Whether the ramp was written isn't known ({_first_line(error)}). `operations ramp` shows it.") from None
        self._etag = written["etag"]

    def close(self) -> None:
        self._blob.close()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


__all__ = ["CONTAINER", "RampStore", "ramp_url"]
