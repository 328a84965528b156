"""When an update is complete: probes as plain data, and a clock that moves by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from operations.problem import UNKNOWN
from operations.problem import Unknown as UnknownProblem
from operations.rollout.probing import Manner, Probe, is_complete, read_probe, wait_until_rolled

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUIET = timedelta(seconds=10)


def probe(second: float, began: float | None) -> Probe:
    return Probe(NOON + timedelta(seconds=second), None if began is None else NOON + timedelta(seconds=began), f"at {second}")


@pytest.mark.parametrize(
    ("probes", "complete"),
    [
        ([], False),
        ([probe(1, 0.5)], False),
        ([probe(1, 0.5), probe(10, 0.5)], False),
        ([probe(1, 0.5), probe(11, 0.5)], True),
        ([probe(1, -100), probe(2, 1.5), probe(12, 1.5)], True),
        ([probe(1, 0.5), probe(6, -100), probe(11, 0.5)], False),
        ([probe(1, 0.5), probe(6, None), probe(11, 0.5)], False),
        ([probe(1, 0.5), probe(6, -100), probe(7, 0.5), probe(17, 0.5)], True),
        ([probe(1, -0.001), probe(11, 0.5), probe(12, 0.5)], False),
        ([probe(1, 0.5), probe(11, -100)], False),
    ],
)
def test_complete_is_a_quiet_period_in_which_only_younger_processes_answered(probes: list[Probe], complete: bool) -> None:
    assert is_complete(probes, NOON, QUIET) is complete


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def manner(self) -> Manner:
        return Manner(QUIET, 2.0, self.pause, lambda: self.now)

    def pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_it_waits_until_the_last_old_process_has_stopped_answering() -> None:
    clock, old_until = Clock(), NOON + timedelta(seconds=30)
    asked: list[datetime] = []

    def ask(at: datetime) -> Probe:
        asked.append(at)
        old = at < old_until and len(asked) % 3 == 0
        return Probe(at, NOON - timedelta(hours=1) if old else NOON + timedelta(seconds=1))

    wait_until_rolled(ask, NOON, clock.manner())
    assert clock.now >= old_until + QUIET - timedelta(seconds=6)
    assert max(at for index, at in enumerate(asked) if (index + 1) % 3 == 0 and at < old_until) + QUIET <= clock.now


def test_what_is_not_complete_within_the_grace_period_is_unknown_and_says_who_answers() -> None:
    clock = Clock()
    answers: Iterator[datetime] = iter([])

    def ask(at: datetime) -> Probe:
        return Probe(at, next(answers, NOON - timedelta(days=1)))

    with pytest.raises(UnknownProblem) as caught:
        wait_until_rolled(ask, NOON, clock.manner())
    assert caught.value.code == UNKNOWN
    assert str(caught.value) == (
        "Whether every instance has the update of 2026-03-01 12:00:00 UTC isn't known after an hour: 30 of the last 30 answers came from processes older "
        "than it."
    )


def test_an_app_that_does_not_answer_is_unknown_with_its_own_words() -> None:
    clock = Clock()
    with pytest.raises(UnknownProblem, match="after an hour: its host is 'Error'"):
        wait_until_rolled(lambda at: read_probe(at, {"state": "Error"}), NOON, clock.manner())


def test_a_status_says_when_its_process_began_at_the_latest_before_it_was_asked() -> None:
    assert read_probe(NOON, {"state": "Running", "processUptime": 90_500}).began == NOON - timedelta(seconds=90.5)
    for status in (None, [], {}, {"state": "Running"}, {"state": "Offline", "processUptime": 1}):
        assert read_probe(NOON, status).began is None
