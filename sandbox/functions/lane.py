"""Keeps one process identity running as it is wanted: starts it, restarts it when what it runs as changes, tries again when it fails.

A lane is not a slot: at phase 3 of a swap two lanes change their slots, and nothing restarts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .spec import Keys
from .wanted import Wanted

State = Literal["Starting", "Running", "Error", "Stopped"]
RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Between tries of a start that may go better next time; the last one repeats. The host's own back-off ends at two minutes."""


@dataclass(frozen=True)
class Status:
    """`port` is None while nothing answers. `final`: the app's own fault, not tried again before something changes."""

    state: State
    errors: tuple[str, ...] = ()
    port: int | None = None
    pid: int | None = None
    final: bool = False
    began: float | None = field(default=None, compare=False)
    """By time.monotonic: when its process was started, and not later than it was."""
    functions: tuple[dict[str, Any], ...] = field(default=(), compare=False, repr=False)
    """What its worker has found in the package: `name` and `config`."""


@dataclass(frozen=True)
class Place:
    """Which instance of an app a lane is; a slot of another plan than Flex Consumption has one only."""

    number: int = 1
    runs_timers: bool = True


class NotLaunched(Exception):
    """There is no process to start now. The next try may go better."""


class Startable(Protocol):
    @property
    def pid(self) -> int: ...
    def stop(self, grace: float = ...) -> None: ...
    def kill(self) -> None: ...
    def give_keys(self, keys: Keys) -> None: ...


Reported = Callable[[Any, dict[str, Any] | None], None]
Launch = Callable[["Lane", Wanted, Reported], Startable]


class Lane:
    """`launch` starts a process for what is wanted. It may take a while, and raise NotLaunched. Lanes of one app may share `change`."""

    def __init__(self, name: str, launch: Launch, place: Place | None = None, change: threading.Condition | None = None) -> None:
        self._launch = launch
        self.place = place or Place()
        self._change = change or threading.Condition()
        self._wanted: Wanted | None = None
        self._acted: tuple[Any, ...] | None = None
        self._status = Status("Stopped")
        self._process: Startable | None = None
        self._ending: Startable | None = None
        self._grace: float | None = None
        self._began = 0.0
        self._reports: dict[Any, list[dict[str, Any] | None]] = {}
        self._failures = 0
        self._retry_at: float | None = None
        self._closing = False
        self.starts = 0
        """Processes started so far."""
        self._thread = threading.Thread(target=self._run, name=f"lane {name}", daemon=True)
        self._thread.start()

    @property
    def wanted(self) -> Wanted | None:
        return self._wanted

    @property
    def status(self) -> Status:
        """As of what is wanted now: `Starting` from the moment at which that differs from what runs."""
        with self._change:
            return self._current()

    @property
    def answering(self) -> Status:
        return self.status

    def next_answering(self) -> Status:
        """There is one instance only."""
        return self.status

    def want(self, wanted: Wanted | None) -> None:
        """Returns at once."""
        with self._change:
            self._wanted = wanted
            self._change.notify_all()

    def give_keys(self, keys: Keys) -> None:
        with self._change:
            if self._process is not None:
                self._process.give_keys(keys)

    def wait(self, good: Callable[[Status], bool], timeout: float) -> Status:
        """Until the status is good, the lane is closed, or seconds have passed; the last status."""
        with self._change:
            self._change.wait_for(lambda: good(self._current()) or self._closing, timeout)
            return self._current()

    def serving(self, timeout: float) -> Status:
        """For whoever has a request: waits while the process starts."""
        return self.wait(lambda status: status.state != "Starting", timeout)

    def close(self, grace: float | None = None) -> None:
        """Ends the process. Returns when it is gone. `grace`: seconds for what runs in it; left out, the process's own."""
        with self._change:
            self._closing, self._grace = True, grace
            self._change.notify_all()
        self._thread.join()

    def kill(self) -> None:
        """Ends the process at once, also one that is ending. Returns before it is gone. A lane that is not closing starts another one."""
        with self._change:
            process = self._ending or self._process
            if self._closing:
                self._grace = 0.0
        if process is not None:
            process.kill()

    def _current(self) -> Status:
        return self._status if run_as_of(self._wanted) == self._acted else Status("Starting")

    def _run(self) -> None:
        while (wanted := self._next()) is not _CLOSED:
            self._stop_process()
            if isinstance(wanted, Wanted) and wanted.run_as is not None:
                self._start(wanted)
        self._stop_process()

    def _next(self) -> Wanted | object | None:
        """Waits until there is something to do. What is to run then; None to run nothing."""
        with self._change:
            while True:
                if self._closing:
                    return _CLOSED
                now = time.monotonic()
                if run_as_of(self._wanted) != self._acted:
                    self._failures = 0
                elif self._retry_at is None or now < self._retry_at:
                    self._change.wait(None if self._retry_at is None else self._retry_at - now)
                    continue
                self._acted, self._retry_at = run_as_of(self._wanted), None
                self._set(Status("Stopped" if self._acted is None else "Starting"))
                return self._wanted

    def _start(self, wanted: Wanted) -> None:
        self._began = time.monotonic()
        try:
            process = self._launch(self, wanted, self._reported)
        except NotLaunched as problem:
            with self._change:
                self._failed(Status("Error", (str(problem),)))
            return
        with self._change:
            self._process = process
            self.starts += 1
            self._settle()

    def _stop_process(self) -> None:
        with self._change:
            process, self._process = self._process, None
            self._ending, grace = process, self._grace
            self._reports.clear()
        if process is not None:
            process.stop() if grace is None else process.stop(grace)
            with self._change:
                self._ending = None

    def _reported(self, process: Any, report: dict[str, Any] | None) -> None:
        """May come before the launch has returned: kept until then."""
        with self._change:
            self._reports.setdefault(process, []).append(report)
            self._settle()

    def _settle(self) -> None:
        for report in self._reports.pop(self._process, []) if self._process is not None else []:
            assert self._process is not None
            if report is None:
                self._failed(Status("Error", (f"The process {self._process.pid} ended unexpectedly; its log says more.",)))
            elif report["state"] == "Running":
                self._failures = 0
                found = tuple(report.get("functions", ()))
                self._set(Status("Running", (), report["port"], self._process.pid, began=self._began, functions=found))
            else:
                self._failed(Status("Error", tuple(report["errors"]), report["port"], self._process.pid, report["final"]))

    def _failed(self, status: Status) -> None:
        if not status.final:
            self._retry_at = time.monotonic() + RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
            self._failures += 1
        self._set(status)

    def _set(self, status: Status) -> None:
        self._status = status
        self._change.notify_all()


_CLOSED = object()


def run_as_of(wanted: Wanted | None) -> tuple[Any, ...] | None:
    return None if wanted is None else wanted.run_as
