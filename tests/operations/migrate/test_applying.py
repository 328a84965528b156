"""A change is written whole or not at all, whatever fails and wherever it is killed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from operations.migrate import applying
from operations.migrate.applying import apply, recover
from operations.migrate.tree import JOURNAL
from operations.problem import OperationProblem

WRITES = {"app.py": b"new app", "versions/v1/orders.py": b"frozen", "versions/v1/deep/er.py": b"frozen too"}
DELETES = ("old/gone.py",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    app = tmp_path / "app"
    (app / "old").mkdir(parents=True)
    (app / "app.py").write_bytes(b"old app\r\n")
    (app / "app.py").chmod(0o755)
    (app / "old" / "gone.py").write_bytes(b"old")
    return app


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


BEFORE = {"app.py": b"old app\r\n", "old/gone.py": b"old"}
AFTER = {"app.py": b"new app", "versions/v1/deep/er.py": b"frozen too", "versions/v1/orders.py": b"frozen"}


def test_everything_is_written_modes_are_kept_and_emptied_folders_go(folder: Path) -> None:
    apply(folder, WRITES, DELETES)
    assert contents(folder) == AFTER
    assert (folder / "app.py").stat().st_mode & 0o777 == 0o755
    assert not (folder / "old").exists() and not (folder / JOURNAL).exists()


class Killed(BaseException):
    """As SIGKILL: nothing of the program runs after it."""


def steps(monkeypatch: pytest.MonkeyPatch, stop: int, problem: BaseException) -> list[str]:
    """Raises at the `stop`-th call that changes the disk; the names of all calls."""
    calls: list[str] = []

    def wrapped(name: str, real: Any) -> Any:
        def call(*arguments: Any, **more: Any) -> Any:
            calls.append(name)
            if len(calls) == stop:
                raise problem
            return real(*arguments, **more)

        return call

    for owner, name in (
        (os, "replace"),
        (shutil, "copy2"),
        *((Path, each) for each in ("write_bytes", "mkdir", "unlink", "write_text", "rmdir")),
    ):
        monkeypatch.setattr(owner, name, wrapped(name, getattr(owner, name)))
    return calls


def test_a_failure_anywhere_leaves_the_folder_as_it_was(folder: Path) -> None:
    stop = 0
    while True:
        stop += 1
        with pytest.MonkeyPatch.context() as patch:
            calls = steps(patch, stop, OSError(28, "No space left on device", "app.py"))
            try:
                apply(folder, WRITES, DELETES)
            except OperationProblem as problem:
                assert str(problem) == "app.py: can't be written (No space left on device). Nothing was changed."
            else:
                break
        assert contents(folder) == BEFORE, calls
        assert (folder / "app.py").stat().st_mode & 0o777 == 0o755
        assert not (folder / JOURNAL).exists() and not (folder / "versions").exists()
    assert stop > 15, "each step was made to fail"


def test_killed_anywhere_the_next_run_undoes_it(folder: Path) -> None:
    stop = 0
    while True:
        stop += 1
        with pytest.MonkeyPatch.context() as patch:
            steps(patch, stop, Killed())
            patch.setattr(applying, "recover", lambda _: False)  # nothing runs after a kill
            try:
                apply(folder, WRITES, DELETES)
                break
            except Killed:
                pass
        recover(folder)
        assert contents(folder) == BEFORE
        assert not (folder / JOURNAL).exists() and not (folder / "versions").exists()
    assert stop > 15 and contents(folder) == AFTER


def half_done(folder: Path) -> None:
    """As far as the first file moved into place, and killed there."""
    with pytest.MonkeyPatch.context() as patch:
        steps(patch, 13, Killed())
        patch.setattr(applying, "recover", lambda _: False)
        with pytest.raises(Killed):
            apply(folder, WRITES, DELETES)
    assert (folder / "app.py").read_bytes() == b"new app" and (folder / JOURNAL / "journal.json").exists()


def test_undoing_that_is_killed_itself_is_gone_on_with(folder: Path, tmp_path: Path) -> None:
    stop, done = 0, False
    while not done:
        stop += 1
        again = tmp_path / f"again-{stop}"
        shutil.copytree(folder, again)
        half_done(again)
        with pytest.MonkeyPatch.context() as patch:
            steps(patch, stop, Killed())
            try:
                recover(again)
                done = True
            except Killed:
                pass
        recover(again)
        assert contents(again) == BEFORE
    assert stop > 3


def test_an_interruption_is_undone_at_once(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        steps(patch, 13, KeyboardInterrupt())
        apply(folder, WRITES, DELETES)
    assert contents(folder) == BEFORE and not (folder / JOURNAL).exists()


def test_what_is_undone_is_undone_once(folder: Path) -> None:
    half_done(folder)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(shutil, "rmtree", lambda _: (_ for _ in ()).throw(Killed()))
        recover(folder)
    (folder / "versions" / "v1").mkdir(parents=True)
    (folder / "versions" / "v1" / "orders.py").write_bytes(b"written since")
    assert not recover(folder)
    assert contents(folder) == {**BEFORE, "versions/v1/orders.py": b"written since"}


def test_what_can_t_be_undone_either_says_where_the_old_files_are(folder: Path) -> None:
    real, calls = os.replace, list[Any]()

    def full(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) > 2:
            raise OSError(5, "Input/output error", "a file")
        real(*arguments)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(OperationProblem) as caught:
        patch.setattr(os, "replace", full)
        apply(folder, WRITES, DELETES)
    assert str(caught.value) == (
        "a file: can't be written (Input/output error). What was changed before could not be undone either (Input/output error): the old files "
        f"are in {folder / JOURNAL}. Run any `migrate` command again, and it takes them back."
    )
    assert recover(folder)
    assert contents(folder) == BEFORE


@pytest.mark.parametrize(
    "journal",
    [
        "{",
        "[1]",
        '{"path": "app.py"}',
        json.dumps([{"path": "../outside.py", "old": None, "new": None, "made": []}]),
        json.dumps([{"path": "/tmp/outside.py", "old": None, "new": None, "made": []}]),
        json.dumps([{"path": "app.py", "old": "../outside.py", "new": None, "made": []}]),
        json.dumps([{"path": "app.py", "old": None, "new": None, "made": ["../other"]}]),
    ],
)
def test_a_journal_that_somebody_else_wrote_is_not_followed(folder: Path, tmp_path: Path, journal: str) -> None:
    (tmp_path / "outside.py").write_text("not ours")
    (tmp_path / "other").mkdir()
    (folder / JOURNAL).mkdir()
    (folder / JOURNAL / "journal.json").write_text(journal)
    before = contents(tmp_path)
    with pytest.raises(OperationProblem, match="was not written by this command"):
        apply(folder, WRITES)
    assert contents(tmp_path) == before and (tmp_path / "other").is_dir()


def test_a_link_in_the_journal_s_place_is_refused(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / JOURNAL).symlink_to(elsewhere)
    with pytest.raises(OperationProblem, match="is a link"):
        apply(folder, WRITES)
    assert elsewhere.is_dir() and list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("path", ["../outside.py", "/etc/passwd", "versions/../../x.py", ".durable-migrate/x", "a\\b.py", ""])
def test_nothing_outside_the_folder_is_written(folder: Path, path: str) -> None:
    with pytest.raises(OperationProblem, match="is not inside the app's folder"):
        apply(folder, {"app.py": b"new", path: b"x"})
    assert contents(folder) == BEFORE


def test_a_link_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "versions").symlink_to(elsewhere)
    with pytest.raises(OperationProblem, match="leads through the link versions"):
        apply(folder, WRITES)
    assert list(elsewhere.iterdir()) == []
