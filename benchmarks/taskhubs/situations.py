"""What may be going on in a hub of many ended instances, and whether it is drained then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from .emulator import Emulator
from .paging_server import PagingServer
from .rows import row

LAST = "zz-the-last-one"
"""Behind all ids that Durable Functions makes: where a scan comes to last."""


@dataclass(frozen=True)
class Situation:
    name: str
    drained: bool
    row: dict[str, Any] | None = None
    message: bool = False


NONE = Situation("none active", True)
ONE = Situation("one active", False, row(LAST, "Running"))
SITUATIONS = (
    NONE,
    ONE,
    Situation("one Suspended", False, row(LAST, "Suspended")),
    Situation("one ContinuedAsNew", False, row(LAST, "ContinuedAsNew")),
    Situation("a start whose row is not written yet", False, message=True),
    Situation("an entity and nothing else", True, row("@counter@a", "Running")),
)


class Stage(Protocol):
    def put(self, row: dict[str, Any]) -> None: ...
    def remove(self, row: dict[str, Any]) -> None: ...
    def send(self) -> None: ...
    def clear(self) -> None: ...


@contextmanager
def played(situation: Situation, stage: Stage) -> Iterator[None]:
    if situation.row is not None:
        stage.put(situation.row)
    if situation.message:
        stage.send()
    try:
        yield
    finally:
        stage.clear()
        if situation.row is not None:
            stage.remove(situation.row)


@dataclass(frozen=True)
class OnAzurite:
    emulator: Emulator

    def put(self, row: dict[str, Any]) -> None:
        with self.emulator.tables() as service:
            service.get_table_client("OrdersInstances").upsert_entity(row)

    def remove(self, row: dict[str, Any]) -> None:
        with self.emulator.tables() as service:
            service.get_table_client("OrdersInstances").delete_entity(row["PartitionKey"], row["RowKey"])

    def send(self) -> None:
        with self.emulator.queues() as service:
            service.get_queue_client("orders-control-00").send_message("{}")

    def clear(self) -> None:
        with self.emulator.queues() as service:
            service.get_queue_client("orders-control-00").clear_messages()


@dataclass(frozen=True)
class OnPagingServer:
    server: PagingServer

    def put(self, row: dict[str, Any]) -> None:
        self.server.put("OrdersInstances", row)

    def remove(self, row: dict[str, Any]) -> None:
        rows = self.server.tables["OrdersInstances"]
        rows[:] = [each for each in rows if each["PartitionKey"] != row["PartitionKey"]]

    def send(self) -> None:
        self.server.queues["orders-control-00"] = 1

    def clear(self) -> None:
        self.server.queues["orders-control-00"] = 0


__all__ = ["NONE", "ONE", "SITUATIONS", "OnAzurite", "OnPagingServer", "Situation", "Stage", "played"]
