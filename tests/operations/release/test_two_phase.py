"""What a release plans where the task hub stays with its slot, from every state that a site can be found in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from operations.deployment import Versioning
from operations.problem import USAGE
from operations.release.planning import plan
from operations.release.record import Outcome
from operations.release.steps import Kind, Plan
from operations.release.world import Options, Slot, SwapUnderWay, World
from operations.versions.containing import Contents

from .worlds import kept, kinds, record, refusal, slot, swapped
from .worlds import world as world_of

ORCHESTRATION = Versioning("orchestration-versioning", "START_VERSION")
BY_NAME = Versioning("name-based-versioning", "LATEST_VERSION")
PLAIN, HOOKED = Options(), Options(before_swap="before", after_swap="after")
STAGED = ["sync triggers staging", "health staging"]
TO_PRODUCTION = ["contained versions staging", "swap staging", "verify production", "start version production"]


def code(name: str, version: str | None, starts: str | None = None, **changes: Any) -> Slot:
    """Package 2.0.0 has orchestration version 2.0 as its newest, and so on."""
    own = () if version is None else (version[:3],)
    made = slot(name, version)
    contents = None if version is None else Contents(version, False, own)
    return replace(made, finding=None, contents=contents, starts=starts, **changes)


def world(*slots: Slot, **changes: Any) -> World:
    return world_of(*slots, **{"versioning": ORCHESTRATION, **changes})


one = code("production", "1.0.0", "1.0")
PLANS: dict[str, tuple[World, Options, list[str]]] = {
    "the very first release goes straight into production, and is told to clients by the same update": (
        world(code("production", None), code("staging", None)),
        HOOKED,
        ["deploy production", "sync triggers production", "health production", "verify production"],
    ),
    "an empty slot is staged into, and nothing is waited for": (
        world(one, code("staging", None, "1.0")),
        PLAIN,
        ["stage staging", *STAGED, *TO_PRODUCTION],
    ),
    "a slot that holds an older version is staged over without a look at its hub": (
        world(one, code("staging", "0.9.0", "0.9")),
        PLAIN,
        ["stage staging", *STAGED, *TO_PRODUCTION],
    ),
    "of several slots an empty one is taken before one that holds a version": (
        world(one, code("staging", "0.9.0"), code("second", None)),
        PLAIN,
        ["stage second", "sync triggers second", "health second", "contained versions second", "swap second", *TO_PRODUCTION[2:]],
    ),
    "what is staged already is not staged again": (world(one, code("staging", "2.0.0", "1.0")), PLAIN, [*STAGED, *TO_PRODUCTION]),
    "hooks stand before the last look and between the verification and the second phase": (
        world(one, code("staging", "2.0.0", "1.0")),
        HOOKED,
        [
            *STAGED,
            "before-swap hook staging",
            "contained versions staging",
            "swap staging",
            "verify production",
            "after-swap hook staging",
            "start version production",
        ],
    ),
    "swapped by somebody else, it is looked at and told to clients": (
        world(code("production", "2.0.0", "1.0"), code("staging", "1.0.0", "1.0")),
        PLAIN,
        ["sync triggers production", "health production", "verify production", "start version production"],
    ),
    "killed after the swap, what is left is the hook and the second phase": (
        world(code("production", "2.0.0", "1.0"), code("staging", "1.0.0", "1.0"), record=record(outcome=None, swap=swapped())),
        HOOKED,
        ["verify production", "after-swap hook staging", "start version production"],
    ),
    "a hook that was called is not called again": (
        world(
            code("production", "2.0.0", "1.0"),
            code("staging", "1.0.0", "1.0"),
            record=record(outcome=None, swap=swapped(), steps=[kept(Kind.AFTER_SWAP, minutes=5)]),
        ),
        HOOKED,
        ["verify production", "start version production"],
    ),
    "a release that ended before its second phase was lowered since is told to clients once more": (
        world(code("production", "2.0.0", "1.0"), code("staging", "1.0.0"), record=record(swap=swapped())),
        PLAIN,
        ["start version production"],
    ),
    "with everything done there is nothing to do": (
        world(code("production", "2.0.0", "2.0"), code("staging", "1.0.0", "1.0"), record=record(swap=swapped())),
        PLAIN,
        [],
    ),
    "a start version in the configuration is left to the configuration": (
        world(one, code("staging", "2.0.0", "1.0"), pinned="1.0"),
        PLAIN,
        [*STAGED, *TO_PRODUCTION[:-1]],
    ),
    "code with a version that clients start already needs no second phase": (
        world(code("production", "2.0.0", "1.0"), code("staging", "2.0.1", "1.0"), wanted="2.0.0"),
        PLAIN,
        ["sync triggers production", "health production", "verify production", "start version production"],
    ),
    "an app without a slot is updated in place": (
        world(one),
        PLAIN,
        ["deploy production", "sync triggers production", "health production", "verify production", "start version production"],
    ),
    "a swap that is under way is waited for, and planned from again": (
        world(one, code("staging", "2.0.0"), swap=SwapUnderWay("staging")),
        PLAIN,
        ["wait for swap staging"],
    ),
    "half of a swap with preview is cancelled: the staged code runs on production's hub there": (
        world(one, code("staging", "2.0.0"), swap=SwapUnderWay("staging", paused=True)),
        PLAIN,
        ["reset preview staging"],
    ),
    "after a rollback the staged version is looked at and swapped again": (
        world(one, code("staging", "2.0.0", "1.0"), record=record(outcome=Outcome.ROLLED_BACK)),
        PLAIN,
        [*STAGED, *TO_PRODUCTION],
    ),
    "a slot whose runtime stack was not written is mended first": (
        world(one, code("staging", "2.0.0", "1.0", stack_differs=True)),
        PLAIN,
        ["stage staging", *STAGED, *TO_PRODUCTION],
    ),
}


@pytest.mark.parametrize(("state", "options", "steps"), PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("versioning", [ORCHESTRATION, BY_NAME], ids=lambda one: one.strategy)
def test_the_plan(state: World, options: Options, steps: list[str], versioning: Versioning) -> None:
    assert kinds(plan(replace(state, versioning=versioning), options)) == steps


def test_an_older_version_may_only_go_where_the_program_names_it() -> None:
    decided = plan(world(one, code("staging", "0.9.0")), PLAIN)
    assert isinstance(decided, Plan)
    assert [step.replaces for step in decided.steps if step.kind is Kind.STAGE] == ["0.9.0"]


@pytest.mark.parametrize(
    "options",
    [
        Options(mode="drain-behind"),
        Options(abandon_staging=3),
        Options(abandon_entities=True),
        Options(late_starters="wait"),
    ],
)
def test_an_option_of_hubs_that_travel_is_refused_where_it_would_be_ignored(options: Options) -> None:
    code_, said = refusal(plan(world(one, code("staging", "2.0.0")), options))
    assert code_ == USAGE
    assert said.endswith(
        "with orchestration-versioning the task hub stays with its slot and the new code carries the old versions, so nothing is waited for "
        "or given up. Leave it out."
    )


def test_the_sentences_say_what_clients_start_in_which_phase() -> None:
    decided = plan(world(one, code("staging", "2.0.0", "1.0")), PLAIN)
    assert isinstance(decided, Plan)
    said = {step.kind: step.sentence for step in decided.steps}
    assert said[Kind.CONTAINS] == "Make sure that 2.0.0 has every version that still runs in production."
    assert said[Kind.SWAP] == "Swap: 2.0.0 goes into production and continues what 1.0.0 has begun; clients still start what both have."
    assert said[Kind.RAISE] == "Tell clients to start 2.0: START_VERSION of production (pulumi up)."
