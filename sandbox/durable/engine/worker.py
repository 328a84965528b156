"""The loops of one worker: owning partitions, reading their control queues, taking work items. They wait on conditions and never spin.

Three threads, and one more for each activity that runs at the same moment (at most `ACTIVITIES`).
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial

from sandbox.durable.storage.hub import Hub
from sandbox.durable.storage.messages import Messages, Received
from sandbox.durable.storage.partitions import Partitions

from .activities import run_activity
from .control import Control
from .episode import Observe
from .functions import DurableFunctions
from .timings import Timings

ACTIVITIES = 10
"""maxConcurrentActivityFunctions: 10 for each core."""
LOG = logging.getLogger(__name__)


class Bell:
    """Wakes a loop that waits; a ring before the wait counts."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        self._event.set()

    def wait(self, seconds: float) -> None:
        self._event.wait(seconds)
        self._event.clear()


class Worker:
    def __init__(self, hub: Hub, worker_id: str, functions: DurableFunctions, observe: Observe, timings: Timings) -> None:
        self._hub, self._functions, self._observe, self._timings = hub, functions, observe, timings
        self._partitions = Partitions(hub, worker_id, timedelta(seconds=timings.lease))
        self._control, self._messages = Control(hub, functions, observe, timings), Messages(hub)
        self._queues = {queue.queue_name: queue for queue in hub.control}
        self._lock = threading.Lock()
        self._owned: frozenset[str] = frozenset()
        self._reading: str | None = None
        self._stopping = threading.Event()
        self._bells = {"control": Bell(), "work": Bell(), "partitions": Bell()}
        self._running: dict[Future[bool], Received] = {}
        self._pool = ThreadPoolExecutor(ACTIVITIES, thread_name_prefix="durable-activity")
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Owns what is free before it returns."""
        self._balance(stopping=False)
        loops: list[tuple[str, Callable[[], None]]] = [
            ("partitions", self._keep_partitions),
            ("control", self._read_control),
            ("work", self._take_work),
        ]
        self._threads = [threading.Thread(target=loop, name=f"durable-{name}", daemon=True) for name, loop in loops]
        for thread in self._threads:
            thread.start()

    def stop(self, *, graceful: bool) -> None:
        """Graceful: what runs is finished, then the partitions are released. Else everything is left as it is, for others to find.

        An activity that takes longer than `Timings.drain` is not waited for; another worker gets it again.
        """
        self._stopping.set()
        self.wake()
        if not graceful:
            self._pool.shutdown(wait=False, cancel_futures=True)
            return
        for thread in self._threads:
            thread.join()
        wait(self._running, timeout=self._timings.drain)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._release()

    def wake(self) -> None:
        """Look now: something was put into a queue."""
        for bell in self._bells.values():
            bell.ring()

    @property
    def owned(self) -> frozenset[str]:
        """The control queues that it reads."""
        return self._owned

    def _keep_partitions(self) -> None:
        while not self._stopping.is_set():
            self._bells["partitions"].wait(self._timings.balancing)
            if not self._stopping.is_set():
                self._guarded(partial(self._balance, stopping=False))

    def _balance(self, *, stopping: bool) -> None:
        with self._lock:
            drained = frozenset(self._queues) - {self._reading}
        owned, _ = self._partitions.step(datetime.now(UTC), drained=drained, stopping=stopping)
        if owned - self._owned:
            self._bells["control"].ring()
        self._owned = frozenset(owned)

    def _release(self) -> None:
        self._owned = frozenset()
        for _ in range(2):  # the first round says that a queue is drained, the second hands it over
            self._guarded(partial(self._balance, stopping=True))

    def _read_control(self) -> None:
        pause = self._timings.quick
        while not self._stopping.is_set():
            busy = any([self._guarded(partial(self._read, name)) for name in sorted(self._owned)])
            pause = self._timings.quick if busy else min(pause * 2, self._timings.slow)
            if not busy:
                self._bells["control"].wait(pause)

    def _read(self, name: str) -> bool:
        """Handles what one control queue holds now, instance by instance."""
        with self._lock:
            self._reading = name
        try:
            batch = self._messages.receive(self._queues[name], 32, self._timings.visibility) if name in self._owned else []
            by_instance: dict[str, list[Received]] = defaultdict(list)
            for one in batch:
                by_instance[one.message.instance_id].append(one)
            for instance_id, messages in by_instance.items():
                if self._guarded(partial(self._control.handle, instance_id, messages)):
                    self._bells["work"].ring()
            return bool(batch)
        finally:
            with self._lock:
                self._reading = None

    def _take_work(self) -> None:
        pause = self._timings.quick
        while not self._stopping.is_set():
            self._forget_finished()
            free = ACTIVITIES - len(self._running)
            taken = bool(free) and self._guarded(partial(self._take, free))
            self._guarded(self._renew)
            pause = self._timings.quick if taken else min(pause * 2, self._timings.slow)
            if not taken:
                self._bells["work"].wait(pause)

    def _take(self, most: int) -> bool:
        works = self._messages.receive(self._hub.work_items, most, self._timings.visibility)
        for work in works:
            future = self._pool.submit(self._guarded, partial(self._run, work))
            self._running[future] = work
        return bool(works)

    def _run(self, work: Received) -> None:
        run_activity(work, self._functions, self._messages, self._observe)
        self._bells["control"].ring()

    def _forget_finished(self) -> None:
        self._running = {future: work for future, work in self._running.items() if not future.done()}

    def _renew(self) -> None:
        """An activity that takes longer than a message stays invisible keeps its message to itself."""
        for future, work in self._running.items():
            if not future.done():
                work.keep(self._timings.visibility)

    def _guarded(self, call: Callable[[], object]) -> bool:
        """A failure of storage ends no loop: what was not finished comes again."""
        try:
            return bool(call())
        except Exception:
            if not self._stopping.is_set():
                LOG.warning("a turn of the durable worker failed", exc_info=True)
            return False
