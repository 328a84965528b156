"""A release of the strategy orchestration versioning is killed, with code that runs and orders that come in all the time; then the same command
again. Clients are told the new version in the end, no order is lost, and nobody was ever told a version that a worker at work lacked.

Every case releases the next version of the same app, so that they share what is slow to start.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from operations.problem import USAGE
from operations.versions.ordering import compare
from sandbox.arm import ControlPlane
from sandbox.arm.faults import Fault
from sandbox.web import SwapPhase, swaps_of
from sandbox.world import Sandbox
from tests.sampling import sampled

from ..release.background import Background
from ..release.killing import wait_until_gone
from ..release.team import STACK
from ..release.test_starters import hooked
from . import test_windows
from .team import EXAMPLE, VersionedTeam
from .test_windows import orders, some_more

pytestmark = pytest.mark.azurite

PRODUCTION_SETTINGS = "put */sites/orders/config/appsettings"
"""Of the second `pulumi up` alone: the first one changes nothing in production."""
RELEASE = ("release", "--settle", "1s", "--timeout", "2m")


@dataclass(frozen=True)
class At:
    """A request that the release, or the `pulumi up` that it runs, does not get an answer to."""

    request: str
    carried_out: bool = False
    with_pulumi: bool = False
    """Pulumi dies with it. One that is left alone can't write another line to the pipe, and dies of that."""
    swapped: bool = True
    """Production has the new code by then."""


REQUESTS = [
    pytest.param(At("post */slots/staging/*/sync", swapped=False), id="when the new code is staged"),
    pytest.param(At(PRODUCTION_SETTINGS, with_pulumi=True), id="with pulumi, before clients are told"),
    pytest.param(At(PRODUCTION_SETTINGS, carried_out=True, with_pulumi=True), id="with pulumi, when clients are told"),
    pytest.param(At(PRODUCTION_SETTINGS, carried_out=True), id="without pulumi, when clients are told"),
]
PHASES = [pytest.param(phase, id=f"after phase {phase} of the swap") for phase in range(1, 5)]
"""After the fourth the swap is over, and nobody has seen it."""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[VersionedTeam]:
    folder = tmp_path_factory.mktemp("killed")
    with Sandbox(folder / "azure", functions=True) as sandbox:
        team = VersionedTeam(folder, sandbox, engine)
        wants_next(team, 1)
        team.release()
        yield team


@pytest.fixture(autouse=True)
def now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two releases and a recovery take their time; twenty orders a second would be most of it."""
    monkeypatch.setattr(test_windows, "EVERY", 0.4)


@pytest.mark.parametrize("at", sampled([*REQUESTS, *PHASES], count=1))
def test_a_killed_release_is_ended_by_the_same_command_and_no_order_is_lost(team: VersionedTeam, at: At | int) -> None:
    old = int(team.live()["production"][0].partition(".")[0])
    new = wants_next(team, old + 1)
    begun = len(team.azure.plane.journal)
    with orders(team, f"order-{new}") as ids:
        some_more(ids, 3)
        if isinstance(at, At):
            killed_at_a_request(team, at, ids)
        else:
            killed_in_its_swap(team, at, ids)
        assert team.live()["production"][1] == (f"{new}.0" if isinstance(at, At) and at.carried_out else f"{old}.0")
        goes_on(team, repaired=isinstance(at, At) and at.swapped)
        assert team.live("DURABLE_DEPLOY_VERSION", "START_VERSION") == {
            "production": (f"{new}.0.0", f"{new}.0"),
            "staging": (f"{old}.0.0", f"{old}.0"),
        }
        team.sandbox.functions.wait_ready()
        some_more(ids, 3)
    ended = {id: team.ended(id) for id in ids}
    assert {one["runtimeStatus"] for one in ended.values()} == {"Completed"}
    versions = [ended[id]["output"]["version"] for id in ids]
    assert versions == sorted(versions, key=float) and {versions[0], versions[-1]} == {f"{old}.0", f"{new}.0"}
    assert [ended[id]["output"]["shipped"]["version"] for id in ids] == versions
    assert_each_was_executed_by_code_that_has_its_version(team, dict(zip(ids, versions, strict=True)))
    assert_nobody_was_told_what_a_worker_lacks(team.azure.plane, begun)


def wants_next(team: VersionedTeam, number: int) -> int:
    """The example as `3.0.0` with the orchestration version 3.0, and so on."""
    folder = team.version_of(f"{number}.0.0", EXAMPLE)
    host = json.loads((folder / "host.json").read_text())
    host["extensions"]["durableTask"]["defaultVersion"] = f"{number}.0"
    (folder / "host.json").write_text(json.dumps(host))
    team.wants(f"{number}.0.0", folder)
    return number


def killed_at_a_request(team: VersionedTeam, at: At, ids: list[str]) -> None:
    with killing(team) as (start, kill):
        pulumi: list[int] = []

        def struck() -> None:
            pulumi.extend(json.loads(lock.read_text())["pid"] for lock in locks(team))
            kill()
            if at.with_pulumi:
                os.killpg(pulumi[0], signal.SIGKILL)

        team.azure.plane.faults.add(Fault(at.request, call=struck, after=at.carried_out, drop=not at.carried_out))
        release = start()
        assert release.wait() == -signal.SIGKILL
        team.azure.plane.faults.clear()
    assert len(pulumi) == len(locks(team)) == (1 if at.swapped else 0)
    for pid in pulumi:
        wait_until_gone(pid)
    some_more(ids, 3)


def killed_in_its_swap(team: VersionedTeam, phase: int, ids: list[str]) -> None:
    """The swap stands still while nobody attends to it, and then goes on in Azure."""
    with killing(team) as (start, kill):
        release: list[subprocess.Popen[str]] = []

        def struck(at: SwapPhase) -> None:
            if at.number == phase:
                kill()
                some_more(ids, 3)

        with hooked(team, struck):
            release.append(start())
            assert release[0].wait() == -signal.SIGKILL
            swaps_of(team.azure.plane).wait(team.azure.site, timeout=120)


def goes_on(team: VersionedTeam, *, repaired: bool) -> None:
    """The same command, after the recovery that it names."""
    if repaired:
        refused = team.operations(*RELEASE, code=USAGE).text
        assert f"python -m operations repair --stack {STACK}" in refused
        team.operations("repair", "--yes")
    said = team.operations(*RELEASE).text
    assert "was killed" in said and "This goes on with it." in said


@contextmanager
def killing(team: VersionedTeam) -> Iterator[tuple[Callable[[], subprocess.Popen[str]], Callable[[], None]]]:
    """How the release is started, and how it is killed from another thread."""
    running: list[subprocess.Popen[str]] = []
    started = threading.Event()

    def start() -> subprocess.Popen[str]:
        running.append(team.start(*RELEASE))
        started.set()
        return running[0]

    def kill() -> None:
        assert started.wait(60)
        os.killpg(running[0].pid, signal.SIGKILL)

    yield start, kill
    for one in running:
        with Background(one):
            pass


def locks(team: VersionedTeam) -> list[Path]:
    """Of Pulumi, on its stacks."""
    state = Path(team.project.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
    return list(state.rglob(".pulumi/locks/**/*.json"))


def assert_each_was_executed_by_code_that_has_its_version(team: VersionedTeam, versions: dict[str, str]) -> None:
    """Activities too, which Durable does not gate by version."""
    executed = team.executed_by()
    wrong = {
        id: executed[id] for id, version in versions.items() if any(float(by.removesuffix(".0")) < float(version) for by in executed[id])
    }
    assert wrong == {}


def assert_nobody_was_told_what_a_worker_lacks(plane: ControlPlane, since: int) -> None:
    """After every write: a slot's clients are told what its code has, and production's, while two codes share its hub, what both have."""
    slots: dict[str, dict[str, Any]] = {}
    swapping = False
    for write in plane.journal:
        swapping = (swapping or write.operation.startswith("swap 1")) and not write.operation.startswith("swap 4")
        if not write.id.lower().endswith("/config/appsettings"):
            continue
        slots[write.id.partition("/slots/")[2].partition("/")[0] or "production"] = (write.after or {}).get("properties", {})
        if write.number <= since:
            continue
        for slot, settings in slots.items():
            workers = slots if swapping and slot == "production" else [slot]
            has = {name: slots[name]["DURABLE_DEPLOY_VERSIONS"] for name in workers}
            lacking = [name for name, newest in has.items() if compare(settings["START_VERSION"], newest) > 0]
            assert lacking == [], f"write {write.number} ({write.operation}): {slot} tells {settings['START_VERSION']}, and has {has}"
