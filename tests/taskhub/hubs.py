"""Task hubs on Azurite for tests, and the few writes that set a stage in one."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, replace
from typing import Any

from azure.data.tables import TableClient
from azure.storage.queue import QueueClient

import taskhub
from benchmarks.taskhubs.emulator import Emulator
from benchmarks.taskhubs.paging_server import PagingServer
from benchmarks.taskhubs.rows import row
from taskhub import Finding, Hub, Instance, Reading

_numbers = itertools.count(1)


async def no_pause(_seconds: float) -> None:
    """For `check`: what it says it has waited has passed."""


@dataclass(frozen=True)
class AzuriteHub:
    azurite: Emulator
    hub: Hub

    @classmethod
    def make(cls, azurite: Emulator, name: str | None = None, partitions: int = 4) -> AzuriteHub:
        name = name or f"Hub{next(_numbers)}"
        azurite.make_queues(name, partitions)
        with azurite.tables() as service:
            for table in ("Instances", "History"):
                service.create_table_if_not_exists(f"{name}{table}")
        return cls(azurite, Hub.from_connection_string(azurite.connection_string(), name))

    def named(self, name: str) -> AzuriteHub:
        return replace(self, hub=replace(self.hub, name=name))

    def put(self, id: str, status: str, **columns: Any) -> None:
        with self.table() as table:
            table.upsert_entity(row(id, status, hub=self.hub.name, **columns))

    def send(self, queue: str = "control-00", **options: Any) -> None:
        with self.queue(queue) as client:
            client.send_message("{}", **options)

    def table(self, name: str | None = None) -> TableClient:
        return self.azurite.tables().get_table_client(name or self.hub.instances)

    def queue(self, name: str) -> QueueClient:
        return self.azurite.queues().get_queue_client(f"{self.hub.queue_prefix}{name}")

    def check(self, **options: Any) -> Finding:
        return asyncio.run(taskhub.check(self.hub, self.key, **{"settle": 30.0, "pause": no_pause, **self._client(), **options}))

    def read(self, *, full: bool = True, **options: Any) -> Reading:
        return asyncio.run(taskhub.read(self.hub, self.key, full=full, **{"deadline": 60.0, **self._client(), **options}))

    def find(self, id: str) -> Instance | None:
        return asyncio.run(taskhub.find_instance(self.hub, self.key, id, **self._client()))

    def list(self, **options: Any) -> list[Instance]:
        async def collect() -> list[Instance]:
            return [each async for each in taskhub.list_instances(self.hub, self.key, **options, **self._client())]

        return asyncio.run(collect())

    @property
    def key(self) -> str:
        return self.azurite.connection_string()

    def _client(self) -> dict[str, Any]:
        return {**self.azurite.client_options, "retry_total": 0}


def check_paging(server: PagingServer, name: str = "Orders", **options: Any) -> Finding:
    hub = Hub.from_connection_string(server.connection_string, name)
    return asyncio.run(taskhub.check(hub, server.connection_string, **{"settle": 30.0, "pause": no_pause, "retry_total": 0, **options}))


def read_paging(server: PagingServer, name: str = "Orders", **options: Any) -> Reading:
    hub = Hub.from_connection_string(server.connection_string, name)
    return asyncio.run(taskhub.read(hub, server.connection_string, **{"full": True, "deadline": 60.0, "retry_total": 0, **options}))
