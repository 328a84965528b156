"""The storage service on Azurite: real accounts, made and removed while it runs, and their contents by the official clients.

Reaches Azurite directly, with the account's key, not through the proxy: this is Azure's own side of the wall.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.transport import RequestsTransport
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobLeaseClient, BlobServiceClient, ContainerClient, ContentSettings
from azure.storage.queue import QueueServiceClient

from .azurite_process import AzuriteProcess
from .certificate import Certificate
from .service import NoSuchParent


class AzuriteStorage:
    """`directory` holds the accounts with their keys, the log and, unless `in_memory`, the data. `ports` are those of the proxy.

    `inherits`: file descriptors that Azurite holds open for as long as it lives.
    """

    def __init__(
        self,
        directory: Path,
        certificate: Certificate,
        ports: Mapping[str, int],
        *,
        in_memory: bool = False,
        inherits: tuple[int, ...] = (),
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._ports = dict(ports)
        self._file = directory / "accounts.json"
        self._lock = threading.Lock()
        self._accounts: dict[str, list[str]] = json.loads(self._file.read_text()) if self._file.exists() and not in_memory else {}
        self._write_accounts()
        data = None if in_memory else directory / "data"
        self.process = AzuriteProcess(certificate, self._file, directory / "azurite.log", data, inherits=inherits)
        self._transport = RequestsTransport(connection_verify=str(certificate.authority), use_env_settings=False)

    def start(self) -> None:
        self.process.start()
        self._transport.open()

    def stop(self) -> None:
        self._transport.close()
        self.process.stop()

    def endpoints(self, account: str) -> dict[str, str]:
        return {service: f"https://127.0.0.1:{port}/{account}/" for service, port in self._ports.items()}

    def add_account(self, name: str, key1: str, key2: str) -> None:
        with self._lock:
            self._accounts[name] = [key1, key2]
            self._write_accounts()

    def remove_account(self, name: str) -> None:
        if name not in self._accounts:
            return
        for container in [found.name for found in self._blobs(name).list_containers()]:
            self.delete_container(name, container)
        for queue in [found.name for found in self._queues(name).list_queues()]:
            self.delete_queue(name, queue)
        for table in [found.name for found in self._tables(name).list_tables()]:
            self.delete_table(name, table)
        with self._lock:
            self._accounts.pop(name, None)
            self._write_accounts()

    def create_container(self, account: str, container: str) -> None:
        with _existing_is_fine():
            self._blobs(account).create_container(container)

    def delete_container(self, account: str, container: str) -> None:
        if account in self._accounts:
            with _missing_is_fine():
                _delete_container(self._blobs(account).get_container_client(container))

    def put_blob(
        self,
        account: str,
        container: str,
        name: str,
        content: bytes,
        *,
        content_type: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        blob = self._blobs(account).get_blob_client(container, name)
        try:
            blob.upload_blob(content, overwrite=True, metadata=metadata, content_settings=ContentSettings(content_type=content_type))
        except ResourceNotFoundError:
            raise NoSuchParent(f"there is no container {container!r} in storage account {account!r}") from None

    def get_blob(self, account: str, container: str, name: str) -> bytes | None:
        if account in self._accounts:
            with _missing_is_fine():
                return self._blobs(account).get_blob_client(container, name).download_blob().readall()
        return None

    def delete_blob(self, account: str, container: str, name: str) -> None:
        if account in self._accounts:
            with _missing_is_fine():
                self._blobs(account).get_blob_client(container, name).delete_blob(delete_snapshots="include")

    def create_table(self, account: str, table: str) -> None:
        with _existing_is_fine():
            self._tables(account).create_table(table)

    def delete_table(self, account: str, table: str) -> None:
        if account in self._accounts:
            with _missing_is_fine():
                self._tables(account).delete_table(table)

    def has_table(self, account: str, table: str) -> bool:
        return account in self._accounts and any(found.name.lower() == table.lower() for found in self._tables(account).list_tables())

    def create_queue(self, account: str, queue: str) -> None:
        with _existing_is_fine():
            self._queues(account).create_queue(queue)

    def delete_queue(self, account: str, queue: str) -> None:
        if account in self._accounts:
            with _missing_is_fine():
                self._queues(account).delete_queue(queue)

    def has_queue(self, account: str, queue: str) -> bool:
        return account in self._accounts and any(found.name == queue for found in self._queues(account).list_queues(name_starts_with=queue))

    def _blobs(self, account: str) -> BlobServiceClient:
        return BlobServiceClient(self._url("blob", account), credential=self._credential(account), transport=self._transport)

    def _queues(self, account: str) -> QueueServiceClient:
        return QueueServiceClient(self._url("queue", account), credential=self._credential(account), transport=self._transport)

    def _tables(self, account: str) -> TableServiceClient:
        return TableServiceClient(self._url("table", account), credential=self._credential(account), transport=self._transport)

    def _url(self, service: str, account: str) -> str:
        return f"https://127.0.0.1:{self.process.ports[service]}/{account}"

    def _credential(self, account: str) -> AzureNamedKeyCredential:
        try:
            return AzureNamedKeyCredential(account, self._accounts[account][0])
        except KeyError:
            raise NoSuchParent(f"there is no storage account {account!r}") from None

    def _write_accounts(self) -> None:
        """Replaced whole, so that Azurite never reads half a file; readable by nobody else, for it holds keys."""
        aside = self._file.with_suffix(".new")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self._accounts, file)
        os.replace(aside, self._file)


@contextmanager
def _existing_is_fine() -> Iterator[None]:
    try:
        yield
    except ResourceExistsError:
        pass


@contextmanager
def _missing_is_fine() -> Iterator[None]:
    try:
        yield
    except ResourceNotFoundError:
        pass


def _delete_container(container: ContainerClient) -> None:
    """Also a leased one: ARM does not ask for the lease when the account goes."""
    try:
        container.delete_container()
    except HttpResponseError as problem:
        if getattr(problem, "error_code", None) != "LeaseIdMissing":
            raise
        BlobLeaseClient(container).break_lease(lease_break_period=0)
        container.delete_container()
