"""Plans for lines on their way out. Without more, nothing was let in for hours, and everything is quiet."""

from __future__ import annotations

from typing import Any

import pytest

from functions.router.lines import Pins, State
from functions.router.planning import Move, Remove, Save, World, plan
from functions.router.versions import Version

from .worlds import app, at, busy, drained, line, of_line, planned, row, unknown, world

DRAINING, DRAINED, CLOSING, RETIRED, ACTIVE = State.DRAINING, State.DRAINED, State.CLOSING, State.RETIRED, State.ACTIVE
NEWEST = row("2.0", ACTIVE)
CLOSED = ["save 1.0 attempts error removing retry_at", "remove 1.0"]


def leaving(state: State, since: float = -600, *, findings: dict[str, Any] | None = None, **given: Any) -> World:
    """Line 1.0 in this state beside the newest line, which is active. Fields of the row in `given`, and of the world in lower case words."""
    of_world = {name: given.pop(name) for name in list(given) if name in _WORLD}
    return world(row("1.0", state, since, **given), NEWEST, findings=findings, **of_world)


_WORLD = {
    "apps",
    "foreign",
    "waiting",
    "pins",
    "versions",
    "now",
    "removal_delay_seconds",
    "quiet_seconds",
    "closing_seconds",
    "keep",
    "default",
    "revive",
}
BUSY, CLEAN, UNKNOWN = {"1.0": busy()}, {"1.0": drained()}, {"1.0": unknown()}
SAID_BUSY: dict[str, Any] = {"verdict": "busy: 3 instances run", "active": 3, "oldest": at(-900), "ever_ran": True}
ONLY_NEWEST = {"2.0": app(NEWEST)}

DRAINING_CASES: dict[str, tuple[World, list[str]]] = {
    "without a verdict nothing happens": (leaving(DRAINING), []),
    "its starters are switched off first": (leaving(DRAINING, held=False), ["hold 1.0"]),
    "they are switched off when that is due": (leaving(DRAINING, held=False, retry_at=at(1)), []),
    "they are not switched off while Resource Manager can't be read": (leaving(DRAINING, held=False, apps=None), []),
    "a busy verdict is stored": (leaving(DRAINING, findings=BUSY), ["save 1.0 verdict"]),
    "the same busy verdict is not stored again": (leaving(DRAINING, findings=BUSY, judged_at=at(-1), **SAID_BUSY), []),
    "it is after five minutes": (leaving(DRAINING, findings=BUSY, judged_at=at(-6), **SAID_BUSY), ["save 1.0 verdict"]),
    "an unknown verdict is stored": (leaving(DRAINING, findings=UNKNOWN), ["save 1.0 verdict"]),
    "a first clean verdict is noted": (leaving(DRAINING, findings=CLEAN), ["save 1.0 verdict"]),
    "a second one before the quiet period is over changes nothing": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-4.9), verdict="drained: nothing runs", active=0, judged_at=at(-1)),
        [],
    ),
    "a second one after the quiet period drains it": (leaving(DRAINING, findings=CLEAN, clean_since=at(-5)), ["move 1.0 drained"]),
    "a second one drains it while Resource Manager can't be read": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-5), apps=None),
        ["move 1.0 drained"],
    ),
    "without a quiet period it takes two verdicts all the same": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(0), quiet_seconds=0, verdict="drained: nothing runs", active=0, judged_at=at(0)),
        [],
    ),
    "and two are enough then": (leaving(DRAINING, findings=CLEAN, clean_since=at(-0.1), quiet_seconds=0), ["move 1.0 drained"]),
    "a busy verdict between them begins the count anew": (leaving(DRAINING, findings=BUSY, clean_since=at(-5)), ["save 1.0 verdict"]),
    "so does an unknown one": (leaving(DRAINING, findings=UNKNOWN, clean_since=at(-5)), ["save 1.0 verdict"]),
    "so does a start that was let in since": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-5), last_start=at(-4)),
        ["save 1.0 verdict"],
    ),
    "a start just before the first clean verdict may still be under way": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-5), last_start=at(-6)),
        ["save 1.0 verdict"],
    ),
    "one whose request has ended before it is seen by it": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-5), last_start=at(-9)),
        ["move 1.0 drained"],
    ),
    "so does an instance that was created since": (
        leaving(DRAINING, findings={"1.0": drained(newest=at(-3))}, clean_since=at(-5)),
        ["save 1.0 verdict"],
    ),
    "an instance created before the first verdict does not": (
        leaving(DRAINING, findings={"1.0": drained(newest=at(-6))}, clean_since=at(-5)),
        ["move 1.0 drained"],
    ),
    "right after it left active, no verdict counts as clean": (leaving(DRAINING, since=-3, findings=CLEAN), ["save 1.0 verdict"]),
    "a first clean verdict that was too early does not count": (
        leaving(DRAINING, since=-8, findings=CLEAN, clean_since=at(-7)),
        ["save 1.0 verdict"],
    ),
    "one after routers have forgotten and requests have ended does": (
        leaving(DRAINING, since=-10, findings=CLEAN, clean_since=at(-5)),
        ["move 1.0 drained"],
    ),
    "stored requests are forwarded, and keep it": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-5), waiting={"1.0": 1}),
        ["forward 1.0", "save 1.0 verdict"],
    ),
    "if the newest line has an end, it is active again": (
        world(row("1.0", DRAINING), row("2.0", State.RETIRED), findings=CLEAN),
        ["move 1.0 active"],
    ),
    "if the newest line is asked to end, it is active again": (
        world(row("1.0", DRAINING), row("2.0", ACTIVE, retire_asked=True), findings=BUSY),
        ["move 2.0 draining", "move 1.0 active"],
    ),
    "if it is pinned, it is active again": (leaving(DRAINING, pins=Pins(line("1.0")), findings=CLEAN), ["move 1.0 active"]),
    "if more lines are kept, it is active again": (leaving(DRAINING, keep=2, findings=BUSY), ["move 1.0 active"]),
    "if its end is asked for, it is not active again": (leaving(DRAINING, keep=2, findings=BUSY, retire_asked=True), ["save 1.0 verdict"]),
    "a forced end closes it though it is busy": (leaving(DRAINING, findings=BUSY, retire_forced=True), ["move 1.0 closing"]),
    "a forced end closes it though nothing is known": (leaving(DRAINING, retire_forced=True), ["move 1.0 closing"]),
    "if somebody deleted its app while work runs, it is made again": (
        leaving(DRAINING, findings=BUSY, apps=ONLY_NEWEST),
        ["make 1.0", "deploy 1.0 1.0.0", "probe 1.0"],
    ),
    "also if it is not known whether work runs": (leaving(DRAINING, apps=ONLY_NEWEST), ["make 1.0", "deploy 1.0 1.0.0", "probe 1.0"]),
    "it is made again with the patch that it had": (
        leaving(DRAINING, apps=ONLY_NEWEST, findings=BUSY, deployed=Version(1, 0, 1), wanted=Version(1, 0, 2)),
        ["make 1.0", "deploy 1.0 1.0.1", "probe 1.0"],
    ),
    "also if stored requests wait for it": (
        leaving(DRAINING, apps=ONLY_NEWEST, findings=CLEAN, waiting={"1.0": 1}),
        ["make 1.0", "deploy 1.0 1.0.0", "probe 1.0"],
    ),
    "if its app is deleted and nothing runs, it is not made again": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-5), apps=ONLY_NEWEST),
        ["move 1.0 drained"],
    ),
    "an app that lost our mark is left alone": (
        leaving(DRAINING, findings=CLEAN, clean_since=at(-5), foreign=["orders-1-0"]),
        ["save 1.0 error", "alarm 1.0"],
    ),
    "an app that lost our mark is not switched off": (
        leaving(DRAINING, held=False, foreign=["orders-1-0"]),
        ["save 1.0 error", "alarm 1.0"],
    ),
    "lines that never ran anything drain the same way": (
        leaving(DRAINING, since=-10, findings=CLEAN, clean_since=at(-5), ever_ran=False),
        ["move 1.0 drained"],
    ),
}

DRAINED_CASES: dict[str, tuple[World, list[str]]] = {
    "it is kept for its delay": (leaving(DRAINED, since=-59, findings=CLEAN), ["save 1.0 verdict"]),
    "after its delay it closes": (leaving(DRAINED, since=-60, findings=CLEAN), ["move 1.0 closing"]),
    "it closes while Resource Manager can't be read": (leaving(DRAINED, since=-60, findings=CLEAN, apps=None), ["move 1.0 closing"]),
    "without a verdict it stays": (leaving(DRAINED, since=-600), []),
    "with an unknown one it stays": (leaving(DRAINED, since=-600, findings=UNKNOWN), ["save 1.0 verdict"]),
    "with a verdict from before it was drained it stays": (
        leaving(DRAINED, since=-1, removal_delay_seconds=0, findings={"1.0": drained(-2)}),
        ["save 1.0 verdict"],
    ),
    "without a delay it closes with the next verdict": (
        leaving(DRAINED, since=-1, removal_delay_seconds=0, findings=CLEAN),
        ["move 1.0 closing"],
    ),
    "an operator who has done with it does not wait for the delay": (
        leaving(DRAINED, since=-1, findings=CLEAN, retire_asked=True),
        ["move 1.0 closing"],
    ),
    "an operator does not overrule what is not known by asking": (
        leaving(DRAINED, since=-1, findings=UNKNOWN, retire_asked=True),
        ["save 1.0 verdict"],
    ),
    "an operator overrules it by force": (leaving(DRAINED, since=-1, findings=UNKNOWN, retire_forced=True), ["move 1.0 closing"]),
    "a start brings it back to draining": (leaving(DRAINED, since=-600, findings=CLEAN, last_start=at(-1)), ["move 1.0 draining"]),
    "a start at the very time it was drained does": (
        leaving(DRAINED, since=-600, findings=CLEAN, last_start=at(-600)),
        ["move 1.0 draining"],
    ),
    "a start from before does not": (leaving(DRAINED, since=-600, findings=CLEAN, last_start=at(-601)), ["move 1.0 closing"]),
    "an instance brings it back to draining": (leaving(DRAINED, since=-600, findings=BUSY), ["move 1.0 draining"]),
    "a stored request brings it back to draining": (
        leaving(DRAINED, since=-600, findings=CLEAN, waiting={"1.0": 1}),
        ["move 1.0 draining"],
    ),
    "if it is pinned it is active again": (leaving(DRAINED, findings=CLEAN, pins=Pins(line("1.0"))), ["move 1.0 active"]),
    "if the newest is gone it is active again": (
        world(row("1.0", DRAINED), row("2.0", State.FAILED, since=-1), findings=CLEAN),
        ["move 1.0 active"],
    ),
    "if its app was deleted meanwhile it is made again for that": (
        leaving(DRAINED, findings=CLEAN, pins=Pins(line("1.0")), apps=ONLY_NEWEST),
        ["move 1.0 provisioning"],
    ),
    "if its app was deleted and nobody wants it, it closes as others do": (
        leaving(DRAINED, findings=CLEAN, apps=ONLY_NEWEST),
        ["move 1.0 closing"],
    ),
}

CLOSING_CASES: dict[str, tuple[World, list[str]]] = {
    "before every router knows, nothing happens": (leaving(CLOSING, since=-1.4, findings=CLEAN), []),
    "when every router knows, and nothing runs, it is removed": (leaving(CLOSING, since=-1.5, findings=CLEAN), CLOSED),
    "a verdict from before that time is not the last one": (
        leaving(CLOSING, since=-2, findings={"1.0": drained(-1)}),
        ["save 1.0 verdict"],
    ),
    "a verdict from that very time is": (leaving(CLOSING, since=-2, findings={"1.0": drained(-0.5)}), CLOSED),
    "without a verdict it stays": (leaving(CLOSING, since=-60), []),
    "with an unknown one it stays": (leaving(CLOSING, since=-60, findings=UNKNOWN), ["save 1.0 verdict"]),
    "an instance brings it back to draining at once": (leaving(CLOSING, since=-0.1, findings=BUSY), ["move 1.0 draining"]),
    "an instance brings it back to draining at the last look": (leaving(CLOSING, since=-60, findings=BUSY), ["move 1.0 draining"]),
    "a start that was let in brings it back": (leaving(CLOSING, since=-60, findings=CLEAN, last_start=at(-60)), ["move 1.0 draining"]),
    "a stored request brings it back": (leaving(CLOSING, since=-60, findings=CLEAN, waiting={"1.0": 1}), ["move 1.0 draining"]),
    "while Resource Manager can't be read nothing is removed": (leaving(CLOSING, since=-60, findings=CLEAN, apps=None), []),
    "an app that lost our mark is not removed": (
        leaving(CLOSING, since=-60, findings=CLEAN, foreign=["orders-1-0"]),
        ["save 1.0 error", "alarm 1.0"],
    ),
    "if it is pinned it is active again": (leaving(CLOSING, since=-60, findings=CLEAN, pins=Pins(line("1.0"))), ["move 1.0 active"]),
    "if it is pinned once its removal has begun, that goes on": (
        leaving(CLOSING, since=-60, findings=CLEAN, pins=Pins(line("1.0")), removing=True),
        ["remove 1.0"],
    ),
    "a removal that has begun goes on whatever is seen": (leaving(CLOSING, since=-60, findings=BUSY, removing=True), ["remove 1.0"]),
    "a removal that has begun goes on though the app is gone": (
        leaving(CLOSING, since=-60, removing=True, apps=ONLY_NEWEST),
        ["remove 1.0"],
    ),
    "a removal that failed waits for its next try": (leaving(CLOSING, since=-60, removing=True, attempts=1, retry_at=at(1)), []),
    "a removal does not go on while Resource Manager can't be read": (leaving(CLOSING, since=-60, removing=True, apps=None), []),
    "a removal stops at an app that lost our mark": (
        leaving(CLOSING, since=-60, removing=True, foreign=["orders-1-0"]),
        ["save 1.0 error", "alarm 1.0"],
    ),
    "a line whose app somebody deleted is removed to its end": (leaving(CLOSING, since=-60, findings=CLEAN, apps=ONLY_NEWEST), CLOSED),
    "a forced end waits for the routers too": (leaving(CLOSING, since=-1, retire_forced=True), []),
    "a forced end removes what is busy": (leaving(CLOSING, since=-2, findings=BUSY, retire_forced=True), CLOSED),
    "a forced end removes what is not known": (leaving(CLOSING, since=-2, findings=UNKNOWN, retire_forced=True), CLOSED),
    "a forced end needs no verdict": (leaving(CLOSING, since=-2, retire_forced=True), CLOSED),
    "a forced end touches nothing of somebody else": (
        leaving(CLOSING, since=-2, retire_forced=True, foreign=["orders-1-0"]),
        ["save 1.0 error", "alarm 1.0"],
    ),
    "closing longer takes longer": (leaving(CLOSING, since=-2, closing_seconds=180, findings=CLEAN), []),
}

THERE = {**ONLY_NEWEST, "1.0": app(row("1.0", ACTIVE))}
RETIRED_CASES: dict[str, tuple[World, list[str]]] = {
    "it stays as it is": (leaving(RETIRED), []),
    "it stays while Resource Manager can't be read": (leaving(RETIRED, apps=None), []),
    "it stays though it is pinned": (leaving(RETIRED, pins=Pins(line("1.0"))), []),
    "an app that is there again is left alone without a verdict": (leaving(RETIRED, apps=THERE), []),
    "and with an unknown one": (leaving(RETIRED, apps=THERE, findings=UNKNOWN), []),
    "an app that is there again is removed if nothing runs in it": (leaving(RETIRED, apps=THERE, findings=CLEAN), CLOSED),
    "an app that is there again drains if something runs in it": (leaving(RETIRED, apps=THERE, findings=BUSY), ["move 1.0 draining"]),
    "an app to which a package is on its way is left alone": (
        leaving(RETIRED, apps={**THERE, "1.0": app(row("1.0", ACTIVE), busy_deploying=True)}, findings=CLEAN),
        [],
    ),
    "an app of somebody else is left alone": (leaving(RETIRED, foreign=["orders-1-0"]), []),
    "stored requests are answered with its end": (leaving(RETIRED, waiting={"1.0": 1}), ["giveup 1.0"]),
    "stored requests make it anew where that is wanted": (leaving(RETIRED, waiting={"1.0": 1}, revive=True), ["move 1.0 provisioning"]),
    "stored requests make a line anew that never had an app": (leaving(RETIRED, waiting={"1.0": 1}, history=()), ["move 1.0 provisioning"]),
}

CASES = {
    f"{state}: {sentence}": case
    for state, cases in (("draining", DRAINING_CASES), ("drained", DRAINED_CASES), ("closing", CLOSING_CASES), ("retired", RETIRED_CASES))
    for sentence, case in cases.items()
}


@pytest.mark.parametrize("sentence", CASES)
def test_what_is_planned(sentence: str) -> None:
    given, expected = CASES[sentence]
    assert planned(given) == expected


def test_a_drained_line_keeps_its_verdict() -> None:
    why = "nothing ran in it, seen twice with a quiet period between"
    changes = {"verdict": "drained: nothing runs", "active": 0, "oldest": None, "judged_at": at(0), "clean_since": at(-5)}
    assert of_line(leaving(DRAINING, findings=CLEAN, clean_since=at(-5)), "1.0") == [Move(line("1.0"), DRAINED, why, changes)]


def test_a_first_clean_verdict_is_the_time_its_reading_began() -> None:
    (saved,) = of_line(leaving(DRAINING, findings={"1.0": drained(-0.5)}), "1.0")
    assert isinstance(saved, Save)
    assert saved.changes["clean_since"] == at(-0.5)


def test_an_instance_in_a_closing_line_is_told_and_ends_the_count() -> None:
    changes = {
        "verdict": "busy: 3 instances run",
        "active": 3,
        "oldest": at(-900),
        "judged_at": at(0),
        "clean_since": None,
        "ever_ran": True,
    }
    assert of_line(leaving(CLOSING, since=-60, findings=BUSY), "1.0") == [
        Move(line("1.0"), DRAINING, "work runs in it: 3 instances run", changes)
    ]


def test_the_removal_is_marked_before_it_begins() -> None:
    why = "nothing was let in since it closed, and nothing runs in it"
    marked = {"removing": True, "attempts": 0, "retry_at": None, "error": ""}
    assert of_line(leaving(CLOSING, since=-60, findings=CLEAN), "1.0") == [Save(line("1.0"), why, marked), Remove(line("1.0"), why)]


@pytest.mark.parametrize("state", [DRAINING, DRAINED, CLOSING, ACTIVE, RETIRED, State.FAILED, State.PROVISIONING])
def test_times_that_lie_ahead_of_the_clock_are_set_right_before_anything_else(state: State) -> None:
    wrong = {"last_start": at(60), "clean_since": at(60), "judged_at": at(60), "purged_at": at(60), "retry_at": at(200)}
    given = world(row("1.0", state, since=60, **wrong), findings=CLEAN)
    right = {"since": at(0), "last_start": at(0), "retry_at": None, "clean_since": None, "judged_at": None, "purged_at": None}
    assert of_line(given, "1.0") == [Save(line("1.0"), "its times were ahead of the clock", right)]


@pytest.mark.parametrize("minutes", [0, 5, 10], ids="{} minutes".format)
def test_clocks_that_differ_a_little_are_nothing_to_set_right(minutes: float) -> None:
    assert "since" not in " ".join(planned(leaving(DRAINED, since=minutes, findings=CLEAN)))


def test_every_plan_ends_with_old_requests() -> None:
    assert [type(action).__name__ for action in plan(world())] == ["Expire"]
