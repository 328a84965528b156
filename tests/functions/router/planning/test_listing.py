"""Plans about the gateway's list: which lines it sends straight to their apps. Without more, the list names the active lines, and their rows say so."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from functions.router.blueprint import LONGEST_GATEWAY_SECONDS, Gateway
from functions.router.lines import Pins, State
from functions.router.planning import (
    Delist,
    Delisted,
    Enlist,
    Enlisted,
    Failed,
    Front,
    NotEnlisted,
    World,
    next_step,
    settle,
)
from functions.router.planning.verdicts import clean_from
from functions.router.versions import Line

from .worlds import app, at, busy, drained, line, of_line, planned, row, unknown, world

ACTIVE, DRAINING, DRAINED, CLOSING, RETIRED = State.ACTIVE, State.DRAINING, State.DRAINED, State.CLOSING, State.RETIRED
NEWEST = row("2.0", ACTIVE, listed=True)
WHY = "the gateway's list was written by somebody else"


def front(*lines: str, default: str | None = "2.0", stale: tuple[str, ...] = (), seconds: int = 120) -> Front:
    named = frozenset(line(text) for text in lines)
    return Front(seconds, named, None if default is None else line(default), frozenset(line(text) for text in stale))


NO = "the gateway's list can't be read: 403: no"
UNREAD = Front(120, None, problem=NO)
BOTH = front("1.0", "2.0")
TAKEN_OUT = front("2.0")
THERE = {"1.0": app(row("1.0", RETIRED)), "2.0": app(NEWEST)}
_WORLD = {"apps", "foreign", "findings", "waiting", "pins", "keep", "default", "quiet_seconds", "removal_delay_seconds", "revive", "now"}


def beside_newest(state: State, gateway: Front | None, since: float = -600, **given: Any) -> World:
    """Line 1.0 in this state beside the newest one."""
    of_world = {name: given.pop(name) for name in list(given) if name in _WORLD}
    return world(row("1.0", state, since, **given), NEWEST, front=gateway, **of_world)


def newest(gateway: Front | None, **given: Any) -> World:
    """The newest line alone."""
    of_world = {name: given.pop(name) for name in list(given) if name in _WORLD}
    return world(row("2.0", ACTIVE, **{"listed": True, **given}), front=gateway, **of_world)


CASES: dict[str, tuple[World, list[str]]] = {
    "an active line that is listed is left alone": (newest(TAKEN_OUT), []),
    "an active line is marked first and then listed": (newest(front(default=None), listed=False), ["save 2.0 listed", "enlist 2.0"]),
    "one that is marked is listed": (newest(front(default=None)), ["enlist 2.0"]),
    "one that the list names without its mark is marked": (newest(TAKEN_OUT, listed=False), ["save 2.0 gateway_error listed"]),
    "what was wrong with its entry and is right now is no longer said": (newest(TAKEN_OUT, gateway_error="403"), ["save 2.0 gateway_error listed"]),
    "without a gateway nothing is listed": (newest(None, listed=False), []),
    "while the list can't be read nothing is listed, and people are told": (
        newest(UNREAD, listed=False),
        ["save 2.0 gateway_error", "alarm all"],
    ),
    "a line that is being made is told so too": (
        world(row("2.0", State.PROVISIONING, retry_at=at(5)), front=UNREAD),
        ["save 2.0 gateway_error", "alarm all"],
    ),
    "a retired line is not": (world(row("2.0", RETIRED), front=UNREAD), ["alarm all"]),
    "they are told once in the row, and in each pass in the log": (newest(UNREAD, gateway_error=NO), ["alarm all"]),
    "while Resource Manager can't be read nothing is listed": (newest(front(default=None), listed=False, apps=None), []),
    "an app that is not there is not listed": (newest(front(default=None), listed=False, apps={}), ["probe 2.0 or make again"]),
    "an app that is not there any more is taken out": (newest(TAKEN_OUT, apps={}), ["probe 2.0 or make again", "delist 2.0"]),
    "an app that is not ours any more is taken out": (
        newest(TAKEN_OUT, foreign=["orders-2-0"]),
        ["save 2.0 error", "alarm 2.0", "delist 2.0"],
    ),
    "an app that is not ours is not listed": (
        newest(front(default=None), listed=False, foreign=["orders-2-0"]),
        ["save 2.0 error", "alarm 2.0"],
    ),
    "an app without an address is not listed": (newest(front(default=None), listed=False, host_name=""), []),
    "a line of which the list is old is listed again": (newest(front("2.0", stale=("2.0",))), ["enlist 2.0"]),
    "the default is written into the list": (newest(front("2.0", default=None)), ["enlist 2.0"]),
    "one for which there was no room is left for a while": (
        newest(front(default=None), listed=False, gateway_error="no room", delisted_at=at(-9)),
        [],
    ),
    "after ten minutes it is tried again": (
        newest(front(default=None), listed=False, gateway_error="no room", delisted_at=at(-10)),
        ["save 2.0 listed", "enlist 2.0"],
    ),
    "a line that became active again is listed at once": (
        newest(front(default=None), listed=False, delisted_at=at(-1)),
        ["save 2.0 listed", "enlist 2.0"],
    ),
    "a line that is to drain goes its way, and is taken out by what it is then": (beside_newest(ACTIVE, BOTH), ["move 1.0 draining"]),
    "a kept line stays in the list": (beside_newest(ACTIVE, BOTH, listed=True, keep=2), []),
    "a pinned default leads the list": (
        beside_newest(ACTIVE, BOTH, listed=True, keep=2, pins=Pins(Line(1, 0))),
        ["enlist 1.0", "enlist 2.0"],
    ),
    "a new default that can't be in the list takes the lead from the old one nevertheless": (
        beside_newest(ACTIVE, TAKEN_OUT, gateway_error="no room", delisted_at=at(-1), keep=2, pins=Pins(Line(1, 0))),
        ["enlist 2.0"],
    ),
    "a line that nobody knows is taken out": (newest(BOTH), ["strike all"]),
    "a line that drains is taken out": (beside_newest(DRAINING, BOTH, listed=True), ["delist 1.0"]),
    "one that says it is listed is taken out of a list without it": (beside_newest(DRAINING, TAKEN_OUT, listed=True), ["delist 1.0"]),
    "one that is in the list and says it is not is taken out": (beside_newest(DRAINING, BOTH), ["delist 1.0"]),
    "while the list can't be read nothing is taken out of it, and people are told": (
        beside_newest(DRAINING, UNREAD, listed=True, gateway_error="before"),
        ["save 2.0 gateway_error", "save 1.0 gateway_error", "alarm all"],
    ),
    "one that was taken out is left alone": (beside_newest(DRAINING, TAKEN_OUT, delisted_at=at(-60)), []),
    "why it was not in the list is of no interest once it drains": (
        beside_newest(DRAINING, TAKEN_OUT, delisted_at=at(-60), gateway_error="no room"),
        ["save 1.0 gateway_error"],
    ),
    "while it is in the list a clean verdict is noted and does not count": (
        beside_newest(DRAINING, BOTH, listed=True, findings={"1.0": drained()}, clean_since=at(-10)),
        ["save 1.0 verdict", "delist 1.0"],
    ),
    "before gateways have forgotten it a clean verdict does not count": (
        beside_newest(DRAINING, TAKEN_OUT, delisted_at=at(-5.8), findings={"1.0": drained()}, clean_since=at(-5)),
        ["save 1.0 verdict"],
    ),
    "after that it does": (
        beside_newest(DRAINING, TAKEN_OUT, delisted_at=at(-11), findings={"1.0": drained()}, clean_since=at(-5)),
        ["move 1.0 drained"],
    ),
    "a drained line that the list has drains again": (
        beside_newest(DRAINED, BOTH, findings={"1.0": drained()}),
        ["move 1.0 draining"],
    ),
    "a drained line does not close while the list can't be read": (
        beside_newest(DRAINED, UNREAD, findings={"1.0": drained()}, verdict="drained: nothing runs", active=0, judged_at=at(0)),
        ["save 2.0 gateway_error", "save 1.0 gateway_error", "alarm all"],
    ),
    "a drained line closes once gateways have forgotten it": (
        beside_newest(DRAINED, TAKEN_OUT, delisted_at=at(-20), findings={"1.0": drained()}),
        ["move 1.0 closing"],
    ),
    "a closing line that the list has drains again": (beside_newest(CLOSING, BOTH, findings={"1.0": drained()}), ["move 1.0 draining"]),
    "a closing line is not removed while the list can't be read": (
        beside_newest(CLOSING, UNREAD, findings={"1.0": drained()}),
        ["save 2.0 gateway_error", "save 1.0 gateway_error", "alarm all"],
    ),
    "a closing line is removed once gateways have forgotten it": (
        beside_newest(CLOSING, TAKEN_OUT, delisted_at=at(-20), findings={"1.0": drained()}),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "an end by force waits until the line is out of the list": (beside_newest(CLOSING, BOTH, listed=True, retire_forced=True), ["delist 1.0"]),
    "and until gateways have forgotten it": (beside_newest(CLOSING, TAKEN_OUT, delisted_at=at(-1.9), retire_forced=True), []),
    "then it is carried out": (
        beside_newest(CLOSING, TAKEN_OUT, delisted_at=at(-2), retire_forced=True),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "a retired line that the list has is taken out": (beside_newest(RETIRED, BOTH), ["delist 1.0"]),
    "an end by force waits for a list that can't be read": (
        beside_newest(CLOSING, UNREAD, retire_forced=True),
        ["save 2.0 gateway_error", "save 1.0 gateway_error", "alarm all"],
    ),
    "a removal that has begun goes on only when the line is out of the list": (beside_newest(CLOSING, BOTH, removing=True), ["delist 1.0"]),
    "and when gateways have forgotten it": (beside_newest(CLOSING, TAKEN_OUT, removing=True, delisted_at=at(-1.9)), []),
    "then it goes on": (beside_newest(CLOSING, TAKEN_OUT, removing=True, delisted_at=at(-2)), ["remove 1.0"]),
    "what was made of a failed line stays while the list has it": (
        beside_newest(State.FAILED, BOTH, retire_asked=True, listed=True),
        ["delist 1.0"],
    ),
    "and is removed afterwards": (
        beside_newest(State.FAILED, TAKEN_OUT, retire_asked=True, delisted_at=at(-2)),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "an app of a retired line that is there again stays until all that a gateway let in is to be seen": (
        beside_newest(RETIRED, TAKEN_OUT, apps=THERE, findings={"1.0": drained()}, delisted_at=at(-5.8)),
        [],
    ),
    "and is removed after that": (
        beside_newest(RETIRED, TAKEN_OUT, apps=THERE, findings={"1.0": drained()}, delisted_at=at(-5.9)),
        ["save 1.0 attempts error removing retry_at", "remove 1.0"],
    ),
    "a line whose app is gone is taken out while it is made again": (
        beside_newest(State.PROVISIONING, BOTH, listed=True),
        ["make 1.0", "deploy 1.0 1.0.0", "probe 1.0", "delist 1.0"],
    ),
    "when the gateway is gone the mark goes": (beside_newest(DRAINING, None, listed=True), [
        "save 2.0 delisted_at gateway_error listed", "save 1.0 delisted_at gateway_error listed"]),
    "a gateway that is gone is waited for too": (
        beside_newest(CLOSING, None, delisted_at=at(-1.9), findings={"1.0": drained()}, retire_forced=True),
        ["save 2.0 delisted_at gateway_error listed"],
    ),
    "a time of taking out that lies ahead of the clock is set right": (
        beside_newest(DRAINING, TAKEN_OUT, delisted_at=at(30)),
        ["save 1.0 delisted_at"],
    ),
    "a busy verdict keeps it where it is": (
        beside_newest(DRAINING, TAKEN_OUT, delisted_at=at(-20), findings={"1.0": busy()}),
        ["save 1.0 verdict"],
    ),
    "an unknown verdict does too": (
        beside_newest(DRAINING, TAKEN_OUT, delisted_at=at(-20), findings={"1.0": unknown()}),
        ["save 1.0 verdict"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_plan(case: str) -> None:
    of, expected = CASES[case]
    assert planned(of) == expected


def test_a_line_is_listed_with_the_default_that_is_active() -> None:
    (_, enlist) = of_line(newest(front(default=None), listed=False), "2.0")
    assert enlist == Enlist(line("2.0"), line("2.0"), "it is active")


def test_a_default_that_is_not_active_is_in_no_list() -> None:
    of = newest(front("2.0"), pins=Pins(Line(1, 0)))
    (enlist,) = of_line(of, "2.0")
    assert enlist == Enlist(line("2.0"), None, "requests without a version go elsewhere now")


LISTED = row("1.0", DRAINING, listed=True, gateway_error="before")
OUTCOMES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "listed": (Enlist(line("1.0"), None, ""), Enlisted(), {"listed": True, "gateway_error": "", "delisted_at": None}),
    "no room": (
        Enlist(line("1.0"), None, ""),
        NotEnlisted("no room"),
        {"listed": False, "gateway_error": "no room", "delisted_at": at(0)},
    ),
    "taken out": (Delist(line("1.0"), ""), Delisted(), {"listed": False, "gateway_error": "", "delisted_at": at(0)}),
    "refused": (Delist(line("1.0"), ""), Failed(WHY), {"listed": True, "gateway_error": WHY, "delisted_at": None}),
    "throttled": (Enlist(line("1.0"), None, ""), Failed(WHY, retry_after=60), {"listed": True, "gateway_error": WHY, "delisted_at": None}),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_what_an_outcome_comes_to_and_that_no_step_on_the_app_has_failed(case: str) -> None:
    action, outcome, expected = OUTCOMES[case]
    after = settle(LISTED, action, outcome, at(0))
    assert {name: getattr(after, name) for name in expected} == expected
    assert (after.attempts, after.retry_at, after.error) == (0, None, "")


@pytest.mark.parametrize(("seconds", "minutes"), [(120, 2), (600, 10)])
def test_no_verdict_is_clean_before_gateways_have_forgotten_the_line_and_requests_have_ended(seconds: int, minutes: int) -> None:
    of = beside_newest(DRAINING, front("2.0", seconds=seconds), delisted_at=at(-1))
    assert clean_from(of.lines[0], drained(), of) == at(-1 + minutes + 230 / 60)


def test_where_nobody_says_any_more_how_long_gateways_go_by_an_older_list_it_is_the_longest_that_can_be_said() -> None:
    with_seconds(LONGEST_GATEWAY_SECONDS)
    with pytest.raises(ValidationError, match="less than or equal to 3600"):
        with_seconds(LONGEST_GATEWAY_SECONDS + 1)
    of = beside_newest(DRAINING, None, delisted_at=at(-1))
    assert clean_from(of.lines[0], drained(), of) == at(-1 + 60 + 230 / 60)


def with_seconds(seconds: int) -> Gateway:
    return Gateway(list_id="/subscriptions/s", seconds=seconds)


WAY_OUT = "The router needs its role on the named value; without api_management.direct there is no list"
NEXT: dict[str, tuple[World, tuple[str, float | None, str]]] = {
    "in the list": (
        beside_newest(DRAINING, BOTH, listed=True, findings={"1.0": drained()}),
        ("it is drained when nothing runs in it", None, f"the gateway's list may have it, and each pass tries to take it out. {WAY_OUT}"),
    ),
    "the list can't be written": (
        beside_newest(DRAINING, BOTH, listed=True, gateway_error="403", findings={"1.0": drained()}),
        ("it is drained when nothing runs in it", None, f"403. {WAY_OUT}"),
    ),
    "drained, and the list can't be read": (
        beside_newest(DRAINED, UNREAD, findings={"1.0": drained()}),
        ("it closes", None, f"{NO}. {WAY_OUT}"),
    ),
    "removed in part": (
        beside_newest(CLOSING, TAKEN_OUT, removing=True, delisted_at=at(-1)),
        ("its app is removed", 1, "gateways may go by an older list until then"),
    ),
    "failed, and the list can't be read": (
        beside_newest(State.FAILED, UNREAD, retire_asked=True),
        ("what was made of it is removed", None, f"{NO}. {WAY_OUT}"),
    ),
    "drained, and taken out a moment ago": (
        beside_newest(DRAINED, TAKEN_OUT, delisted_at=at(-1), findings={"1.0": drained()}),
        ("it closes", 1, "gateways may go by an older list until then"),
    ),
    "closing by force": (
        beside_newest(CLOSING, TAKEN_OUT, delisted_at=at(-1), retire_forced=True),
        ("a last look, then its removal", 1, "gateways may go by an older list until then"),
    ),
}


@pytest.mark.parametrize("case", NEXT)
def test_people_are_told_what_a_line_waits_for(case: str) -> None:
    of, (what, minutes, why) = NEXT[case]
    step = next_step(of.lines[0], of)
    assert (step.what, step.at, step.why_not_yet) == (what, None if minutes is None else at(minutes), why)
