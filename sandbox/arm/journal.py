"""Every write that reached the store, in order, with what stood there before and after: tests hold invariants against it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Write:
    number: int
    operation: str
    """PUT, PATCH, DELETE, `POST <action>`, or a phase such as `swap 3 of 4: routing`."""
    id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    caller: str
    """Who asked: `provider`, `rest`, `swap`, `sandbox`."""


class Journal:
    def __init__(self) -> None:
        self._writes: list[Write] = []
        self._observers: list[Callable[[Write], None]] = []
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Write]:
        return iter(list(self._writes))

    def __len__(self) -> int:
        return len(self._writes)

    def since(self, number: int) -> list[Write]:
        """The writes after the first `number` ones: take `len(journal)` before an operation, and read it with this afterwards."""
        return self._writes[number:]

    def subscribe(self, observer: Callable[[Write], None]) -> Callable[[], None]:
        """Calls `observer` right after each write, in the writer's thread and outside the store's lock. Returns the way to end it."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def record(self, operation: str, id: str, before: dict[str, Any] | None, after: dict[str, Any] | None, caller: str) -> Write:
        with self._lock:
            write = Write(len(self._writes) + 1, operation, id, before, after, caller)
            self._writes.append(write)
        return write

    def announce(self, write: Write) -> None:
        for observer in list(self._observers):
            observer(write)
