"""The commands on a stack that the real engine deployed with the component: gate, swap, status, and what an interruption leaves."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.problem import BUSY, DONE, UNEXPECTED
from operations.pulumi import Failed, Pulumi
from operations.updating import Updating, in_progress
from sandbox.arm.faults import Fault
from sandbox.world import Sandbox
from tests.engine.azure import Azure
from tests.engine.packages import deployment, write_app
from tests.engine.project import COMPONENT_PROGRAM, ROOT, Project

from .hub import TaskHub
from .site import OPERATOR, Site

pytestmark = [pytest.mark.engine, pytest.mark.azurite]

PROGRAM = (
    COMPONENT_PROGRAM.partition("for name in (")[0]
    + "for name in StatusCheckWithSlot.__annotations__:\n    pulumi.export(name, getattr(app, name))\n"
)


class Deployed(Site):
    """What the component made, in the shape that hubs are written into."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.plane = sandbox, sandbox.plane
        self.slots = ("production", "staging")
        self.bundles = {"blue": "ordersblue", "green": "ordersgreen"}


class Stack:
    def __init__(self, sandbox: Sandbox, project: Project) -> None:
        self.sandbox, self.project, self.azure = sandbox, project, Azure(sandbox)

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "operations", *words, "--stack", self.project.stack, "--cwd", str(self.project.folder)]
        environment = {**self.project.environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def json(self, *words: str) -> tuple[int, Any]:
        running = self.start(*words, "--json")
        out, err = running.communicate()
        assert out, err
        return running.returncode, json.loads(out)

    def pulumi(self) -> Pulumi:
        return Pulumi(self.project.folder, self.project.stack, self.project.environment)


@pytest.fixture(scope="module")
def stack(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("slots")
    for version in ("1.0.0", "2.0.0"):
        write_app(folder / "app" / version, version)
    with Sandbox(folder / "azure", storage="azurite") as sandbox:
        project = Project(folder / "project", sandbox.environment(), engine, PROGRAM)
        for version in ("1.0.0", "2.0.0"):
            project.args({**deployment(folder / "app", version), "access": {"operators": [OPERATOR]}})
            project.up()
        yield Stack(sandbox, project)


@pytest.fixture(scope="module")
def blue(stack: Stack) -> TaskHub:
    """Production's hub; staging's is there too, and empty. The app writes them: the operator has only what the component grants."""
    site, app = Deployed(stack.sandbox), str(stack.pulumi().outputs()["identity_principal_id"])
    TaskHub(site, "green", principal=app)
    return TaskHub(site, "blue", principal=app)


def test_gate_swap_and_status_read_what_is_live_and_the_program_agrees(stack: Stack, blue: TaskHub) -> None:
    blue.has("a1", "Running")
    code, found = stack.json("gate", "--timeout", "0", "--settle", "0.1")
    assert (code, found["verdict"], found["oldest"]["id"]) == (BUSY, "busy", "a1")
    running = stack.start("swap", "--slot", "staging", "--settle", "0.1")
    _, said = running.communicate()
    assert running.returncode == BUSY, said
    blue.has("a1", "Completed")

    code, found = stack.json("swap", "--slot", "staging", "--settle", "0.1")
    assert (code, found["slots"]["production"]) == (DONE, {"version": "2.0.0", "bundle": "green"})
    assert stack.azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}

    blue.has("a2", "Suspended")
    code, status = stack.json("status")
    verdicts = {one["slot"]: (one["bundle"], one["version"], one["task_hub"]["verdict"]) for one in status["slots"]}
    assert (code, verdicts) == (DONE, {"production": ("green", "2.0.0", "drained"), "staging": ("blue", "1.0.0", "busy")})
    assert [one["kind"] for one in status["notices"]] == ["finishing_behind"]
    assert stack.project.preview("--refresh", "--expect-no-changes").code == 0
    blue.has("a2", "Terminated")


def test_an_interrupted_gate_says_that_nothing_was_changed(stack: Stack, blue: TaskHub) -> None:
    (slot,) = [one for one, (account, _) in stack.azure.bundles().items() if account == "ordersblue"]
    blue.has("a3", "Running")
    writes = len(stack.sandbox.plane.journal)
    running = stack.start("gate", "--slot", slot, "--settle", "0.1")
    assert running.stderr is not None
    line = next(line for line in running.stderr if "waiting for 1 running instance" in line)
    assert "'a3'" in line
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate()
    assert running.returncode == UNEXPECTED
    assert said.splitlines()[-1] == "operations: Interrupted. Nothing was changed."
    assert stack.sandbox.plane.journal.since(writes) == []
    blue.has("a3", "Completed")


def test_the_lock_of_an_update_under_way_is_seen_and_its_end_too(stack: Stack, blue: TaskHub) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        go_on.wait(120)

    stack.sandbox.plane.faults.add(Fault(matching="get */resourcegroups/orders-rg", delay=hold))
    running = stack.project.start("refresh", "--yes", "--skip-preview", "--stack", stack.project.stack)
    try:
        assert reached.wait(120)
        found = in_progress(stack.pulumi())
        assert found.state is True and f"process {running.pid}" in found.detail
    finally:
        go_on.set()
        text, _ = running.communicate()
    assert running.returncode == 0, text
    assert in_progress(stack.pulumi()) == Updating(False, "")


def test_outputs_configuration_and_its_file_are_found(stack: Stack) -> None:
    pulumi = stack.pulumi()
    assert pulumi.outputs()["site_id"] == stack.azure.site
    assert pulumi.config() == {"azure-native:location": "westeurope"}
    assert pulumi.config_file() == stack.project.folder / "Pulumi.test-orders.yaml"
    assert pulumi.config_file().exists()


def test_an_update_tells_its_lines_and_what_it_failed_with(stack: Stack) -> None:
    lines: list[str] = []
    stack.pulumi().up(say=lines.append)
    assert any("unchanged" in line for line in lines)
    wanted = json.loads((stack.project.folder / "args.json").read_text())
    stack.project.args({**wanted, "site": {"name": "-"}})
    with pytest.raises(Failed, match="is no valid site name"):
        stack.pulumi().up()
    stack.project.args(wanted)
