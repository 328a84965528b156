"""From what passes have seen to a verdict: a pure function."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from taskhub import Group, Instance, Reading, Reason, Verdict, judge

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTLE = 30.0
INSTANCE = Instance("order-1", "Order", "1.0", "Running", START - timedelta(hours=1), START, "orders")


def reading(at: float = 0.0, **facts: object) -> Reading:
    """A clean pass of a second, `at` seconds after the start; confirms what came before. The storage's clock is a day behind ours."""
    began = START + timedelta(seconds=at)
    clean = Reading(
        "orders",
        began,
        began + timedelta(seconds=1),
        queues={"orders-control-00": 0, "orders-workitems": 0},
        service_time=began - timedelta(days=1),
        since=START - timedelta(days=1) if at else None,
        requests=4,
        bytes=100,
    )
    return replace(clean, **facts)  # type: ignore[arg-type]


CLEAN: dict[str, object] = {}
ACTIVE = {"active": (Group("Order", "1.0", "Running", 2, INSTANCE),)}
QUEUED = {"queues": {"orders-control-00": 3, "orders-workitems": 0}}
FAILED = {"failed": "500 Internal Server Error", "complete": False, "status": 500}
CUT_OFF = {"complete": False}
ENDING = {"ended_since": 1}
NO_HUB = {"hub_exists": False, "lacks": "table 'ordersInstances'", "traces": True}
NOTHING = {**NO_HUB, "traces": False}

B, D, U = Verdict.BUSY, Verdict.DRAINED, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("passes", "verdict", "reason"),
    [
        ([CLEAN], U, Reason.DEADLINE),
        ([CLEAN, CLEAN], D, Reason.EMPTY),
        ([ACTIVE], B, Reason.ACTIVE),
        ([CLEAN, ACTIVE], B, Reason.ACTIVE),
        ([ACTIVE, CLEAN], U, Reason.DEADLINE),
        ([ACTIVE, CLEAN, CLEAN], D, Reason.EMPTY),
        ([ACTIVE | FAILED], B, Reason.ACTIVE),
        ([ACTIVE | CUT_OFF], B, Reason.ACTIVE),
        ([ACTIVE | NO_HUB], B, Reason.ACTIVE),
        ([QUEUED], B, Reason.QUEUED),
        ([CLEAN, QUEUED], B, Reason.QUEUED),
        ([QUEUED, QUEUED], U, Reason.UNSETTLED),
        ([QUEUED, CLEAN], U, Reason.DEADLINE),
        ([QUEUED, CLEAN, CLEAN], D, Reason.EMPTY),
        ([CLEAN, QUEUED, CLEAN], U, Reason.DEADLINE),
        ([QUEUED, ENDING | QUEUED, QUEUED], B, Reason.QUEUED),
        ([FAILED], U, Reason.UNREADABLE),
        ([CLEAN, FAILED], U, Reason.UNREADABLE),
        ([CLEAN, FAILED, CLEAN], U, Reason.DEADLINE),
        ([QUEUED | FAILED], U, Reason.UNREADABLE),
        ([CUT_OFF], U, Reason.DEADLINE),
        ([CLEAN, CUT_OFF], U, Reason.DEADLINE),
        ([CLEAN, ENDING], U, Reason.DEADLINE),
        ([CLEAN, ENDING, CLEAN], U, Reason.DEADLINE),
        ([CLEAN, ENDING, CLEAN, CLEAN], D, Reason.EMPTY),
        ([NO_HUB], U, Reason.NO_HUB),
        ([NOTHING], U, Reason.NO_HUB),
        ([NO_HUB, NO_HUB], U, Reason.NO_HUB),
    ],
)
def test_the_last_pass_decides_and_drained_takes_two_clean_ones(passes: list[dict[str, object]], verdict: Verdict, reason: Reason) -> None:
    finding = judge([reading(n * 40.0, **facts) for n, facts in enumerate(passes)], settle=SETTLE, had_code=True)
    assert (finding.verdict, finding.reason, finding.passes) == (verdict, reason, len(passes))


@pytest.mark.parametrize(("gap", "verdict"), [(28.9, U), (29.0, D), (3600.0, D), (-60.0, U)])
def test_two_clean_passes_are_a_settle_time_apart_from_end_to_beginning(gap: float, verdict: Verdict) -> None:
    assert judge([reading(), reading(1.0 + gap)], settle=29.0, had_code=True).verdict is verdict


def test_a_first_and_a_third_clean_pass_may_be_the_two() -> None:
    assert judge([reading(), reading(20.0), reading(40.0)], settle=SETTLE, had_code=True).verdict is D


def test_a_pass_confirms_only_what_it_asked_about() -> None:
    for since in (None, START):
        assert judge([reading(), reading(40.0, since=since)], settle=SETTLE, had_code=True).reason is Reason.DEADLINE


def test_no_hub_is_fine_only_where_nothing_was_ever_deployed_and_nothing_of_it_is_there() -> None:
    never = judge([reading(**NOTHING)], settle=SETTLE, had_code=False)
    assert (never.verdict, never.reason, never.active) == (D, Reason.NEVER_DEPLOYED, 0)
    assert never.sentence == "Nothing was ever deployed that could run on task hub 'orders', and it does not exist."
    assert judge([reading(**NO_HUB)], settle=SETTLE, had_code=False).verdict is U
    assert judge([reading(**ACTIVE)], settle=SETTLE, had_code=False).verdict is B


@pytest.mark.parametrize(("accepted", "verdict"), [(None, U), (0, U), (2, U), (3, D), (4, U)])
def test_messages_may_stay_if_exactly_their_number_is_accepted(accepted: int | None, verdict: Verdict) -> None:
    passes = [reading(**QUEUED), reading(40.0, **QUEUED)]
    finding = judge(passes, settle=SETTLE, had_code=True, unsettled_accepted=accepted)
    assert (finding.verdict, finding.queued) == (verdict, QUEUED["queues"])


def test_accepting_messages_does_not_hide_an_instance() -> None:
    passes = [reading(**QUEUED, **ACTIVE), reading(40.0, **QUEUED, **ACTIVE)]
    assert judge(passes, settle=SETTLE, had_code=True, unsettled_accepted=3).verdict is B


def test_an_excluded_orchestrator_hides_its_instances_and_no_others() -> None:
    monitor = replace(INSTANCE, id="monitor", name="Monitor", created=START - timedelta(days=9))
    both = (*ACTIVE["active"], Group("Monitor", None, "Running", 4, monitor))
    busy = judge([reading(active=both)], settle=SETTLE, exclude=["Monitor"], had_code=True)
    assert (busy.verdict, busy.active, busy.excluded_instances, busy.oldest) == (B, 2, 4, INSTANCE)
    alone = [reading(active=both[1:]), reading(40.0, active=both[1:])]
    assert judge(alone, settle=SETTLE, exclude=["Monitor"], had_code=True).verdict is D


def test_messages_may_belong_to_what_was_excluded_and_the_finding_says_so() -> None:
    passes = [reading(at, **QUEUED, **ACTIVE) for at in (0.0, 40.0)]
    finding = judge(passes, settle=SETTLE, exclude=["Order"], had_code=True)
    assert finding.reason is Reason.UNSETTLED
    assert finding.sentence.endswith("; not counted: 2 instances of Order, to which messages may belong.")


def test_a_finding_adds_up_what_the_passes_cost_and_is_json() -> None:
    finding = judge([reading(), reading(40.0, entities=("@a@b",), entities_total=7)], settle=SETTLE, had_code=True)
    assert finding.as_json() == {
        "verdict": "drained",
        "reason": "empty",
        "sentence": "Nothing runs on task hub 'orders': two passes, 30 s apart, saw nothing.",
        "active": 0,
        "queued": {"orders-control-00": 0, "orders-workitems": 0},
        "oldest": None,
        "by_orchestrator": [],
        "entities": ["@a@b"],
        "entities_total": 7,
        "excluded": [],
        "excluded_instances": 0,
        "leftover_timers": None,
        "status": None,
        "passes": 2,
        "requests": 8,
        "bytes": 200,
        "seconds": 2.0,
    }


def test_nothing_can_be_judged_from_nothing() -> None:
    with pytest.raises(ValueError, match="no reading"):
        judge([], settle=SETTLE, had_code=True)
