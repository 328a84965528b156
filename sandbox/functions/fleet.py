"""The instances of one Flex Consumption app, each a lane of its own, and the updates that replace them.

Left out: scaling by demand and by function group (every instance runs every function), and the retirement of idle instances.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.web.flex import RECREATE, strategy_of

from .lane import Lane, Launch, Place, Status, run_as_of
from .rollout import BATCH, DRAIN_SECONDS, Rollout, fleet_size
from .spec import Keys
from .wanted import Wanted


@dataclass(frozen=True)
class Instance:
    number: int
    deployment: str | None
    settings: dict[str, str]
    status: Status
    draining: bool


class Fleet:
    """`told` hears of every stage of an update, `gone` of every lane that has ended; both in the fleet's thread or one of its own."""

    def __init__(self, name: str, launch: Launch, told: Callable[[Rollout], None], gone: Callable[[Lane], None]) -> None:
        self._name, self._launch, self._told, self._gone = name, launch, told, gone
        self._change = threading.Condition()
        self._wanted: Wanted | None = None
        self._acted: tuple[Any, ...] | None = None
        self._strategy = RECREATE
        self._live: list[Lane] = []
        self._draining: dict[Lane, threading.Thread] = {}
        self._updating: int | None = None
        self._updates = 0
        self._idle = True
        self._turn = 0
        self._closing = False
        self.lanes: list[Lane] = []
        """All that there have been."""
        self._thread = threading.Thread(target=self._run, name=f"fleet {name}", daemon=True)
        self._thread.start()

    @property
    def wanted(self) -> Wanted | None:
        return self._wanted

    @property
    def starts(self) -> int:
        return sum(lane.starts for lane in self.lanes)

    @property
    def status(self) -> Status:
        """`Starting` while an update is under way; after it that of the first instance that does not run, else of the first."""
        with self._change:
            if self._busy():
                return Status("Starting")
            return next((lane.status for lane in self._live if lane.status.state != "Running"), self.answering)

    @property
    def answering(self) -> Status:
        """Of the first instance that takes requests; of another one if none does."""
        with self._change:
            statuses = [lane.status for lane in self._live]
            answering = [status for status in statuses if status.port is not None]
            return next(iter(self._ready() + answering + statuses), Status("Starting" if self._busy() else "Stopped"))

    @property
    def instances(self) -> list[Instance]:
        with self._change:
            return [
                Instance(lane.place.number, lane.wanted.flex.deployment, lane.wanted.settings, lane.status, lane in self._draining)
                for lane in (*self._live, *self._draining)
                if lane.wanted is not None and lane.wanted.flex is not None
            ]

    def want(self, wanted: Wanted | None) -> None:
        """Returns at once."""
        with self._change:
            self._wanted = wanted
            self._change.notify_all()

    def give_keys(self, keys: Keys) -> None:
        for lane in self.lanes:
            lane.give_keys(keys)

    def serving(self, timeout: float) -> Status:
        """Of an instance to send a request to, by turns: waits while there is none and one is starting."""
        with self._change:
            self._change.wait_for(lambda: self.answering.port is not None or self.answering.state != "Starting" or self._closing, timeout)
        return self.next_answering()

    def next_answering(self) -> Status:
        """As `serving`, for whoever may not wait."""
        with self._change:
            ready = self._ready() or [self.answering]
            self._turn += 1
            return ready[self._turn % len(ready)]

    def wait(self, good: Callable[[Status], bool], timeout: float) -> Status:
        with self._change:
            self._change.wait_for(lambda: good(self.status) or self._closing, timeout)
            return self.status

    def wait_drained(self, timeout: float) -> bool:
        """Until no update is under way and no replaced instance is left."""
        with self._change:
            return self._change.wait_for(lambda: not self._busy() and not self._draining, timeout)

    def close(self) -> None:
        """Ends every instance, those that drain at once."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        self._thread.join()

    def _ready(self) -> list[Status]:
        return [status for status in (lane.status for lane in self._live) if status.state == "Running"]

    def _busy(self) -> bool:
        return run_as_of(self._wanted) != self._acted or not self._idle

    def _run(self) -> None:
        while self._next():
            wanted = self._wanted
            with self._change:
                self._acted = run_as_of(wanted)
            if wanted is None or self._acted is None:
                self._end(self._live, None)
                self._updating = None
            elif not self._live:
                self._strategy = strategy_of(_config(wanted))
                self._fill(wanted)
            else:
                self._update(wanted)
        self._end(self._live, None)
        for lane in list(self._draining):
            lane.kill()
        for thread in list(self._draining.values()):
            thread.join()

    def _next(self) -> bool:
        with self._change:
            self._idle = True
            self._change.notify_all()
            self._change.wait_for(lambda: self._closing or run_as_of(self._wanted) != self._acted)
            self._idle = False
            return not self._closing

    def _update(self, wanted: Wanted) -> None:
        """By the strategy of before: a change of the strategy takes effect at the next update."""
        strategy, self._strategy = self._strategy, strategy_of(_config(wanted))
        self._updates += 1
        under_way, self._updating = self._updating, self._updates
        self._tell(strategy, "begins", overlaps=under_way)
        done = self._recreate(wanted, strategy) if strategy == RECREATE else self._roll(wanted, strategy)
        self._tell(strategy, "complete" if done else "superseded")
        if done:
            self._updating = None

    def _recreate(self, wanted: Wanted, strategy: str) -> bool:
        """Live and draining instances are ended by force: executions in progress too."""
        old = list(self._live)
        for lane in list(self._draining):
            lane.kill()
        self._end(old, 0.0)
        self._fill(wanted)
        self._tell(strategy, "batch", batch=1, of=1, replaced=_numbers(old), started=_numbers(self._live))
        return not self._superseded(wanted)

    def _roll(self, wanted: Wanted, strategy: str) -> bool:
        batches = -(-len(self._old(wanted)) // BATCH)
        for batch in range(1, batches + 1):
            if self._superseded(wanted):
                return False
            leaving = self._old(wanted)[:BATCH]
            coming = [self._start(wanted, runs_timers=lane.place.runs_timers) for lane in leaving]
            for lane in leaving:
                self._drain(lane)
            self._settle(coming, wanted)
            self._tell(strategy, "batch", batch=batch, of=batches, replaced=_numbers(leaving), started=_numbers(coming))
        if self._superseded(wanted):
            return False
        for lane in self._live[fleet_size(_config(wanted)) :]:
            self._drain(lane)
        self._fill(wanted)
        return not self._superseded(wanted)

    def _fill(self, wanted: Wanted) -> None:
        coming = [self._start(wanted, runs_timers=not self._live) for _ in range(fleet_size(_config(wanted)) - len(self._live))]
        self._settle(coming, wanted)

    def _start(self, wanted: Wanted, *, runs_timers: bool) -> Lane:
        number = len(self.lanes) + 1
        lane = Lane(f"{self._name}/{number}", self._launch, Place(number, runs_timers), self._change)
        with self._change:
            self.lanes.append(lane)
            self._live.append(lane)
        lane.want(wanted)
        return lane

    def _settle(self, coming: list[Lane], wanted: Wanted) -> None:
        with self._change:
            self._change.wait_for(lambda: self._superseded(wanted) or all(lane.status.state != "Starting" for lane in coming))

    def _drain(self, lane: Lane) -> None:
        """It takes nothing new; what runs in it may end."""

        def drain() -> None:
            lane.close(DRAIN_SECONDS)
            self._gone(lane)
            with self._change:
                del self._draining[lane]
                self._change.notify_all()

        with self._change:
            self._live.remove(lane)
            self._draining[lane] = threading.Thread(target=drain, name=f"draining {self._name}", daemon=True)
            self._draining[lane].start()

    def _end(self, lanes: list[Lane], grace: float | None) -> None:
        """All at once; returns when they are gone."""
        with self._change:
            ending, self._live = list(lanes), [lane for lane in self._live if lane not in lanes]
        threads = [threading.Thread(target=lane.close, args=(grace,), daemon=True) for lane in ending]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for lane in ending:
            self._gone(lane)

    def _old(self, wanted: Wanted) -> list[Lane]:
        return [lane for lane in self._live if run_as_of(lane.wanted) != wanted.run_as]

    def _superseded(self, wanted: Wanted) -> bool:
        return self._closing or run_as_of(self._wanted) != wanted.run_as

    def _tell(self, strategy: str, stage: Any, **more: Any) -> None:
        assert self._updating is not None
        if not self._closing:
            self._told(Rollout(self._name.partition("/")[0], self._updating, strategy, stage, **more))


def _config(wanted: Wanted) -> dict[str, Any]:
    assert wanted.flex is not None
    return wanted.flex.config


def _numbers(lanes: list[Lane]) -> tuple[int, ...]:
    return tuple(lane.place.number for lane in lanes)
