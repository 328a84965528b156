"""Releases on Flex Consumption, with instances that run: settings first, then the code, then what clients start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.arm import Write
from sandbox.world import Sandbox
from tests.sampling import story

from .team import VersionedTeam

pytestmark = [pytest.mark.azurite, *story("flex")]

SETTINGS = ("DURABLE_DEPLOY_VERSION", "START_VERSION", "TaskHubName")


@pytest.fixture
def team(tmp_path: Path, engine: Path) -> Iterator[VersionedTeam]:
    with Sandbox(tmp_path / "azure", functions=True) as sandbox:
        yield VersionedTeam(tmp_path, sandbox, engine, config={"plan.sku": "FC1", "flex.update_strategy": "RollingUpdate"})


def told(team: VersionedTeam) -> tuple[str | None, ...]:
    return tuple(team.azure.settings().get(name) for name in SETTINGS)


def test_what_1_0_has_begun_goes_on_under_2_0_and_no_two_updates_overlap(team: VersionedTeam) -> None:
    team.wants_package("1.0.0")
    team.release()
    assert told(team) == ("1.0.0", "1.0", "ordersTasksProduction")
    team.order("tea", wait=True)
    team.reaches("tea:ship", lambda one: one["runtimeStatus"] == "Running")

    team.wants_package("2.0.0")
    before = len(team.azure.plane.journal)
    said = team.release().text
    assert told(team) == ("2.0.0", "2.0", "ordersTasksProduction")
    assert said.index("settings of 2.0.0") < said.index("Deploy the code of 2.0.0") < said.index("Tell clients to start")
    rolled = [write.operation for write in updates(team, before)]
    assert not [one for one in rolled if "under way" in one or "superseded" in one], rolled

    team.order("cups")
    team.picked_up("tea")
    assert team.ended("tea")["output"]["shipped"] == {"version": "1.0", "carrier": "post"}
    assert team.ended("cups")["output"]["version"] == "2.0"
    assert team.release().text.count("there is nothing to do") == 1
    project = team.project.pulumi("preview", "--refresh", "--expect-no-changes", "--stack", team.project.stack)
    assert "unchanged" in project


def updates(team: VersionedTeam, since: int) -> list[Write]:
    return [write for write in team.azure.plane.journal.since(since) if "update" in write.operation]
