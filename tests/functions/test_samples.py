"""The samples of docs/status-check-function.md: the JavaScript one runs, and the page shows the files as they are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks

PAGE = "docs/status-check-function.md"
SAMPLES = ROOT / "docs" / "samples"
ALL = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file())


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("node") is None:
        pytest.fail("the JavaScript sample needs Node.js on PATH", pytrace=False)
    return subprocess.run(["node", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_the_javascript_sample_finds_what_runs() -> None:
    ran = node("--test", "--test-reporter=spec", "tests/functions/what_runs.test.mjs")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (passed,) = re.findall(r"pass (\d+)$", ran.stdout, flags=re.MULTILINE)
    assert int(passed) == 11


def test_the_javascript_function_can_be_parsed() -> None:
    assert node("--check", str(SAMPLES / "javascript" / "statusCheck.js")).returncode == 0


@pytest.mark.parametrize(("file", "language"), [(file, {".js": "js", ".cs": "csharp"}[Path(file).suffix]) for file in ALL], ids=ALL)
def test_the_page_shows_every_file_as_it_is(file: str, language: str) -> None:
    assert (SAMPLES / file).read_text() in blocks(PAGE, language)


def test_the_csharp_sample_asks_for_the_same_states_as_the_other_one() -> None:
    states = {"Pending", "Running", "Suspended", "ContinuedAsNew"}
    sharp, script = ((SAMPLES / name).read_text() for name in ("csharp/StatusCheck.cs", "javascript/whatRuns.js"))
    assert set(re.findall(r"OrchestrationRuntimeStatus\.(\w+),", sharp)) == states
    (listed,) = re.findall(r"^const ACTIVE = \[(.*)\];$", script, flags=re.MULTILINE)
    assert set(re.findall(r'"(\w+)"', listed)) == states
