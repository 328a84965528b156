"""What `status` and `release` tell a person before the next step: one live state, one thing changed per test."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from operations.holder import Holder
from operations.lease import Seen
from operations.live import LastSwap, Live
from operations.status import Kind, Notice, notices
from operations.status.last import Last
from operations.status.noticing import finishing_behind
from operations.updating import Updating
from taskhub import Reason

from .lives import NOON, finding, live

IDLE = Updating(False, "")
OURS = LastSwap(NOON, "staging", "production")
THEIRS = LastSwap(NOON + timedelta(hours=1), "staging", "production")
HOLDER = Holder("ann@runner, run 7", "m", 4711, "1", NOON, "release of 2.0.0")


def told(
    state: Live, last: Last | None = None, *, updating: Updating = IDLE, holder: Holder | None = None, held: bool = False
) -> list[Notice]:
    content: dict[str, Any] = {"last": None if last is None else last.as_json(), "holder": None if holder is None else holder.as_json()}
    return notices(state, Seen(content, held), updating, stack="prod", now=NOON + timedelta(hours=3))


def one(found: list[Notice]) -> Notice:
    assert len(found) == 1, found
    return found[0]


def after(state: Live, at: datetime = NOON) -> Last:
    return Last.now("release of 2.0.0", state, at)


def test_nothing_is_told_of_a_stack_that_is_in_order() -> None:
    assert told(live()) == []
    assert told(live("green", "blue", OURS), after(live("green", "blue", OURS))) == []


def test_what_a_release_left_is_read_back_as_it_was_written() -> None:
    last = after(live("green", "blue", OURS))
    assert Last.read(last.as_json()) == last
    assert [Last.read(broken) for broken in (None, {}, {"what": "swap"}, [], {"what": "a", "ended": "b", "bundles": {}})] == [None] * 5


def test_a_swap_by_somebody_else_is_told_with_its_time_and_what_production_has_now() -> None:
    found = one(told(live("blue", "green", THEIRS), after(live("green", "blue", OURS))))
    assert found == Notice(
        Kind.FOREIGN_SWAP,
        "Since the last release of 2.0.0, 'staging' and 'production' were swapped by other means at 2026-01-01 13:00:00 UTC. "
        "Production has version 1.0.0 now.",
        False,
    )


def test_a_swap_by_somebody_else_that_left_everything_as_it_was_is_told_too() -> None:
    found = one(told(live("green", "blue", THEIRS), after(live("green", "blue", OURS))))
    assert found.kind is Kind.FOREIGN_SWAP
    assert "What is in which slot is as it was" in found.sentence


def test_an_update_that_took_a_swap_back_is_told_apart_from_a_swap() -> None:
    found = one(told(live("blue", "green", OURS), after(live("green", "blue", OURS))))
    assert (found.kind, found.blocks) == (Kind.REVERTED_SWAP, False)
    assert "was undone without a swap" in found.sentence
    assert "'production' held green and holds blue; 'staging' held blue and holds green" in found.sentence


def test_the_first_swap_ever_after_a_release_that_needed_none_is_somebody_elses() -> None:
    assert one(told(live("green", "blue", THEIRS), after(live("blue", "green")))).kind is Kind.FOREIGN_SWAP


def test_without_a_record_nothing_is_said_about_the_past() -> None:
    assert told(live("green", "blue", THEIRS)) == []


def test_a_slot_that_was_added_since_is_no_change() -> None:
    last = after(live("green", "blue", OURS))
    without = replace(last, bundles={"production": "green"})
    assert told(live("green", "blue", OURS), without) == []


@pytest.mark.parametrize(
    ("changes", "kind", "sentence", "blocks"),
    [
        ({"production": {"operation": "77"}}, Kind.SWAPPING, "Azure is swapping slot 'production' now (operation 77)", True),
        (
            {"staging": {"swap_target": "production"}},
            Kind.HALF_SWAP,
            "Slot 'staging' stands in the middle of a swap with preview with 'production'",
            True,
        ),
        ({"staging": {"bundle": "blue", "marker": "blue"}}, Kind.CONTRADICTION, "Slots 'production' and 'staging' name one task hub", True),
        ({"staging": {"stranger": "others"}}, Kind.CONTRADICTION, "'others', which is none of the stack's bundles", True),
        (
            {"staging": {"stack": "PYTHON|3.12"}},
            Kind.STACK_DIFFERS,
            "Slot 'staging' runs on PYTHON|3.12, but its code was made for PYTHON|3.11",
            True,
        ),
        ({"staging": {"state": "Stopped"}}, Kind.STOPPED, "Slot 'staging' is stopped", False),
    ],
)
def test_what_stands_in_the_way_is_told(changes: dict[str, dict[str, Any]], kind: Kind, sentence: str, blocks: bool) -> None:
    found = one([notice for notice in told(live(**changes)) if notice.kind is kind])
    assert sentence in found.sentence
    assert found.blocks is blocks


def test_who_is_at_work_is_told_with_age_and_who_was_killed_at_it_apart() -> None:
    at_work = one(told(live(), holder=HOLDER, held=True))
    assert at_work == Notice(Kind.RUNNING, "At work: ann@runner, run 7 (release of 2.0.0, for 3 h 0 min, process 4711).", True)
    killed = one(told(live(), holder=HOLDER, held=False))
    assert (killed.kind, killed.blocks) == (Kind.LEFT_BEHIND, False)
    assert "began 'release of 2.0.0' 3 h 0 min ago and did not end it" in killed.sentence


@pytest.mark.parametrize("held", [True, False])
def test_the_swap_of_whoever_is_at_work_or_was_killed_at_it_is_nobody_elses(held: bool) -> None:
    state, last = live("blue", "green", THEIRS), after(live("green", "blue", OURS))
    began_before = replace(HOLDER, since=THEIRS.at - timedelta(minutes=5))
    began_later = replace(HOLDER, since=THEIRS.at + timedelta(minutes=5))
    assert [notice.kind for notice in told(state, last, holder=began_before, held=held)] == [Kind.RUNNING if held else Kind.LEFT_BEHIND]
    assert Kind.FOREIGN_SWAP in [notice.kind for notice in told(state, last, holder=began_later, held=held)]


def test_an_update_of_the_stack_is_in_the_way_and_an_unknown_one_is_said() -> None:
    assert one(told(live(), updating=Updating(True, "by ann@host"))).blocks
    unknown = one(told(live(), updating=Updating(None, "the backend s3://x does not tell")))
    assert (unknown.kind, unknown.blocks) == (Kind.UPDATING_UNKNOWN, False)


def test_what_a_version_that_finishes_behind_costs_is_told_of_each_such_slot() -> None:
    findings = {"production": finding(Reason.ACTIVE, active=4), "staging": finding(Reason.ACTIVE, active=2)}
    assert finishing_behind(live("green", "blue", OURS), findings) == [
        Notice(
            Kind.FINISHING_BEHIND,
            "Slot 'staging' (1.0.0) finishes 2 instances outside of production: events and queries for it go to https://staging.example, where "
            "`python -m operations instances` finds each; production's management URLs don't know it. The next swap of that slot restarts its code, "
            "and what was running then is delivered again.",
            False,
        )
    ]


@pytest.mark.parametrize(("reason", "stays"), [(Reason.EMPTY, False), (Reason.UNREADABLE, False), (Reason.ACTIVE, True)])
def test_nothing_is_told_of_a_slot_that_is_drained_or_unknown_or_whose_hub_stays(reason: Reason, stays: bool) -> None:
    state = replace(live("green", "blue", OURS), hubs_stay=stays)
    assert finishing_behind(state, {"staging": finding(reason, active=2)}) == []
