"""Passes over a task hub until they give a verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from .connecting import Credential
from .finding import Finding, Reason
from .hub import Hub
from .judging import judge
from .leftovers import leftover_timers
from .passing import CLOCK_MARGIN, read
from .reading import Reading
from .sentences import unsettled

SETTLE = 30.0
DEADLINE = 120.0

Unsettled = int | Literal["timers"]
"""Which messages may stay although nothing is active: this many, exactly; or those that History explains, one by one, as leftover timers."""


async def check(
    hub: Hub,
    credential: Credential,
    *,
    settle: float = SETTLE,
    deadline: float = DEADLINE,
    exclude: Sequence[str] = (),
    full: bool = True,
    had_code: bool = True,
    accept_unsettled: Unsettled | None = None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    **client_options: Any,
) -> Finding:
    """The verdict on a hub, within `deadline` seconds. Never raises for what the storage answers, nor for its silence.

    One pass is enough to say BUSY; DRAINED takes two clean ones, `settle` seconds apart, and as many more as it takes to get them.

    `exclude`: names of orchestrators whose instances don't count, such as eternal ones, exactly as written; the finding says how many
    it hid. `full` False stops at the first hit: the verdict is the same, `active` and `by_orchestrator` are what was seen by then, and
    entities are not looked for. `had_code` False: the slot never had a package, so that a missing hub is no mistake.
    `accept_unsettled`: messages that may stay though nothing is active; any other number of them is still UNSETTLED. With `timers`, all of
    them must be timers that ended instances left behind, by the History table; one more pass is made after it was read.
    `client_options`, such as `connection_verify` and `retry_total`, go to every client of azure-data-tables and azure-storage-queue.
    """
    if deadline <= 0 or settle < 0:
        raise ValueError(f"deadline {deadline!r} must be above 0 and settle {settle!r} not below it: both are seconds")
    time_line = _TimeLine(pause)
    readings: list[Reading] = []
    accepted = accept_unsettled if isinstance(accept_unsettled, int) else None
    while True:
        reading = await read(
            hub,
            credential,
            full=full,
            exclude=exclude,
            deadline=deadline - time_line.passed(),
            since=readings[-1].service_time if readings else None,
            now=time_line.now,
            **client_options,
        )
        readings.append(reading)
        finding = judge(readings, settle=settle, exclude=exclude, had_code=had_code, unsettled_accepted=accepted)
        wait = _next_pass(finding, reading, settle)
        if finding.reason is Reason.UNSETTLED:
            finding = await _explained(hub, credential, finding, reading, deadline - time_line.passed(), **client_options)
            if accept_unsettled == "timers" and len(finding.leftover_timers or ()) == reading.messages != accepted:
                accepted, wait = reading.messages, settle
        if wait is None or time_line.passed() + wait >= deadline:
            return finding
        await time_line.wait(wait)


async def _explained(hub: Hub, credential: Credential, finding: Finding, last: Reading, deadline: float, **client_options: Any) -> Finding:
    """With the timers that explain the messages; as it was, if History can't be read in time."""
    if last.service_time is None:
        return finding
    try:
        async with asyncio.timeout(deadline):
            timers = await leftover_timers(hub, credential, last.service_time, **client_options)
    except Exception:  # as in a pass: whatever a storage service answers must not end in more trust, nor in no verdict
        return finding
    return replace(finding, leftover_timers=timers, sentence=unsettled(last, timers))


def _next_pass(finding: Finding, last: Reading, settle: float) -> float | None:
    """Seconds until another pass would tell more; None if it would not."""
    if finding.reason not in (Reason.QUEUED, Reason.DEADLINE) or not last.complete:
        return None
    # What ended just now must lie outside the next pass, or that pass sees it too; the service's dates are cut to seconds.
    return max(settle, CLOCK_MARGIN.total_seconds() + 1) if last.ended_since else settle


class _TimeLine:
    """Moments since the check began. The machine's clock may be set meanwhile: it only gives the beginning.

    `pause` is taken at its word: what it says it has waited has passed. A sleep may end a moment early by another clock, and a test waits
    for nothing.
    """

    def __init__(self, pause: Callable[[float], Awaitable[None]]) -> None:
        self._pause = pause
        self._began, self._start = datetime.now(UTC), time.monotonic()
        self._more = 0.0

    def passed(self) -> float:
        return time.monotonic() - self._start + self._more

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.passed())

    async def wait(self, seconds: float) -> None:
        until = self.passed() + seconds
        await self._pause(seconds)
        self._more += max(0.0, until - self.passed())


__all__ = ["DEADLINE", "SETTLE", "Unsettled", "check"]
