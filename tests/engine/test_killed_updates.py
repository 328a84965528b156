"""`pulumi up` is killed right after each of its writes in turn: the named recovery converges, and nothing lost its storage meanwhile.

The kill comes after the write was carried out and before the engine hears of it: Azure has what Pulumi's state lacks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox.arm import Write
from tests.sampling import sampled

from .azure import Azure
from .invariants import assert_code_kept_its_storage, assert_no_two_slots_share_a_hub
from .packages import deployment
from .project import ROOT, Outcome, Project
from .stories import green_is_live

pytestmark = pytest.mark.engine

FIRST = 36
"""Writes of a first deployment."""
NEXT = 5
"""Writes of an update that stages a version with another runtime stack: container, package, slot and its runtime stack, settings."""


def test_the_matrices_cover_every_write(azure: Azure, project: Project, app: Path) -> None:
    project.args(deployment(app))
    project.up()
    assert len(azure.plane.journal) == FIRST
    project.args(deployment(app, "2.0.0", runtime="PYTHON|3.12"))
    project.up()
    assert len(azure.plane.journal) == FIRST + NEXT


@pytest.mark.parametrize("write", sampled(range(1, FIRST + 1), count=1))
def test_a_first_deployment_that_was_killed_is_repaired(azure: Azure, project: Project, app: Path, write: int) -> None:
    project.args(deployment(app))
    up_killed_at(azure, project, write)
    repaired(project)
    project.up("--refresh")
    assert azure.bundles() == {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", None)}
    project.preview("--refresh", "--expect-no-changes")
    assert_code_kept_its_storage(azure)


@pytest.mark.parametrize("write", sampled(range(1, NEXT + 1), count=1))
def test_a_release_that_was_killed_after_a_swap_is_repaired(azure: Azure, project: Project, app: Path, write: int) -> None:
    green_is_live(azure, project, app)
    project.args(deployment(app, "3.0.0", replace="1.0.0", runtime="PYTHON|3.12"))
    up_killed_at(azure, project, write)
    assert azure.bundle("production") == ("ordersgreen", "2.0.0")
    assert_no_two_slots_share_a_hub(azure)
    repaired(project)
    project.up("--refresh")
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "3.0.0")}
    assert (azure.stack("production"), azure.stack("staging")) == ("PYTHON|3.11", "PYTHON|3.12")
    project.preview("--refresh", "--expect-no-changes")
    assert_code_kept_its_storage(azure)


def up_killed_at(azure: Azure, project: Project, number: int) -> None:
    """Runs `up` and kills its whole process group after its `number`-th write. Further writes that were under way still happen."""
    seen = 0
    counting = threading.Lock()
    running: subprocess.Popen[str] | None = None
    started = threading.Event()

    def kill(_: Write) -> None:
        nonlocal seen
        with counting:
            seen += 1
            hit = seen == number
        if hit and started.wait(30) and running is not None:
            os.killpg(running.pid, signal.SIGKILL)

    end = azure.plane.journal.subscribe(kill)
    try:
        running = project.start("up", "--yes", "--skip-preview", "--stack", project.stack)
        started.set()
        text, _ = running.communicate()
    finally:
        end()
    assert running.returncode == -signal.SIGKILL, f"the update ended with {running.returncode} before its write {number}:\n{text}"


def repaired(project: Project) -> Outcome:
    """The documented recovery, as a person types it."""
    command = [sys.executable, "-m", "operations", "repair", "--stack", project.stack, "--yes", "--cwd", str(project.folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=project.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout
    return Outcome(done.returncode, done.stdout)
