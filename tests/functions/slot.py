"""A running function app, and the task hub of the slot that it thinks it runs in."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.sandbox.storage.cloud import Account

HUB = "ordersTasks"


class App:
    """The running process. `functions` is what it indexes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.functions: dict[str, Any] = self._next()["functions"]

    def ask(self, settings: dict[str, str], method: str = "GET", **params: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"settings": settings, "method": method, "params": {"settle": "0"} | params}) + "\n")
        self._process.stdin.flush()
        return self._next()

    def _next(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the app has ended with {self._process.wait(10)}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@dataclass
class Slot:
    """A task hub in an account of its own, and the settings of the slot that uses it."""

    account: Account
    settings: dict[str, str]
    principal: str

    def make_hub(self, tables: str = HUB, hub: str = HUB) -> None:
        storage = self.account.sandbox.storage
        storage.create_table(self.account.name, f"{tables}Instances")
        storage.create_table(self.account.name, f"{tables}History")
        for queue in ("control-00", "control-01", "workitems"):
            storage.create_queue(self.account.name, f"{hub.lower()}-{queue}")

    def add(self, id: str, status: str, *, name: str = "ProcessOrder", hour: int = 9, hub: str = HUB, tables: str = HUB) -> None:
        created = datetime(2026, 1, 5, hour, tzinfo=UTC)
        row = {"PartitionKey": id, "RowKey": "", "Name": name, "Version": "1.0", "RuntimeStatus": status, "TaskHubName": hub}
        with self.account.tables(self.account.by_key) as client:
            client.get_table_client(f"{tables}Instances").upsert_entity({**row, "CreatedTime": created, "LastUpdatedTime": created})

    def send(self, queue: str, text: str = "{}") -> None:
        with self.account.queues(self.account.by_key) as client:
            client.get_queue_client(queue).send_message(text)
