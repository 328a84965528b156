"""A share of new orders starts with the newer version: one blob that the running app reads with its own identity, and no deployment."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.versioned_orders.starting import share_of
from sandbox.world import Sandbox
from tests.sampling import story

from ..release.background import Background
from ..release.team import STACK
from .team import PATIENCE, VersionedTeam

pytestmark = [pytest.mark.azurite, *story("ramp")]

EVERY = 0.1
"""Seconds between two orders."""
PERCENT = 10
ORDERS = [f"order-{number}" for number in range(60)]
CHOSEN = {id for id in ORDERS if share_of(id) < PERCENT}
PIN = "durable-deploy:versioning.start_version"
CHANGES = {
    "starting.py": ("CACHE_SECONDS = 30.0", "CACHE_SECONDS = 1.0"),
    "function_app.py": (
        '    return {"known": order.get("customer") != "nobody"}',
        '    return {"known": {"ann": True}[order["customer"]]}',
    ),
}
"""The helper looks once a second; and 2.0 does not get over a customer whom 1.0 never asks for."""


class RampingTeam(VersionedTeam):
    def version_of(self, version: str, *sources: Path) -> Path:
        folder = super().version_of(version, *sources)
        for name, (old, new) in CHANGES.items():
            text = (folder / name).read_text()
            assert old in text or version == "1.0.0"
            (folder / name).write_text(text.replace(old, new))
        return folder

    def ramp_record(self) -> dict[str, Any] | None:
        content = self.sandbox.storage.get_blob("ordershost", "ramp", "orders.json")
        return None if content is None else json.loads(content)

    def waits_until_clients_start(self, version: str, name: str) -> None:
        """By orders that are in the share, one after the other, until one was started with it."""
        deadline, number, found = time.monotonic() + PATIENCE, 0, ""
        while found != version:
            assert time.monotonic() < deadline, f"clients start {found}, and not {version}"
            number += 1
            id = f"{name}-{number}"
            if share_of(id) < PERCENT:
                self.order(id)
                found = self.ended(id)["output"]["version"]

    def counted(self) -> dict[str, Any]:
        """What `operations versions --json` answers."""
        text = self.operations("versions", "--json").text
        found: dict[str, Any] = json.loads(text[text.index("\n{\n") :])
        return found


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[RampingTeam]:
    """2.0.0 in production, 1.0.0 in staging, and clients start 1.0 because the configuration says so."""
    folder = tmp_path_factory.mktemp("ramp")
    with Sandbox(folder / "azure", functions=True) as sandbox:
        team = RampingTeam(folder, sandbox, engine)
        team.wants_package("1.0.0")
        team.release()
        team.project.configure({PIN.removeprefix("durable-deploy:"): "1.0"})
        team.wants_package("2.0.0")
        team.release()
        yield team


def test_a_tenth_of_new_orders_starts_with_2_0_each_with_its_children_and_0_percent_ends_it(team: RampingTeam) -> None:
    production = ("2.0.0", "1.0", "ordersTasksProduction")
    assert team.live()["production"] == production
    team.sandbox.functions.wait_ready()
    writes, starts = len(team.azure.plane.journal), team.sandbox.functions.starts()
    team.order("before")
    assert (team.ended("before")["output"]["version"], team.ramp_record()) == ("1.0", None)

    said = team.operations("ramp", "--to", "2.0", "--percent", str(PERCENT)).text
    assert "10 % of new instances start with version 2.0" in said
    record = team.ramp_record()
    assert record is not None and (record["to"], record["percent"]) == ("2.0", PERCENT)
    team.waits_until_clients_start("2.0", "probe")
    for id in ORDERS:
        team.order(id)
    outputs = {id: team.ended(id)["output"] for id in ORDERS}
    assert len(CHOSEN) == len(ORDERS) / PERCENT, "as even as it gets: these ids were chosen so"
    assert {id for id, output in outputs.items() if output["version"] == "2.0"} == CHOSEN
    assert {(output["version"], output["shipped"]["version"]) for output in outputs.values()} == {("1.0", "1.0"), ("2.0", "2.0")}

    team.project.pulumi("up", "--yes", "--skip-preview", "--refresh", "--stack", STACK)
    assert (team.ramp_record(), team.live()["production"]) == (record, production)
    assert "10 % of new instances start with version 2.0" in team.operations("status").text
    assert "10 % of new instances start with version 2.0" in team.operations("ramp").text

    said = team.operations("ramp", "--percent", "0").text
    assert "The ramp to 2.0 is at 0 %: every client starts what START_VERSION says" in said
    team.waits_until_clients_start("1.0", "back")
    assert len(team.azure.plane.journal) == writes, "nothing was deployed"
    assert team.sandbox.functions.starts() == starts, "nothing restarted"


def test_a_release_that_ramps_a_version_that_fails_takes_it_back_to_0_and_deploys_nothing(team: RampingTeam) -> None:
    team.project.pulumi("config", "rm", "--path", PIN, "--stack", STACK)
    writes = len(team.azure.plane.journal)
    flags = ("--settle", "1s", "--ramp", "10,20,40,80", "--ramp-step", "2m")
    with Background(team.start("release", *flags)) as release:
        in_share = (id for id in map("broken-{}".format, itertools.count()) if share_of(id) < PERCENT)
        ids: list[str] = []
        while release.process.poll() is None:
            ids.append(next(in_share))
            team.order(ids[-1], customer="broken")
            time.sleep(EVERY)
        said = release.ends(5).text
    assert "The ramp of 2.0 was stopped at" in said and "of ProcessOrder" in said
    record = team.ramp_record()
    assert record is not None and (record["to"], record["percent"]) == ("2.0", 0)
    assert team.live()["production"] == ("2.0.0", "1.0", "ordersTasksProduction")
    assert len(team.azure.plane.journal) == writes, "nothing was deployed"
    team.waits_until_clients_start("1.0", "again")
    ended = [team.ended(id) for id in ids]
    assert {one["runtimeStatus"] for one in ended} == {"Completed", "Failed"}
    assert {one["output"]["version"] for one in ended if one["runtimeStatus"] == "Completed"} == {"1.0"}


def test_what_still_runs_is_counted_by_version_in_both_slots_and_its_branches_stay(team: RampingTeam) -> None:
    for slot, version in (("production", "1.0"), ("production", "2.0"), ("staging", "1.0")):
        team.order(f"{slot}-{version}", wait=True, version=version, slot=slot)
    found = team.counted()
    deadline = time.monotonic() + PATIENCE
    while len(found["active"]) < 6:
        assert time.monotonic() < deadline, found
        found = team.counted()
    assert {(one["slot"], one["orchestrator"], one["version"], one["count"]) for one in found["active"]} == {
        (slot, orchestrator, version, 1)
        for slot, version in (("production", "1.0"), ("production", "2.0"), ("staging", "1.0"))
        for orchestrator in ("ProcessOrder", "ShipOrder")
    }
    assert [one["sentence"] for one in found["answers"]] == [
        "ProcessOrder: branches for versions below 1.0 can go; 2 of 1.0 are active.",
        "ShipOrder: branches for versions below 1.0 can go; 2 of 1.0 are active.",
        "All other orchestrators: nothing is active; branches for versions below 1.0, which clients start, can go.",
    ]
