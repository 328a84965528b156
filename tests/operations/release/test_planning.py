"""What a release plans, from every state that a site can be found in."""

from __future__ import annotations

import pytest

from operations.problem import BUSY, UNKNOWN, USAGE
from operations.release.planning import plan
from operations.release.record import Outcome
from operations.release.steps import Kind, Plan
from operations.release.world import Options, Slot, SwapUnderWay, World
from taskhub import Reason

from .worlds import busy, drained, finding, kept, kinds, record, refusal, slot, swapped, unknown, world

IDLE, BEHIND = Options(), Options(mode="drain-behind")
HOOKED = Options(before_swap="before", after_swap="after")
STAGED = ["sync triggers staging", "health staging"]
IDLE_END = ["gate production", "swap staging", "verify production", "late starters staging"]
BEHIND_END = ["entities production", "swap staging", "verify production"]

one, two = slot("production", "1.0.0"), slot("staging", "2.0.0")

PLANS: dict[str, tuple[World, Options, list[str]]] = {
    "the very first release goes straight into production": (
        world(slot("production", None), slot("staging", None)),
        HOOKED,
        ["deploy production", "sync triggers production", "health production", "verify production"],
    ),
    "a stack that was never deployed is a very first release too": (
        World("prod", "orders", "2.0.0", (), world().now),
        IDLE,
        ["deploy production", "sync triggers production", "health production", "verify production"],
    ),
    "an empty slot is staged into at once": (world(), IDLE, ["stage staging", *STAGED, *IDLE_END]),
    "a slot that holds an older version is made sure of first": (
        world(one, slot("staging", "0.9.0")),
        IDLE,
        ["drain staging", "stage staging", *STAGED, *IDLE_END],
    ),
    "in idle mode older late starters finish first": (
        world(one, slot("staging", "0.9.0", busy())),
        IDLE,
        ["drain staging", "stage staging", *STAGED, *IDLE_END],
    ),
    "in idle mode a busy production is waited for, not refused": (
        world(slot("production", "1.0.0", busy(3)), slot("staging", None)),
        IDLE,
        ["stage staging", *STAGED, *IDLE_END],
    ),
    "an unsettled production is the gate's to judge": (
        world(slot("production", "1.0.0", unknown(Reason.UNSETTLED)), slot("staging", None)),
        IDLE,
        ["stage staging", *STAGED, *IDLE_END],
    ),
    "hooks stand before the gate and after the verification": (
        world(),
        HOOKED,
        [
            "stage staging",
            *STAGED,
            "before-swap hook staging",
            "gate production",
            "swap staging",
            "verify production",
            "after-swap hook staging",
            "late starters staging",
        ],
    ),
    "a wanted version that is staged already goes on from there": (world(one, two), IDLE, [*STAGED, *IDLE_END]),
    "a wanted version that is staged goes on also where its hub is busy with trials": (
        world(one, slot("staging", "2.0.0", busy())),
        IDLE,
        [*STAGED, *IDLE_END],
    ),
    "production without code is swapped out like any other": (
        world(slot("production", None), slot("staging", "2.0.0")),
        IDLE,
        [*STAGED, *IDLE_END],
    ),
    "drain-behind does not wait for production": (
        world(slot("production", "1.0.0", busy(40)), slot("staging", None)),
        BEHIND,
        ["stage staging", *STAGED, *BEHIND_END],
    ),
    "drain-behind takes the slot whose hub is drained": (
        world(one, slot("staging", "0.8.0", busy()), slot("second", "0.9.0"), slot("third", "0.7.0", busy())),
        BEHIND,
        [
            "drain second",
            "stage second",
            "sync triggers second",
            "health second",
            "entities production",
            "swap second",
            "verify production",
        ],
    ),
    "an empty slot is taken before one that is drained": (
        world(one, slot("staging", "0.9.0"), slot("second", None)),
        BEHIND,
        ["stage second", "sync triggers second", "health second", "entities production", "swap second", "verify production"],
    ),
    "entities that are given up are not looked for again": (
        world(slot("production", "1.0.0", drained(entities=["@counter@a"], entities_total=1)), slot("staging", None)),
        Options(mode="drain-behind", abandon_entities=True),
        ["stage staging", *STAGED, "swap staging", "verify production"],
    ),
    "the exact number of instances gives a busy slot up": (
        world(one, slot("staging", "0.9.0", busy(2))),
        Options(abandon_staging=2),
        ["drain staging", "stage staging", *STAGED, *IDLE_END],
    ),
    "nought gives up a slot whose code never made its hub": (
        world(one, slot("staging", "0.9.0", unknown(Reason.NO_HUB))),
        Options(abandon_staging=0),
        ["drain staging", "stage staging", *STAGED, *IDLE_END],
    ),
    "a staged version whose runtime stack does not fit is mended before it is tried": (
        world(one, Slot("staging", "2.0.0", two.package, None, drained(), stack_differs=True)),
        IDLE,
        ["stage staging", *STAGED, *IDLE_END],
    ),
    "a swap that is under way is waited for before anything else": (
        world(one, two, swap=SwapUnderWay("staging")),
        IDLE,
        ["wait for swap staging"],
    ),
    "slots that seem to contradict each other in the middle of a swap stop nothing": (
        world(one, two, swap=SwapUnderWay("staging"), problems=("two slots on one hub",)),
        IDLE,
        ["wait for swap staging"],
    ),
    "half of a swap with preview is cancelled before anything else": (
        world(one, two, swap=SwapUnderWay("staging", paused=True)),
        IDLE,
        ["reset preview staging"],
    ),
    "a release that is done has nothing left": (world(slot("production", "2.0.0"), one, record=record(swap=swapped())), IDLE, []),
    "killed during its swap, a release verifies and goes on behind it": (
        world(slot("production", "2.0.0"), slot("staging", "1.0.0"), record=record(outcome=None, swap=swapped(complete=False))),
        HOOKED,
        ["verify production", "after-swap hook staging", "late starters staging"],
    ),
    "a hook that was called after the swap is not called again": (
        world(
            slot("production", "2.0.0"),
            slot("staging", "1.0.0"),
            record=record(outcome=None, swap=swapped(), steps=[kept(Kind.AFTER_SWAP, minutes=4)]),
        ),
        HOOKED,
        ["verify production", "late starters staging"],
    ),
    "a hook that was killed is called again": (
        world(
            slot("production", "2.0.0"),
            slot("staging", "1.0.0"),
            record=record(outcome=None, swap=swapped(), steps=[kept(Kind.AFTER_SWAP, minutes=4, ended=False)]),
        ),
        HOOKED,
        ["verify production", "after-swap hook staging", "late starters staging"],
    ),
    "a hook of an attempt that was rolled back counts for nothing": (
        world(one, two, record=record(outcome=Outcome.ROLLED_BACK, swap=swapped(production="1.0.0", staging="2.0.0"))),
        HOOKED,
        [
            *STAGED,
            "before-swap hook staging",
            "gate production",
            "swap staging",
            "verify production",
            "after-swap hook staging",
            "late starters staging",
        ],
    ),
    "a version that somebody else swapped in is looked at once, and no hook is called": (
        world(slot("production", "2.0.0"), slot("staging", "1.0.0")),
        HOOKED,
        ["sync triggers production", "health production", "verify production"],
    ),
    "a version that somebody else swapped in while its release was stopped before the gate is looked at once": (
        world(
            slot("production", "2.0.0"),
            slot("staging", "1.0.0"),
            record=record(outcome=Outcome.STOPPED, swap=swapped(production="1.0.0", staging="0.9.0", minutes=-60)),
        ),
        HOOKED,
        ["sync triggers production", "health production", "verify production"],
    ),
    "a very first release that was killed after its update looks whether it runs": (
        world(slot("production", "2.0.0"), slot("staging", None)),
        IDLE,
        ["sync triggers production", "health production", "verify production"],
    ),
    "a swap that an update took back is made again when the release is asked for again": (
        world(one, two, record=record(swap=swapped())),
        IDLE,
        [*STAGED, *IDLE_END],
    ),
    "a release of another version that was killed gives its slot to this one": (
        world(one, slot("staging", "1.5.0"), record=record(to="1.5.0", outcome=None)),
        IDLE,
        ["drain staging", "stage staging", *STAGED, *IDLE_END],
    ),
}


@pytest.mark.parametrize("case", PLANS)
def test_a_plan_has_these_steps(case: str) -> None:
    found, options, expected = PLANS[case]
    assert kinds(plan(found, options)) == expected


REFUSALS: dict[str, tuple[World, Options, int, str]] = {
    "entities in the live hub would stay behind, and are listed": (
        world(slot("production", "1.0.0", drained(entities=["@counter@a", "@counter@b"], entities_total=2)), slot("staging", None)),
        IDLE,
        USAGE,
        "The task hub of production (1.0.0) holds 2 entities: @counter@a, @counter@b. Entities keep their state in the hub, which leaves "
        "production with its code: version 2.0.0 would start with none. Choose a versioning strategy for this app, or give them up with "
        "--abandon-entities.",
    ),
    "entities in the live hub stop a version that is staged already too": (
        world(slot("production", "1.0.0", busy(entities=["@counter@a"], entities_total=1)), two),
        BEHIND,
        USAGE,
        "The task hub of production (1.0.0) holds 1 entity: @counter@a. Entities keep their state in the hub, which leaves production with "
        "its code: version 2.0.0 would start with none. Choose a versioning strategy for this app, or give them up with --abandon-entities.",
    ),
    "an unreadable live hub stops before anything is staged": (
        world(slot("production", "1.0.0", unknown()), slot("staging", None)),
        IDLE,
        UNKNOWN,
        "Whether anything runs in production, and which entities it holds, could not be established: Not known: unreadable.",
    ),
    "a live hub that does not exist though there is code opens nothing": (
        world(slot("production", "1.0.0", unknown(Reason.NO_HUB)), slot("staging", None)),
        BEHIND,
        UNKNOWN,
        "Whether anything runs in production, and which entities it holds, could not be established: Not known: no_hub.",
    ),
    "a staged slot of which nothing is known is not staged over": (
        world(one, slot("staging", "0.9.0", unknown())),
        IDLE,
        UNKNOWN,
        "Whether anything of 0.9.0 is left in slot 'staging' could not be established: Not known: unreadable.",
    ),
    "a slot without a hub names the way to give it up": (
        world(one, slot("staging", "0.9.0", unknown(Reason.NO_HUB))),
        IDLE,
        UNKNOWN,
        "Whether anything of 0.9.0 is left in slot 'staging' could not be established: Not known: no_hub. If its code never ran, "
        "--abandon-staging 0 lets it go.",
    ),
    "drain-behind is refused when no slot is free, with the one that frees up first": (
        world(
            one,
            slot("staging", "0.7.0", busy(5)),
            slot("second", "0.8.0", busy(2, hours=1)),
            slot("third", "0.9.0", busy(2, hours=9)),
        ),
        BEHIND,
        BUSY,
        "No slot is free. All 3 slots still finish a version. Slot 'third' (0.9.0) frees up first: 2 running.",
    ),
    "a slot that is known to be busy frees up before one that is unknown": (
        world(one, slot("staging", "0.7.0", unknown()), slot("second", "0.8.0", busy(9))),
        BEHIND,
        BUSY,
        "No slot is free. All 2 slots still finish a version. Slot 'second' (0.8.0) frees up first: 9 running.",
    ),
    "with one slot drain-behind waits for nothing": (
        world(one, slot("staging", "0.7.0", busy())),
        BEHIND,
        BUSY,
        "No slot is free. Slot 'staging' (0.7.0) frees up first: 1 running.",
    ),
    "another number than the exact one gives nothing up": (
        world(one, slot("staging", "0.9.0", busy(3))),
        Options(abandon_staging=2),
        USAGE,
        "--abandon-staging 2: slot 'staging' (0.9.0) holds 3 active instances; only that number gives them up.",
    ),
    "no number gives up what could not be read": (
        world(one, slot("staging", "0.9.0", unknown())),
        Options(abandon_staging=0),
        USAGE,
        "--abandon-staging 0: what slot 'staging' (0.9.0) holds is not known for certain: Not known: unreadable.",
    ),
    "an update in progress is said with the way out for one that was killed": (
        world(update="since 11:58:02, by ci@build-7"),
        IDLE,
        USAGE,
        "The stack 'prod' is being updated (since 11:58:02, by ci@build-7). Wait until that is over. If it was killed: "
        "python -m operations repair --stack prod",
    ),
    "slots that contradict each other stop everything": (
        world(problems=("Slots 'production' and 'staging' name one task hub.",)),
        IDLE,
        UNKNOWN,
        "Slots 'production' and 'staging' name one task hub.",
    ),
    "a version that stands there with another package is not released again": (
        world(one, two, wanted_url="https://pkgs.blob.core.windows.net/packages/other.zip"),
        IDLE,
        USAGE,
        "Version '2.0.0' stands in slot 'staging' with another package than package.url names. A version never changes: give the new code a "
        "new package.version.",
    ),
    "a site without slots has nowhere to stage": (
        world(one),
        IDLE,
        USAGE,
        "orders has no slot beside production, so there is nowhere to stage 2.0.0.",
    ),
    "late starters can't be waited for where the old version is meant to run on": (
        world(),
        Options(mode="drain-behind", late_starters="wait"),
        USAGE,
        "--late-starters wait: with --mode drain-behind the old version's instances are meant to run on behind. Leave it out.",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_release_is_refused(case: str) -> None:
    found, options, code, sentences = REFUSALS[case]
    assert refusal(plan(found, options)) == (code, sentences)


def test_only_the_first_of_two_slots_with_one_version_can_be_staged_over_because_an_update_takes_that_one() -> None:
    found = world(one, slot("staging", "0.9.0", busy()), slot("second", "0.9.0", drained()))
    assert refusal(plan(found, BEHIND))[0] == BUSY


def test_the_steps_name_what_is_replaced_and_what_is_given_up() -> None:
    decided = plan(world(one, slot("staging", "0.9.0", busy(2))), Options(abandon_staging=2))
    assert isinstance(decided, Plan)
    drain, stage = decided.steps[:2]
    assert (drain.kind, drain.abandon) == (Kind.DRAIN, 2)
    assert (stage.kind, stage.replaces) == (Kind.STAGE, "0.9.0")


def test_a_plan_reads_as_sentences() -> None:
    decided = plan(world(one, slot("staging", "0.9.0")), Options(before_swap="a", after_swap="b", late_starters="wait"))
    assert isinstance(decided, Plan)
    assert [step.sentence for step in decided.steps] == [
        "Make sure that nothing of 0.9.0 is left in the task hub of slot 'staging'.",
        "Put 2.0.0 into slot 'staging', in place of 0.9.0 (pulumi up).",
        "Make Azure read which triggers 2.0.0 has.",
        "Wait until 2.0.0 runs in slot 'staging'.",
        "Call the before-swap hook; if it fails, nothing is swapped.",
        "Wait until nothing runs in production (1.0.0).",
        "Swap: 2.0.0 goes into production, 1.0.0 into slot 'staging'.",
        "Verify that production has the package, the storage and the runtime stack of 2.0.0.",
        "Call the after-swap hook; if it fails, swap back.",
        "List what was started in the hub of slot 'staging' between the gate and the swap, and wait until they are finished.",
    ]


def test_a_plan_that_only_waits_says_that_another_follows() -> None:
    waiting = plan(world(one, two, swap=SwapUnderWay("staging")), IDLE)
    acting = plan(world(), IDLE)
    assert isinstance(waiting, Plan) and isinstance(acting, Plan)
    assert (waiting.then_plan_again, acting.then_plan_again) == (True, False)


def test_a_package_url_is_compared_without_its_signature() -> None:
    same = f"{two.package}?sig=x"
    assert kinds(plan(world(one, two, wanted_url=same), IDLE)) == [*STAGED, *IDLE_END]


def test_code_without_a_version_is_named_by_its_blob() -> None:
    unnamed = slot("staging", "0.9.0", finding(drained().verdict, Reason.EMPTY, "Nothing."))
    decided = plan(world(one, type(unnamed)("staging", None, unnamed.package, None, unnamed.finding)), IDLE)
    assert isinstance(decided, Plan)
    assert decided.steps[1].replaces == "orders-0.9.0.zip"
