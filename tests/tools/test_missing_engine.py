"""A missing engine fails where it is required and is told loudly elsewhere. Never is it passed over in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, Machine

NEEDS_ENGINE = "tests/tools/test_language_host.py::test_about_names_the_python_that_would_run_the_program"


def run(machine: Machine, **more: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", NEEDS_ENGINE]
    done = subprocess.run(command, cwd=ROOT, env=machine.environment | more, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("variable", ["CI", "DURABLE_DEPLOY_REQUIRE_ENGINE"])
def test_where_an_engine_is_required_its_absence_is_a_failure(machine: Machine, variable: str) -> None:
    code, output = run(machine, **{variable: "true"})

    assert code == 1
    assert "the Pulumi engine is required here: no Pulumi CLI 3.259.0 or newer was found" in output
    assert "skipped" not in output


def test_elsewhere_the_test_is_skipped_and_the_end_of_the_run_says_so(machine: Machine) -> None:
    code, output = run(machine)

    end = output[output.index("TESTS OF THE REAL ENGINE WERE SKIPPED") :]
    assert code == 0
    assert "install Go 1.25.11 or newer" in end
    assert "1 skipped" in end


def test_tests_that_use_the_engine_carry_its_marker() -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", "-q", "-m", "not engine", "tests/tools"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)

    assert Path(__file__).name in done.stdout
    assert "test_language_host.py" not in done.stdout
