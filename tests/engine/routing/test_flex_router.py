"""The router itself on Flex Consumption: settings by an update, code by a command of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import Sandbox
from tests.sampling import story

from .team import RoutedTeam

pytestmark = [pytest.mark.azurite, *story("flex router")]
BRING = ("versions", "deploy-router", "--settle", "1s")


@pytest.fixture
def team(tmp_path: Path, engine: Path) -> Iterator[RoutedTeam]:
    with Sandbox(tmp_path / "azure", functions=True, timer_speed=300) as sandbox:
        yield RoutedTeam(tmp_path, sandbox, engine, config={"plan.sku": "FC1"})


def outputs_of(team: RoutedTeam) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(team.project.pulumi("stack", "output", "--json", "--stack", team.project.stack))
    return found


def test_an_update_writes_settings_and_the_command_brings_the_code(team: RoutedTeam) -> None:
    said = team.up()
    assert "versions deploy-router --stack test-orders" in said
    assert team.azure.settings().get("WEBSITE_RUN_FROM_PACKAGE") is None
    outputs = outputs_of(team)
    assert (outputs["hosting"], outputs["slots"], outputs.get("waiting_for_swap")) == ("flex", ["production"], None)
    assert outputs["waiting_for_deployment"]

    assert "would be deployed" in team.operations(*BRING, "--dry-run").text
    assert "The router runs" in team.operations(*BRING).text
    before = len(team.azure.plane.journal)
    assert "already" in team.operations(*BRING).text
    assert len(team.azure.plane.journal) == before

    # The stack learns that it was deployed, and has nothing else to do.
    team.project.pulumi("up", "--yes", "--stack", team.project.stack)
    assert outputs_of(team).get("waiting_for_deployment") is None
    assert "unchanged" in team.project.pulumi("preview", "--expect-no-changes", "--stack", team.project.stack)

    # It is a router: a version's line is made by its first request.
    team.deploy("1.0.0")
    first = team.order("first", "1.0.0")
    assert (first.status, json.loads(first.body)["line"]) == (202, "1.0")
    assert team.until(lambda: team.reaches("first", "Completed", line="1.0"), poke=True)["output"]["status"] == "done"

    # New code of the router: the update waits for the command, and the line does not notice.
    (team.folder / "router" / "changed.txt").write_text("changed")
    assert "versions deploy-router" in team.project.pulumi("up", "--yes", "--stack", team.project.stack)
    team.operations(*BRING)
    assert team.states() == {"1.0": "active"}
    team.project.pulumi("destroy", "--yes", "--stack", team.project.stack)
    assert team.sites() == []
