"""Orders that come in at every moment of a swap, in a hub that two codes share from phase 1 to phase 4.

The start version stays with its slot, so nothing that only the new code has is started in that window. Each control lets the start version
travel with the code instead, as a plain app setting would, and loses orders.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.web import SwapPhase
from sandbox.world import Sandbox
from tests.sampling import sampled, story

from ..release.team import STACK
from ..release.test_starters import hooked
from .team import PATIENCE, VersionedTeam

pytestmark = [pytest.mark.azurite, *story("windows")]

EVERY = 0.05
"""Seconds between two orders."""
FAILURE = "AzureFunctionsJobHost__extensions__durableTask__versionFailureStrategy"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[VersionedTeam]:
    """1.0.0 in production, 2.0.0 in staging, and clients start 1.0."""
    folder = tmp_path_factory.mktemp("windows")
    with Sandbox(folder / "azure", functions=True) as sandbox:
        team = VersionedTeam(folder, sandbox, engine)
        team.wants_package("1.0.0")
        team.release()
        team.wants_package("2.0.0")
        team.project.pulumi("up", "--yes", "--skip-preview", "--stack", STACK)
        for slot in ("production", "staging"):
            sandbox.functions.wait_ready(slot=slot)
        yield team


@pytest.fixture(autouse=True)
def put_back(team: VersionedTeam) -> Iterator[None]:
    """Each test finds and leaves 1.0.0 in production."""
    before = {slot: team.azure.settings(slot) for slot in ("production", "staging")}
    sticky = team.azure.plane.request("GET", f"{team.azure.site}/config/slotConfigNames").body["properties"]
    yield
    team.azure.swap()
    team.azure.plane.request("PUT", f"{team.azure.site}/config/slotConfigNames", {"properties": sticky}, caller="test")
    for slot, settings in before.items():
        write(team, slot, settings)


def test_an_order_every_fifty_milliseconds_through_all_phases_and_none_fails(team: VersionedTeam) -> None:
    with orders(team, "calm") as ids, hooked(team, lambda _: some_more(ids)):
        team.azure.swap()
        some_more(ids)
    outputs = [team.ended(id) for id in ids]
    assert {one["runtimeStatus"] for one in outputs} == {"Completed"}
    assert {(one["output"]["version"], one["output"]["shipped"]["version"]) for one in outputs} == {("1.0", "1.0")}
    by = team.executed_by()
    assert {version for id in ids for version in by[id]} == {"1.0.0", "2.0.0"}, "both codes were at work, each instance in its own version"


@pytest.mark.parametrize(
    ("strategy", "ends_with"),
    sampled(
        [
            pytest.param("Reject", "CheckCustomer", id="an activity that only the new code has fails in an old worker"),
            pytest.param("Fail", "VersionMismatch", id="an old worker that fails newer versions ends them for good"),
        ],
        count=1,
    ),
)
def test_the_control_a_start_version_that_travels_with_the_code_loses_orders(team: VersionedTeam, strategy: str, ends_with: str) -> None:
    """Durable gates orchestrators by version, and no activities."""
    write(team, "production", {**team.azure.settings(), FAILURE: strategy})
    team.sandbox.functions.wait_ready()
    assert ends_with in lost_in_the_window(team, strategy.lower())["output"]


def lost_in_the_window(team: VersionedTeam, name: str) -> dict[str, str]:
    """The first order that fails after the routing switched, while old workers still run, if the start version travels with the code."""
    names = team.azure.plane.request("GET", f"{team.azure.site}/config/slotConfigNames").body["properties"]["appSettingNames"]
    travelling = {"appSettingNames": [one for one in names if one != "START_VERSION"]}
    team.azure.plane.request("PUT", f"{team.azure.site}/config/slotConfigNames", {"properties": travelling}, caller="test")
    write(team, "staging", {**team.azure.settings("staging"), "START_VERSION": "2.0"})
    lost: list[dict[str, str]] = []

    def until_one_fails(phase: SwapPhase) -> None:
        if phase.number != 3:
            return
        deadline, ids = time.monotonic() + PATIENCE, list[str]()
        while not lost:
            assert time.monotonic() < deadline, f"none of {len(ids)} orders fails"
            ids.append(f"{name}-{len(ids)}")
            team.order(ids[-1])
            time.sleep(EVERY)
            lost.extend(found for id in ids if (found := team.status(id))["runtimeStatus"] == "Failed")

    with hooked(team, until_one_fails):
        team.azure.swap()
    return lost[0]


@contextmanager
def orders(team: VersionedTeam, name: str) -> Iterator[list[str]]:
    """Comes in one by one, until the end of the context; a start that fails fails the test."""
    ids: list[str] = []
    failed: list[BaseException] = []
    over = threading.Event()

    def run() -> None:
        while not over.wait(EVERY):
            try:
                team.order(f"{name}-{len(ids)}")
                ids.append(f"{name}-{len(ids)}")
            except BaseException as error:
                failed.append(error)
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ids
    finally:
        over.set()
        thread.join(PATIENCE)
    assert failed == []


def some_more(ids: list[str], count: int = 10) -> None:
    """Until so many more orders were taken."""
    wanted, deadline = len(ids) + count, time.monotonic() + PATIENCE
    while len(ids) < wanted:
        assert time.monotonic() < deadline, "no orders come in"
        time.sleep(EVERY)


def write(team: VersionedTeam, slot: str, settings: dict[str, str]) -> None:
    if team.azure.settings(slot) != settings:
        team.azure.plane.request("PUT", f"{team.azure.slot_id(slot)}/config/appsettings", {"properties": settings}, caller="test")
        team.sandbox.functions.wait_ready(slot=slot)
