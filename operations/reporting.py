"""What a command says while it works: a spinner where somebody watches, plain lines in a pipeline, JSON events for machines.

All of it goes to standard error; what a command found goes to standard output. Every long wait says what it waits for and since when.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType, TracebackType
from typing import Any, Self

import typer
from rich.console import Console
from rich.status import Status

from .problem import UNEXPECTED, OperationProblem

REPEAT_EVERY = 60.0
"""Seconds after which a pipeline's log gets another line about the same wait."""


class Reporter:
    """A context manager: Ctrl-C, or a pipeline that cancels, ends in a sentence about the state that is left.

    `clock` is in seconds and only measures; `now` is what waits are shown to have begun by.
    """

    def __init__(
        self,
        *,
        as_json: bool = False,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.as_json = as_json
        self._console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self._clock, self._now = clock, now
        self._status: Status | None = None
        self._last: tuple[str, float] | None = None
        self._standing = "Nothing was changed."
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = _terminate_as_interrupt()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.quiet()
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)
        if isinstance(error, KeyboardInterrupt):
            raise OperationProblem(f"Interrupted. {self._standing}", UNEXPECTED) from None

    def standing(self, sentence: str) -> None:
        """From now on: what is true, and what to do next, if this ends here. Until it is called: "Nothing was changed."."""
        self._standing = sentence

    def say(self, step: str) -> None:
        """A step begins."""
        self._last = None
        if self.as_json:
            self._event("step", text=step)
        elif self._console.is_terminal:
            self._spin(step)
        else:
            self._line(step)

    def note(self, text: str) -> None:
        """Something that has to stay on the screen."""
        if self.as_json:
            self._event("note", text=text)
        else:
            self._line(text)

    def waiting(self, what: str, since: datetime, detail: str = "") -> None:
        """Call it as often as you like: a log gets a line when `what` changes, and then one a minute."""
        text = f"waiting for {what} since {since.astimezone(UTC):%H:%M:%S} UTC ({_age((self._now() - since).total_seconds())})"
        text = f"{text}; {detail}" if detail else text
        if not self.as_json and self._console.is_terminal:
            self._spin(text)
            return
        at = self._clock()
        if self._last is not None and self._last[0] == what and at - self._last[1] < REPEAT_EVERY:
            return
        self._last = (what, at)
        if self.as_json:
            self._event("waiting", what=what, since=since.isoformat(), detail=detail)
        else:
            self._line(text)

    def retrying(self, reason: str, seconds: float) -> None:
        """For clients that wait before another attempt."""
        self.waiting(f"another attempt: {reason}", self._now(), f"in {seconds:.0f} s")

    def result(self, data: Any) -> None:
        """What was found, as JSON on standard output."""
        self.quiet()
        typer.echo(json.dumps(data, indent=2, default=str))

    def print(self, text: str) -> None:
        """What was found, for people, on standard output."""
        self.quiet()
        typer.echo(text)

    def _spin(self, text: str) -> None:
        if self._status is None:
            self._status = self._console.status(text)
            self._status.start()
        else:
            self._status.update(text)

    def quiet(self) -> None:
        """Ends the spinner, so that something may be printed."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _line(self, text: str) -> None:
        self._console.print(f"operations: {text}", markup=False)

    def _event(self, kind: str, **facts: Any) -> None:
        print(json.dumps({"event": kind, "at": self._now().isoformat(), **facts}), file=sys.stderr, flush=True)


def age(since: datetime, now: datetime) -> str:
    """`3 h 20 min`, for people."""
    return _age((now - since).total_seconds())


def _age(seconds: float) -> str:
    whole = max(0, int(seconds))
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{whole} s"


def _terminate_as_interrupt() -> Any:
    """SIGTERM is how a pipeline cancels a step: it ends like Ctrl-C. Only the main thread may say so."""
    try:
        return signal.signal(signal.SIGTERM, _interrupt)
    except ValueError:
        return None


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


__all__ = ["REPEAT_EVERY", "Reporter", "age"]
