"""The router is killed at each step of making a line's app and of taking it away: every request that it had accepted is answered, once.

Each case has a line of its own, behind one router; lines of earlier cases drain and go meanwhile, and are hit by later kills too. The
monitor's timer would go on by itself within 30 s; it is asked to look at once, so that the whole takes minutes.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from sandbox.arm.faults import Fault
from sandbox.functions.serving import Answer
from sandbox.world import Sandbox
from tests.sampling import sampled, story

from .killed_team import KilledTeam
from .kills import LEAVING, MAKING, Kills, requests_of

pytestmark = [pytest.mark.azurite, *story("killed router")]

PATIENCE = 300.0
"""Seconds, for all lines to go."""
ORDER = {"items": [{"sku": "tea", "quantity": 1, "cents": 450}]}
BEFORE, ANSWERED = "before all", "after an answer of the app"
POINTS = [BEFORE, *(f"{number}: {name}" for number, name in enumerate(MAKING, 1)), ANSWERED]
MAY_HAVE_RUN = 504


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[KilledTeam]:
    folder = tmp_path_factory.mktemp("killed")
    with Sandbox(folder / "azure", functions=True, timer_speed=300) as sandbox:
        team = KilledTeam(folder, sandbox, engine)
        team.up()
        yield team


@pytest.fixture(scope="module")
def majors() -> Iterator[int]:
    """Each line of this file is a major version of its own."""
    return count(1)


@pytest.fixture
def kills(team: KilledTeam) -> Iterator[Kills]:
    found = Kills(team)
    end = team.azure.plane.journal.subscribe(found.noticed)
    yield found
    end()


@pytest.mark.parametrize("point", sampled(POINTS, count=1))
def test_a_router_that_dies_while_it_makes_an_app_answers_every_request_once(
    team: KilledTeam, majors: Iterator[int], kills: Kills, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    line = f"{next(majors)}.0"
    app, began = team.app_of(line), len(team.azure.plane.journal)
    started = team.starts()
    team.deploy(f"{line}.0")
    if point == ANSWERED:
        kills.after_answer(app, monkeypatch)
    elif point != BEFORE:
        kills.after(app, MAKING, POINTS.index(point) - 1)

    with held(team, app, then=(lambda: kills.now(app)) if point == BEFORE else lambda: None):
        asked = stored(team, line)
    if point == ANSWERED:
        team.until_up(lambda: kills.struck and team.abandon_claims())
    answers = answered(team, asked)

    assert (kills.struck, team.starts()) == ([app], started + 1)
    assert_each_ran_once(team, line, answers, may_be_lost=point == ANSWERED)
    assert team.sites().count(app) == 1
    assert set(requests_of(team.azure.plane.journal.since(began), app)) <= set(MAKING), "the router writes what no case kills it after"
    assert team.passwords_allowed(app) == []
    approved(team, line)


@pytest.mark.matrix
def test_a_router_that_dies_while_it_takes_lines_away_leaves_nothing_behind(team: KilledTeam, majors: Iterator[int], kills: Kills) -> None:
    """A line for each step; they go at the same time, and each takes the router with it once. The one that is killed as it begins to drain is
    the newest, and what supersedes it was asked for nothing: a request that is being forwarded is the other test's."""
    began, started = len(team.azure.plane.journal), team.starts()
    leaving = {f"{next(majors)}.0": number for number in reversed(range(len(LEAVING)))}
    for line in leaving:
        team.deploy(f"{line}.0")
        assert_each_ran_once(team, line, answered(team, stored(team, line)))
        assert requests_of(team.azure.plane.journal.since(began), team.app_of(line)) == list(MAKING)
    for line, number in leaving.items():
        kills.after(team.app_of(line), LEAVING, number)
    last = f"{next(majors)}.0"
    team.deploy(f"{last}.0")
    assert team.ask("GET", "/api/orders", version=last).status == 503
    team.until_up(lambda: team.states()[last] == "active")
    for line in leaving:
        approved(team, line)

    team.until_up(lambda: {team.states()[line] for line in leaving} == {"retired"}, patience=PATIENCE)

    assert sorted(kills.struck) == sorted(team.app_of(line) for line in leaving)
    assert 1 <= team.starts() - started <= len(leaving), "two kills may meet"
    for line in leaving:
        written = requests_of(team.azure.plane.journal.since(began), team.app_of(line))[len(MAKING) :]
        assert set(written) == set(LEAVING), "the router writes what no case kills it after"
        assert recorded(team, line) == {"Completed"}
    assert team.left_of(list(leaving)) == []


@contextmanager
def held(team: KilledTeam, app: str, then: Callable[[], None]) -> Iterator[None]:
    """Whatever the router asks Azure about the app first waits for the end of the block, and for `then`."""
    accepted = threading.Event()

    def call() -> None:
        accepted.wait()
        then()

    fault = team.azure.plane.faults.add(Fault(matching=f"* */sites/{app}*", call=call))
    try:
        yield
    finally:
        accepted.set()
    assert team.until(lambda: fault.times == 0), "the router never asked Azure about the app"


def stored(team: KilledTeam, line: str) -> dict[str, str]:
    """An order, one that waits for an approval, and a start by Durable's own interface, accepted before there is an app: instance -> where
    its answer will be."""
    plain, big = ids(line)
    sent = {
        plain: team.order(plain, line),
        big: team.order(big, line, cents=200_000),
        "": team.ask("POST", f"/api/_durable/{line}/orchestrators/ProcessOrder", {"id": f"start-{plain}", **ORDER}),
    }
    assert {id: one.status for id, one in sent.items()} == dict.fromkeys(sent, 202), sent
    told = {id: json.loads(one.body) for id, one in sent.items()}
    assert {one["state"] for one in told.values()} == {"waiting"}
    return {id or told[id]["instanceId"]: "/api/" + told[id]["statusUri"].partition("/api/")[2] for id in told}


def ids(line: str) -> tuple[str, str]:
    major = line.partition(".")[0]
    return f"plain-{major}", f"big-{major}"


def answered(team: KilledTeam, asked: dict[str, str]) -> dict[str, Answer]:
    """By instance: what each request was answered, once all are."""

    def done() -> dict[str, Answer] | None:
        found = {id: team.ask("GET", path) for id, path in asked.items()}
        return found if all(one.header("X-Durable-Deploy-Request") == "done" for one in found.values()) else None

    found: dict[str, Answer] = team.until_up(done)
    return found


def assert_each_ran_once(team: KilledTeam, line: str, answers: dict[str, Answer], *, may_be_lost: bool = False) -> None:
    """`may_be_lost`: whether the app has got an order is what the router can't know. It says so, and does not send it again."""
    statuses = {id: one.status for id, one in answers.items()}
    lost = {id for id, status in statuses.items() if status == MAY_HAVE_RUN}
    assert lost <= (set(ids(line)) if may_be_lost else set())
    assert {statuses[id] for id in set(statuses) - lost} <= {202}, answers
    wanted = set(answers)

    def reserved() -> Counter[str]:
        return Counter(one["instance"] for one in team.executions(line) if one["function"].lower() == "reserveitem")

    team.until_up(lambda: team.instances(line) >= wanted - lost and set(reserved()) >= wanted - lost)
    assert team.instances(line) - lost == wanted - lost, "another instance than those that were asked for"
    assert {id: times for id, times in reserved().items() if id not in lost} == dict.fromkeys(wanted - lost, 1)
    started = Counter(one["function"].lower() for one in team.executions(line) if one["kind"] == "function")["startorder"]
    assert 2 - len(lost) <= started <= 2, "an order was sent twice"


def approved(team: KilledTeam, line: str) -> None:
    """Whoever waits for an approval since before the kill gets it, and nothing is left unfinished."""
    _, big = ids(line)
    if big in team.until_up(lambda: team.instances(line)):
        team.until_up(lambda: team.ask("POST", f"/api/_durable/{line}/instances/{big}/raiseEvent/Approval", True).status == 202)
    team.until_up(lambda: recorded(team, line) == {"Completed"})


def recorded(team: KilledTeam, line: str) -> set[str]:
    return {str(team.status(id, line).get("runtimeStatus")) for id in team.instances(line)}
