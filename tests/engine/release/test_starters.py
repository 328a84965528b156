"""A queue that the code of both slots could read. Staged code takes nothing of production's; from phase 1 of a swap to phase 4 both take.

What the staged code takes in that window it starts in its own task hub, by its own code; and it is told if the swap is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.web import SwapPhase, swaps_of
from sandbox.world import Sandbox
from tests.sampling import story

from .background import Background, Halt
from .incoming import Incoming, allow_and_create_queue
from .team import ROOT, Team

pytestmark = [pytest.mark.azurite, *story("starters")]

ORDERS = ROOT / "examples" / "orders"
AT_ONCE = 3600.0
"""An hour takes a second: an order is done as soon as it is taken."""
OFF = "AzureWebJobs.TakeOrder.Disabled"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("starters")
    with Sandbox(folder / "azure", functions=True, timer_speed=AT_ONCE) as sandbox:
        team = Team(folder, sandbox, engine)
        team.wants_next(ORDERS)
        team.release()
        sandbox.functions.wait_ready()
        allow_and_create_queue(team)
        yield team


@pytest.fixture
def incoming(team: Team) -> Iterator[Incoming]:
    incoming = Incoming(team)
    yield incoming
    incoming.close()


def test_what_the_staged_code_took_is_told_when_the_swap_is_taken_back_and_ends_by_that_code(team: Team, incoming: Incoming) -> None:
    old, new, bundles = team.azure.bundle()[1], team.wants_next(ORDERS), team.azure.bundles()

    def does_not_warm_up(phase: SwapPhase) -> None:
        incoming.until_taken_by(new)
        if phase.number == 2:
            raise RuntimeError("the staged app does not come up")

    with hooked(team, does_not_warm_up):
        said = team.release(code=5).text
    took = incoming.taken_by(new)
    assert len(took) == 2
    assert "took it back" in said and f"Production still runs {old}." in said
    _, heads, told = said.partition(f"operations: While it was tried, {new} took up in slot 'staging', where it stays:\n")
    assert heads and sorted(told.splitlines()) == sorted(f"operations:   {order} of ProcessOrder: Completed" for order in took)

    assert team.azure.bundles() == {"production": bundles["production"], "staging": (bundles["staging"][0], new)}
    team.sandbox.functions.wait_ready(slot="staging")
    assert incoming.takers(6) == {old}, "the staged code is held off again"
    assert incoming.taken_by(new) == took
    assert_each_ran_where_it_was_taken(team, incoming)


def test_staged_code_takes_nothing_before_phase_1_and_the_old_code_nothing_after_phase_4(
    team: Team, incoming: Incoming, tmp_path: Path
) -> None:
    old, new, halt = team.azure.bundle()[1], team.wants_next(ORDERS), Halt(tmp_path)

    def both_take(phase: SwapPhase) -> None:
        if phase.number in (1, 3):
            incoming.until_taken_by(new)
            incoming.until_taken_by(old)

    with Background(team.start("release", "--settle", "1s", *halt.flags)) as release, hooked(team, both_take):
        release.hears(halt.REACHED)
        assert incoming.takers(6) == {old}, "the new version is staged, and runs"
        before = incoming.taken_by(old)
        halt.go()
        said = release.ends(0).text
    late = [order for order in incoming.taken_by(old) if order not in before]
    assert incoming.takers(6) == {new}
    assert [order for order in incoming.taken_by(old) if order not in before] == late != []

    assert (
        f"{len(late)} instances were started between the gate and the swap, and went along with the old code into slot 'staging'." in said
    )
    assert [line.split()[1] for line in said.splitlines() if " of ProcessOrder: Completed, created " in line] == late
    assert_each_ran_where_it_was_taken(team, incoming)


def test_the_control_staged_code_does_take_production_s_messages_if_only_that_setting_is_taken_away(team: Team, incoming: Incoming) -> None:
    code = team.azure.settings()  # the same code as production's, on the other hub
    staged = team.azure.settings("staging")
    names = ("WEBSITE_RUN_FROM_PACKAGE", "DURABLE_DEPLOY_STARTERS")
    settings = staged | {name: code[name] for name in names} | {"DURABLE_DEPLOY_VERSION": "staged"}
    write_settings(team, settings | {OFF: "true"})
    assert incoming.takers(6) == {team.azure.bundle()[1]}
    write_settings(team, {name: value for name, value in settings.items() if name != OFF})
    incoming.until_taken_by("staged")
    write_settings(team, staged)


@contextmanager
def hooked(team: Team, hook: Callable[[SwapPhase], None]) -> Iterator[None]:
    """`hook` is called after each phase of a swap, when the processes are as that phase leaves them. What it asserts fails the test."""
    hooks, failed = swaps_of(team.sandbox.plane).hooks, list[AssertionError]()

    def noted(phase: SwapPhase) -> None:
        try:
            hook(phase)
        except AssertionError as error:
            failed.append(error)
            raise

    hooks.append(noted)
    try:
        yield
    finally:
        hooks.remove(noted)
        for error in failed:
            raise error


def write_settings(team: Team, settings: dict[str, str]) -> None:
    team.azure.plane.request("PUT", f"{team.azure.slot_id('staging')}/config/appsettings", {"properties": settings}, caller="test")
    if "WEBSITE_RUN_FROM_PACKAGE" in settings:
        team.sandbox.functions.wait_ready(slot="staging")


def assert_each_ran_where_it_was_taken(team: Team, incoming: Incoming) -> None:
    """In the hub of the code whose trigger took it, by that code alone, to its end."""
    hubs = {version: account for account, version in team.azure.bundles().values()}
    executed = team.executed_by()
    assert {order: executed[order] for order in incoming.taken} == {order: {version} for order, version in incoming.taken.items()}
    assert {order: incoming.found(order) for order in incoming.taken} == {
        order: {hubs[version]: "Completed"} for order, version in incoming.taken.items()
    }
