"""What a release does, step by step, what it leaves when a step fails, and how the same command goes on from there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from operations.problem import BUSY, ROLLED_BACK, UNEXPECTED, USAGE, OperationProblem
from operations.release.acting import Result, carry_out
from operations.release.hooks import HookFailed
from operations.release.steps import Step
from operations.release.world import Options, SwapUnderWay
from operations.swapping import TakenBack

from .fake_hands import FakeHands, Silent, instance
from .worlds import busy, drained

HOOKED = Options(before_swap="before", after_swap="after")
STAGED = ["up replacing None", "sync staging", "running staging"]
SWAPPED = ["gate production", "swap staging", "verify production"]
END = [*SWAPPED, "instances staging"]


@pytest.fixture
def hands() -> FakeHands:
    return FakeHands()


def release(hands: FakeHands, options: Options = Options(), **more: Any) -> Result:  # noqa: B008 - frozen
    return carry_out(hands, options, Silent(), **more)


def failed(hands: FakeHands, options: Options = Options()) -> tuple[int, str]:  # noqa: B008 - frozen
    with pytest.raises(OperationProblem) as caught:
        release(hands, options)
    return caught.value.code, str(caught.value)


def fails_at(what: str, problem: Exception) -> Any:
    def before(entry: str) -> None:
        if entry == what:
            raise problem

    return before


def kept(hands: FakeHands) -> dict[str, Any]:
    assert hands.record is not None
    return hands.record


def test_a_release_stages_waits_swaps_and_looks(hands: FakeHands) -> None:
    result = release(hands)
    assert hands.done == [*STAGED, *END]
    assert hands.versions() == {"production": "2.0.0", "staging": "1.0.0"}
    assert (result.release, result.version) == ("r1", "2.0.0")


def test_a_release_that_is_done_does_nothing_the_second_time(hands: FakeHands) -> None:
    release(hands)
    hands.done.clear()
    assert release(hands).plan.steps == ()
    assert hands.done == []


def test_a_dry_run_shows_the_plan_and_changes_nothing(hands: FakeHands) -> None:
    shown = []
    result = release(hands, dry_run=True, show=lambda _, plan: shown.append(plan))
    assert shown == [result.plan] and len(result.plan.steps) == 7
    assert (hands.done, hands.record) == ([], None)


def test_the_record_tells_every_step_with_its_times_and_where_everything_is_after_the_swap(hands: FakeHands) -> None:
    release(hands)
    record = kept(hands)
    assert [(step["kind"], step["ended"] is not None) for step in record["steps"]] == [
        ("stage", True),
        ("sync triggers", True),
        ("health", True),
        ("gate", True),
        ("swap", True),
        ("verify", True),
        ("late starters", True),
    ]
    assert record["swap"]["versions"] == {"production": "2.0.0", "staging": "1.0.0"}
    assert record["swap"]["complete"] is True
    assert [url.rpartition("/")[2] for url in record["swap"]["packages"]] == ["orders-1.0.0.zip", "orders-2.0.0.zip"]
    assert (record["version_from"], record["version_to"], record["outcome"]) == ("1.0.0", "2.0.0", "done")


def test_a_step_is_written_down_before_it_begins_and_after_it_ended(hands: FakeHands) -> None:
    seen: list[tuple[str, str, bool]] = []

    def observer(moment: str, step: Step) -> None:
        last = kept(hands)["steps"][-1]
        seen.append((moment, last["kind"], last["ended"] is not None))
        assert last["kind"] == step.kind

    release(hands, observer=observer)
    assert seen[:4] == [
        ("before", "stage", False),
        ("after", "stage", True),
        ("before", "sync triggers", False),
        ("after", "sync triggers", True),
    ]
    assert len(seen) == 14


def test_the_very_first_release_is_written_down_as_soon_as_there_is_a_place_for_it() -> None:
    hands = FakeHands(production=None, staging=None)
    hands.deployed = False
    hands.before = lambda what: None if what != "up replacing None" else check_that(hands.record is None)
    release(hands, HOOKED)
    assert hands.done == ["up replacing None", "sync production", "running production", "verify production"]
    assert hands.versions() == {"production": "2.0.0", "staging": None}
    assert (kept(hands)["version_from"], kept(hands)["outcome"]) == (None, "done")


def check_that(fact: bool) -> None:
    assert fact


def test_a_busy_gate_stops_before_the_swap_with_its_exit_code(hands: FakeHands) -> None:
    hands.hold("production", "1.0.0", busy(3))
    assert failed(hands) == (BUSY, "3 running.")
    assert hands.done == [*STAGED, "gate production"]
    assert hands.versions() == {"production": "1.0.0", "staging": "2.0.0"}
    assert kept(hands)["outcome"] == "stopped"


def test_stopped_by_a_busy_gate_it_goes_on_from_there_as_the_same_release(hands: FakeHands) -> None:
    hands.hold("production", "1.0.0", busy(3))
    failed(hands)
    hands.done.clear()
    hands.hold("production", "1.0.0", drained())
    hands.new_id = lambda: "another"  # type: ignore[method-assign]
    assert release(hands).release == "r1"
    assert hands.done == ["sync staging", "running staging", *END]


def test_hooks_get_who_goes_where(hands: FakeHands) -> None:
    release(hands, HOOKED)
    assert hands.done == [*STAGED, "hook before", *SWAPPED, "hook after", "instances staging"]
    assert [payload.model_dump() for payload in hands.payloads] == [
        {
            "event": event,
            "release": "r1",
            "stack": "prod",
            "site": "orders",
            "version_from": "1.0.0",
            "version_to": "2.0.0",
            "slot": "staging",
            "urls": {"production": "https://orders-production.example", "staging": "https://orders-staging.example"},
        }
        for event in ("before-swap", "after-swap")
    ]


def test_a_before_swap_hook_that_fails_stops_the_release(hands: FakeHands) -> None:
    hands.before = fails_at("hook before", HookFailed("no"))
    assert failed(hands, HOOKED) == (UNEXPECTED, "no")
    assert hands.versions() == {"production": "1.0.0", "staging": "2.0.0"}


def test_an_after_swap_hook_that_fails_swaps_back_and_lists_what_the_new_version_started(hands: FakeHands) -> None:
    hands.late = {"staging": [instance("early", after=-100), instance("mine", after=60)]}
    hands.before = fails_at("hook after", HookFailed("The smoke test failed."))
    assert failed(hands, HOOKED) == (
        ROLLED_BACK,
        "The smoke test failed.\nSwapped back: production runs 1.0.0 again.\n"
        "2.0.0 is in slot 'staging', with what it started meanwhile, at https://orders-staging.example\n  mine of Order: Running",
    )
    assert hands.versions() == {"production": "1.0.0", "staging": "2.0.0"}
    assert kept(hands)["outcome"] == "rolled back"
    assert kept(hands)["swap"]["versions"] == {"production": "1.0.0", "staging": "2.0.0"}
    assert hands.remembered == ["release of 2.0.0: 2.0.0", "rollback: 1.0.0"]


def test_after_an_undone_release_the_same_command_begins_a_new_one(hands: FakeHands) -> None:
    hands.before = fails_at("hook after", HookFailed("no"))
    failed(hands, HOOKED)
    hands.before, hands.done = lambda _: None, []
    hands.new_id = lambda: "r2"  # type: ignore[method-assign]
    assert release(hands, HOOKED).release == "r2"
    assert hands.done == ["sync staging", "running staging", "hook before", *SWAPPED, "hook after", "instances staging"]


NO_UNDO: dict[str, tuple[Any, str]] = {
    "after its window": (
        lambda hands: setattr(hands, "time", hands.time + timedelta(hours=25)),
        "it was made more than 24 hours ago.",
    ),
    "when somebody has swapped since": (
        lambda hands: hands.hold("production", "3.0.0"),
        "production holds 3.0.0 and slot 'staging' 1.0.0; somebody swapped or deployed since.",
    ),
    "when the new version has made entities": (
        lambda hands: hands.hold("production", "2.0.0", drained(entities=["@c@a"], entities_total=1)),
        "it has made 1 entities, which production would lose (--abandon-entities gives them up).",
    ),
}


@pytest.mark.parametrize("case", NO_UNDO)
def test_a_swap_is_not_taken_back(hands: FakeHands, case: str) -> None:
    happens, why = NO_UNDO[case]

    def before(entry: str) -> None:
        if entry == "hook after":
            happens(hands)
            raise HookFailed("no")

    hands.before = before
    assert failed(hands, HOOKED) == (UNEXPECTED, f"no\nThe swap was not taken back: {why} 2.0.0 is in production.")
    assert hands.done[-1] in ("verify production", "check production")
    assert kept(hands)["outcome"] == "stopped"


def test_entities_that_were_given_up_do_not_keep_a_swap_from_being_taken_back(hands: FakeHands) -> None:
    def before(entry: str) -> None:
        if entry == "hook after":
            hands.hold("production", "2.0.0", drained(entities=["@c@a"], entities_total=1))
            raise HookFailed("no")

    hands.before = before
    assert failed(hands, Options(after_swap="after", abandon_entities=True))[0] == ROLLED_BACK


def test_a_swap_that_azure_reverts_is_told_with_what_the_staged_code_took_up(hands: FakeHands) -> None:
    hands.late = {"staging": [instance("taken", "Completed", after=60)]}
    hands.before = fails_at("swap staging", TakenBack("The swap failed, and Azure took it back."))
    assert failed(hands) == (
        ROLLED_BACK,
        "The swap failed, and Azure took it back.\nProduction still runs 1.0.0.\n"
        "While it was tried, 2.0.0 took up in slot 'staging', where it stays:\n  taken of Order: Completed",
    )
    assert kept(hands)["swap"]["complete"] is False


def test_a_swap_that_azure_refuses_is_no_rollback_and_can_be_asked_for_again(hands: FakeHands) -> None:
    hands.before = fails_at("swap staging", OperationProblem("Azure refused the swap; nothing was swapped.", UNEXPECTED))
    assert failed(hands) == (UNEXPECTED, "Azure refused the swap; nothing was swapped.")
    assert kept(hands)["outcome"] == "stopped"
    hands.before = lambda _: None
    release(hands)
    assert hands.versions() == {"production": "2.0.0", "staging": "1.0.0"}


def test_an_answer_that_got_lost_though_the_swap_took_place_is_no_rollback(hands: FakeHands) -> None:
    def before(entry: str) -> None:
        if entry == "swap staging":
            hands._exchange("staging")
            raise OperationProblem("no answer", 4)

    hands.before = before
    assert failed(hands) == (4, "no answer")
    assert kept(hands)["outcome"] == "stopped"
    hands.before, hands.done = lambda _: None, []
    release(hands)
    assert hands.done == ["verify production", "instances staging"]
    assert kept(hands)["swap"]["complete"] is True
    assert hands.remembered == ["release of 2.0.0: 2.0.0"]


def test_nothing_is_swapped_when_somebody_has_swapped_during_the_gate(hands: FakeHands) -> None:
    def before(entry: str) -> None:
        if entry == "gate production":
            hands.hold("staging", "1.5.0")

    hands.before = before
    code, text = failed(hands)
    assert (code, "Production now holds 1.0.0 and slot 'staging' 1.5.0: somebody swapped or deployed meanwhile." in text) == (
        UNEXPECTED,
        True,
    )
    assert "swap staging" not in hands.done


def test_a_version_that_somebody_took_out_again_is_not_swapped_in_a_second_time(hands: FakeHands) -> None:
    hands.before = lambda entry: None
    done = hands.swap

    def swapped_back_at_once(slot: str) -> None:
        done(slot)
        hands._exchange(slot)

    hands.swap = swapped_back_at_once  # type: ignore[method-assign]
    code, text = failed(hands)
    assert (code, text) == (UNEXPECTED, "Production runs 1.0.0, not 2.0.0: somebody swapped back or deployed since. Nothing more is done.")
    assert hands.done.count("swap staging") == 1


def test_an_update_that_put_the_version_elsewhere_ends_the_release_before_any_swap(hands: FakeHands) -> None:
    hands.slots["second"] = hands.slots["staging"]
    hands.before = lambda entry: hands.hold("staging", "0.9.0") if entry.startswith("up") else None
    code, text = failed(hands)
    assert (code, "but 2.0.0 is in slot 'second', not in 'staging'" in text) == (UNEXPECTED, True)


def test_entities_that_appear_before_the_gate_stop_the_swap(hands: FakeHands) -> None:
    def before(entry: str) -> None:
        if entry == "gate production":
            hands.hold("production", "1.0.0", drained(entities=["@c@a"], entities_total=1))

    hands.before = before
    code, text = failed(hands)
    assert (code, text.startswith("Production's task hub holds 1 entities by now (@c@a)")) == (USAGE, True)
    assert "swap staging" not in hands.done


def test_a_bundle_that_does_not_fit_together_is_told_and_never_a_reason_to_swap_back(hands: FakeHands) -> None:
    hands.wrong = ["production: stack differs."]
    code, text = failed(hands)
    assert (code, text) == (
        UNEXPECTED,
        "production: stack differs.\n2.0.0 is in production, and was not swapped back. `pulumi up` mends it.",
    )
    assert hands.versions()["production"] == "2.0.0"


def test_late_starters_are_listed_with_the_address_where_they_run_on(hands: FakeHands) -> None:
    old, quick = instance("before", "Completed", after=-60), instance("quick", "Completed", after=900)
    hands.late = {"staging": [quick, old, instance("late", after=600), instance("@c@a", after=600)]}
    report = Silent()
    result = carry_out(hands, Options(), report)
    assert result.late is not None and [one.id for one in result.late.instances] == ["late", "quick"]
    assert report.notes == [
        "2 instances were started between the gate and the swap, and went along with the old code into slot 'staging'. They are at "
        "https://orders-staging.example",
        "  late of Order: Running, created 2026-03-01 12:10:00Z",
        "  quick of Order: Completed, created 2026-03-01 12:15:00Z",
    ]


def test_late_starters_are_waited_for_when_asked(hands: FakeHands) -> None:
    hands.late = {"staging": [instance("late", after=600)]}
    release(hands, Options(late_starters="wait"))
    assert hands.done[-2:] == ["instances staging", "gate staging"]


@pytest.mark.parametrize(("status", "code"), [("Running", ROLLED_BACK), ("Completed", None)])
def test_only_late_starters_that_still_run_are_a_reason_to_swap_back(hands: FakeHands, status: str, code: int | None) -> None:
    hands.late = {"staging": [instance("late", status, after=600)]}
    options = Options(late_starters="swap-back")
    if code is None:
        release(hands, options)
        assert hands.versions()["production"] == "2.0.0"
    else:
        assert failed(hands, options)[0] == code
        assert hands.versions()["production"] == "1.0.0"


def test_what_is_given_up_is_counted_again_right_before(hands: FakeHands) -> None:
    hands = FakeHands(production="1.0.0", staging="0.9.0")
    hands.hold("staging", "0.9.0", busy(2))
    hands.before = lambda entry: hands.hold("staging", "0.9.0", busy(3)) if entry == "check staging" else None
    assert failed(hands, Options(abandon_staging=2)) == (BUSY, "Slot 'staging' is not free any more: 3 running.")
    assert hands.done == ["check staging"]


def test_the_version_that_may_go_is_named_to_the_update() -> None:
    hands = FakeHands(production="1.0.0", staging="0.9.0")
    release(hands)
    assert hands.done[:2] == ["gate staging", "up replacing 0.9.0"]


def test_drain_behind_does_not_wait_and_stages_only_over_what_is_drained_at_once() -> None:
    hands = FakeHands(production="1.0.0", staging="0.8.0", second="0.9.0")
    hands.hold("production", "1.0.0", busy(7))
    hands.hold("staging", "0.8.0", busy(1))
    release(hands, Options(mode="drain-behind"))
    assert hands.done == [
        "check second",
        "up replacing 0.9.0",
        "sync second",
        "running second",
        "check production",
        "swap second",
        "verify production",
    ]
    assert hands.versions() == {"production": "2.0.0", "staging": "0.8.0", "second": "1.0.0"}


def test_a_swap_under_way_is_waited_for_and_the_plan_made_anew(hands: FakeHands) -> None:
    hands = FakeHands(production="1.0.0", staging="2.0.0")
    hands.under_way = SwapUnderWay("staging")
    release(hands)
    assert hands.done == ["wait for swap", "sync production", "running production", "verify production"]


def test_half_of_a_swap_with_preview_is_cancelled_and_the_plan_made_anew(hands: FakeHands) -> None:
    hands = FakeHands(production="1.0.0", staging="2.0.0")
    hands.under_way = SwapUnderWay("staging", paused=True)
    release(hands)
    assert hands.done == ["reset staging", "sync staging", "running staging", *END]


@pytest.mark.parametrize("what", [*STAGED, "hook before", *SWAPPED, "hook after", "instances staging"])
def test_interrupted_anywhere_the_same_command_ends_well(hands: FakeHands, what: str) -> None:
    hands.before = fails_at(what, KeyboardInterrupt())  # type: ignore[arg-type]
    report = Silent()
    with pytest.raises(KeyboardInterrupt):
        carry_out(hands, HOOKED, report)
    assert report.stands
    assert (hands.record is None) or kept(hands)["outcome"] == "stopped"
    hands.before = lambda _: None
    release(hands, HOOKED)
    assert hands.versions() == {"production": "2.0.0", "staging": "1.0.0"}
    assert kept(hands)["outcome"] == "done"
    assert hands.done.count("swap staging") == 1


class Killed(BaseException):
    """As a SIGKILL: nothing more of the release runs."""


def boundaries() -> int:
    hands, seen = FakeHands(production="1.0.0", staging="0.9.0"), []
    carry_out(hands, HOOKED, Silent(), observer=lambda *at: seen.append(at))
    return len(seen)


@pytest.mark.parametrize("number", range(boundaries()))
def test_killed_at_any_boundary_the_same_command_ends_well_and_says_what_happened(number: int) -> None:
    hands = FakeHands(production="1.0.0", staging="0.9.0")
    left = [number]

    def observer(_moment: str, _step: Step) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    with pytest.raises(Killed):
        carry_out(hands, HOOKED, Silent(), observer=observer)
    result = release(hands, HOOKED)
    assert hands.versions() == {"production": "2.0.0", "staging": "1.0.0"}
    assert (kept(hands)["outcome"], result.release) == ("done", "r1")
    assert hands.done.count("swap staging") == 1
    assert hands.done.count("hook after") == 1
    assert len(result.plan.notices) == 1 and "was killed" in result.plan.notices[0]


def test_code_that_a_slot_has_already_under_another_version_is_said_to_be_nothing_new(hands: FakeHands) -> None:
    hands.update = lambda replaces: None  # type: ignore[method-assign]  # as the component does it: told by its bytes, the code is there already
    code, text = failed(hands)
    assert code == 2
    assert text == (
        "`pulumi up` ended well and staged nothing: the package of 2.0.0 is, byte for byte, what a slot has already under another version. "
        "There is nothing to release; give package.version that version back, or change the code."
    )
    assert kept(hands)["outcome"] == "stopped"
