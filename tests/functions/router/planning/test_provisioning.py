"""Plans for lines that are being made, or could not be made."""

from __future__ import annotations

from typing import Any

import pytest

from functions.router.lines import State
from functions.router.planning import Deploy, Make, Move, Probe, Remove, Save, World, plan
from functions.router.versions import Version

from .worlds import app, at, busy, drained, line, only, planned, row, unknown, world

PROVISIONING, FAILED, ACTIVE = State.PROVISIONING, State.FAILED, State.ACTIVE
NEW = row("1.0", PROVISIONING, since=-1)
ALL = ["make 1.0", "deploy 1.0 1.0.0", "probe 1.0"]
OLD = row("1.0", FAILED, since=-1441, error="no quota")
RECENT = row("1.0", FAILED, since=-30, error="no quota")


def new(**fields: Any) -> World:
    return world(row("1.0", PROVISIONING, since=-1, **fields))


def having(app_changes: dict[str, Any], **fields: Any) -> World:
    one = row("1.0", PROVISIONING, since=-1, **fields)
    return world(one, apps={"1.0": app(one, **app_changes)})


CASES: dict[str, tuple[World, list[str]]] = {
    "a line without an app gets one, its package, and is asked whether it answers": (new(), ALL),
    "an app that is there and has its package is only asked": (having({}), ["probe 1.0"]),
    "an app whose deployment was not ended is deployed to again": (having({"deployed": None}), ["deploy 1.0 1.0.0", "probe 1.0"]),
    "an app with another patch gets the wanted one": (having({"deployed": Version(1, 0, 2)}), ["deploy 1.0 1.0.0", "probe 1.0"]),
    "an app that was made half is made to its end": (having({"blueprint": "", "deployed": None}), ALL),
    "an app of an older blueprint is made again before it goes live": (having({"blueprint": "b0"}), ["make 1.0", "probe 1.0"]),
    "the newest deployed patch is what is put there": (new(wanted=Version(1, 0, 2)), ["make 1.0", "deploy 1.0 1.0.2", "probe 1.0"]),
    "nothing is made while Resource Manager can't be read, and the row says so": (world(NEW, apps=None), ["save 1.0 error"]),
    "nothing is tried before its time": (new(attempts=2, retry_at=at(0.1)), []),
    "a try is due at its very time": (new(attempts=2, retry_at=at(0)), ALL),
    "after one failed try it is tried again": (new(attempts=1, retry_at=at(-1)), ALL),
    "an app that does not answer after one look is looked at again": (having({}, attempts=1), ["probe 1.0"]),
    "an app that does not answer after two looks is looked at again": (having({}, attempts=2), ["probe 1.0"]),
    "an app that does not answer after three looks gets its package again": (having({}, attempts=3), ["deploy 1.0 1.0.0", "probe 1.0"]),
    "four looks are no reason to deploy again": (having({}, attempts=4), ["probe 1.0"]),
    "six looks are": (having({}, attempts=6), ["deploy 1.0 1.0.0", "probe 1.0"]),
    "the seventh try is a try": (new(attempts=7), ALL),
    "after eight failed tries it has failed": (new(attempts=8, error="no quota"), ["move 1.0 failed"]),
    "eight tries are counted only when the next one is due": (new(attempts=8, retry_at=at(5)), []),
    "a line without a version has failed": (new(wanted=None), ["move 1.0 failed"]),
    "a line whose package is not known has failed": (world(NEW, versions=["1.0.1"]), ["move 1.0 failed"]),
    "an app of somebody else under its name fails it": (world(NEW, foreign=["orders-1-0"]), ["move 1.0 failed"]),
    "names of sites are the same in upper case": (world(NEW, foreign=["Orders-1-0"]), ["move 1.0 failed"]),
    "an app of somebody else under another name is no concern": (world(NEW, foreign=["orders-1-1"]), ALL),
    "a line that is to be removed before it was made has failed": (new(retire_asked=True), ["move 1.0 failed"]),
    "so has one whose end is forced": (new(retire_forced=True), ["move 1.0 failed"]),
    "requests that wait for it don't hurry it": (world(NEW, waiting={"1.0": 7}), ALL),
    "a verdict on it changes nothing": (world(NEW, findings={"1.0": busy()}), ALL),
    "two lines are made in one pass, the one that has waited longer first": (
        world(row("2.0", PROVISIONING, since=-1), row("1.0", PROVISIONING, since=-2)),
        [*ALL, "make 2.0", "deploy 2.0 2.0.0", "probe 2.0"],
    ),
    "a line that waits for its next try does not hold up another": (
        world(row("2.0", PROVISIONING, since=-1), row("1.0", PROVISIONING, since=-2, attempts=1, retry_at=at(1))),
        ["make 2.0", "deploy 2.0 2.0.0", "probe 2.0"],
    ),
    "the older line stays active while the newer one is being made": (
        world(row("1.0", ACTIVE), row("2.0", PROVISIONING, retry_at=at(1))),
        [],
    ),
    "at the cap a line waits for a place, and says so": (
        world(row("1.0", ACTIVE), row("2.0", PROVISIONING), maximum_lines=1, alarm_at=1),
        ["save 2.0 error", "alarm all"],
    ),
    "of two lines the first gets the last place": (
        world(row("1.0", PROVISIONING, since=-2), row("2.0", PROVISIONING, since=-1), maximum_lines=1, alarm_at=1),
        [*ALL, "save 2.0 error", "alarm all"],
    ),
    "a line whose app is there already needs no further place": (
        world(
            row("1.0", ACTIVE),
            NEW_2 := row("2.0", PROVISIONING),
            apps={"1.0": app(row("1.0", ACTIVE)), "2.0": app(NEW_2)},
            maximum_lines=2,
            alarm_at=1,
        ),
        ["probe 2.0", "alarm all"],
    ),
    "a failed line rests": (world(RECENT), []),
    "a failed line rests, though requests wait": (world(RECENT, waiting={"1.0": 2}), []),
    "a failed line is tried again after an hour if requests wait": (
        world(row("1.0", FAILED, since=-60), waiting={"1.0": 2}),
        ["move 1.0 provisioning"],
    ),
    "a failed line is not tried again after an hour if nobody waits": (world(row("1.0", FAILED, since=-61)), []),
    "a failed line whose name is somebody else's is not tried again": (
        world(row("1.0", FAILED, since=-61), waiting={"1.0": 2}, foreign=["orders-1-0"]),
        [],
    ),
    "a failed line whose package is not known is not tried again": (
        world(row("1.0", FAILED, since=-61), waiting={"1.0": 2}, versions=[]),
        [],
    ),
    "nothing is done about a failed line while Resource Manager can't be read": (world(OLD, apps=None, waiting={"1.0": 1}), []),
    "what was made of a failed line is removed after a day without requests": (
        world(OLD),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "not before": (world(row("1.0", FAILED, since=-1439)), []),
    "not while requests wait": (world(OLD, waiting={"1.0": 1}), ["move 1.0 provisioning"]),
    "a half-made app without a package is removed without a verdict": (
        world(OLD, apps={"1.0": app(OLD, deployed=None)}),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "nor does it need one that can be read": (
        world(OLD, apps={"1.0": app(OLD, deployed=None)}, findings={"1.0": unknown()}),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "a half-made app that had instances needs one": (
        world(OLD, apps={"1.0": app(OLD, deployed=None)}, findings={"1.0": busy()}),
        [],
    ),
    "one to which a package is on its way stays": (world(OLD, apps={"1.0": app(OLD, deployed=None, busy_deploying=True)}), []),
    "one that has a package stays without a verdict": (world(OLD, apps={"1.0": app(OLD)}), []),
    "one that has a package stays if its hub can't be read": (world(OLD, apps={"1.0": app(OLD)}, findings={"1.0": unknown()}), []),
    "one that has a package and is busy stays": (world(OLD, apps={"1.0": app(OLD)}, findings={"1.0": busy()}), []),
    "one that has a package and is drained is removed": (
        world(OLD, apps={"1.0": app(OLD)}, findings={"1.0": drained()}),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "a removal that has begun goes on": (world(row("1.0", FAILED, removing=True)), ["remove 1.0"]),
    "a removal that has failed goes on when its time has come": (world(row("1.0", FAILED, removing=True, attempts=2, retry_at=at(1))), []),
    "a failed line that an operator does not want is removed at once": (
        world(row("1.0", FAILED, since=-1, retire_asked=True)),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "if its app is somebody else's, it is retired without touching that": (
        world(row("1.0", FAILED, since=-1, retire_asked=True), foreign=["orders-1-0"]),
        ["move 1.0 retired"],
    ),
    "a forced end does not ask what runs in a half-made app": (
        world(F := row("1.0", FAILED, since=-1, retire_forced=True), apps={"1.0": app(F)}, findings={"1.0": busy()}),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "an asked one does": (
        world(G := row("1.0", FAILED, since=-1, retire_asked=True), apps={"1.0": app(G)}, findings={"1.0": busy()}),
        [],
    ),
}


@pytest.mark.parametrize("sentence", CASES)
def test_what_is_planned(sentence: str) -> None:
    given, expected = CASES[sentence]
    assert planned(given) == expected


def test_a_first_request_is_planned_with_whole_values() -> None:
    assert plan(new())[:3] == (
        Make(line("1.0"), "it has no app"),
        Deploy(line("1.0"), Version(1, 0, 0), "1.0.0 is wanted there"),
        Probe(line("1.0"), "does it answer with 1.0.0?"),
    )


def test_a_name_that_is_taken_is_told_with_the_way_out() -> None:
    why = "an app named orders-1-0 exists in the resource group and is not the router's. Delete or move it, then retry 1.0"
    assert only(world(NEW, foreign=["orders-1-0"]), "1.0") == Move(line("1.0"), FAILED, why, {"error": why})


def test_a_line_that_waits_for_a_place_names_the_cap_the_lines_and_which_frees_up_first() -> None:
    given = world(
        row("1.0", State.DRAINING, active=2), row("2.0", ACTIVE), row("3.0", PROVISIONING), findings={"1.0": busy()}, maximum_lines=2
    )
    saved = [action for action in plan(given) if isinstance(action, Save) and action.line == line("3.0")]
    why = (
        "2 of at most 2 lines have an app: 1.0 (draining), 2.0 (active). "
        "1.0 frees up first: it is draining; 2 instances of it still run. 3.0 waits for a place."
    )
    assert saved == [Save(line("3.0"), why, {"error": why})]


def test_what_is_said_already_is_not_written_again() -> None:
    given = world(row("1.0", ACTIVE), row("2.0", PROVISIONING), maximum_lines=1)
    (said,) = [action for action in plan(given) if isinstance(action, Save)]
    again = world(row("1.0", ACTIVE), row("2.0", PROVISIONING, error=said.changes["error"]), maximum_lines=1)
    assert planned(again) == ["alarm all"]


def test_a_removal_is_marked_in_the_row_before_it_begins() -> None:
    why = "its app could not be made, and nobody asks for it"
    assert [*plan(world(OLD))[:2]] == [
        Save(line("1.0"), why, {"removing": True, "attempts": 0, "retry_at": None, "error": ""}),
        Remove(line("1.0"), why),
    ]


def test_a_failed_line_begins_anew_with_its_tries_at_zero() -> None:
    given = world(row("1.0", FAILED, since=-60, attempts=8, retry_at=at(3), error="no quota"), waiting={"1.0": 1})
    assert only(given, "1.0") == Move(
        line("1.0"), PROVISIONING, "stored requests wait for it: tried again", {"attempts": 0, "retry_at": None, "error": ""}
    )
