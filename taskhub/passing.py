"""One pass over a task hub: queues first, then the table.

Why in that order. A start puts its message into a control queue and writes its row afterwards; a turn of an orchestrator writes messages to
others, then history and row, and deletes the message that caused it last (Azure/durabletask, AzureStorageOrchestrationService.cs). So an
instance whose message is gone when its queue is read has its row, and the table, which is read later, shows it. The other way round, the
row can be written after the table was read and the message deleted before the queue is.

A row that is terminal when the scan reaches it may have been active when the pass began, and may have started another, of which neither
message nor row was there when its place was read. So a pass that confirms another one (`since`) also asks for rows written since that one
began, by the service's own clock: it stamps every row, and dates its answers. If there are none, whatever was active when this pass began
is active still, and was seen. Neither our clock nor a worker's has a part in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient

from . import filters
from .connecting import Credential, Meter, storage_of
from .hub import Hub
from .instance import COLUMNS, Instance, age, instance_of
from .reading import Group, Reading

CLOCK_MARGIN = timedelta(seconds=2)
"""By which the clocks of the storage services' own machines may differ. Rows written that long before `since` count as written since."""
SHOWN_ENTITIES = 100
_AT_ONCE = 3
"""Queues that are asked side by side: each more costs a TLS handshake, which takes longer than to wait for a connection's turn."""
_FEW = 16
"""Rows of a page that may end at the first of them: a page of a thousand would be read to say "busy"."""


async def read(
    hub: Hub,
    credential: Credential,
    *,
    full: bool,
    exclude: Collection[str] = (),
    deadline: float,
    since: datetime | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    **client_options: Any,
) -> Reading:
    """One pass, of at most `deadline` seconds. Never raises for what the storage answers: it is in `failed`, with `status`.

    `full` counts everything and lists the entities; without it, the pass ends at the first active instance that no name in `exclude`
    hides. `since` is the `service_time` of the pass that this one confirms. `now` only says when the pass was; no decision compares it with a clock of Azure's. `client_options` go to every client.
    """
    seen = _Seen(since=since)
    started = now()
    complete, failed, status = False, None, None
    try:
        async with asyncio.timeout(deadline) as limit:
            async with storage_of(hub, credential, seen.meter, **client_options) as (queues, tables):
                await _read_queues(hub, queues, seen)
                complete = await _read_tables(hub, tables, seen, full=full, exclude=exclude)
    except Exception as problem:
        # Anything at all: an answer that makes no sense breaks wherever it is taken apart, and must not read as "nothing runs".
        if not (isinstance(problem, TimeoutError) and limit.expired()):
            failed, status = _told(problem)
    return seen.reading(hub, started, now(), complete, failed, status)


@dataclass
class _Seen:
    """What a pass has seen so far; also of one that is cut off."""

    queues: dict[str, int] = field(default_factory=dict)
    since: datetime | None = None
    service_time: datetime | None = None
    active: dict[tuple[str, str | None, str], tuple[int, Instance]] = field(default_factory=dict)
    ended_since: int = 0
    entities: list[str] = field(default_factory=list)
    entities_total: int = 0
    lacks: str | None = None
    traces: bool = False
    meter: Meter = field(default_factory=Meter)

    def add(self, instance: Instance) -> None:
        key = (instance.name, instance.version, instance.status)
        count, oldest = self.active.get(key, (0, instance))
        self.active[key] = (count + 1, min(oldest, instance, key=age))

    def add_entity(self, id: str) -> None:
        self.entities_total += 1
        if len(self.entities) < SHOWN_ENTITIES:
            self.entities.append(id)

    def reading(self, hub: Hub, started: datetime, ended: datetime, complete: bool, failed: str | None, status: int | None) -> Reading:
        return Reading(
            hub=hub.name,
            started=started,
            ended=ended,
            queues=self.queues,
            active=tuple(Group(*key, count, oldest) for key, (count, oldest) in self.active.items()),
            service_time=self.service_time,
            since=self.since,
            ended_since=self.ended_since,
            entities=tuple(self.entities),
            entities_total=self.entities_total,
            hub_exists=self.lacks is None,
            lacks=self.lacks,
            traces=self.traces,
            complete=complete,
            failed=failed,
            status=status,
            requests=self.meter.requests,
            bytes=self.meter.bytes,
        )


class _MakesNoSense(ValueError):
    """An answer of a storage service that lacks what it always has."""


async def _read_queues(hub: Hub, service: QueueServiceClient, seen: _Seen) -> None:
    names = hub.own_queues([queue.name async for queue in service.list_queues(name_starts_with=hub.queue_prefix)])
    seen.service_time = seen.meter.first_date
    if seen.service_time is None:
        raise _MakesNoSense("the queue service's answer has no date")
    seen.traces = bool(names)
    if not names:
        seen.lacks = f"queue '{hub.queue_prefix}control-00'"
    gate = asyncio.Semaphore(_AT_ONCE)
    # All are waited for: a request that goes on while its client is being closed fails in its own way.
    counts = await asyncio.gather(*(_messages(service, name, gate) for name in names), return_exceptions=True)
    for name, count in zip(names, counts, strict=True):
        if isinstance(count, BaseException):
            raise count
        seen.queues[name] = count


async def _messages(service: QueueServiceClient, name: str, gate: asyncio.Semaphore) -> int:
    """Never too few, and those invisible or delayed as well (Microsoft docs "Get Queue Metadata")."""
    async with gate, service.get_queue_client(name) as queue:
        count = (await queue.get_queue_properties()).approximate_message_count
    if not isinstance(count, int):
        raise _MakesNoSense(f"the answer for queue '{name}' has no message count")
    return count


async def _read_tables(hub: Hub, service: TableServiceClient, seen: _Seen, *, full: bool, exclude: Collection[str]) -> bool:
    """Whether it was read to its end."""
    wanted = filters.active(hub, entities=full, or_written_since=seen.since - CLOCK_MARGIN if seen.since else None)
    page = None if full or exclude else _FEW
    table = hub.instances
    try:
        hit = await _scan(hub, service, table, wanted, page, seen, full=full, exclude=exclude)
    except ResourceNotFoundError:
        # Azure takes a table's name in any case; Azurite does not.
        found = [each.name async for each in service.list_tables() if each.name.lower() == table.lower()]
        if not found:
            seen.lacks = f"table '{table}'"
            return True
        if found == [table]:
            raise
        hit = await _scan(hub, service, found[0], wanted, page, seen, full=full, exclude=exclude)
    # A shared table is there for other hubs as well.
    seen.traces = seen.traces or hub.tracking is None
    return not hit


async def _scan(
    hub: Hub, service: TableServiceClient, table: str, wanted: str, page: int | None, seen: _Seen, *, full: bool, exclude: Collection[str]
) -> bool:
    """True: stopped at its first hit."""
    async for row in _rows(hub, service, table, wanted, page):
        instance = instance_of(row)
        if instance.is_entity:
            seen.add_entity(instance.id)
        elif instance.is_terminal:
            seen.ended_since += 1
        else:
            seen.add(instance)
            if not full and instance.name not in exclude:
                return True
    return False


async def _rows(hub: Hub, service: TableServiceClient, table: str, wanted: str, page: int | None) -> AsyncIterator[dict[str, Any]]:
    """By item, which follows the continuation of empty pages too: a page ends after 1,000 rows or 5 s, whatever it has found by then
    (Microsoft docs "Query timeout and pagination")."""
    async with service.get_table_client(table) as client:
        async for row in client.query_entities(wanted, select=[*COLUMNS], results_per_page=page):
            if hub.tracking is None or hub.may_be_own(row.get("TaskHubName")):
                yield row


def _told(problem: Exception) -> tuple[str, int | None]:
    """One line; an SDK's message ends in request ids, and may quote a page of HTML."""
    status = problem.status_code if isinstance(problem, HttpResponseError) else None
    text = str(problem).strip().partition("\n")[0][:200].rstrip(" .") or type(problem).__name__
    kind = "" if isinstance(problem, AzureError | _MakesNoSense) else f"{type(problem).__name__}: "
    return f"{status or ''} {kind}{text}".strip(), status


__all__ = ["CLOCK_MARGIN", "SHOWN_ENTITIES", "read"]
