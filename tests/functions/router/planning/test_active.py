"""Plans for active lines: patches, starters, blueprints, what waits, and being superseded."""

from __future__ import annotations

from typing import Any

import pytest

from functions.router.lines import Pins, State
from functions.router.planning import Alarm, Move, Save, World, plan
from functions.router.versions import Version

from .worlds import app, at, busy, drained, line, of_line, planned, row, unknown, world

ACTIVE, DRAINING, DRAINED, PROVISIONING = State.ACTIVE, State.DRAINING, State.DRAINED, State.PROVISIONING
ONE = row("1.0", ACTIVE)
PATCH = row("1.0", ACTIVE, wanted=Version(1, 0, 1))
V1, V2, V3 = row("1.0", ACTIVE), row("2.0", ACTIVE), row("3.0", ACTIVE)
NEW_BLUEPRINT = {"1.0": app(V1, blueprint="b0"), "2.0": app(V2, blueprint="b0")}


def alone(**fields: Any) -> World:
    return world(row("1.0", ACTIVE, **fields))


CASES: dict[str, tuple[World, list[str]]] = {
    "a line that is as it should be is left alone": (world(ONE), []),
    "a new patch is deployed to the app that is there": (world(PATCH), ["deploy 1.0 1.0.1", "probe 1.0"]),
    "a patch that is there already is asked for": (world(PATCH, apps={"1.0": app(PATCH, deployed=Version(1, 0, 1))}), ["probe 1.0"]),
    "a rollback deploys the lower patch": (
        world(R := row("1.0", ACTIVE, wanted=Version(1, 0, 1), deployed=Version(1, 0, 2)), apps={"1.0": app(R, deployed=Version(1, 0, 2))}),
        ["deploy 1.0 1.0.1", "probe 1.0"],
    ),
    "a patch that failed waits for its next try": (alone(wanted=Version(1, 0, 1), attempts=3, retry_at=at(1)), []),
    "a patch that failed is tried again when it is due": (
        alone(wanted=Version(1, 0, 1), attempts=1, retry_at=at(0)),
        ["deploy 1.0 1.0.1", "probe 1.0"],
    ),
    "a patch that fails for long never fails the line": (
        alone(wanted=Version(1, 0, 1), attempts=50, retry_at=at(0)),
        ["deploy 1.0 1.0.1", "probe 1.0"],
    ),
    "a patch whose package is gone is told": (world(PATCH, versions=["1.0.0"]), ["save 1.0 error"]),
    "a patch is deployed to an app of an older blueprint as it is": (
        world(PATCH, apps={"1.0": app(PATCH, blueprint="b0", deployed=Version(1, 0, 0))}),
        ["deploy 1.0 1.0.1", "probe 1.0"],
    ),
    "nothing is deployed while Resource Manager can't be read": (world(PATCH, apps=None), []),
    "what went wrong is forgotten when it is over": (alone(error="no quota", attempts=2), ["save 1.0 attempts error retry_at"]),
    "but not before its next try was due": (alone(error="no quota", attempts=2, retry_at=at(2)), []),
    "an app that Azure does not list is asked itself": (world(ONE, apps={}), ["probe 1.0 or make again"]),
    "and not too often": (world(row("1.0", ACTIVE, retry_at=at(1)), apps={}), []),
    "an unreadable Azure is no missing app": (world(ONE, apps=None), []),
    "an app that lost our mark is left alone, with an alarm": (world(ONE, foreign=["orders-1-0"]), ["save 1.0 error", "alarm 1.0"]),
    "it gets no patch either": (world(PATCH, foreign=["orders-1-0"]), ["save 1.0 error", "alarm 1.0"]),
    "starters that were switched off while it drained are switched on": (alone(held=True), ["release 1.0"]),
    "a patch comes before its starters": (alone(held=True, wanted=Version(1, 0, 1)), ["deploy 1.0 1.0.1", "probe 1.0"]),
    "starters wait for their next try too": (alone(held=True, retry_at=at(1)), []),
    "stored requests are forwarded": (world(ONE, waiting={"1.0": 3}), ["forward 1.0"]),
    "stored requests are forwarded while Resource Manager can't be read": (world(ONE, apps=None, waiting={"1.0": 3}), ["forward 1.0"]),
    "stored requests are forwarded before a patch is deployed": (
        world(PATCH, waiting={"1.0": 1}),
        ["forward 1.0", "deploy 1.0 1.0.1", "probe 1.0"],
    ),
    "stored requests of another line are not its own": (world(ONE, waiting={"2.0": 3}), []),
    "a verdict is stored for the page": (world(row("1.0", ACTIVE, judged_at=None), findings={"1.0": busy()}), ["save 1.0 verdict"]),
    "the same verdict is not stored again": (
        world(
            row("1.0", ACTIVE, verdict="busy: 3 instances run", active=3, oldest=at(-900), judged_at=at(-1), ever_ran=True),
            findings={"1.0": busy()},
        ),
        [],
    ),
    "the same verdict is stored again after five minutes": (
        world(
            row("1.0", ACTIVE, verdict="busy: 3 instances run", active=3, oldest=at(-900), judged_at=at(-5), ever_ran=True),
            findings={"1.0": busy()},
        ),
        ["save 1.0 verdict"],
    ),
    "an active line in which nothing runs stays active": (
        world(row("1.0", ACTIVE, judged_at=None), findings={"1.0": drained()}),
        ["save 1.0 verdict"],
    ),
    "an active line that can't be read stays active": (
        world(row("1.0", ACTIVE, judged_at=None), findings={"1.0": unknown()}),
        ["save 1.0 verdict"],
    ),
    "a changed blueprint reaches new apps only": (world(V2, V1, apps=NEW_BLUEPRINT, keep=2), []),
    "or all apps, one in a pass": (world(V2, V1, apps=NEW_BLUEPRINT, keep=2, rollout="all_apps"), ["make 1.0", "probe 1.0"]),
    "the next app follows when the first has it": (
        world(V2, V1, apps={**NEW_BLUEPRINT, "1.0": app(V1)}, keep=2, rollout="all_apps"),
        ["make 2.0", "probe 2.0"],
    ),
    "an app that does not take it waits, and the next one gets it": (
        world(V2, row("1.0", ACTIVE, attempts=1, retry_at=at(1)), apps=NEW_BLUEPRINT, keep=2, rollout="all_apps"),
        ["make 2.0", "probe 2.0"],
    ),
    "the newest of two lines stays, the other drains": (world(V1, V2), ["move 1.0 draining"]),
    "the order of rows does not matter": (world(V2, V1), ["move 1.0 draining"]),
    "with keep 2, two stay": (world(V1, V2, keep=2), []),
    "with keep 2, the third drains": (world(V1, V2, V3, keep=2), ["move 1.0 draining"]),
    "with keep 1, two of three drain": (world(V1, V2, V3), ["move 1.0 draining", "move 2.0 draining"]),
    "with keep 5, nothing drains": (world(V1, V2, V3, keep=5), []),
    "1.10 is newer than 1.9": (world(row("1.9", ACTIVE), row("1.10", ACTIVE)), ["move 1.9 draining"]),
    "a pinned line stays": (world(V1, V2, pins=Pins(line("1.0"))), []),
    "a pinned line stays beside those that are kept": (world(V1, V2, V3, pins=Pins(line("1.0"))), ["move 2.0 draining"]),
    "the policy's default stays": (world(V1, V2, default="1.0"), []),
    "a pin goes before the policy's default": (world(V1, V2, V3, default="1.0", pins=Pins(line("2.0"))), ["move 1.0 draining"]),
    "a pin to the newest line keeps nothing else": (world(V1, V2, pins=Pins(line("2.0"))), ["move 1.0 draining"]),
    "a pin to an unknown line keeps nothing": (world(V1, V2, pins=Pins(line("9.9"))), ["move 1.0 draining"]),
    "a line that is being made supersedes nothing": (world(V1, row("2.0", PROVISIONING, retry_at=at(1))), []),
    "a line that could not be made supersedes nothing": (world(V1, row("2.0", State.FAILED, since=-1)), []),
    "a line that is retired supersedes nothing": (world(V1, row("2.0", State.RETIRED)), []),
    "a superseded line drains while Resource Manager can't be read": (world(V1, V2, apps=None), ["move 1.0 draining"]),
    "a superseded line drains though its app lost our mark": (world(V1, V2, foreign=["orders-1-0"]), ["move 1.0 draining"]),
    "a superseded line gets no patch first": (world(PATCH, V2), ["move 1.0 draining"]),
    "a line that an operator has done with drains": (world(V2, row("1.0", ACTIVE, retire_asked=True), keep=2), ["move 1.0 draining"]),
    "the only line drains if an operator has done with it": (alone(retire_asked=True), ["move 1.0 draining"]),
    "without the newest, the older one is kept": (world(V1, row("2.0", ACTIVE, retire_asked=True)), ["move 2.0 draining"]),
    "a line whose end is forced closes at once": (alone(retire_forced=True), ["move 1.0 closing"]),
    "a line whose end is forced closes, pinned or not": (
        world(row("1.0", ACTIVE, retire_forced=True), V2, pins=Pins(line("1.0"))),
        ["move 1.0 closing"],
    ),
}


@pytest.mark.parametrize("sentence", CASES)
def test_what_is_planned(sentence: str) -> None:
    given, expected = CASES[sentence]
    assert planned(given) == expected


def test_a_superseded_line_says_by_what_and_begins_its_count_of_clean_verdicts_anew() -> None:
    given = world(row("1.0", ACTIVE, clean_since=at(-100), last_start=at(-100)), V2)
    why = "2.0 is active, and the policy keeps 1"
    assert of_line(given, "1.0") == [Move(line("1.0"), DRAINING, why, {"clean_since": None, "last_start": None})]


def test_an_app_without_our_mark_is_told_with_the_way_out() -> None:
    why = "the app named orders-1-0 does not carry the router's mark any more: it is left alone. Put its tag durable-deploy-owner back"
    given = world(ONE, foreign=["orders-1-0"])
    assert of_line(given, "1.0") == [Save(line("1.0"), why, {"error": why}), Alarm(line("1.0"), why)]


def test_an_alarm_is_raised_from_its_share_of_the_cap_on() -> None:
    rows = [row(f"{n}.0", ACTIVE) for n in range(1, 5)]
    assert planned(world(*rows[:3], keep=9, maximum_lines=5)) == []
    given = world(*rows, keep=9, maximum_lines=5)
    why = "4 of at most 5 lines have an app. None of them is draining: raise maximum_lines, keep fewer lines, or retire one."
    assert [action for action in plan(given) if isinstance(action, Alarm)] == [Alarm(None, why)]
