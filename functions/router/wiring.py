"""One router in one process: its clients, opened at the first use on the worker's own loop, and kept."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from azure.core.exceptions import AzureError
from azure.data.tables.aio import TableClient
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.blob.aio import BlobClient, ContainerClient
from azure.storage.queue import TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient

import taskhub
from taskhub import Hub

from .arm import ArmClient
from .blueprint import Blueprint
from .executing import Context, PassReport, run_pass
from .forwarding import open_session
from .gateway import NamedValue
from .hosting import Apps, AzureData, Backends
from .keeping import StoredRequests, TableStore
from .observing import HubReader
from .settings import WORK_QUEUE, Settings
from .web import BlobPackages, Instances, Known, Operators, Service

LOG = logging.getLogger("durable_deploy.router")
SOONEST, LATEST = 1, 900
"""Seconds until the monitor looks again by itself."""
POKED_EVERY = 2.0
"""Seconds: a hundred first requests need not have it look a hundred times."""


@dataclass
class Router:
    blueprint: Blueprint
    service: Service
    operators: Operators
    context: Context
    work: Poker

    async def look(self) -> PassReport:
        """A pass of the monitor, and the next look where a try will be due before its regular one."""
        report = await run_pass(self.context)
        for line in report.done:
            LOG.info("%s", line)
        if report.problem:
            LOG.error("%s", report.problem)
        if report.again_at is not None:
            seconds = (report.again_at - datetime.now(UTC)).total_seconds()
            await self.work.later(min(max(int(seconds) + 1, SOONEST), LATEST))
        return report


class Poker:
    """Messages into the queue whose trigger is the monitor. Losing one loses half a minute: nothing raises here."""

    def __init__(self, queue: QueueClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._queue, self._clock = queue, clock
        self._quiet_until = 0.0

    async def now(self) -> None:
        at = self._clock()
        if at >= self._quiet_until:
            self._quiet_until = at + POKED_EVERY
            await self.later(0)
        elif self._quiet_until - at <= POKED_EVERY:
            # One more after the pause, which sees whatever came in it.
            self._quiet_until += POKED_EVERY
            await self.later(int(POKED_EVERY) + 1)

    async def later(self, seconds: int) -> None:
        try:
            await self._queue.send_message("look", visibility_timeout=seconds, time_to_live=3600)
        except AzureError as error:
            LOG.warning("the monitor could not be poked (%s); it looks by itself in half a minute", type(error).__name__)


async def read_blueprint(settings: Settings, credential: Any) -> Blueprint:
    """Raises BadBlueprint, and azure.core's AzureError."""
    async with BlobClient.from_blob_url(settings.blueprint_url, credential=credential) as blob:
        return Blueprint.read(await (await blob.download_blob()).readall())


async def open_router(settings: Settings) -> Router:
    credential = ManagedIdentityCredential(client_id=settings.client_id) if settings.client_id else ManagedIdentityCredential()
    blueprint = await read_blueprint(settings, credential)
    stores = blueprint.stores
    table = TableClient(stores.state.table, stores.state_table, credential=credential)
    store = TableStore(table)
    requests = StoredRequests(table, ContainerClient(stores.state.blob, stores.requests_container, credential=credential))
    arm = ArmClient(credential, endpoint=settings.arm_endpoint)
    apps = Apps(blueprint, arm, AzureData(credential))
    backends, session = Backends(apps), open_session()
    # Base64, as the queue trigger reads it unless host.json says otherwise.
    poker = Poker(QueueClient(stores.state.queue, WORK_QUEUE, credential=credential, message_encode_policy=TextBase64EncodePolicy()))
    known = Known(store, blueprint.policy.cache_seconds, _now)
    instances = Instances(blueprint.durable, lambda at, name: TableClient(at, name, credential=credential), apps.hub)
    packages = BlobPackages(
        ContainerClient.from_container_url(stores.packages_url, credential=credential), stores.packages_url, blueprint.durable
    )

    async def purge(hub: Hub, before: datetime) -> None:
        await taskhub.purge(hub, credential, before=before)

    context = Context(
        blueprint,
        store,
        requests,
        apps,
        HubReader(credential, apps.hub),
        session,
        backends.of,
        purge,
        lambda why: LOG.warning("ALARM %s", why),
        gateway=None if blueprint.gateway is None else NamedValue(arm, blueprint.gateway.list_id),
    )
    service = Service(blueprint, store, requests, known, instances, session, backends.of, poker.now, _now)
    operators = Operators(blueprint, store, requests, packages, known, poker.now, _now, settings.principals_are_told)
    return Router(blueprint, service, operators, context, poker)


class Opened:
    """The process's router, made by whoever comes first. A failure is not remembered: the next one tries again."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._router: Router | None = None
        self._opening: asyncio.Lock | None = None

    async def router(self) -> Router:
        if self._router is None:
            self._opening = self._opening or asyncio.Lock()
            async with self._opening:
                if self._router is None:
                    self._router = await open_router(self._settings())
        return self._router


def public_base(blueprint: Blueprint, scheme: str, host: str) -> str:
    """What clients call the router by: as configured, else as this caller did."""
    return (blueprint.http.public_url or f"{scheme}://{host}").rstrip("/")


def _now() -> datetime:
    return datetime.now(UTC)


__all__ = ["Opened", "Poker", "Router", "open_router", "public_base", "read_blueprint"]
