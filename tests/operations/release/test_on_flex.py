"""What a release plans on Flex Consumption, from every state that an app can be found in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from operations.deployment import Versioning
from operations.release.planning import plan
from operations.release.record import Outcome
from operations.release.steps import Kind
from operations.release.world import Options, Slot, World
from operations.versions.containing import Contents

from .worlds import kept, kinds, record, slot
from .worlds import world as world_of

FLEX = Versioning("orchestration-versioning", "START_VERSION", "flex")
PLAIN, HOOKED = Options(), Options(before_swap="before", after_swap="after")
CODE = [
    "contained versions production",
    "one deploy production",
    "sync triggers production",
    "verify production",
    "start version production",
]


def app(version: str | None, starts: str | None, ahead: str | None = None) -> Slot:
    made = slot("production", version)
    contents = None if version is None else Contents(version, False, (version[:3],))
    return replace(made, finding=None, contents=contents, starts=starts, ahead=ahead)


def world(*slots: Slot, **changes: Any) -> World:
    return world_of(*slots, **{"versioning": FLEX, **changes})


def killed(*kinds_: tuple[Kind, bool]) -> Any:
    return record(
        outcome=None, steps=[kept(kind, minutes=number, ended=ended, slot="production") for number, (kind, ended) in enumerate(kinds_)]
    )


PLANS: dict[str, tuple[World, Options, list[str]]] = {
    "the very first release makes the app, and then brings its code": (
        world(app(None, None)),
        HOOKED,
        ["settings production", "one deploy production", "sync triggers production", "verify production", "after-swap hook production"],
    ),
    "settings come first, are waited for, and then the code": (
        world(app("1.0.0", "1.0")),
        PLAIN,
        ["settings production", "settled production", *CODE],
    ),
    "hooks stand before the code and before clients are told": (
        world(app("1.0.0", "1.0")),
        HOOKED,
        [
            "settings production",
            "settled production",
            "before-swap hook production",
            *CODE[:4],
            "after-swap hook production",
            "start version production",
        ],
    ),
    "killed while its settings were on their way, it waits for them before any code": (
        world(app("1.0.0", "1.0", "2.0.0"), record=killed((Kind.SETTINGS, True), (Kind.SETTLE, False))),
        PLAIN,
        ["settled production", *CODE],
    ),
    "killed while its code was on its way, it deploys that once more": (
        world(app("1.0.0", "1.0", "2.0.0"), record=killed((Kind.SETTINGS, True), (Kind.SETTLE, True), (Kind.ONE_DEPLOY, False))),
        PLAIN,
        CODE,
    ),
    "settings that somebody else's update has written are there": (world(app("1.0.0", "1.0", "2.0.0")), PLAIN, CODE),
    "killed before clients were told, they are told": (
        world(app("2.0.0", "1.0"), record=killed((Kind.ONE_DEPLOY, True))),
        HOOKED,
        ["verify production", "after-swap hook production", "start version production"],
    ),
    "with everything done there is nothing to do": (world(app("2.0.0", "2.0"), record=record(outcome=Outcome.DONE)), HOOKED, []),
    "a ramp stands between the code and the clients": (
        world(app("1.0.0", "1.0")),
        Options(ramp=(10, 50)),
        ["settings production", "settled production", *CODE[:4], "ramp production", "ramp production", "start version production"],
    ),
    "a pinned start version is left to the configuration": (
        world(app("1.0.0", "1.0"), pinned="1.0"),
        PLAIN,
        ["settings production", "settled production", *CODE[:4]],
    ),
}


@pytest.mark.parametrize(("state", "options", "steps"), PLANS.values(), ids=PLANS)
def test_the_plan(state: World, options: Options, steps: list[str]) -> None:
    assert kinds(plan(state, options)) == steps


def test_an_app_that_was_never_deployed_has_no_slots_to_look_at() -> None:
    found = plan(World("prod", "orders", "2.0.0", (), world().now, versioning=FLEX), PLAIN)
    assert kinds(found) == ["settings production", "one deploy production", "sync triggers production", "verify production"]
