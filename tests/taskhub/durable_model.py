"""Durable Functions as a set of writers whose single writes come one at a time, in any order that the storage would allow.

The order of one writer's writes is that of Azure/durabletask (AzureStorageOrchestrationService.cs, TaskHubClient.cs): a client's start puts
the message, then the row; a turn of an orchestrator puts messages to others, then writes history (of no interest here) and row, and
deletes the message that caused it last; an activity answers before its own message is deleted. A message counts until it is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.taskhubs.paging_server import PagingServer
from benchmarks.taskhubs.rows import row

Writer = Iterator[None]
"""Each `next` is one write."""

ACTIVITY, ACTIVITY_THAT_STARTS, CHILD, DETACHED_CHILD, EVENT, CONTINUE_AS_NEW = DOES = range(6)
"""What an orchestrator may do. All but starting a detached child end its turn: it goes on with the answer, or the event."""


@dataclass(eq=False)
class Orchestration:
    id: str
    does: list[int]
    born: int | None
    """How many looks had begun when a client started it, or the first of its ancestors; None until then."""
    tells: Orchestration | None = None
    """The parent that waits for it."""
    ended: bool = False
    in_turn: bool = False
    inbox: list[str] = field(default_factory=list)


class Model:
    def __init__(self, server: PagingServer, looks: Callable[[], int], ids: Iterator[str]) -> None:
        self._server, self._looks, self._ids = server, looks, ids
        self._all: list[Orchestration] = []
        self._writers: list[Writer] = []
        self._wait_for_event: list[Orchestration] = []

    def client_starts(self, does: list[int]) -> None:
        self._writers.append(self._start(Orchestration(next(self._ids), does, None), by_client=True))

    def active(self, looks: int) -> list[str]:
        """What a reader must have noticed whose last look was number `looks`: active, and of a family that began before it."""
        return [one.id for one in self._all if not one.ended and one.born is not None and one.born < looks]

    def step(self, choice: int) -> None:
        """One write of one of the writers; or a client's event to an instance that waits for one."""
        choice %= max(1, len(self._writers) + len(self._wait_for_event))
        if choice < len(self._writers):
            writer = self._writers[choice]
            if next(writer, "over") == "over":
                self._writers.remove(writer)
        elif self._wait_for_event:
            self._deliver(self._wait_for_event.pop(choice - len(self._writers)), "control-00")

    def run_to_the_end(self) -> None:
        while self._writers or self._wait_for_event:
            self.step(0)

    def _start(self, new: Orchestration, *, by_client: bool) -> Writer:
        new.born = self._looks() if new.born is None else new.born
        self._all.append(new)
        self._deliver(new, "control-01")
        yield
        if by_client and not self._has_row(new):
            self._write(new, "Pending")
            yield

    def _deliver(self, to: Orchestration, queue: str) -> None:
        self._put(queue)
        to.inbox.append(queue)
        self._go_on(to)

    def _go_on(self, one: Orchestration) -> None:
        if one.inbox and not one.in_turn:
            one.in_turn = True
            self._writers.append(self._turn(one, one.inbox.pop(0)))

    def _turn(self, one: Orchestration, message: str) -> Writer:
        step = None
        while one.does and not one.ended:
            step = one.does.pop(0)
            if step in (CHILD, DETACHED_CHILD):
                child = Orchestration(next(self._ids), one.does[1:3], one.born, tells=one if step == CHILD else None)
                yield from self._start(child, by_client=False)
            if step != DETACHED_CHILD:
                break
            step = None
        if step in (ACTIVITY, ACTIVITY_THAT_STARTS):
            self._put("workitems")
            self._writers.append(self._activity(one, starts=step == ACTIVITY_THAT_STARTS))
            yield
        if step == CONTINUE_AS_NEW:
            self._put("control-01")
            one.inbox.append("control-01")
            yield
        if step is None and one.tells is not None and not one.ended:
            self._deliver(one.tells, "control-00")
            yield
        if not one.ended:
            one.ended = step is None
            self._write(one, "Completed" if step is None else "ContinuedAsNew" if step == CONTINUE_AS_NEW else "Running")
            yield
        if step == EVENT:
            self._wait_for_event.append(one)
        one.in_turn = False
        self._delete(message)
        self._go_on(one)
        yield

    def _activity(self, caller: Orchestration, *, starts: bool) -> Writer:
        if starts:
            yield from self._start(Orchestration(next(self._ids), caller.does[1:3], caller.born), by_client=True)
        self._deliver(caller, "control-00")
        yield
        self._delete("workitems")
        yield

    def _put(self, queue: str) -> None:
        self._server.queues[f"orders-{queue}"] += 1

    def _delete(self, queue: str) -> None:
        self._server.queues[f"orders-{queue}"] -= 1

    def _write(self, one: Orchestration, status: str) -> None:
        self._server.put("OrdersInstances", row(one.id, status))

    def _has_row(self, one: Orchestration) -> bool:
        return any(each["PartitionKey"] == one.id for each in self._server.tables["OrdersInstances"])
