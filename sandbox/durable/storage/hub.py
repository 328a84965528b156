"""The clients of one hub, and the making of its tables, queues and containers.

Source: durabletask AzureStorageOrchestrationService.cs (CreateAsync, EnsureTaskHubAsync), Storage/AzureStorageClient.cs: with a tracking
store, tables AND blobs are in the tracking account, the partitions table too; only queues stay in the main account.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any, cast

from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableClient, TableServiceClient
from azure.storage.blob import BlobServiceClient, ContainerClient
from azure.storage.queue import QueueClient, QueueServiceClient

from sandbox.durable.options import HubOptions


class Hub:
    """`credential`: a TokenCredential, of azure-core's sync or async kind, or a connection string. `client_options` go to every client."""

    def __init__(self, options: HubOptions, credential: Any, **client_options: Any) -> None:
        self.options = options
        main, tracking = options.connection_string or credential, options.tracking_connection_string or credential
        if options.tracking_table is None:
            tracking = main
        self._tables = _client(TableServiceClient, options.tracking_table or options.table, tracking, client_options)
        self._blobs = _client(BlobServiceClient, options.tracking_blob or options.blob, tracking, client_options)
        self._queues = _client(QueueServiceClient, options.queue, main, client_options)
        self.instances: TableClient = self._tables.get_table_client(options.instances_table)
        self.history: TableClient = self._tables.get_table_client(options.history_table)
        self.partitions: TableClient = self._tables.get_table_client(options.partitions_table)
        self.work_items: QueueClient = self._queues.get_queue_client(options.work_item_queue)
        self.control: list[QueueClient] = [self._queues.get_queue_client(name) for name in options.control_queues]
        self.large_messages: ContainerClient = self._blobs.get_container_client(options.containers[-1])

    def create(self) -> None:
        """What exists stays as it is. A partition has a row from the beginning, without an owner."""
        for table in (self.options.instances_table, self.options.history_table, self.options.partitions_table):
            self._tables.create_table_if_not_exists(table)
        for name in self.options.containers:
            _unless_exists(lambda name=name: self._blobs.create_container(name))
        for queue in (self.work_items, *self.control):
            _unless_exists(queue.create_queue)
        for name in self.options.control_queues:
            row = {"PartitionKey": "", "RowKey": name, "IsDraining": False}
            _unless_exists(lambda row=row: self.partitions.create_entity(row))

    def close(self) -> None:
        for client in (self._tables, self._blobs, self._queues):
            client.close()


def _unless_exists(create: Any) -> None:
    try:
        create()
    except ResourceExistsError:
        pass


def _client(kind: Any, endpoint: str, credential: Any, options: dict[str, Any]) -> Any:
    if isinstance(credential, str):
        return kind.from_connection_string(credential, **options)
    named = {"endpoint": endpoint} if kind is TableServiceClient else {"account_url": endpoint}
    return kind(**named, credential=_sync(credential), **options)


def _sync(credential: Any) -> TokenCredential:
    is_async = inspect.iscoroutinefunction(getattr(credential, "get_token", None))
    return _Blocking(credential) if is_async else cast(TokenCredential, credential)


class _Blocking:
    """A credential of azure.identity.aio for clients that block, on an event loop of its own. Tokens are cached by the clients' policies."""

    def __init__(self, credential: Any) -> None:
        self._credential, self._lock, self._loop = credential, threading.Lock(), asyncio.new_event_loop()

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        with self._lock:
            return cast(AccessToken, self._loop.run_until_complete(self._credential.get_token(*scopes, **options)))
