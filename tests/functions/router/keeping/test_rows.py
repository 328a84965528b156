"""Rows as they are stored, and the one rule: nobody overwrites what somebody else has written. In the storage emulator, and in memory alike."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableClient
from azure.storage.blob.aio import ContainerClient

from benchmarks.taskhubs.emulator import Emulator, emulator
from functions.router.keeping import Answer, Conflict, RequestState, RequestStore, Store, StoredRequest, StoredRequests, TableStore
from functions.router.keeping.entities import line_entity, line_row
from functions.router.lines import LineRow, Pins, State, VersionRow
from functions.router.versions import Line, Version
from tests.functions.router.memory import MemoryRequests, MemoryStore

pytestmark = pytest.mark.azurite

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ONE, TWO = Line(1, 0), Line(1, 10)
ROW = LineRow(ONE, State.PROVISIONING, NOW, "asked for", "orders-1-0", "OrdersV1x0")
FULL = replace(
    ROW.moved(State.DRAINING, NOW, "superseded"),
    host_name="orders-1-0.example.net",
    wanted=Version(1, 0, 3),
    deployed=Version(1, 0, 2),
    attempts=3,
    retry_at=NOW,
    error="no quota",
    clean_since=NOW,
    verdict="busy: 3",
    active=3,
    oldest=NOW,
    judged_at=NOW,
    last_start=NOW,
    retire_forced=True,
    retire_asked=True,
    held=True,
    listed=True,
    delisted_at=NOW,
    gateway_error="it can't be written",
    removing=True,
    purged_at=NOW,
    ever_ran=True,
)
VERSION = VersionRow(Version(1, 0, 3), "https://packages/a.zip", "0" * 64, NOW, "ann")
_names = itertools.count(1)
Open = Callable[[Callable[[Store, RequestStore], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    with emulator(tmp_path_factory.mktemp("rows"), {}) as running:
        yield running


@pytest.fixture(params=["azurite", "memory"])
def kept(request: pytest.FixtureRequest) -> Open:
    """Runs what it is given with an empty state table and an empty request store."""
    if request.param == "memory":
        store, requests = MemoryStore(), MemoryRequests()
        return lambda work: asyncio.run(_of(work(store, requests)))
    running: Emulator = request.getfixturevalue("azurite")
    text, name = running.connection_string(), f"state{next(_names)}"

    async def inside(work: Callable[[Store, RequestStore], Awaitable[Any]]) -> Any:
        async with AsyncExitStack() as stack:
            table = TableClient.from_connection_string(text, name, **running.client_options)
            container = ContainerClient.from_connection_string(text, name, **running.client_options)
            await stack.enter_async_context(table)
            await stack.enter_async_context(container)
            await table.create_table()
            await container.create_container()
            return await work(TableStore(table), StoredRequests(table, container))

    return lambda work: asyncio.run(inside(work))


async def _of(work: Awaitable[Any]) -> Any:
    return await work


async def refused(work: Awaitable[Any]) -> bool:
    try:
        await work
    except Conflict:
        return True
    return False


def test_a_row_is_read_as_it_was_written_whole(kept: Open) -> None:
    async def work(store: Store, _: RequestStore) -> Any:
        saved = await store.save(FULL)
        return saved, await store.line(ONE), await store.lines(), await store.line(TWO)

    saved, one, every, none = kept(work)
    assert (saved, one, every, none) == (FULL, FULL, (FULL,), None)
    assert saved.etag == one.etag != ""


def test_a_row_of_mere_defaults_is_read_as_it_was_written(kept: Open) -> None:
    async def work(store: Store, _: RequestStore) -> Any:
        await store.save(ROW)
        return await store.line(ONE)

    assert kept(work) == ROW


def test_every_field_of_a_row_is_stored() -> None:
    stored = set(line_entity(FULL)) - {"PartitionKey", "RowKey"}
    assert stored == {one.name for one in fields(LineRow)} - {"line", "etag"}


def test_a_row_of_a_router_that_knew_no_gateway_is_read_as_in_no_list() -> None:
    stored = {name: value for name, value in line_entity(FULL).items() if name not in ("listed", "delisted_at", "gateway_error")}
    assert line_row(stored, "e") == replace(FULL, listed=False, delisted_at=None, gateway_error="")


def test_of_two_first_requests_one_makes_the_line(kept: Open) -> None:
    async def work(store: Store, _: RequestStore) -> Any:
        await store.save(ROW)
        return await refused(store.save(replace(ROW, reason="me too"))), await store.line(ONE)

    assert kept(work) == (True, ROW)


def test_of_two_that_have_read_a_row_one_writes_it(kept: Open) -> None:
    async def work(store: Store, _: RequestStore) -> Any:
        first = await store.save(ROW)
        second = await store.save(replace(first, attempts=1))
        late = await refused(store.save(replace(first, attempts=9)))
        third = await store.save(replace(second, attempts=2))
        return late, await store.line(ONE) == third

    assert kept(work) == (True, True)


def test_a_write_whose_answer_was_lost_is_no_conflict() -> None:
    """The client library sends it again, and finds its own row in the way."""

    class Lost(TableStore):
        lost = False

    async def inside() -> LineRow:
        from azure.core.exceptions import ResourceExistsError

        class Table:
            rows: ClassVar[dict[str, Any]] = {}

            async def create_entity(self, entity: dict[str, Any]) -> dict[str, Any]:
                self.rows[entity["RowKey"]] = entity
                raise ResourceExistsError("there")

            async def get_entity(self, partition: str, key: str) -> Any:
                class Entity(dict[str, Any]):
                    metadata: ClassVar[dict[str, str]] = {"etag": "7"}

                return Entity(self.rows[key])

        return await Lost(Table()).save(ROW)  # type: ignore[arg-type]

    saved = asyncio.run(inside())
    assert (saved, saved.etag) == (ROW, "7")


def test_lines_versions_and_pins_are_read_each_by_themselves(kept: Open) -> None:
    async def work(store: Store, _: RequestStore) -> Any:
        await store.save(ROW)
        await store.save(replace(ROW, line=TWO))
        await store.add_version(VERSION)
        empty = await store.pins()
        pinned = await store.save_pins(replace(empty, default=TWO))
        again = await refused(store.save_pins(replace(empty, default=ONE)))
        twice = await refused(store.add_version(replace(VERSION, digest="1" * 64)))
        lines = {row.line for row in await store.lines()}
        found = (await store.pins()).default
        unpinned = await store.save_pins(replace(pinned, default=None))
        return lines, await store.versions(), empty, found, again, twice, unpinned.default, (await store.pins()).default

    assert kept(work) == ({ONE, TWO}, (VERSION,), Pins(), TWO, True, True, None, None)


def request(id: str, minutes: float = 0, **changes: Any) -> StoredRequest:
    made = StoredRequest(
        id=id,
        line=ONE,
        method="POST",
        target="/api/orders?code=secret",
        headers=(("Authorization", "Bearer secret"), ("X-Name", "Zoë".encode().decode("latin-1"))),
        body=b"\x00\n{}\xff",
        instance_id=None,
        at=NOW + timedelta(minutes=minutes),
        expires_at=NOW + timedelta(days=1),
        public_base="https://orders.example.net",
    )
    return replace(made, **changes)


def test_requests_that_wait_come_back_whole_and_oldest_first(kept: Open) -> None:
    async def work(_: Store, requests: RequestStore) -> Any:
        for one in (request("b", 2), request("a", 1), request("c", 0, line=TWO)):
            await requests.put(one)
        return await requests.waiting(ONE), dict(await requests.counts())

    assert kept(work) == ((request("a", 1), request("b", 2)), {ONE: 2, TWO: 1})


def test_a_request_is_claimed_by_one_router_before_it_is_sent(kept: Open) -> None:
    async def work(_: Store, requests: RequestStore) -> Any:
        await requests.put(request("a"))
        (first,), (second,) = await requests.waiting(ONE), await requests.waiting(ONE)
        claimed = await requests.claim(first, NOW)
        late = await refused(requests.claim(second, NOW))
        return claimed.state, claimed.attempts, claimed.body, late, (await requests.counts())[ONE]

    assert kept(work) == (RequestState.FORWARDING, 1, request("a").body, True, 1)


def test_a_request_that_did_not_reach_its_app_waits_again(kept: Open) -> None:
    async def work(_: Store, requests: RequestStore) -> Any:
        await requests.put(request("a"))
        await requests.unclaim(await requests.claim((await requests.waiting(ONE))[0], NOW))
        (again,) = await requests.waiting(ONE)
        return again

    assert kept(work) == request("a", attempts=1, claimed_at=NOW)


def test_an_answered_request_keeps_its_answer_and_nothing_of_its_caller(kept: Open) -> None:
    answer = Answer(202, (("Location", "https://x"),), b"\n\x00done")

    async def work(_: Store, requests: RequestStore) -> Any:
        await requests.put(request("a"))
        claimed = await requests.claim((await requests.waiting(ONE))[0], NOW)
        await requests.finish(claimed, answer)
        late = await refused(requests.finish(claimed, answer))
        return await requests.get("a"), await requests.waiting(ONE), dict(await requests.counts()), late

    found, waiting, counts, late = kept(work)
    assert (waiting, counts, late) == ((), {}, True)
    assert found == request(
        "a", state=RequestState.DONE, attempts=1, claimed_at=NOW, answer=answer, headers=(), body=b"", target="/api/orders"
    )


def test_nothing_that_may_be_a_secret_is_in_the_table(azurite: Emulator) -> None:
    async def inside() -> str:
        text, name = azurite.connection_string(), f"state{next(_names)}"
        async with (
            TableClient.from_connection_string(text, name, **azurite.client_options) as table,
            ContainerClient.from_connection_string(text, name, **azurite.client_options) as container,
        ):
            await table.create_table()
            await container.create_container()
            requests = StoredRequests(table, container)
            await requests.put(request("a"))
            rows = [dict(one) async for one in table.list_entities()]
            claimed = await requests.claim((await requests.waiting(ONE))[0], NOW)
            await requests.finish(claimed, Answer(200, (), b""))
            left = [one.name async for one in container.list_blobs()]
            assert left == ["a.answer"]
            return str(rows)

    assert "secret" not in asyncio.run(inside())


def test_a_claim_whose_answer_was_lost_is_ones_own(azurite: Emulator) -> None:
    """The client library sends it again, and finds its own write in the way. Otherwise the request would wait until nobody knows whether it ran."""

    class Lossy:
        def __init__(self, table: TableClient) -> None:
            self._table = table

        def __getattr__(self, name: str) -> Any:
            return getattr(self._table, name)

        async def update_entity(self, *args: Any, **options: Any) -> Any:
            await self._table.update_entity(*args, **options)
            return await self._table.update_entity(*args, **options)

    async def inside() -> Any:
        text, name = azurite.connection_string(), f"state{next(_names)}"
        async with (
            TableClient.from_connection_string(text, name, **azurite.client_options) as table,
            ContainerClient.from_connection_string(text, name, **azurite.client_options) as container,
        ):
            await table.create_table()
            await container.create_container()
            requests = StoredRequests(Lossy(table), container)  # type: ignore[arg-type]
            await requests.put(request("a"))
            (found,) = await requests.waiting(ONE)
            claimed = await requests.claim(found, NOW)
            late = await refused(requests.claim(found, NOW))
            await requests.finish(claimed, Answer(200, (), b"done"))
            done = await requests.get("a")
            assert done is not None and done.answer is not None
            return late, done.answer.body, [one.name async for one in container.list_blobs()]

    assert asyncio.run(inside()) == (True, b"done", ["a.answer"])


def test_what_a_caller_has_sent_is_deleted_in_time_though_its_row_was_never_written(azurite: Emulator) -> None:
    async def inside() -> Any:
        text, name = azurite.connection_string(), f"state{next(_names)}"
        async with (
            TableClient.from_connection_string(text, name, **azurite.client_options) as table,
            ContainerClient.from_connection_string(text, name, **azurite.client_options) as container,
        ):
            await container.create_container()
            requests = StoredRequests(table, container)
            with pytest.raises(ResourceNotFoundError):
                await requests.put(request("a", expires_at=NOW + timedelta(minutes=5)))
            await table.create_table()
            await requests.put(request("b"))
            left = []
            for minutes in (4, 5):
                await requests.expire(NOW + timedelta(minutes=minutes))
                left.append([one.name async for one in container.list_blobs()])
            return left

    assert asyncio.run(inside()) == [["a", "b"], ["b"]]


def test_what_is_over_is_deleted_and_the_rest_stays(kept: Open) -> None:
    soon = NOW + timedelta(minutes=5)

    async def work(_: Store, requests: RequestStore) -> Any:
        await requests.put(request("a", expires_at=soon))
        await requests.put(request("b"))
        early = await requests.expire(soon - timedelta(seconds=1))
        late = await requests.expire(soon)
        return early, late, await requests.get("a"), [one.id for one in await requests.waiting(ONE)]

    assert kept(work) == (0, 1, None, ["b"])


def test_a_request_that_nobody_knows_is_none(kept: Open) -> None:
    async def work(_: Store, requests: RequestStore) -> Any:
        return await requests.get("0" * 32)

    assert kept(work) is None
