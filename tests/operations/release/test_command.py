"""The command `release`: what its help teaches, and what is refused before anything is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from operations.commands.release import shares
from operations.problem import OperationProblem
from operations.release.acting import Result
from operations.release.planning import plan
from operations.release.showing import plan_lines, show_result
from operations.release.steps import Plan
from operations.release.world import Options
from operations.reporting import Reporter

from .worlds import record, slot, swapped, world

ROOT = Path(__file__).resolve().parents[3]


def operations(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    command = [sys.executable, "-m", "operations", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_help_teaches_the_modes_the_hooks_and_the_exit_codes(tmp_path: Path) -> None:
    text = " ".join(operations("release", "--help", cwd=tmp_path).stdout.split())
    taught = [
        "python -m operations release --stack prod",
        "drain-behind: swap at once",
        "version_from, version_to",
        "5 production has the old",
    ]
    assert [one for one in taught if one not in text] == []


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--timeout", "soon", "--timeout soon: is no duration."),
        ("--hook-timeout", "x", "--hook-timeout x: is no duration."),
        ("--before-swap", " ", "--before-swap: is empty."),
        ("--mode", "fast", "Invalid value for '--mode'"),
        ("--abandon-staging", "-1", "Invalid value for '--abandon-staging'"),
    ],
)
def test_an_option_that_can_not_be_used_is_refused_at_once(tmp_path: Path, option: str, value: str, said: str) -> None:
    done = operations("release", "--stack", "prod", option, value, cwd=tmp_path)
    assert (done.returncode, done.stdout, said in done.stderr) == (2, "", True)


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    done = operations("release", "--stack", "prod", cwd=tmp_path)
    assert (done.returncode, "holds no Pulumi.yaml" in done.stderr) == (2, True)


def test_the_plan_is_shown_with_what_is_where_and_numbered() -> None:
    found = world(slot("production", "1.0.0"), slot("staging", "2.0.0"), record=record(outcome=None))
    decided = plan(found, Options(mode="drain-behind"))
    assert isinstance(decided, Plan)
    assert plan_lines(found, decided) == [
        "The release of 2.0.0 that began at 2026-03-01 09:00:00Z was killed. This goes on with it.",
        "release of 2.0.0 to 'prod': 'production' has 1.0.0; 'staging' has 2.0.0",
        "  1. Make Azure read which triggers 2.0.0 has.",
        "  2. Wait until 2.0.0 runs in slot 'staging'.",
        "  3. Make sure that production (1.0.0) still holds no entities.",
        "  4. Swap: 2.0.0 goes into production; 1.0.0 finishes its instances in slot 'staging' and starts nothing by itself.",
        "  5. Verify that production has the package, the storage and the runtime stack of 2.0.0.",
    ]


def test_that_nothing_is_to_be_done_is_said_with_what_new_code_needs() -> None:
    found = world(slot("production", "2.0.0"), slot("staging", "1.0.0"), record=record(swap=swapped()))
    decided = plan(found, Options())
    assert isinstance(decided, Plan)
    assert plan_lines(found, decided)[-1] == "2.0.0 is in production; there is nothing to do. New code needs a new package.version."


def test_the_result_is_json_on_standard_output_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    show_result(Reporter(as_json=True), Result("prod", "2.0.0", Plan(()), "r1"), dry_run=False)
    assert json.loads(capsys.readouterr().out) == {
        "stack": "prod",
        "version": "2.0.0",
        "release": "r1",
        "plan": {"steps": [], "notices": [], "then_plan_again": False},
        "late_starters": None,
        "dry_run": False,
    }


@pytest.mark.parametrize(("text", "found"), [(None, ()), ("10", (10,)), ("1,10,50", (1, 10, 50)), ("0.5%, 100%", (0.5, 100))])
def test_shares_of_a_ramp_are_read(text: str | None, found: tuple[float, ...]) -> None:
    assert shares(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ten", "--ramp ten: is no list of shares. Write it like 10,50."),
        ("0,10", "--ramp 0,10: shares are between 0 and 100, each above the one before it, like 10,50."),
        ("50,10", "--ramp 50,10: shares are between 0 and 100, each above the one before it, like 10,50."),
        ("10,10", "--ramp 10,10: shares are between 0 and 100, each above the one before it, like 10,50."),
        ("101", "--ramp 101: shares are between 0 and 100, each above the one before it, like 10,50."),
    ],
)
def test_shares_that_do_not_rise_are_refused(text: str, said: str) -> None:
    with pytest.raises(OperationProblem) as caught:
        shares(text)
    assert str(caught.value) == said
