"""One task hub on a real storage account: workers for it, its rows and queues, and waiting for what must come."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from azure.durable_functions import DFApp
from azure.storage.queue import QueueClient

from sandbox.durable import PATH, DurableExtension, HubOptions, Timings
from sandbox.durable.storage.hub import Hub
from sandbox.durable.storage.messages import Messages, Received
from tests.sandbox.storage.cloud import SOMEBODY, Account

KEY = "system-key"
BASE = "https://orders.azurewebsites.net"
QUICK = Timings(visibility=2, put_off=1, lease=2.0, balancing=0.1, drain=1.0, quick=0.02, slow=0.1)
PATIENCE = 120.0
"""Seconds. What has not come by then is taken not to come."""


def functions_of(app: DFApp) -> dict[str, Any]:
    return {function.get_function_name(): function for function in app.get_functions()}


class TaskHub:
    def __init__(self, account: Account, options: HubOptions) -> None:
        self.account, self.options = account, options
        self.observed: list[dict[str, Any]] = []
        self.workers: list[DurableExtension] = []
        self._hub = Hub(options, account.by_key, connection_verify=str(account.sandbox.ca_bundle))

    def worker(self, app: DFApp, name: str = "worker", *, start: bool = True, credential: Any = None, **options: Any) -> DurableExtension:
        """`options` of the extension; `as_` replaces the hub's own options."""
        extension = DurableExtension(
            options.pop("as_", self.options),
            credential or self.account.as_(SOMEBODY),
            functions_of(app),
            base_url=BASE,
            key=KEY,
            worker_id=name,
            observe=lambda seen: self.observed.append({"worker": name, **seen}),
            connection_verify=str(self.account.sandbox.ca_bundle),
            timings=options.pop("timings", QUICK),
            **options,
        )
        if start:
            extension.start()
            self.workers.append(extension)
        return extension

    def request(self, method: str, path: str, body: Any = None, *, to: DurableExtension | None = None, **headers: str) -> Answer:
        """`path` below the API's base; the key is added. A body is sent as JSON."""
        to = to or self.workers[0]
        content = b"" if body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json", "x-functions-key": KEY, **headers}
        return Answer(*to.handle(method, f"{PATH}/{path}", given, content))

    def start(
        self, name: str, id: str = "i-1", input: Any = None, *, to: DurableExtension | None = None, version: str | None = None
    ) -> None:
        """As the SDK's client does: JSON in JSON."""
        query = f"?version={version}" if version else ""
        body = None if input is None else json.dumps(input)
        answer = self.request("POST", f"orchestrators/{name}/{quote(id)}{query}", body, to=to)
        assert answer.status == 202, answer

    def finished(self, id: str = "i-1") -> dict[str, Any]:
        """Its status, once it has ended."""
        ends = ("Completed", "Failed", "Terminated")
        return until(lambda: status if (status := self.status(id))["runtimeStatus"] in ends else None)

    def status(self, id: str = "i-1") -> dict[str, Any]:
        answer = self.request("GET", f"instances/{quote(id)}")
        return answer.body if answer.body else {"runtimeStatus": None, "customStatus": None}

    def reaches(self, status: str, id: str = "i-1") -> None:
        """A runtime status, or a custom one."""
        until(lambda: status in (self.status(id)["runtimeStatus"], self.status(id)["customStatus"]))

    def instance(self, id: str = "i-1") -> dict[str, Any] | None:
        return next((row for row in self.rows("instances") if row["PartitionKey"] == id), None)

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [dict(row) for row in getattr(self._hub, table).list_entities()]

    def history(self, id: str = "i-1") -> list[dict[str, Any]]:
        return sorted((row for row in self.rows("history") if row["PartitionKey"] == id), key=lambda row: str(row["RowKey"]))

    def events(self, id: str = "i-1") -> list[str]:
        """The recorded events, the sentinel aside."""
        return [row["EventType"] for row in self.history(id) if row["RowKey"] != "sentinel"]

    def queued(self) -> dict[str, int]:
        """Messages by queue, invisible ones included; empty queues are left out."""
        counts = {
            queue.queue_name: queue.get_queue_properties().approximate_message_count for queue in (*self._hub.control, self._hub.work_items)
        }
        return {name: count for name, count in counts.items() if count}

    def take(self, queue: QueueClient | None = None) -> list[Received]:
        """Takes all visible messages out of a queue, or out of all control queues."""
        queues = [queue] if queue else self._hub.control
        return [message for one in queues for message in Messages(self._hub).receive(one, 32, 30)]

    @property
    def raw(self) -> Hub:
        return self._hub

    def executions(self, kind: str, function: str | None = None) -> int:
        return sum(seen["kind"] == kind and function in (None, seen["function"]) for seen in self.observed)

    def close(self) -> None:
        for worker in self.workers:
            worker.stop(graceful=True)
        self._hub.close()


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status, self.headers = status, headers
        self.body: Any = json.loads(content) if content else None

    def __repr__(self) -> str:
        return f"{self.status} {self.body}"


def until(check: Callable[[], Any]) -> Any:
    """The first result of `check` that counts as true."""
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not (result := check()):
        assert time.monotonic() < end, "it did not come"
        pause.wait(0.02)
    return result
