"""Whether two slots may be swapped, or swapped back: decided from what is live."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from operations.live import LastSwap
from operations.problem import BUSY, UNKNOWN, USAGE, OperationProblem, Unknown
from operations.status.last import Last
from operations.swapping import mismatches, plan_rollback, plan_swap
from operations.swapping.intent import Intent
from operations.swapping.planning import refuse_entities, refuse_verdict
from taskhub import Reason

from .lives import NOON, finding, live

SWAP = LastSwap(NOON, "staging", "production")
DAY = timedelta(hours=24)


def refused(state: Any, source: str = "staging", target: str = "production", **options: Any) -> str:
    with pytest.raises(OperationProblem) as caught:
        plan_swap(state, source, target, stack="prod", **options)
    assert caught.value.code == USAGE
    return str(caught.value)


def test_a_swap_with_production_waits_for_its_hub_and_says_what_changes_places() -> None:
    plan = plan_swap(live(), "staging", "production", stack="prod")
    assert (plan.source, plan.target, plan.gated, plan.touches_production) == ("staging", "production", True, True)
    assert plan.sentences == (
        "wait until task hub 'ordersTasks' of production is drained",
        "swap 'staging' (version 2.0.0, bundle green) with 'production' (version 1.0.0, bundle blue)",
        "check that 'production' then has version 2.0.0 with bundle green, and 'staging' the other",
    )


def test_drain_behind_does_not_wait() -> None:
    assert not plan_swap(live(), "staging", "production", stack="prod", drain_behind=True).gated


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"staging": {"swap_target": "production"}}, "cancel it with --cancel-preview"),
        ({"staging": {"bundle": "blue"}}, "name one task hub"),
        ({"staging": {"stack": "PYTHON|3.12"}}, "Mend it first: pulumi up --stack prod"),
        ({"production": {"state": "Stopped"}}, "Slot 'production' is stopped"),
        ({"staging": {"package": None, "version": None}}, "Slot 'staging' has no code to bring to 'production'"),
    ],
)
def test_what_is_in_the_way_is_said_with_the_way_out(changes: dict[str, dict[str, Any]], sentence: str) -> None:
    assert sentence in refused(live(**changes))


def test_everything_in_the_way_is_said_at_once() -> None:
    text = refused(live(staging={"state": "Stopped", "stack": "PYTHON|3.12"}))
    assert "is stopped" in text and "Mend it first" in text


def test_a_slot_is_not_swapped_with_itself() -> None:
    assert refused(live(), "staging", "staging") == "--slot staging: a slot can't be swapped with itself."


@pytest.mark.parametrize(
    ("reason", "code"),
    [(Reason.ACTIVE, BUSY), (Reason.QUEUED, BUSY), (Reason.UNSETTLED, UNKNOWN), (Reason.NO_HUB, UNKNOWN), (Reason.EMPTY, None)],
)
def test_production_may_leave_only_when_its_hub_is_drained(reason: Reason, code: int | None) -> None:
    if code is None:
        refuse_verdict(finding(reason), live().production, abandon_entities=False)
        return
    with pytest.raises(OperationProblem, match=r"Nothing was swapped. It is so. Wait with --timeout") as caught:
        refuse_verdict(finding(reason), live().production, abandon_entities=True)
    assert caught.value.code == code


def test_entities_would_be_left_behind_and_are_named() -> None:
    some = finding(Reason.EMPTY, entities=("@counter@a", "@counter@b"), entities_total=107)
    with pytest.raises(OperationProblem, match=r"holds 107 entities: '@counter@a', '@counter@b', …"):
        refuse_verdict(some, live().production, abandon_entities=False)
    refuse_verdict(some, live().production, abandon_entities=True)


@pytest.mark.parametrize("reason", [Reason.UNREADABLE, Reason.DEADLINE])
def test_that_a_hub_holds_no_entities_has_to_be_known_also_where_nothing_is_waited_for(reason: Reason) -> None:
    with pytest.raises(Unknown, match="isn't known"):
        refuse_entities(finding(reason), live().production, abandon_entities=False)
    refuse_entities(finding(reason), live().production, abandon_entities=True)
    refuse_entities(finding(Reason.ACTIVE, active=3), live().production, abandon_entities=False)


@pytest.mark.parametrize(
    ("intent", "pair", "done"),
    [
        (Intent(), None, False),
        (Intent("swap", "staging", "production", None), frozenset(("staging", "production")), True),
        (Intent("swap", "staging", "production", NOON - timedelta(seconds=1)), frozenset(("production", "staging")), True),
        (Intent("swap", "staging", "production", NOON), frozenset(("staging", "production")), False),
        (Intent("swap", "staging", "production", None), frozenset(("amber", "production")), False),
        (Intent("swap", "amber", "production", None), frozenset(("amber", "production")), False),
        (Intent("rollback", "staging", "production", None), frozenset(("staging", "production")), False),
    ],
)
def test_a_swap_that_was_asked_for_is_known_to_be_made_by_azures_own_time(intent: Intent, pair: frozenset[str] | None, done: bool) -> None:
    assert intent.is_done(live("green", "blue", SWAP), "swap", pair) is done
    assert Intent.read(intent.as_json()) == intent
    assert Intent.read({"what": "swap"}) == Intent.read(None) == Intent()


def back(state: Any, last: Last | None = None, hours: float = 1) -> Any:
    return plan_rollback(state, last, stack="prod", now=NOON + timedelta(hours=hours), window=DAY)


def test_a_rollback_swaps_production_with_the_slot_of_its_last_swap_and_waits_like_any_swap() -> None:
    plan = back(live("green", "blue", SWAP))
    assert (plan.source, plan.target, plan.gated) == ("staging", "production", True)
    assert plan.sentences[1] == "swap 'staging' (version 1.0.0, bundle blue) with 'production' (version 2.0.0, bundle green)"


@pytest.mark.parametrize(
    ("state", "hours", "sentence"),
    [
        (live("green", "blue"), 1, "Azure remembers no swap of production"),
        (live("green", "blue", SWAP), 24.5, "was 1 d 0 h ago, and the window for going back is 1 d 0 h"),
        (live("green", "blue", SWAP, staging={"package": None, "version": None}), 1, "Slot 'staging' has no code to bring to 'production'"),
    ],
)
def test_a_rollback_is_refused_when_there_is_nothing_or_no_time_to_go_back_to(state: Any, hours: float, sentence: str) -> None:
    with pytest.raises(OperationProblem) as caught:
        back(state, hours=hours)
    assert sentence in str(caught.value)


def test_a_rollback_is_not_rolled_back_by_the_same_command() -> None:
    state = live("green", "blue", SWAP)
    with pytest.raises(OperationProblem, match="was a rollback already"):
        back(state, Last.now("rollback", state, NOON))
    assert back(state, Last("rollback", NOON, NOON - timedelta(hours=2), {})).source == "staging"


def test_after_a_swap_bundle_package_and_runtime_of_both_slots_have_changed_places() -> None:
    assert mismatches(live(), live("green", "blue"), "staging", "production") == []
    assert mismatches(live(), live(), "staging", "production") == [
        "Slot 'production' has bundle blue, not green.",
        "Slot 'production' has package https://pkgs/packages/1.0.0.zip, not https://pkgs/packages/2.0.0.zip.",
        "Slot 'staging' has bundle green, not blue.",
        "Slot 'staging' has package https://pkgs/packages/2.0.0.zip, not https://pkgs/packages/1.0.0.zip.",
    ]
    half = live("green", "blue", production={"stack": "PYTHON|3.12"})
    assert mismatches(live(), half, "staging", "production") == ["Slot 'production' has runtime PYTHON|3.12, not PYTHON|3.11."]


def test_a_rollback_is_refused_when_the_slot_has_another_version_by_now_than_the_swap_left_in_it() -> None:
    state = live("green", "blue", SWAP, staging={"version": "3.0.0"})
    swap = state.production.last_swap.at
    with pytest.raises(OperationProblem, match=r"Slot 'staging' had '1\.0\.0' after that swap, and has '3\.0\.0' by now"):
        back(state, Last("release of 2.0.0", NOON, swap, {}, {"production": "2.0.0", "staging": "1.0.0"}))
    assert back(state, Last("release of 2.0.0", NOON, swap, {})).source == "staging"
