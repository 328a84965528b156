"""Faults on demand: fail, delay or drop the next N requests that match, or stop the world before one of them."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .errors import ArmError, ConnectionDropped


@dataclass
class Fault:
    """Fires for requests whose `METHOD path` (lower-cased) matches `matching`, a shell pattern, the first `times` times.

    Exactly one of `status`, `drop`, `garbage`, `delay`, `call` says what happens. `after=True` lets the request be carried out
    first, so that the caller loses the answer and not the effect: what a time-out or a dropped connection does in the worst case.
    """

    matching: str
    times: int = 1
    status: int | None = None
    code: str = "InjectedFault"
    message: str = "a fault that a test asked for"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with `status`, such as Retry-After."""
    drop: bool = False
    garbage: str | None = None
    """Answer 200 with this text instead of the body."""
    delay: Callable[[], None] | None = None
    """Called in the request's thread: block on an event of the test's, never on a clock."""
    call: Callable[[], None] | None = None
    """Called in the request's thread, then the request goes on: a swap in the middle of an update, a SIGKILL before a write."""
    after: bool = False


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, method: str, path: str, *, after: bool) -> str | None:
        """Does what the first matching fault asks for. Returns the text to answer with, if it asked for garbage."""
        fault = self._take(f"{method} {path}".lower(), after)
        if fault is None:
            return None
        for act in (fault.delay, fault.call):
            if act is not None:
                act()
        if fault.drop:
            raise ConnectionDropped(f"{method} {path}: connection reset by peer")
        if fault.status is not None:
            raise ArmError(fault.status, fault.code, fault.message, fault.headers)
        return fault.garbage

    def _take(self, line: str, after: bool) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.after is after and fault.times > 0 and fnmatch.fnmatchcase(line, fault.matching.lower()):
                    fault.times -= 1
                    return fault
        return None
