"""The container of the code packages, reached with Entra ID: what lies in it, and what its metadata says was uploaded.

Blobs go over the data plane (role: Storage Blob Data Contributor). The metadata goes through Resource Manager, where the component reads
and writes it too; the same role includes that right. Azure offers no conditional write of a container's metadata on either way, so a
change is read back and made again if it was lost to somebody else's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from ..azure import Arm, client_options, sign_in
from ..azure.client import STORAGE
from ..live.settings import account_of
from ..problem import UNEXPECTED, UNKNOWN, OperationProblem

ROLE_PATIENCE = 600.0
"""Seconds that a fresh role assignment may take to count (Microsoft docs, "Troubleshoot Azure RBAC": up to ten minutes)."""
_PAUSE = 10.0
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Blob:
    name: str
    size: int
    modified: datetime


class PackageContainer:
    """`url` is the stack's output packages_url; `group_id` the resource group of its account. `say` is told of waits."""

    def __init__(
        self,
        url: str,
        group_id: str,
        arm: Arm,
        *,
        credential: Any = None,
        say: Callable[[str], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        from azure.storage.blob import ContainerClient

        self.url = url.rstrip("/")
        self._arm, self._say, self._pause = arm, say, pause
        self._id = (
            f"{group_id}/providers/Microsoft.Storage/storageAccounts/{account_of(url)}/blobServices/default/containers/"
            f"{self.url.rpartition('/')[2]}"
        )
        self._client = ContainerClient.from_container_url(self.url, credential=credential or sign_in(), **client_options())

    def close(self) -> None:
        self._client.close()

    def url_of(self, blob: str) -> str:
        return f"{self.url}/{blob}"

    def has(self, blob: str) -> bool:
        return self._patiently("looking for the package", lambda: self._client.get_blob_client(blob).exists())

    def upload(self, blob: str, file: Path) -> None:
        """Never over one that is there: a slot may run it, and it is the same content. Raises OperationProblem."""
        from azure.core.exceptions import ResourceExistsError
        from azure.storage.blob import ContentSettings

        def send() -> None:
            with file.open("rb") as content:
                try:
                    settings = ContentSettings(content_type="application/zip")
                    self._client.upload_blob(blob, content, overwrite=False, content_settings=settings)
                except ResourceExistsError:
                    pass

        self._patiently("uploading the package", send)

    def blobs(self) -> list[Blob]:
        def read() -> list[Blob]:
            return [Blob(one.name, int(one.size or 0), one.last_modified) for one in self._client.list_blobs()]

        return self._patiently("listing the packages", read)

    def delete(self, blob: str) -> None:
        """One that is gone already is no error."""
        from azure.core.exceptions import ResourceNotFoundError

        def send() -> None:
            try:
                self._client.delete_blob(blob, delete_snapshots="include")
            except ResourceNotFoundError:
                pass

        self._patiently("removing a package", send)

    def metadata(self) -> dict[str, str]:
        """Empty if the container is not there."""
        found = self._arm.find(self._id, version=STORAGE) or {}
        return dict((found.get("properties") or {}).get("metadata") or {})

    def change_metadata(self, *, add: Mapping[str, str] | None = None, remove: Iterable[str] = ()) -> None:
        """Others' entries stay. Raises OperationProblem if they are changed under way every time."""
        add, gone = dict(add or {}), set(remove)
        for _ in range(5):
            before = self.metadata()
            wanted = {**{name: value for name, value in before.items() if name not in gone}, **add}
            if wanted == before:
                return
            self._arm.request("PATCH", self._id, {"properties": {"metadata": wanted}}, version=STORAGE)
        raise OperationProblem(f"The metadata of {self.url} is changed by somebody else all the time. Run this again.", UNEXPECTED)

    def _patiently(self, what: str, work: Callable[[], _Result]) -> _Result:
        """403 is asked again until a fresh role assignment must have reached storage; azure-core repeats what it knows to be temporary."""
        waited = 0.0
        while True:
            try:
                return work()
            except ClientAuthenticationError as error:  # 401, and no sign-in
                raise OperationProblem(f"{self.url}: signing in failed while {what}: {_brief(error)}", UNKNOWN) from None
            except HttpResponseError as error:
                if error.status_code != 403:
                    raise OperationProblem(f"{self.url}: {what} failed: {_brief(error)}", UNEXPECTED) from None
                if waited >= ROLE_PATIENCE:
                    raise OperationProblem(
                        f"{self.url}: {what} is not allowed: {_brief(error)}. It takes Storage Blob Data Contributor on the account "
                        "(access.operators gives it), and ten minutes until a new assignment counts.",
                        UNKNOWN,
                    ) from None
                self._say(f"{what}: not allowed yet; a new role assignment can take ten minutes ({waited:.0f} s so far)")
            except AzureError as error:
                raise OperationProblem(f"{self.url}: {what} failed: {_brief(error)}", UNKNOWN) from None
            self._pause(_PAUSE)
            waited += _PAUSE


def _brief(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


__all__ = ["Blob", "PackageContainer"]
