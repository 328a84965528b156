"""Which ramp may be written, and what the record says: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations.ramp import Ramp, RampRefused, next_ramp
from tests.operations.slots.lives import slot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = NOON - timedelta(hours=1)
TEN = Ramp("2.0", 10, EARLIER, "ann")
PRODUCTION = slot("production", "2.0.0", "2.0.0", contains=("2.0",), starts="1.0")


def ramp(before: Ramp | None, to: str | None, percent: float, **production: Any) -> Ramp | None:
    return next_ramp(before, to, percent, replace(PRODUCTION, **production), now=NOON, by="bob")


def test_the_first_step_has_no_history_and_the_next_one_remembers_it() -> None:
    assert ramp(None, "2.0", 10) == Ramp("2.0", 10, NOON, "bob")
    assert ramp(TEN, None, 50) == Ramp("2.0", 50, NOON, "bob", (TEN.step(),))


def test_the_same_again_is_nothing_to_write() -> None:
    assert ramp(TEN, "2.0", 10) is None
    assert ramp(TEN, None, 10) is None


def test_going_back_is_always_allowed_whatever_production_runs_by_now() -> None:
    for production in ({}, {"contains": ()}, {"contains": ("1.0",)}, {"starts": "2.0"}):
        back = ramp(TEN, None, 0, **production)
        assert back is not None and (back.to, back.percent, back.is_over) == ("2.0", 0, True)


@pytest.mark.parametrize(
    ("before", "to", "percent", "production", "said"),
    [
        (None, None, 10, {}, "--to is missing, and there is no ramp whose version it could be."),
        (None, "2.0", 101, {}, "--percent 101: is no share. Give 0 to 100."),
        (None, "2.0", -1, {}, "--percent -1: is no share. Give 0 to 100."),
        (
            None,
            "2.1",
            10,
            {},
            "--to 2.1: production's code is 2.0.0, whose newest version is 2.0. Release the code that has 2.1 first; with "
            "`versioning.start_version` in the configuration clients go on starting what they start now.",
        ),
        (
            None,
            "2.0",
            10,
            {"contains": ()},
            "Production's code (2.0.0) does not say which versions it has, so no client may be told to start 2.0.",
        ),
        (
            None,
            "2.0",
            10,
            {"starts": "2.0"},
            "--to 2.0: every client starts it already. To go up in steps, pin the old version first (`versioning.start_version`) and run "
            "`pulumi up`; to go back, `--percent 0` does nothing here: lower `versioning.start_version`.",
        ),
    ],
)
def test_what_would_tell_clients_something_wrong_is_refused(
    before: Ramp | None, to: str | None, percent: float, production: dict[str, Any], said: str
) -> None:
    with pytest.raises(RampRefused) as caught:
        ramp(before, to, percent, **production)
    assert str(caught.value) == said


def test_an_older_version_is_no_ramp() -> None:
    with pytest.raises(RampRefused, match=r"--to 1\.0: is older than 1\.5, which every client starts"):
        ramp(None, "1.0", 10, starts="1.5")


def test_twenty_steps_are_kept() -> None:
    found: Ramp | None = None
    for percent in range(1, 31):
        found = ramp(found, "2.0", percent)
    assert found is not None
    assert [step["percent"] for step in found.history] == list(range(10, 30))


def test_a_record_is_read_as_it_was_written_and_a_broken_one_is_none() -> None:
    written = ramp(TEN, None, 12.5)
    assert written is not None
    assert Ramp.read(written.as_json()) == written
    broken: list[Any] = [None, [], {}, {**written.as_json(), "percent": 200}, {**written.as_json(), "since": "noon"}, {"to": "2.0"}]
    assert [Ramp.read(one) for one in broken] == [None] * 6


@pytest.mark.parametrize(("starts", "overtaken"), [(None, False), ("1.0", False), ("2.0", True), ("2.1", True), ("10.0", True)], ids=str)
def test_a_ramp_is_overtaken_when_clients_start_its_version_or_a_newer_one_anyway(starts: str | None, overtaken: bool) -> None:
    assert Ramp("2.0", 80, datetime(2026, 3, 1, 12, tzinfo=UTC), "ann").is_overtaken(starts) is overtaken
