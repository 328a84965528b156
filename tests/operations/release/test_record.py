"""What a release remembers: transitions, and that a record of another time stops nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations.release.record import Outcome, Record, read_record
from operations.release.steps import Kind, Step

from .worlds import NOW, kept, record, swapped

STAGE = Step(Kind.STAGE, "stage", "staging")


def test_a_step_that_began_and_did_not_end_is_the_one_that_was_killed() -> None:
    begun = record(outcome=None).began(STAGE, NOW)
    assert begun.unfinished == begun.steps[-1]
    assert begun.finished(STAGE, NOW).unfinished is None
    assert begun.over(Outcome.STOPPED, NOW).unfinished is None


def test_a_step_that_is_done_again_has_an_entry_of_its_own() -> None:
    twice = record(outcome=None).began(STAGE, NOW).began(STAGE, NOW + timedelta(seconds=5)).finished(STAGE, NOW + timedelta(seconds=9))
    assert [(one.started, one.ended) for one in twice.steps] == [(NOW, None), (NOW + timedelta(seconds=5), NOW + timedelta(seconds=9))]


@pytest.mark.parametrize(("minutes", "done"), [(3, False), (5, True)], ids=["before the last swap", "after it"])
def test_what_follows_a_swap_counts_only_after_the_last_one(minutes: int, done: bool) -> None:
    found = record(outcome=None, swap=swapped(minutes=4), steps=[kept(Kind.AFTER_SWAP, minutes=minutes)])
    assert found.has_done(Kind.AFTER_SWAP) is done


def test_a_record_comes_back_as_it_was_written() -> None:
    full = record(swap=swapped(), steps=[kept(Kind.STAGE, minutes=1)], gate_passed=NOW)
    assert read_record(full.as_json()) == full


@pytest.mark.parametrize("content", [None, {}, {"owner": "ci"}, {"id": 1}])
def test_what_is_no_record_is_none(content: dict[str, object] | None) -> None:
    assert read_record(content) is None


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert read_record({**record().as_json(), "moon": "full"}) == record()
    assert isinstance(read_record(record().as_json()), Record)
