"""Timer triggers: one thread each, due by NCRONTAB or by an interval, in UTC.

Source: Microsoft docs, "Timer trigger for Azure Functions": six fields with seconds first, five are taken too, a TimeSpan is an interval,
`%SETTING%` names a setting; run_on_startup runs at every start. Left out: the lock that lets one instance alone run a timer (one process
per slot runs here, but during a swap two with one host id may), and the record of missed times (`use_monitor`).
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from azure.functions.timer import TimerRequest
from croniter import croniter  # type: ignore[import-untyped]

from .app import AppFunction
from .invoking import Invoker
from .problem import AppProblem
from .resolving import resolved

_SPAN = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{2}):(?P<seconds>\d{2})")


class Timer:
    """Raises AppProblem for a schedule that is none."""

    def __init__(self, function: AppFunction, invoker: Invoker, settings: Mapping[str, str]) -> None:
        self._function, self._invoker = function, invoker
        self._next = schedule(resolved(function.trigger.schedule, settings))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"timer {function.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def join(self) -> None:
        """A call that runs ends first."""
        self._thread.join()

    def _run(self) -> None:
        if self._function.trigger.run_on_startup:
            self._fire()
        due = self._next(datetime.now(UTC))
        while not self._stopping.wait(max((due - datetime.now(UTC)).total_seconds(), 0.0)):
            self._fire()
            due = self._next(max(due, datetime.now(UTC)))

    def _fire(self) -> None:
        trigger = self._function.trigger
        try:
            self._invoker.call(self._function, {trigger.name: TimerRequest(schedule={"AdjustForDST": True})})
        except Exception:
            logging.getLogger(f"Function.{self._function.name}").exception("Executed 'Functions.%s' (Failed)", self._function.name)


def schedule(text: str) -> Callable[[datetime], datetime]:
    """From a moment to the next time that is due. Raises AppProblem."""
    span = _SPAN.fullmatch(text.strip())
    if span:
        interval = timedelta(**{unit: int(value or 0) for unit, value in span.groupdict().items()})
        return lambda now: now + interval
    fields = text.split()
    expression = text if len(fields) == 6 else f"0 {text}"
    if len(fields) not in (5, 6) or not croniter.is_valid(expression, second_at_beginning=True):
        raise AppProblem(f"The schedule expression '{text}' was not recognized as a valid cron expression or timespan string.")
    return lambda now: _following(expression, now)


def _following(expression: str, now: datetime) -> datetime:
    due: datetime = croniter(expression, now, second_at_beginning=True).get_next(datetime)
    return due
