"""The starter helper: which version a new instance gets, whatever becomes of the record. And the app's two versions, replayed."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from operations.ramp import Ramp
from operations.versions.ordering import compare
from tests.ordering_cases import NUMBERS_AND_TEXTS

EXAMPLE = Path(__file__).parents[2] / "examples" / "versioned_orders"
IDS = [f"order-{number}" for number in range(2_000)]


@pytest.fixture(scope="module")
def starting() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("starting_of_the_example", EXAMPLE / "starting.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


class Record:
    """The blob: what it holds now, how often it was read, and what goes wrong with it."""

    def __init__(self, **ramp: Any) -> None:
        self.content: bytes | None = json.dumps(ramp).encode() if ramp else None
        self.fails: Exception | None = None
        self.reads = 0
        self.now = 0.0

    async def read(self) -> bytes | None:
        self.reads += 1
        if self.fails is not None:
            raise self.fails
        return self.content

    def says(self, **ramp: Any) -> None:
        self.content = json.dumps(ramp).encode()


Ask = Callable[..., Any]


@pytest.fixture
def helper(starting: ModuleType) -> Ask:
    def made(record: Record, start: str | None = "1.0", newest: str | None = "2.0") -> Any:
        return starting.Starting(start, newest, record.read, lambda: record.now)

    return made


def versions(helper: Any, ids: list[str] = IDS) -> list[str | None]:
    async def ask() -> list[str | None]:
        return [await helper.version_for(id) for id in ids]

    return asyncio.run(ask())


def test_without_a_ramp_every_instance_gets_the_start_version(helper: Ask) -> None:
    assert set(versions(helper(Record()))) == {"1.0"}
    assert set(versions(helper(Record(), start=None))) == {None}


@pytest.mark.parametrize(("percent", "least", "most"), [(0, 0, 0), (10, 150, 250), (50, 900, 1100), (100, 2000, 2000)])
def test_a_ramp_gives_its_share_the_newer_version(helper: Ask, percent: float, least: int, most: int) -> None:
    given = versions(helper(Record(to="2.0", percent=percent)))
    assert set(given) <= {"1.0", "2.0"}
    assert least <= given.count("2.0") <= most


def test_an_instance_that_is_started_again_gets_the_same_version_and_keeps_it_when_the_share_grows(helper: Ask) -> None:
    ten, again, fifty = (versions(helper(Record(to="2.0", percent=percent))) for percent in (10, 10, 50))
    assert ten == again
    assert all(later == "2.0" for before, later in zip(ten, fifty, strict=True) if before == "2.0")


def test_a_version_that_this_package_lacks_is_never_started(helper: Ask) -> None:
    for newest in ("1.0", "1.9.9", None):
        assert set(versions(helper(Record(to="2.0", percent=100), newest=newest))) == {"1.0"}


def test_a_ramp_that_was_left_standing_holds_no_later_version_back(helper: Ask) -> None:
    assert set(versions(helper(Record(to="2.0", percent=100), start="3.0", newest="3.0"))) == {"3.0"}
    assert set(versions(helper(Record(to="2.0", percent=50), start="2.0", newest="3.0"))) == {"2.0"}


def test_the_record_is_read_once_in_thirty_seconds(helper: Ask) -> None:
    record = Record(to="2.0", percent=100)
    one = helper(record)
    assert set(versions(one)) == {"2.0"} and record.reads == 1
    record.says(to="2.0", percent=0)
    record.now = 29.9
    assert set(versions(one)) == {"2.0"} and record.reads == 1
    record.now = 30.0
    assert set(versions(one)) == {"1.0"} and record.reads == 2


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"to": "2.0", "percent": 200}', b'{"to": "2.0"}'])
def test_a_broken_record_leaves_the_last_good_one(helper: Ask, content: bytes) -> None:
    record = Record(to="2.0", percent=100)
    one = helper(record)
    assert versions(one, ["a"]) == ["2.0"]
    record.content, record.now = content, 31.0
    assert versions(one, ["a"]) == ["2.0"] and record.reads == 2


def test_a_storage_that_does_not_answer_leaves_the_last_good_one_and_is_not_asked_at_every_start(helper: Ask) -> None:
    record = Record()
    record.fails = OSError("no route")
    one = helper(record)
    assert set(versions(one)) == {"1.0"} and record.reads == 1
    record.fails, record.now = None, 31.0
    record.says(to="2.0", percent=100)
    assert versions(one, ["a"]) == ["2.0"]


def test_a_record_that_is_gone_is_the_end_of_the_ramp(helper: Ask) -> None:
    record = Record(to="2.0", percent=100)
    one = helper(record)
    assert versions(one, ["a"]) == ["2.0"]
    record.content, record.now = None, 31.0
    assert versions(one, ["a"]) == ["1.0"]


def test_starts_at_the_same_moment_read_once(helper: Ask) -> None:
    record = Record(to="2.0", percent=100)
    one = helper(record)

    async def together() -> list[str | None]:
        return list(await asyncio.gather(*(one.version_for(id) for id in IDS[:50])))

    assert set(asyncio.run(together())) == {"2.0"} and record.reads == 1


def test_the_helper_reads_what_the_command_writes(starting: ModuleType) -> None:
    from datetime import UTC, datetime

    written = Ramp("2.0", 12.5, datetime(2026, 1, 1, tzinfo=UTC), "ann").as_json()
    assert starting.parse(json.dumps(written).encode()) == starting.Ramp("2.0", 12.5)


@pytest.mark.parametrize(("one", "other"), NUMBERS_AND_TEXTS)
def test_the_helper_s_order_is_durable_s(starting: ModuleType, one: str, other: str) -> None:
    assert starting.is_newer(one, other) == (compare(one, other) > 0)


@pytest.mark.filterwarnings("ignore:azure.functions df_loads was called:DeprecationWarning")  # the SDK, of itself
@pytest.mark.parametrize(
    ("version", "scheduled", "carrier"),
    [("1.0", ["ChargeOrder", "ShipOrder"], "post"), ("2.0", ["CheckCustomer", "ChargeOrder", "ShipOrder"], "courier")],
)
def test_one_orchestrator_executes_both_versions(
    load_app: Callable[[str], Any], play: Any, version: str, scheduled: list[str], carrier: str
) -> None:
    app = load_app("versioned_orders")

    def answer(name: str, value: Any) -> Any:
        if name != "ShipOrder":
            return app.function(name)(value)
        child = play(app.function(name), value, version)
        child.work(answer)
        return child.output

    order = play(app.function("ProcessOrder"), {"customer": "ann", "items": [{"quantity": 2, "cents": 450}]}, version)
    order.work(answer)
    shipped = {"version": version, "carrier": carrier}
    assert order.scheduled == scheduled
    assert order.output == {"version": version, "status": "done", "charged_cents": 900, "shipped": shipped}
