"""Releases of the strategy name-based versioning, with orders that come in all the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.web import SwapPhase
from sandbox.world import Sandbox
from tests.sampling import story

from ..release.test_starters import hooked
from .named import NamedTeam
from .team import PATIENCE
from .test_windows import EVERY, orders, some_more, write

pytestmark = [pytest.mark.azurite, *story("by name")]

SETTINGS = ("DURABLE_DEPLOY_VERSION", "LATEST_VERSION", "DURABLE_DEPLOY_VERSIONS")


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[NamedTeam]:
    folder = tmp_path_factory.mktemp("by-name")
    with Sandbox(folder / "azure", functions=True) as sandbox:
        team = NamedTeam(folder, sandbox, engine)
        team.wants_versions("1.0.0", "v1")
        team.release()
        yield team


def test_through_a_whole_release_no_start_fails_and_every_instance_ends_by_the_code_of_its_own_version(team: NamedTeam) -> None:
    with orders(team, "order") as ids:
        some_more(ids)
        release_the_second(team)
        assert team.live(*SETTINGS) == {"production": ("2.0.0", "v2", "v1,v2"), "staging": ("1.0.0", "v1", "v1")}
        team.sandbox.functions.wait_ready()
        some_more(ids)
    found = {id: team.ended(id) for id in ids}
    assert {one["runtimeStatus"] for one in found.values()} == {"Completed"}
    started = {id: one["name"].removeprefix("Orders_") for id, one in found.items()}
    assert {id: one["output"] for id, one in found.items()} == {
        id: {"version": version, "charged": f"by {version}"} for id, version in started.items()
    }
    assert (started[ids[0]], started[ids[-1]]) == ("v1", "v2")


def release_the_second(team: NamedTeam) -> None:
    if team.azure.settings()["DURABLE_DEPLOY_VERSION"] != "2.0.0":
        team.wants_versions("2.0.0", "v1", "v2")
        team.release()


def test_a_package_that_lacks_what_clients_start_goes_no_way_back_into_production(team: NamedTeam) -> None:
    release_the_second(team)
    said = team.operations("swap", "--slot", "staging", code=2).text
    assert "Clients in production start version v2 (LATEST_VERSION), which 1.0.0 does not have." in said
    assert team.live(*SETTINGS)["production"] == ("2.0.0", "v2", "v1,v2")


@pytest.mark.matrix
def test_the_control_a_latest_version_that_travels_with_the_code_starts_what_old_workers_do_not_have(team: NamedTeam) -> None:
    """The same two packages, back to where the release began, and swapped with a setting that is not sticky."""
    release_the_second(team)
    write(team, "production", {**team.azure.settings(), "LATEST_VERSION": "v1"})
    team.azure.swap()
    names = team.azure.plane.request("GET", f"{team.azure.site}/config/slotConfigNames").body["properties"]["appSettingNames"]
    travelling = {"appSettingNames": [one for one in names if one != "LATEST_VERSION"]}
    team.azure.plane.request("PUT", f"{team.azure.site}/config/slotConfigNames", {"properties": travelling}, caller="test")
    write(team, "staging", {**team.azure.settings("staging"), "LATEST_VERSION": "v2"})
    for slot in ("production", "staging"):
        team.sandbox.functions.wait_ready(slot=slot)
    lost: list[dict[str, str]] = []

    def until_one_fails(phase: SwapPhase) -> None:
        if phase.number != 3:
            return
        deadline, ids = time.monotonic() + PATIENCE, list[str]()
        while not lost:
            assert time.monotonic() < deadline, f"none of {len(ids)} orders fails"
            ids.append(f"lost-{len(ids)}")
            team.order(ids[-1])
            time.sleep(EVERY)
            lost.extend(found for id in ids if (found := team.status(id))["runtimeStatus"] == "Failed")

    with hooked(team, until_one_fails):
        team.azure.swap()
    assert lost[0]["name"] == "Orders_v2" and "doesn't exist" in lost[0]["output"]
