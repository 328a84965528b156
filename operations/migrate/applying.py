"""Writes a whole change or nothing of it: what fails half way is undone at once, and what was killed half way by the next run.

All new contents are written beside the app's files first, then the old ones are kept, then a journal says what is about to move, and only then
files are moved into place. Undoing moves the old ones back, which takes no room on the disk. Nothing outside the folder is ever touched.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ..problem import UNEXPECTED, OperationProblem
from .tree import JOURNAL

_NOTES = "journal.json"


def apply(folder: Path, writes: Mapping[str, bytes], deletes: Sequence[str] = ()) -> None:
    """Raises OperationProblem; then the folder is as it was."""
    recover(folder)
    problems = [problem for path in (*writes, *deletes) if (problem := _problem(folder, path)) is not None]
    if problems:
        raise OperationProblem([f"{problem} Nothing was changed." for problem in problems], UNEXPECTED)
    if not writes and not deletes:
        return
    room = folder / JOURNAL
    try:
        entries = _prepare(folder, room, writes, deletes)
        _move(folder, room, entries)
        (room / _NOTES).unlink()  # from here on it is done
    except OSError as error:
        _undo(folder, f"{error.filename or folder}: can't be written ({error.strerror}).")
        raise OperationProblem(
            f"{error.filename or folder}: can't be written ({error.strerror}). Nothing was changed.", UNEXPECTED
        ) from None
    except BaseException:
        recover(folder)
        raise
    shutil.rmtree(room, ignore_errors=True)


def recover(folder: Path) -> bool:
    """Undoes a change that was killed half way. Whether there was one. Raises OperationProblem if what lies there is none of this command's."""
    room = folder / JOURNAL
    if room.is_symlink():
        raise OperationProblem(f"{room}: is a link, where this command keeps what it is about to change. Remove it.")
    if not room.is_dir():
        return False
    entries = _noted(folder, room)
    for entry in reversed(entries):
        file = folder / entry["path"]
        if entry["old"] is None:
            file.unlink(missing_ok=True)
            for made in entry["made"]:  # the deepest first
                if (folder / made).is_dir() and not any((folder / made).iterdir()):
                    (folder / made).rmdir()
        elif (room / entry["old"]).exists():  # else it is back already
            file.parent.mkdir(parents=True, exist_ok=True)
            os.replace(room / entry["old"], file)
    (room / _NOTES).unlink(missing_ok=True)
    shutil.rmtree(room)
    return bool(entries)


def _undo(folder: Path, why: str) -> None:
    try:
        recover(folder)
    except OSError as error:
        raise OperationProblem(
            f"{why} What was changed before could not be undone either ({error.strerror}): the old files are in {folder / JOURNAL}. "
            "Run any `migrate` command again, and it takes them back.",
            UNEXPECTED,
        ) from None


def _noted(folder: Path, room: Path) -> list[dict[str, Any]]:
    """What was about to move. It comes from the disk, so it is looked at as if anybody had written it."""
    try:
        entries = json.loads((room / _NOTES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []  # it ended before anything moved, or after everything had
    except ValueError:
        entries = None
    try:
        for entry in entries:
            if any(_problem(folder, path) for path in (entry["path"], *entry["made"])) or entry["old"] not in (
                None,
                Path(entry["old"] or "").name,
            ):
                raise ValueError
    except (KeyError, TypeError, ValueError):
        raise OperationProblem(f"{room / _NOTES}: was not written by this command. Look at what it is, and remove {room}.") from None
    return list(entries)


def _prepare(folder: Path, room: Path, writes: Mapping[str, bytes], deletes: Sequence[str]) -> list[dict[str, Any]]:
    room.mkdir()
    entries: list[dict[str, Any]] = []
    for number, path in enumerate((*writes, *deletes)):
        file = folder / path
        old = f"old-{number}" if file.exists() else None
        if old is not None:
            shutil.copy2(file, room / old)
        new = f"new-{number}" if path in writes else None
        if new is not None:
            (room / new).write_bytes(writes[path])
            if old is not None:
                shutil.copymode(file, room / new)
        entries.append({"path": path, "old": old, "new": new, "made": _missing(folder, file.parent)})
    (room / "journal.tmp").write_text(json.dumps(entries), encoding="utf-8")
    os.replace(room / "journal.tmp", room / _NOTES)
    return entries


def _move(folder: Path, room: Path, entries: Sequence[Mapping[str, Any]]) -> None:
    for entry in entries:
        file = folder / entry["path"]
        if entry["new"] is None:
            file.unlink(missing_ok=True)
            _drop_empty(folder, file.parent)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.replace(room / entry["new"], file)


def _missing(folder: Path, parent: Path) -> list[str]:
    """Folders that a file needs and that are not there."""
    found = []
    while parent != folder and not parent.exists():
        found.append(parent.relative_to(folder).as_posix())
        parent = parent.parent
    return found


def _drop_empty(folder: Path, parent: Path) -> None:
    """Folders in which nothing is left."""
    while parent != folder and parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent


def _problem(folder: Path, path: str) -> str | None:
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts or "\\" in path or parts[0] == JOURNAL:
        return f"{path}: is not inside the app's folder."
    here = folder
    for part in parts:
        here = here / part
        if here.is_symlink():
            return f"{path}: leads through the link {here.relative_to(folder)}, which is left alone."
    return None


__all__ = ["apply", "recover"]
