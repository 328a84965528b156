"""A missing Python 3.13 fails in CI and is told loudly elsewhere: nobody takes a skipped worker for one that was run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .interpreter import newer_python

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
NEEDS_WORKER = f"{(HERE / 'test_app.py').relative_to(ROOT)}::test_the_real_worker_indexes_the_router_and_streams_through_it"


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """Environment of a machine with no other Python than this one."""
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(tmp_path), "PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path / "pyenv")}


def run(machine: dict[str, str], **more: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", NEEDS_WORKER]
    done = subprocess.run(command, cwd=ROOT, env=machine | more, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("value", ["true", "1"])
def test_in_ci_a_missing_interpreter_is_a_failure_that_says_how_to_get_one(machine: dict[str, str], value: str) -> None:
    code, output = run(machine, CI=value)

    assert code == 1
    assert "the real worker library is required here: azure-functions-runtime needs Python 3.13 or 3.14" in output
    assert "pyenv install 3.13" in output
    assert "skipped" not in output


@pytest.mark.parametrize("ci", [{}, {"CI": ""}, {"CI": "false"}])
def test_elsewhere_the_worker_is_skipped_and_the_end_of_the_run_says_so(machine: dict[str, str], ci: dict[str, str]) -> None:
    code, output = run(machine, **ci)

    end = output[output.index("THE ROUTER WAS NOT RUN BY THE REAL WORKER LIBRARY") :]
    assert code == 0
    assert "pyenv install 3.13" in end
    assert "1 skipped" in end


def test_an_interpreter_that_does_not_start_is_none(tmp_path: Path) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    working = tmp_path / "pyenv" / "versions" / "3.14.0" / "bin" / "python"
    alone = {"PATH": str(tmp_path), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path / "pyenv")}
    assert newer_python(alone) is None
    working.parent.mkdir(parents=True)
    working.write_text("#!/bin/sh\nexit 0\n")
    working.chmod(0o755)
    assert newer_python(alone) == str(working)
