"""A release waits for what runs, swaps when it is finished, and no instance is ever executed by another version's code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.shop import LARGE
from sandbox.web import SwapPhase, swaps_of
from sandbox.world import Sandbox
from tests.sampling import story

from ..invariants import assert_code_kept_its_storage, assert_no_two_slots_share_a_hub
from .background import Background, Halt
from .team import ROOT, STACK, Team

pytestmark = [pytest.mark.azurite, *story("waiting")]

ORDERS = ROOT / "examples" / "orders"
SECOND = ROOT / "demo" / "versions" / "2.0.0"

SLOWER = 30.0
"""The five minutes in which an order can be withdrawn take ten seconds: long enough for a look at them, short enough to wait for."""

FIRST_ONLY = {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", None)}
STAGED = {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", "2.0.0")}
SWAPPED = {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}


@dataclass
class Seen:
    """At a moment of the story: what was said, what each slot held, how the orders stood."""

    text: str
    bundles: dict[str, tuple[str, str | None]]
    orders: dict[str, str]


@dataclass
class Story:
    """Three orders of 1.0.0 run while 2.0.0 is released: one waits for an event, one is suspended, one is in a timer."""

    team: Team
    halt: Halt
    created: dict[str, str] = field(default_factory=dict)
    """Order -> when its instance was created, as people are told it."""
    first: Seen = field(init=False)
    impatient: Seen = field(init=False)
    """A release that may not wait has ended."""
    waiting: Seen = field(init=False)
    """Another one waits; `text` is the line that says so."""
    at_the_swap: Seen = field(init=False)
    ended: Seen = field(init=False)

    def tell(self) -> None:
        self.team.wants("1.0.0", self.team.version_of("1.0.0", ORDERS))
        self.first = self.seen(self.team.release().text)
        self.team.sandbox.functions.wait_ready()
        self.order("samovar", "waiting for approval", LARGE)
        self.order("cups", "can be withdrawn")
        self.team.shop.suspend("cups")
        self.team.shop.wait_for("cups", lambda order: order["runtimeStatus"] == "Suspended")
        self.team.wants("2.0.0", self.team.version_of("2.0.0", ORDERS, SECOND))
        self.impatient = self.seen(self.team.release("--timeout", "0", code=3).text)

        swaps_of(self.team.sandbox.plane).hooks.append(self.look_at_the_swap)
        with Background(self.team.start("release", "--settle", "1s", "--accept-unsettled", "1", *self.halt.flags)) as release:
            release.hears(self.halt.REACHED)
            self.order("tea", "can be withdrawn")
            self.halt.go()
            self.waiting = self.seen(release.hears("waiting for 3 running instances"))
            self.team.shop.approve("samovar")
            self.team.shop.resume("cups")
            self.ended = self.seen(release.ends(0).text)

    def order(self, number: str, custom_status: str, *cents: int) -> None:
        self.team.shop.order(number, *cents)
        created = self.team.shop.wait_for(number, lambda order: order["customStatus"] == custom_status)["createdTime"]
        self.created[number] = f"{created[:10]} {created[11:19]} UTC"

    def seen(self, text: str) -> Seen:
        return Seen(text, self.team.azure.bundles(), self.team.statuses())

    def look_at_the_swap(self, phase: SwapPhase) -> None:
        if phase.number == 1:
            self.at_the_swap = self.seen("")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("waiting")
    with Sandbox(folder / "azure", functions=True, timer_speed=SLOWER) as sandbox:
        story = Story(Team(folder, sandbox, engine), Halt(folder))
        story.tell()
        yield story


def test_the_very_first_release_goes_straight_into_production(story: Story) -> None:
    assert "1.0.0 is in production" in story.first.text
    assert (story.first.bundles, story.first.orders) == (FIRST_ONLY, {})


def test_a_release_that_may_not_wait_says_what_runs_since_when_and_swaps_nothing(story: Story) -> None:
    assert "The task hub of production is not drained." in story.impatient.text
    assert f"  oldest: ProcessOrder 'samovar', Running since {story.created['samovar']}" in story.impatient.text
    assert (story.impatient.bundles, story.impatient.orders) == (STAGED, {"samovar": "Running", "cups": "Suspended"})


def test_the_same_command_goes_on_where_it_ended_and_waits_saying_for_what_and_since_when(story: Story) -> None:
    assert re.search(r"The release of 2\.0\.0 that began at .* This goes on with it\.", story.ended.text)
    oldest = f"oldest: ProcessOrder 'samovar', Running since {story.created['samovar']}"
    assert re.search(
        rf"waiting for 3 running instances on task hub 'ordersTasks' since \d\d:\d\d:\d\d UTC \(\d+ s\); {oldest}$", story.waiting.text
    )
    assert (story.waiting.bundles, story.waiting.orders) == (STAGED, {"samovar": "Running", "cups": "Suspended", "tea": "Running"})


def test_it_swaps_only_when_all_of_it_is_finished(story: Story) -> None:
    finished = {"samovar": "Completed", "cups": "Completed", "tea": "Completed"}
    assert (story.at_the_swap.bundles, story.at_the_swap.orders) == (STAGED, finished)
    assert (story.ended.bundles, story.ended.orders) == (SWAPPED, {}), "production's hub is 2.0.0's own, and empty"
    assert "2.0.0 is in production" in story.ended.text
    assert "Nothing was started in slot 'staging' between the gate and the swap." in story.ended.text
    assert_code_kept_its_storage(story.team.azure)
    assert_no_two_slots_share_a_hub(story.team.azure)


def test_the_second_version_starts_new_orders_and_each_was_executed_by_its_own_version_alone(story: Story) -> None:
    story.order("honey", "can be withdrawn")
    story.team.shop.wait_for("honey", lambda order: order["runtimeStatus"] == "Completed")
    assert story.team.statuses()["honey"] == "Completed"
    assert story.team.statuses("staging") == {"samovar": "Completed", "cups": "Completed", "tea": "Completed"}
    ran = {order: story.team.executed_by()[order] for order in ("samovar", "cups", "tea", "honey")}
    assert ran == {"samovar": {"1.0.0"}, "cups": {"1.0.0"}, "tea": {"1.0.0"}, "honey": {"2.0.0"}}


def test_a_gate_reads_the_hub_that_is_live_though_outputs_tell_of_the_time_before_a_swap(story: Story) -> None:
    """Last in this file, since it swaps. The release has swapped with no update after it, and so does somebody with azure-mgmt-web."""
    story.order("mint", "can be withdrawn")
    story.team.shop.suspend("mint")
    story.team.shop.wait_for("mint", lambda order: order["runtimeStatus"] == "Suspended")
    assert (bundles_in_outputs(story.team), story.team.azure.bundles()) == ({"production": "blue", "staging": "green"}, SWAPPED)
    assert gates(story.team, busy="production", drained="staging") == (("busy", 1, "mint", "Suspended"), ("drained", 0))

    story.team.azure.swap()
    assert (bundles_in_outputs(story.team), story.team.azure.bundles()) == ({"production": "blue", "staging": "green"}, STAGED)
    assert gates(story.team, busy="staging", drained="production") == (("busy", 1, "mint", "Suspended"), ("drained", 0))


def bundles_in_outputs(team: Team) -> dict[str, str]:
    outputs = json.loads(team.project.pulumi("stack", "output", "--json", "--stack", STACK))
    return {slot: one["bundle"] for slot, one in outputs["slots_at_last_update"].items()}


def gates(team: Team, *, busy: str, drained: str) -> tuple[Any, Any]:
    """What `operations gate` finds of both slots; its exit codes are looked at too. 1.0.0 has left the timer of an approval behind."""
    one, other = gate(team, busy, code=3), gate(team, drained, "--accept-unsettled", "1", code=0)
    return (one["verdict"], one["active"], one["oldest"]["id"], one["oldest"]["status"]), (other["verdict"], other["active"])


def gate(team: Team, slot: str, *flags: str, code: int) -> dict[str, Any]:
    said = team.operations("gate", "--slot", slot, "--settle", "1s", "--timeout", "0", "--json", *flags, code=code)
    found: dict[str, Any] = json.loads(said.text[said.text.index("\n{\n") :])
    return found
