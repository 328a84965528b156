"""The customers of the demo: they place orders over HTTP and see what becomes of them, as anybody outside of Azure would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Protocol

SMALL, LARGE = 1_000, 150_000
"""Cents. What is large waits for an approval."""


class Answer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class FrontDoor(Protocol):
    def request(self, slot: str, method: str, path: str, body: Any = None) -> Answer: ...


class Shop:
    """Talks to the addresses of one app; `door` reaches them in the embedded Azure."""

    def __init__(self, door: FrontDoor) -> None:
        self._door = door

    def order(self, number: str, cents: int = SMALL) -> None:
        order = {"id": number, "items": [{"sku": "tea", "quantity": 1, "cents": cents}]}
        self._request("production", "POST", "/api/orders", order)

    def status(self, number: str, slot: str = "production") -> dict[str, Any] | None:
        """What the Durable HTTP API says of an order; None: that slot's task hub does not know it."""
        answer = self._door.request(slot, "GET", f"{_INSTANCES}/{number}")
        if answer.status == 404:
            return None
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def suspend(self, number: str) -> None:
        self._request("production", "POST", f"{_INSTANCES}/{number}/suspend?reason=customer+asked")

    def resume(self, number: str) -> None:
        self._request("production", "POST", f"{_INSTANCES}/{number}/resume?reason=customer+asked")

    def approve(self, number: str) -> None:
        self._request("production", "POST", f"{_INSTANCES}/{number}/raiseEvent/Approval", True)

    def wait_for(
        self, number: str, told: Callable[[dict[str, Any]], bool], slot: str = "production", *, timeout: float = 60
    ) -> dict[str, Any]:
        """Until an order's status is as `told` says. Raises TimeoutError with what it is after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            found = self.status(number, slot)
            if found is not None and told(found):
                return found
            if time.monotonic() > deadline:
                raise TimeoutError(f"order {number} in {slot}: {found}")
            time.sleep(0.2)

    def _request(self, slot: str, method: str, path: str, body: Any = None) -> None:
        answer = self._door.request(slot, method, path, body)
        if answer.status != 202:
            raise RuntimeError(f"{method} {path} of {slot} answered {answer.status}: {answer.body.decode(errors='replace')[:500]}")


_INSTANCES = "/runtime/webhooks/durabletask/instances"
