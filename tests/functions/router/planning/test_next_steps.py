"""What the status page says of a line: what happens next, when, and why not yet."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from functions.router.lines import Pins, State
from functions.router.planning import NextStep, World, next_step
from functions.router.versions import Version

from .test_leaving import CASES as LEAVING
from .test_leaving import leaving
from .test_provisioning import CASES as PROVISIONING
from .worlds import NOW, at, busy, drained, line, row, unknown, world

NEW = row("1.0", State.PROVISIONING, since=-1)
FORCE = "`operations versions retire --force` ends it nevertheless"


def alone(state: State, since: float = -600, **fields: Any) -> World:
    return world(row("1.0", state, since, **fields))


CASES: dict[str, tuple[World, NextStep]] = {
    "being made": (world(NEW), NextStep("its app is made, and asked whether it answers", NOW, "")),
    "being made, waiting for the next try": (
        alone(State.PROVISIONING, attempts=2, retry_at=at(1), error="no quota"),
        NextStep("the next try", at(1), "2 failed so far: no quota"),
    ),
    "being made, throttled": (alone(State.PROVISIONING, retry_at=at(1), error="429"), NextStep("the next try", at(1), "429")),
    "being made, Resource Manager silent": (
        world(NEW, apps=None),
        NextStep("its app is made", None, "Resource Manager can't be read at the moment; each pass tries again"),
    ),
    "active and the default": (alone(State.ACTIVE), NextStep("it stays: requests without a version go there", None, "")),
    "active and kept": (
        world(row("1.0", State.ACTIVE), row("2.0", State.ACTIVE), keep=2),
        NextStep("it drains when newer lines are active", None, "the newest 2 are kept, and the default"),
    ),
    "active and superseded": (world(row("1.0", State.ACTIVE), row("2.0", State.ACTIVE)), NextStep("it drains", NOW, "")),
    "active with a patch under way": (
        alone(State.ACTIVE, wanted=Version(1, 0, 1), retry_at=at(1), error="no answer"),
        NextStep("1.0.1 is deployed to it", at(1), "no answer"),
    ),
    "active without our mark": (
        world(row("1.0", State.ACTIVE, error="left alone"), foreign=["orders-1-0"]),
        NextStep("nothing: put the tag durable-deploy-owner of its app back, or delete the app", None, "left alone"),
    ),
    "draining and busy": (
        leaving(State.DRAINING, findings={"1.0": busy()}),
        NextStep("it is drained when nothing runs in it", None, "3 instances run"),
    ),
    "draining and unknown": (
        leaving(State.DRAINING, findings={"1.0": unknown()}),
        NextStep("it is drained when nothing runs in it", None, f"not known: the storage refuses. {FORCE}"),
    ),
    "draining and not read yet": (
        leaving(State.DRAINING),
        NextStep("it is drained when nothing runs in it", None, f"not known: its task hub was not read yet. {FORCE}"),
    ),
    "draining, requests under way": (
        leaving(State.DRAINING, since=-1, findings={"1.0": drained()}),
        NextStep("the first clean verdict", at(3), "requests that were let in may still be under way"),
    ),
    "draining, quiet": (
        leaving(State.DRAINING, findings={"1.0": drained()}, clean_since=at(-2)),
        NextStep("it is drained", at(3), "nothing may run in it for a quiet period"),
    ),
    "drained": (
        leaving(State.DRAINED, since=-10, findings={"1.0": drained()}),
        NextStep("it closes: no start is let in any more", at(50), "drained lines are kept for a while"),
    ),
    "drained and asked to end": (
        leaving(State.DRAINED, since=-10, findings={"1.0": drained()}, retire_asked=True),
        NextStep("it closes: no start is let in any more", NOW, "drained lines are kept for a while"),
    ),
    "drained and unknown": (
        leaving(State.DRAINED, since=-10, findings={"1.0": unknown()}),
        NextStep("it closes", at(50), f"not known whether something runs in it: the storage refuses. {FORCE}"),
    ),
    "closing": (
        leaving(State.CLOSING, since=-1, findings={"1.0": drained()}),
        NextStep("a last look, then its removal", at(0.5), "every router has to know that it is closing"),
    ),
    "closed": (leaving(State.CLOSING, since=-9, findings={"1.0": drained()}), NextStep("its app is removed", NOW, "")),
    "closed and unknown": (
        leaving(State.CLOSING, since=-9, findings={"1.0": unknown()}),
        NextStep("a last look, then its removal", None, f"not known: the storage refuses. {FORCE}"),
    ),
    "closed and forced": (leaving(State.CLOSING, since=-9, retire_forced=True), NextStep("its app is removed", NOW, "")),
    "closed, Resource Manager silent": (
        leaving(State.CLOSING, since=-9, apps=None),
        NextStep("a last look, then its removal", None, "Resource Manager can't be read at the moment; each pass tries again"),
    ),
    "closed without our mark": (
        leaving(State.CLOSING, since=-9, foreign=["orders-1-0"], error="left alone"),
        NextStep("nothing: put the tag durable-deploy-owner of its app back, or delete the app", None, "left alone"),
    ),
    "being removed": (
        leaving(State.CLOSING, since=-9, removing=True, retry_at=at(1), error="409"),
        NextStep("its app is removed", at(1), "409"),
    ),
    "failed and waited for": (
        world(row("1.0", State.FAILED, since=-10, error="no quota"), waiting={"1.0": 1}),
        NextStep("the next try", at(50), "no quota. `operations versions retry` tries now"),
    ),
    "failed": (
        alone(State.FAILED, since=-10, error="no quota"),
        NextStep("what was made of it is removed", at(1430), "no quota. `operations versions retry` tries again"),
    ),
    "retired": (
        alone(State.RETIRED),
        NextStep("nothing; deploying a version of it makes it anew", None, "its app is gone, its history stays"),
    ),
    "retired and revivable": (
        world(row("1.0", State.RETIRED), revive=True),
        NextStep("a start makes it anew", None, "its app is gone, its history stays"),
    ),
    "pinned and retired": (
        world(row("1.0", State.RETIRED), pins=Pins(line("1.0"))),
        NextStep("nothing; deploying a version of it makes it anew", None, "its app is gone, its history stays"),
    ),
}


@pytest.mark.parametrize("sentence", CASES)
def test_what_is_next(sentence: str) -> None:
    given, expected = CASES[sentence]
    assert next_step(given.lines[0], given) == expected


def test_in_every_case_of_the_other_tables_something_is_said_with_a_time_or_a_way_out() -> None:
    for given, _ in itertools.chain(LEAVING.values(), PROVISIONING.values()):
        for one in given.lines:
            step = next_step(one, given)
            assert step.what and (step.at is not None or step.why_not_yet or one.state is State.ACTIVE), (one, step)
