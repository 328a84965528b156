"""What is remembered of a step, whatever came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.router.lines import LineRow, State, Transition
from functions.router.planning import (
    Answered,
    Deploy,
    Deployed,
    Failed,
    Held,
    Hold,
    Made,
    Make,
    Outcome,
    Probe,
    Purge,
    Purged,
    Release,
    Released,
    Remove,
    Removed,
    settle,
)
from functions.router.planning.actions import Action
from functions.router.versions import Version

from .worlds import NOW, at, line, row

ONE = line("1.0")
MAKE, PROBE, REMOVE = Make(ONE, "w"), Probe(ONE, "w"), Remove(ONE, "w")
LOST = Probe(ONE, "w", or_make_again=True)
DEPLOY, PURGE = Deploy(ONE, Version(1, 0, 0), "w"), Purge(ONE, at(-1), "w")
NEW = row("1.0", State.PROVISIONING, since=-1)
LIVE = row("1.0", State.ACTIVE)
PATCH = row("1.0", State.ACTIVE, wanted=Version(1, 0, 1))
CLOSING = row("1.0", State.CLOSING, removing=True, retire_asked=True, last_start=at(-50), active=0, deployed=Version(1, 0, 2))
YES = Answered(True, Version(1, 0, 0), "its host is 'Running'", "orders-1-0.example.net")
NO = Answered(False, None, "its host is 'Error'")


def changes(before: LineRow, action: Action, outcome: Outcome) -> dict[str, Any]:
    after = settle(before, action, outcome, NOW)
    return {name: getattr(after, name) for name in after.__dataclass_fields__ if getattr(after, name) != getattr(before, name)}


NOTHING: dict[str, Any] = {}
CASES: dict[str, tuple[LineRow, Action, Outcome, dict[str, Any]]] = {
    "an app that was made has an address": (NEW, MAKE, Made("a.example.net"), {"host_name": "a.example.net"}),
    "an app without an address keeps the one it had": (LIVE, MAKE, Made(""), NOTHING),
    "a deployment is in Azure, not in the row": (NEW, DEPLOY, Deployed(), NOTHING),
    "a first failed try is followed by the next one in 15 seconds": (
        NEW,
        MAKE,
        Failed("no quota"),
        {"attempts": 1, "error": "no quota", "retry_at": at(0.25)},
    ),
    "a third one by the next one in a minute": (
        replace(NEW, attempts=2),
        MAKE,
        Failed("no quota"),
        {"attempts": 3, "error": "no quota", "retry_at": at(1)},
    ),
    "pauses don't exceed a quarter of an hour": (
        replace(NEW, attempts=40),
        MAKE,
        Failed("x"),
        {"attempts": 41, "error": "x", "retry_at": at(15)},
    ),
    "a deployment that failed is tried again in five seconds: its app may be starting": (
        PATCH,
        DEPLOY,
        Failed("x"),
        {"attempts": 1, "error": "x", "retry_at": at(5 / 60)},
    ),
    "throttling is no failed try, and waits as long as Azure says": (
        NEW,
        MAKE,
        Failed("429", retry_after=40),
        {"error": "429", "retry_at": at(40 / 60)},
    ),
    "throttling waits for an hour at most": (NEW, MAKE, Failed("429", retry_after=1e9), {"error": "429", "retry_at": at(60)}),
    "throttling waits for a second at least": (NEW, MAKE, Failed("429", retry_after=-5), {"error": "429", "retry_at": at(1 / 60)}),
    "something of somebody else's fails a live line's try only": (
        LIVE,
        MAKE,
        Failed("x", not_ours=True),
        {"attempts": 1, "error": "x", "retry_at": at(0.25)},
    ),
    "an app that does not answer is asked again in five seconds": (
        NEW,
        PROBE,
        NO,
        {"attempts": 1, "error": NO.detail, "retry_at": at(5 / 60)},
    ),
    "then in ten": (replace(NEW, attempts=1), PROBE, NO, {"attempts": 2, "error": NO.detail, "retry_at": at(10 / 60)}),
    "what could not be found out is asked again": (
        NEW,
        PROBE,
        Answered(None, None, "403"),
        {"attempts": 1, "error": "403", "retry_at": at(5 / 60)},
    ),
    "an app that answers with another version is not there yet": (
        NEW,
        PROBE,
        replace(YES, version=Version(1, 0, 9)),
        {"attempts": 1, "error": "it answers with 1.0.9, and 1.0.0 is wanted", "retry_at": at(5 / 60)},
    ),
    "nor is one that answers without a version": (
        NEW,
        PROBE,
        replace(YES, version=None),
        {"attempts": 1, "error": "it answers with no version, and 1.0.0 is wanted", "retry_at": at(5 / 60)},
    ),
    "a patch that answers is deployed": (
        replace(PATCH, attempts=2, error="x", retry_at=at(0)),
        PROBE,
        replace(YES, version=Version(1, 0, 1)),
        {"deployed": Version(1, 0, 1), "attempts": 0, "error": "", "retry_at": None},
    ),
    "a patch that does not answer leaves the line active": (PATCH, PROBE, NO, {"attempts": 1, "error": NO.detail, "retry_at": at(5 / 60)}),
    "a live app that answers is as it was": (LIVE, PROBE, YES, NOTHING),
    "an app that only Azure's list does not show is as it was": (LIVE, LOST, YES, NOTHING),
    "also if it has another patch": (LIVE, LOST, replace(YES, version=Version(1, 0, 9)), NOTHING),
    "a live app of which nothing can be found out stays active": (
        LIVE,
        LOST,
        Answered(None, None, "500"),
        {"attempts": 1, "error": "500", "retry_at": at(5 / 60)},
    ),
    "a draining line's app that is there again has the patch that it had": (
        row("1.0", State.DRAINING, wanted=Version(1, 0, 2), attempts=1, error="x", retry_at=at(0)),
        PROBE,
        YES,
        {"attempts": 0, "error": "", "retry_at": None},
    ),
    "starters are off": (row("1.0", State.DRAINING, held=False), Hold(ONE, "w"), Held(), {"held": True}),
    "starters are on": (replace(LIVE, held=True), Release(ONE, "w"), Released(), {"held": False}),
    "starters that could not be switched are tried again": (
        row("1.0", State.DRAINING, held=False),
        Hold(ONE, "w"),
        Failed("x"),
        {"attempts": 1, "error": "x", "retry_at": at(0.25)},
    ),
    "a purge is remembered": (LIVE, PURGE, Purged(), {"purged_at": NOW}),
    "a purge that failed is tried again in an hour, and is no error of the line": (LIVE, PURGE, Failed("x"), {"purged_at": at(-23 * 60)}),
    "a removal that failed is tried again": (CLOSING, REMOVE, Failed("x"), {"attempts": 1, "error": "x", "retry_at": at(0.25)}),
    "a removal of a row that nobody marked is forgotten": (replace(CLOSING, removing=False), REMOVE, Removed(), NOTHING),
}


@pytest.mark.parametrize("sentence", CASES)
def test_what_is_remembered(sentence: str) -> None:
    before, action, outcome, expected = CASES[sentence]
    assert changes(before, action, outcome) == expected


def test_an_app_that_answers_makes_its_line_active_with_all_that_follows() -> None:
    before = replace(NEW, attempts=3, error="x", retry_at=at(0), held=True, clean_since=at(-9), last_start=at(-9))
    why = "its app answers with 1.0.0"
    assert settle(before, PROBE, YES, NOW) == replace(
        NEW,
        state=State.ACTIVE,
        since=NOW,
        reason=why,
        deployed=Version(1, 0, 0),
        host_name="orders-1-0.example.net",
        history=(*NEW.history, Transition(State.ACTIVE, NOW, why)),
    )


def test_a_live_app_that_is_gone_puts_its_line_back_to_provisioning() -> None:
    why = "its app is gone (there is no app); it is made again"
    after = settle(LIVE, LOST, Answered(False, None, "there is no app"), NOW)
    assert after == replace(
        LIVE, state=State.PROVISIONING, since=NOW, reason=why, history=(*LIVE.history, Transition(State.PROVISIONING, NOW, why))
    )


def test_a_name_that_belongs_to_somebody_else_fails_a_new_line_at_once() -> None:
    after = settle(NEW, MAKE, Failed("the app name is in use", not_ours=True), NOW)
    history = (*NEW.history, Transition(State.FAILED, NOW, "the app name is in use"))
    assert after == replace(
        NEW, state=State.FAILED, since=NOW, reason="the app name is in use", error="the app name is in use", history=history
    )


def test_a_removed_line_keeps_its_history_and_forgets_what_was_asked() -> None:
    why = "its app is removed: so it came"
    assert settle(CLOSING, REMOVE, Removed(), NOW) == replace(
        CLOSING,
        state=State.RETIRED,
        since=NOW,
        reason=why,
        history=(*CLOSING.history, Transition(State.RETIRED, NOW, why)),
        removing=False,
        retire_asked=False,
        held=False,
        host_name="",
        deployed=None,
        last_start=None,
        active=None,
    )


def test_an_app_removed_after_its_line_was_retired_is_no_second_transition() -> None:
    again = row("1.0", State.RETIRED, removing=True)
    assert settle(again, REMOVE, Removed(), NOW) == replace(again, removing=False)
