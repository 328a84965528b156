"""A frozen version is what it was when it was frozen."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from components._code.package import read_package
from components._versioned import lock

from ..apps import folder, zipped

APP = "import azure.durable_functions as df\napp = df.DFApp()\n\n\n@app.orchestration_trigger(context_name='c')\ndef Order_v1(c): ...\n"
FROZEN = {"versions/v1/orders.py": "first", "versions/v1/shared.py": "shared"}
WHOLE = {"host.json": '{"version": "2.0"}', "function_app.py": APP, **FROZEN}


def locked(**versions: dict[str, str]) -> str:
    """A lock file over these versions' files."""
    entries = {
        version: {"functions": {}, "files": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}}
        for version, files in versions.items()
    }
    return json.dumps({"format": 1, "language": "python", "versions": entries})


def found(tmp_path: Path, files: dict[str, str], kind: str = "folder") -> tuple[list[str], list[str]]:
    package = read_package(folder(tmp_path / "app", files) if kind == "folder" else zipped(tmp_path / "app.zip", files))
    return [str(problem) for problem in lock.problems(package, ("v1",))], list(lock.warnings(package, ("v1",)))


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_unchanged_files_are_in_order(tmp_path: Path, kind: str) -> None:
    assert found(tmp_path, {**WHOLE, "versions.lock.json": locked(v1=FROZEN)}, kind) == ([], [])


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_changed_file_is_named(tmp_path: Path, kind: str) -> None:
    (problem,), _ = found(tmp_path, {**WHOLE, "versions/v1/orders.py": "edited", "versions.lock.json": locked(v1=FROZEN)}, kind)
    assert problem.startswith(
        "package.path = 'versions/v1/orders.py': has changed since v1 was frozen, and instances of v1 replay that code."
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    files = {name: text for name, text in WHOLE.items() if not name.endswith("shared.py")}
    (problem,), _ = found(tmp_path, {**files, "versions.lock.json": locked(v1=FROZEN)})
    assert "'versions/v1/shared.py': is missing since v1 was frozen" in problem


def test_a_package_that_was_built_from_other_files_can_t_be_compared(tmp_path: Path) -> None:
    files = {name: text for name, text in WHOLE.items() if not name.startswith("versions/")}
    problems, (warning,) = found(tmp_path, {**files, "versions.lock.json": locked(v1=FROZEN)})
    assert problems == [] and warning == "whether v1 changed was not checked: versions.lock.json names no file of that in the package."


def test_without_a_lock_file_nothing_was_checked(tmp_path: Path) -> None:
    assert found(tmp_path, WHOLE) == (
        [],
        ["the package has no versions.lock.json, so whether its frozen versions changed was not checked."],
    )


def test_a_version_that_the_package_no_longer_contains_is_not_looked_at(tmp_path: Path) -> None:
    assert found(tmp_path, {**WHOLE, "versions.lock.json": locked(v0={"versions/v0/a.py": "gone"}, v1=FROZEN)}) == ([], [])


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 2, "versions": {}}', '{"format": 1}'])
def test_a_lock_file_that_can_t_be_understood_is_a_problem(tmp_path: Path, content: Any) -> None:
    (problem,), _ = found(tmp_path, {**WHOLE, "versions.lock.json": content})
    assert "versions.lock.json is no lock file of format 1" in problem
