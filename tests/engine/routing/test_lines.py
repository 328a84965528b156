"""The whole of application routing on the embedded Azure: the real engine, the real command, real packages, and the router as it is deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import Sandbox

from .team import RoutedTeam

pytestmark = [pytest.mark.azurite, pytest.mark.matrix]


@pytest.fixture
def team(tmp_path: Path, engine: Path) -> Iterator[RoutedTeam]:
    with Sandbox(tmp_path / "azure", functions=True, timer_speed=300) as sandbox:
        yield RoutedTeam(tmp_path, sandbox, engine)


def test_versions_run_side_by_side_and_old_lines_disappear_without_losing_anything(team: RoutedTeam) -> None:
    team.up()
    assert "unchanged" in team.project.pulumi("preview", "--expect-no-changes", "--stack", team.project.stack)

    # A version is deployed, and its line is made by its first request, which is not lost.
    assert "1.0.0 is deployed to line 1.0" in team.deploy("1.0.0")
    first = team.order("first", "1.0.0")
    assert first.status == 202, first
    waiting = json.loads(first.body)
    assert waiting["line"] == "1.0"
    where = waiting["statusUri"].partition("/api/")[2]
    answered = team.until(lambda: _done(team, f"/api/{where}"))
    assert answered["id"] == "first"
    assert team.states() == {"1.0": "active"}
    assert team.sites() == ["orders-1-0"]
    assert team.reaches("first", "Completed", line="1.0")["output"]["status"] == "done"

    # What the app says of its own addresses leads to the router, without its keys.
    payload = json.loads(team.order("second", "1.0").body)
    assert "/api/_durable/1.0/instances/second" in payload["statusQueryGetUri"]
    assert not [text for text in payload.values() if "code=" in text or "orders-1-0" in text]

    # A patch goes into the app of its line; a lower one only on purpose.
    team.deploy("1.0.1")
    team.until(lambda: team.lines()["1.0"]["deployed"] == "1.0.1")
    assert team.sites() == ["orders-1-0"]
    assert "newer than 1.0.0" in team.deploy("1.0.0", code=2)

    # 1.1 is a line of its own; 1.0 drains behind it, and is active again as soon as it is pinned.
    team.deploy("1.1.0")
    assert team.order("between", "1.1").status == 202
    team.until(lambda: team.states() == {"1.0": "draining", "1.1": "active"})
    team.operations("versions", "pin", "1.0")
    team.until(lambda: team.states()["1.0"] == "active", poke=True)

    # An order waits for its approval on 1.0, while 2.0 becomes the default.
    team.order("big", "1.0", cents=200_000)
    team.reaches("big", "Running", line="1.0")
    team.deploy("2.0.0")
    assert team.order("third", "2.0").status == 202
    team.operations("versions", "unpin")
    team.until(lambda: team.states() == {"1.0": "draining", "1.1": "draining", "2.0": "active"}, poke=True)
    team.until(lambda: team.order("fourth").status == 202)
    assert team.status("fourth")["code"] in (200, 202)
    assert team.until(lambda: "2.0" if team.status("fourth", "2.0")["code"] in (200, 202) else None) == "2.0"

    # Its event reaches it through the router, without its line too; the list knows both lines.
    team.until(lambda: (team.poke(), team.lines()["1.0"]["active"])[1] == 1)
    event = team.ask("POST", "/api/_durable/instances/big/raiseEvent/Approval", True)
    assert event.status == 202, event
    assert team.reaches("big", "Completed", line="1.0")["output"]["status"] == "done"
    listed = {one["instanceId"]: one["line"] for one in json.loads(team.ask("GET", "/api/_durable/instances").body)}
    of_lines = {"1.0": ("first", "second", "big"), "1.1": ("between",), "2.0": ("third", "fourth")}
    assert {id: listed[id] for ids in of_lines.values() for id in ids} == {id: line for line, ids in of_lines.items() for id in ids}

    # Nothing runs on the old lines any more: they go away by themselves, and their history stays.
    team.until(lambda: team.states() == {"1.0": "retired", "1.1": "retired", "2.0": "active"}, patience=240, poke=True)
    assert team.sites() == ["orders-2-0"]
    recorded = team.status("big", "1.0")
    assert (recorded["code"], recorded["runtimeStatus"], recorded["output"]["status"]) == (200, "Completed", "done")
    gone = team.ask("POST", "/api/_durable/1.0/instances/big/terminate")
    assert (gone.status, json.loads(gone.body)["error"]["code"]) == (410, "LineRetired")
    assert team.order("late", "1.0").status == 410
    assert "1.0 " in team.operations("versions").text

    # The stack does not see lines come and go, and takes them along in the end.
    assert "unchanged" in team.project.pulumi("preview", "--expect-no-changes", "--stack", team.project.stack)
    team.project.pulumi("destroy", "--yes", "--stack", team.project.stack)
    assert team.sites() == []


def _done(team: RoutedTeam, path: str) -> dict[str, str] | None:
    answer = team.ask("GET", path)
    done = answer.header("X-Durable-Deploy-Request") == "done"
    return json.loads(answer.body) if done else None
