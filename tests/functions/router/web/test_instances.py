"""Whose an id is, what is recorded, and lists over all lines, in the storage emulator."""

from __future__ import annotations

import asyncio
import base64
import itertools
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from azure.core.exceptions import HttpResponseError
from azure.data.tables.aio import TableClient

from benchmarks.taskhubs.emulator import Emulator, emulator
from benchmarks.taskhubs.rows import row as instance_row
from functions.router.blueprint import Durable
from functions.router.lines import LineRow, State
from functions.router.web.instances import BadList, Instances
from taskhub import Hub
from taskhub.instance import escape_key
from tests.functions.router.hosting.world import blueprint
from tests.functions.router.planning.worlds import line, row

pytestmark = pytest.mark.azurite

ONE, TWO = line("1.0"), line("2.0")
ROWS = (row("1.0", State.DRAINING), row("2.0", State.ACTIVE))
_names = itertools.count(1)
Scene = Callable[[Instances], Awaitable[Any]]


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    with emulator(tmp_path_factory.mktemp("instances"), {}) as running:
        yield running


class Stores:
    """The Instances tables of lines, shared or one for each."""

    def __init__(self, azurite: Emulator, *, shared: bool) -> None:
        self._azurite, self.prefix = azurite, f"T{next(_names)}"
        changes = {"tracking": "shared" if shared else "per_line", "tracking_prefix": self.prefix}
        self.durable: Durable = blueprint().durable.model_copy(update=changes)
        self.shared = shared
        self.reads = 0

    def hub(self, of: LineRow) -> str:
        return f"{self.prefix}{of.hub}"

    def rows(self) -> tuple[LineRow, ...]:
        return tuple(replace(one, hub=self.hub(one)) for one in ROWS)

    def put(self, of: LineRow, id: str, status: str, **columns: Any) -> None:
        table = f"{self.prefix if self.shared else self.hub(of)}Instances"
        with self._azurite.tables() as service:
            service.create_table_if_not_exists(table)
            with service.get_table_client(table) as client:
                client.upsert_entity({**instance_row(id, status, hub=self.hub(of), **columns), "PartitionKey": escape_key(id)})

    def run(self, work: Scene) -> Any:
        text = self._azurite.connection_string()

        def opened(_endpoint: str, name: str) -> TableClient:
            self.reads += 1
            return TableClient.from_connection_string(text, name, **self._azurite.client_options)

        async def hub_of(of: LineRow) -> Hub | None:
            return Hub.from_connection_string(text, of.hub)

        async def inside() -> Any:
            instances = Instances(self.durable, opened, hub_of)
            try:
                return await work(instances)
            finally:
                await instances.close()

        return asyncio.run(inside())


@pytest.fixture(params=[True, False], ids=["shared", "per line"])
def stores(request: pytest.FixtureRequest, azurite: Emulator) -> Stores:
    return Stores(azurite, shared=request.param)


def test_an_id_is_found_in_the_line_that_owns_it(stores: Stores) -> None:
    stores.put(ROWS[0], "tea", "Running")
    stores.put(ROWS[1], "cup", "Completed")

    async def scene(instances: Instances) -> Any:
        rows = stores.rows()
        return await instances.owner("tea", rows), await instances.owner("cup", rows), await instances.owner("jug", rows)

    assert stores.run(scene) == (ONE, TWO, None)


def test_a_table_that_no_app_has_made_yet_knows_nothing(stores: Stores) -> None:
    async def scene(instances: Instances) -> Any:
        rows = stores.rows()
        return await instances.owner("tea", rows), await instances.page("", None, rows, None)

    assert stores.run(scene) == (None, ([], None))


def test_an_owner_is_remembered_for_a_while_and_its_status_never(stores: Stores) -> None:
    stores.put(ROWS[0], "tea", "Running")

    async def scene(instances: Instances) -> Any:
        rows = stores.rows()
        before = (await instances.owner("tea", rows), (await instances.find("tea", rows)).is_active)  # type: ignore[union-attr]
        stores.put(ROWS[0], "tea", "Completed")
        return before, (await instances.owner("tea", rows), (await instances.find("tea", rows)).is_active)  # type: ignore[union-attr]

    assert stores.run(scene) == ((ONE, True), (ONE, False))


def test_an_owner_is_asked_for_again_once_its_id_was_used_anew(stores: Stores) -> None:
    """An event for the new instance would reach the old one's app."""
    stores.put(ROWS[0], "tea", "Completed")

    async def scene(instances: Instances) -> Any:
        rows = stores.rows()
        before = await instances.owner("tea", rows)
        free = await instances.elsewhere("tea", TWO, rows)
        stores.put(ROWS[1], "tea", "Running")
        return before, free, await instances.owner("tea", rows)

    assert stores.run(scene) == (ONE, None, TWO)


@pytest.mark.parametrize(("status", "raises"), [(400, False), (404, False), (403, True), (500, True)])
def test_an_id_that_no_table_can_hold_is_nobodys(status: int, raises: bool) -> None:
    """Azure refuses keys beyond 1 KiB with 400 (Microsoft docs, "Understanding the Table service data model"); the emulator takes them."""

    class Table:
        async def get_entity(self, *_: Any, **__: Any) -> Any:
            refusal = HttpResponseError("no")
            refusal.status_code = status
            raise refusal

    async def nowhere(_: LineRow) -> None:
        return None

    instances = Instances(blueprint().durable, lambda *_: Table(), nowhere)  # type: ignore[arg-type]
    asked = instances.owner("x" * 2000, ROWS)
    if raises:
        with pytest.raises(HttpResponseError):
            asyncio.run(asked)
    else:
        assert asyncio.run(asked) is None


def test_ids_of_any_kind_can_be_asked_for(stores: Stores) -> None:
    stores.put(ROWS[0], "other", "Running")
    stores.put(ROWS[1], "more", "Running")

    async def scene(instances: Instances) -> Any:
        rows = stores.rows()
        return [await instances.owner(id, rows) for id in ("x" * 2000, "a\x00b", "", " ")]

    assert stores.run(scene) == [None] * 4


def test_an_id_that_is_active_in_another_line_is_told(stores: Stores) -> None:
    stores.put(ROWS[0], "tea", "Running")
    stores.put(ROWS[0], "cup", "Completed")

    async def scene(instances: Instances) -> Any:
        rows = stores.rows()
        return [await instances.elsewhere(id, of, rows) for id, of in (("tea", TWO), ("tea", ONE), ("cup", TWO), ("jug", TWO))]

    assert stores.run(scene) == [ONE, None, None, None]


def token(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode()


def listed(stores: Stores, query: str = "", of: Any = None) -> list[list[tuple[str, str]]]:
    """Pages of id and line."""

    async def scene(instances: Instances) -> Any:
        pages, token = [], None
        while True:
            found, token = await instances.page(query, token, stores.rows(), of)
            pages.append([(one.as_status()["instanceId"], str(one.line)) for one in found])
            if token is None:
                return pages

    found: list[list[tuple[str, str]]] = stores.run(scene)
    return found


def test_instances_of_all_lines_are_listed_page_by_page_without_entities(stores: Stores) -> None:
    for n in range(3):
        stores.put(ROWS[0], f"a{n}", "Running")
        stores.put(ROWS[1], f"b{n}", "Completed")
    stores.put(ROWS[0], "@counter@1", "Running")
    pages = listed(stores, "top=2")
    assert all(len(page) <= 2 for page in pages)
    assert sorted(one for page in pages for one in page) == [
        *((f"a{n}", "1.0") for n in range(3)),
        *((f"b{n}", "2.0") for n in range(3)),
    ]


def test_a_list_is_filtered_as_durables_own(stores: Stores) -> None:
    stores.put(ROWS[0], "a1", "Running")
    stores.put(ROWS[1], "a2", "Completed")
    stores.put(ROWS[1], "b1", "Failed")
    assert listed(stores, "runtimeStatus=Completed,Failed") == [[("a2", "2.0"), ("b1", "2.0")]]
    assert [one for page in listed(stores, "instanceIdPrefix=a") for one in page] == [("a1", "1.0"), ("a2", "2.0")]
    assert [one for page in listed(stores, "", TWO) for one in page] == [("a2", "2.0"), ("b1", "2.0")]


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("runtimeStatus=Done", None),
        ("top=0", None),
        ("top=1001", None),
        ("top=many", None),
        ("top=" + "9" * 5000, None),
        ("createdTimeFrom=noon", None),
        ("createdTimeFrom=0001-01-01T00:00:00%2B23:59", None),
        ("", "not base64!"),
        ("", "WzksIG51bGxd"),
        ("", "e30="),
        ("", token(b'[0, "x"]')),
        ("", token(b'[0, {"PartitionKey": 5}]')),
        ("", token(b"[" * 20_000)),
    ],
    ids=lambda given: repr(given)[:40],
)
def test_what_means_nothing_in_a_list_is_refused(azurite: Emulator, query: str, token: str | None) -> None:
    stores = Stores(azurite, shared=True)

    async def scene(instances: Instances) -> Any:
        with pytest.raises(BadList):
            await instances.page(query, token, stores.rows(), None)
        return True

    assert stores.run(scene) is True


@pytest.mark.parametrize("id", ["it's", "a' or PartitionKey ne '", "a/b", "a#b?c"], ids=repr)
def test_ids_can_t_be_read_as_anything_else(azurite: Emulator, id: str) -> None:
    stores = Stores(azurite, shared=True)
    stores.put(ROWS[0], "other", "Running")
    stores.put(ROWS[0], id, "Running")

    async def scene(instances: Instances) -> Any:
        rows = stores.rows()
        found, _ = await instances.page(f"instanceIdPrefix={quote(id, safe='')}", None, rows, None)
        return await instances.owner(id, rows), [one.as_status()["instanceId"] for one in found]

    assert stores.run(scene) == (ONE, [id])
