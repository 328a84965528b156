"""What holds for every language alike: with the apps that are made for measuring, and the core around the real parsers."""

from __future__ import annotations

import re

import pytest

from benchmarks.migrating import APPS
from operations.migrate.checking import check
from operations.migrate.freezing import Choice, plan_freeze
from operations.migrate.languages import language_of
from operations.migrate.lock import Lock
from operations.migrate.model import Files, Kind
from operations.migrate.pruning import plan_prune
from operations.problem import OperationProblem

from .test_freezing import after

CALL = re.compile(rb"Order0001(.), order")
NAMES = {"Python": "python", "C#": "csharp", "JavaScript": "javascript"}


def made(language: str, functions: int = 60) -> Files:
    return {path: text.encode() for path, text in sorted(APPS[language](functions).items())}


def frozen(files: Files, *versions: str, lock: Lock | None = None) -> tuple[Files, Lock]:
    now, lock = dict(files), lock or Lock()
    for version in versions:
        plan = plan_freeze(now, lock, language_of(now, "app"), version, Choice())
        now, lock = after(now, plan), plan.lock
    return now, lock


@pytest.mark.parametrize("language", APPS)
def test_each_language_finds_every_function_and_reference(language: str) -> None:
    files = made(language)
    found = language_of(files, "app")
    index = found.index(files)
    assert found.name == NAMES[language]
    assert (len(index.functions), len(index.references), index.problems) == (60, 60, ())
    assert {one.to for one in index.references} == {one.name for one in index.functions}
    assert {one.version for one in index.functions} == {None}


@pytest.mark.parametrize("language", APPS)
def test_frozen_versions_are_whole_and_refer_to_nothing_outside_of_them(language: str) -> None:
    files, lock = frozen(made(language), "v1", "v2", "v10.1")
    index = language_of(files, "app").index(files)
    assert check(files, lock, index, NAMES[language]) == []
    by_version = {version: sum(one.version == version for one in index.functions) for version in (None, *lock.labels)}
    assert by_version == {None: 60, "v1": 60, "v2": 60, "v10.1": 60}
    kinds = {one.name: one.kind for one in index.functions}
    assert kinds["Order0000_v10_1"] is Kind.ORCHESTRATOR and kinds["Step0000a_v10_1"] is Kind.ACTIVITY


@pytest.mark.parametrize("language", APPS)
def test_freezing_again_changes_nothing_and_a_changed_working_copy_is_refused(language: str) -> None:
    files, lock = frozen(made(language), "v1")
    assert frozen(files, "v1", lock=lock) == (files, lock)
    changed = {path: text if path in lock.versions["v1"].files else CALL.sub(rb"Order0003\1, order", text) for path, text in files.items()}
    assert changed != files
    with pytest.raises(OperationProblem, match=r"v1 is frozen, and the working copy is another by now"):
        frozen(changed, "v1", lock=lock)


@pytest.mark.parametrize("language", APPS)
def test_what_was_frozen_is_taken_out_again_to_the_last_byte(language: str) -> None:
    files = made(language)
    one, lock_of_one = frozen(files, "v1")
    two, lock = frozen(one, "v2", lock=lock_of_one)
    planned = plan_prune(two, lock, language_of(two, "app"), ("v2",), {})
    assert {**{path: text for path, text in two.items() if path not in planned.deletes}, **planned.writes} == one
    assert planned.lock == lock_of_one
    both = plan_prune(two, lock, language_of(two, "app"), ("v1", "v2"), {})
    assert {**{path: text for path, text in two.items() if path not in both.deletes}, **both.writes} == files
    assert both.lock.versions == {}


def test_a_folder_of_no_language_is_told_with_the_way_out() -> None:
    with pytest.raises(OperationProblem, match="app: no Durable Functions app was recognised there") as caught:
        language_of({"package.json": b"{}", "notes.txt": b""}, "app")
    assert str(caught.value).endswith("Give the folder that holds the app's host.json.")
