"""Verdicts on the hubs of several lines: two clean readings for "drained", and a storage that refuses is unknown for its own line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import taskhub
from functions.router.arm import ArmProblem
from functions.router.lines import LineRow
from functions.router.observing import HubReader, Verdicts
from functions.router.observing.hubs import AT_ONCE
from functions.router.versions import Line
from taskhub import Group, Hub, Instance, Reading
from tests.functions.router.hosting.world import ONE, line_row

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
TWO = Line(2, 0)
CREATED = AT - timedelta(hours=3)
OLDEST = Instance("7", "Order", None, "Running", CREATED, CREATED, "OrdersV1x0")
BUSY = {"active": (Group("Order", None, "Running", 2, OLDEST),)}


@dataclass
class Storage:
    """Readings as a test says, by hub; `taskhub.read` leads here."""

    now: datetime = AT
    says: dict[str, dict[str, Any]] = field(default_factory=dict)
    since: list[datetime | None] = field(default_factory=list)
    together: int = 0
    most: int = 0

    async def read(self, hub: Hub, _credential: Any, *, since: datetime | None = None, **_: Any) -> Reading:
        self.since.append(since)
        self.together += 1
        self.most = max(self.most, self.together)
        await asyncio.sleep(0)
        self.together -= 1
        clean = Reading(hub.name, self.now, self.now, queues={"q": 0}, service_time=self.now, since=since)
        return replace(clean, **self.says.get(hub.name, {}))


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Storage:
    storage = Storage()
    monkeypatch.setattr(taskhub, "read", storage.read)
    return storage


async def hub_of(row: LineRow) -> Hub | None:
    return Hub(row.hub, "https://a.queue", "https://a.table")


def reader(storage: Storage, where: Any = hub_of) -> HubReader:
    return HubReader("credential", where, now=lambda: storage.now)


def look(at: HubReader, *lines: Line, had_code: Callable[[LineRow], bool] = lambda _: True) -> Verdicts:
    return asyncio.run(at.verdicts([line_row(line) for line in lines or (ONE,)], had_code))


def looks(at: HubReader, storage: Storage, *says: dict[str, Any], every: float = 30) -> Sequence[str]:
    """A verdict for each reading of 1.0's hub."""
    found = []
    for one in says:
        storage.says["OrdersV1x0"] = one
        found.append(look(at)[ONE].verdict)
        storage.now += timedelta(seconds=every)
    return found


def test_one_clean_reading_is_not_enough_and_a_second_is(storage: Storage) -> None:
    assert looks(reader(storage), storage, {}, {}, {}) == ["unknown", "drained", "drained"]


def test_a_second_reading_that_comes_too_soon_is_not_enough(storage: Storage) -> None:
    assert looks(reader(storage), storage, {}, {}, {}, every=10) == ["unknown", "unknown", "drained"]


def test_the_readings_after_the_first_ask_for_what_ended_since_that_one(storage: Storage) -> None:
    looks(reader(storage), storage, {}, {}, {})
    assert storage.since == [None, AT, AT]


def test_what_runs_is_told_with_its_number_and_its_oldest(storage: Storage) -> None:
    storage.says["OrdersV1x0"] = BUSY
    found = look(reader(storage))[ONE]
    assert (found.verdict, found.active, found.oldest, found.at, found.any_ever) == ("busy", 2, CREATED, AT, True)
    assert "Order" in found.reason


@pytest.mark.parametrize(
    ("between", "verdict"),
    [
        (BUSY, "busy"),
        ({"ended_since": 1}, "unknown"),
        ({"queues": {"q": 1}}, "busy"),
        ({"failed": "403 no right", "complete": False}, "unknown"),
        ({"complete": False}, "unknown"),
        ({"hub_exists": False, "lacks": "queue 'q'"}, "unknown"),
    ],
)
def test_anything_but_a_clean_reading_begins_the_count_anew(storage: Storage, between: dict[str, Any], verdict: str) -> None:
    assert looks(reader(storage), storage, {}, {}, between, {}, {}) == ["unknown", "drained", verdict, "unknown", "drained"]


def test_a_hub_that_nothing_can_have_made_is_drained_at_once_and_one_that_is_missing_is_unknown(storage: Storage) -> None:
    storage.says["OrdersV1x0"] = {"hub_exists": False, "lacks": "queue 'q'", "traces": False}
    verdicts = [look(reader(storage), had_code=lambda _, had=had: had)[ONE].verdict for had in (False, True)]  # type: ignore[misc]
    assert verdicts == ["drained", "unknown"]


def test_a_line_without_an_account_is_drained_if_it_never_had_code(storage: Storage) -> None:
    async def nowhere(_row: LineRow) -> None:
        return None

    verdicts = [look(reader(storage, nowhere), had_code=lambda _, had=had: had)[ONE].verdict for had in (False, True)]  # type: ignore[misc]
    assert (verdicts, storage.since) == (["drained", "unknown"], [])


def test_a_storage_that_refuses_is_unknown_for_its_own_line(storage: Storage) -> None:
    storage.says["OrdersV1x0"] = {"failed": "403 no right", "status": 403, "complete": False}
    storage.says["OrdersV2x0"] = BUSY
    found = look(reader(storage), ONE, TWO)
    assert (found[ONE].verdict, found[TWO].verdict) == ("unknown", "busy")
    assert "403 no right" in found[ONE].reason


def test_an_account_that_can_not_be_found_out_is_unknown_for_its_own_line(storage: Storage) -> None:
    async def where(row: LineRow) -> Hub | None:
        if row.line == ONE:
            raise ArmProblem(503, "", "busy")
        return await hub_of(row)

    storage.says["OrdersV2x0"] = BUSY
    found = look(reader(storage, where), ONE, TWO)
    assert (found[ONE].verdict, found[ONE].reason) == ("unknown", "its storage account can't be read: 503: busy")
    assert found[TWO].verdict == "busy"


def test_a_mistake_over_one_line_is_unknown_for_that_line_alone(storage: Storage) -> None:
    async def where(row: LineRow) -> Hub | None:
        if row.line == ONE:
            raise KeyError(row.hub)
        return await hub_of(row)

    storage.says["OrdersV2x0"] = BUSY
    found = look(reader(storage, where), ONE, TWO)
    assert (found[ONE].verdict, found[ONE].reason, found[TWO].verdict) == (
        "unknown",
        "its hub can't be read: KeyError: 'OrdersV1x0'",
        "busy",
    )


def test_a_line_that_is_forgotten_begins_anew_and_the_others_do_not(storage: Storage) -> None:
    at = reader(storage)
    look(at, ONE, TWO)
    storage.now += timedelta(seconds=30)
    at.forget(ONE)
    found = look(at, ONE, TWO)
    assert (found[ONE].verdict, found[TWO].verdict) == ("unknown", "drained")


def test_a_few_are_read_side_by_side(storage: Storage) -> None:
    found = look(reader(storage), *(Line(n, 0) for n in range(20)))
    assert (len(found), storage.most) == (20, AT_ONCE)


def leaves(storage: Storage, monkeypatch: pytest.MonkeyPatch, count: int | Exception) -> None:
    async def timers(*_: Any, **__: Any) -> list[str]:
        if isinstance(count, Exception):
            raise count
        return ["timer"] * count

    monkeypatch.setattr(taskhub, "leftover_timers", timers)


def seen(storage: Storage, messages: list[int]) -> list[str]:
    """Verdicts of readings with that many messages, 30 s apart."""
    of = reader(storage)

    async def inside() -> list[str]:
        found: list[str] = []
        for count in messages:
            storage.says["OrdersV1x0"] = {"queues": {"q": count}}
            found.append((await of.verdicts([line_row()], lambda _: True))[ONE].verdict)
            storage.now += timedelta(seconds=30)
        return found

    return asyncio.run(inside())


def test_messages_that_are_all_timers_of_ended_instances_don_t_keep_a_line(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    leaves(storage, monkeypatch, 2)
    assert seen(storage, [2, 2, 2]) == ["unknown", "drained", "drained"]


@pytest.mark.parametrize("explained", [0, 1, 3, TimeoutError()], ids=str)
def test_messages_that_timers_don_t_explain_one_by_one_do(storage: Storage, monkeypatch: pytest.MonkeyPatch, explained: Any) -> None:
    leaves(storage, monkeypatch, explained)
    assert "drained" not in seen(storage, [2, 2, 2])


def test_when_one_of_those_timers_is_due_the_count_of_clean_readings_begins_anew(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    of: list[str] = []
    leaves(storage, monkeypatch, 2)
    of += seen(storage, [2, 2])
    leaves(storage, monkeypatch, 1)
    of += seen(storage, [1, 1])
    assert of == ["unknown", "drained", "unknown", "drained"]
