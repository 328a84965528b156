"""Verdicts on the task hubs of several lines, side by side: what one storage does not answer is unknown for its line alone.

A hub is clean when two readings say so, the second of which also asked for what ended since the first one began. Readings are remembered between
passes, in this process alone: after a restart it takes one pass more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import taskhub
from taskhub import Hub, Reading

from ..arm import ArmProblem, told
from ..lines import LineRow
from ..planning import Finding
from ..versions import Line

AT_ONCE = 4
DEADLINE = 20.0
"""Seconds for one reading: a slow storage must not hold up the pass."""
SETTLE = 20.0
"""Seconds between two clean readings. The monitor looks each 30 s."""

Verdicts = Mapping[Line, Finding]


@dataclass
class HubReader:
    """`hub_of` tells where a line's hub is, None if it has no place. `options` go to every client of the storage SDKs."""

    credential: Any
    hub_of: Callable[[LineRow], Awaitable[Hub | None]]
    options: Mapping[str, Any] = field(default_factory=dict)
    settle: float = SETTLE
    deadline: float = DEADLINE
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _first: dict[Line, Reading] = field(default_factory=dict)
    """The first of the clean readings in a row."""

    async def verdicts(self, rows: Iterable[LineRow], had_code: Callable[[LineRow], bool]) -> Verdicts:
        """Of these lines. `had_code` False: nothing was ever put there that could have made a hub, so that its absence is no mistake."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(row: LineRow) -> tuple[Line, Finding]:
            async with gate:
                try:
                    return row.line, await self._verdict(row, had_code(row))
                except Exception as error:  # whatever it is, it must be no more than this line's, and never read as "nothing runs"
                    return row.line, Finding("unknown", f"its hub can't be read: {told(error)}", self.now())

        return dict(await asyncio.gather(*(one(row) for row in rows)))

    async def _verdict(self, row: LineRow, had_code: bool) -> Finding:
        asked = self.now()
        try:
            hub = await self.hub_of(row)
        except ArmProblem as problem:
            return Finding("unknown", f"its storage account can't be read: {told(problem)}", asked)
        if hub is None:
            if had_code:
                return Finding("unknown", "its storage account is not there", asked)
            return Finding("drained", "it never had a storage account", asked, active=0)
        first = self._first.get(row.line)
        since = None if first is None else first.service_time
        reading = await taskhub.read(hub, self.credential, full=True, deadline=self.deadline, since=since, now=self.now, **self.options)
        accepted = await self._explained(hub, reading)
        readings = [reading] if first is None else [first, reading]
        finding = taskhub.judge(readings, settle=self.settle, had_code=had_code, unsettled_accepted=accepted)
        self._remember(row.line, first, reading, accepted)
        oldest = finding.oldest.created if finding.oldest is not None else None
        ever = bool(reading.active or reading.entities_total or reading.ended_since)
        return Finding(finding.verdict.value, finding.sentence, reading.started, finding.active, oldest, None, ever)

    async def _explained(self, hub: Hub, reading: Reading) -> int | None:
        """How many messages may stay though nothing is active: all of them, if History explains each as a timer that nobody waits for any more.
        An orchestration that got its event before its deadline would else keep its line until that deadline."""
        if not reading.messages or not _is_whole(reading) or reading.service_time is None:
            return None
        try:
            async with asyncio.timeout(self.deadline):
                timers = await taskhub.leftover_timers(hub, self.credential, reading.service_time, **self.options)
        except Exception:  # as in a reading: whatever the storage answers must not end in more trust
            return None
        return reading.messages if len(timers) == reading.messages else None

    def _remember(self, line: Line, first: Reading | None, last: Reading, accepted: int | None) -> None:
        if not _is_whole(last) or last.messages not in (0, accepted):
            self._first.pop(line, None)
        elif first is None or first.messages not in (0, accepted):
            self._first[line] = last

    def forget(self, line: Line) -> None:
        """Its hub is gone, or begins anew."""
        self._first.pop(line, None)


def _is_whole(reading: Reading) -> bool:
    """Read to its end, and without anything that runs or just ended."""
    return reading.complete and reading.failed is None and reading.hub_exists and not (reading.active or reading.ended_since)


__all__ = ["HubReader", "Verdicts"]
