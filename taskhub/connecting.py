"""Clients of the storage services, and a count of what they send and receive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AioHttpTransport
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient

from .hub import Hub, parse_connection_string

Credential = AsyncTokenCredential | str
"""Of azure-identity (aio), or a connection string, of which the account's key or its SAS is taken; endpoints are the hub's."""

RETRIES: dict[str, Any] = {"retry_total": 3, "retry_backoff_factor": 0.5, "initial_backoff": 1, "increment_base": 2}
"""Fewer and sooner than the SDKs' own (tables: ten, up to two minutes apart; queues: after 15 s): whoever asks has a deadline.

The first two are the names of azure-data-tables, the last two those of azure-storage-queue; each ignores the other's.
"""


@dataclass
class Meter:
    """Every attempt counts, a repeated one too."""

    requests: int = 0
    bytes: int = 0
    first_date: datetime | None = None
    """The service's own clock when it gave its first answer."""
    last_status: int | None = None

    def count(self, status: int, date: str | None, body: int) -> None:
        self.bytes += body
        self.last_status = status
        if self.first_date is None and date:
            self.first_date = parsedate_to_datetime(date)


@asynccontextmanager
async def storage_of(
    hub: Hub, credential: Credential, meter: Meter, **options: Any
) -> AsyncIterator[tuple[QueueServiceClient, TableServiceClient]]:
    """The hub's queues, and the account that holds Instances and History: the tracking store's, if there is one."""
    options = {**RETRIES, **options}
    transport = _Metered(meter, **options)
    queues = QueueServiceClient(hub.queue, opening(credential), transport=transport, **options)
    tables = TableServiceClient(hub.tables, credential=_tables_credential(hub, credential), transport=transport, **options)
    async with queues, tables:
        yield queues, tables


@asynccontextmanager
async def tables_of(hub: Hub, credential: Credential, **options: Any) -> AsyncIterator[TableServiceClient]:
    options = {**RETRIES, **options}
    transport = _Metered(Meter(), **options)
    async with TableServiceClient(hub.tables, credential=_tables_credential(hub, credential), transport=transport, **options) as tables:
        yield tables


def _tables_credential(hub: Hub, credential: Credential) -> Any:
    tracking = hub.tracking
    return opening(tracking.connection_string if tracking and tracking.connection_string else credential)


def opening(credential: Credential) -> Any:
    """What a client takes as its credential. Raises ValueError for a connection string without a key and without a SAS."""
    if not isinstance(credential, str):
        return credential
    at = parse_connection_string(credential)
    if "accountname" in at and "accountkey" in at:
        return AzureNamedKeyCredential(at["accountname"], at["accountkey"])
    if "sharedaccesssignature" in at:
        return AzureSasCredential(at["sharedaccesssignature"])
    raise ValueError("The storage connection string has neither an AccountKey nor a SharedAccessSignature.")


class _Metered(AioHttpTransport):  # type: ignore[misc]  # azure-core loads it lazily, so mypy can't see it
    def __init__(self, meter: Meter, **options: Any) -> None:
        super().__init__(**options)
        self._meter = meter
        self._tls: dict[Any, Any] = {}

    async def send(self, request: Any, **options: Any) -> Any:
        self._meter.requests += 1
        response = await super().send(request, **options)
        streamed = options.get("stream", False)
        self._meter.count(response.status_code, response.headers.get("Date"), 0 if streamed else len(response.body()))
        return response

    def _build_ssl_config(self, cert: Any, verify: Any) -> Any:
        """Once. azure-core 1.41.0 reads a CA file (`connection_verify`) for every request, and then uses no connection twice."""
        if (cert, verify) not in self._tls:
            self._tls[cert, verify] = super()._build_ssl_config(cert, verify)
        return self._tls[cert, verify]


__all__ = ["RETRIES", "Credential", "Meter", "opening", "storage_of", "tables_of"]
