"""Reads an app's folder: the files that the migration may look at and change, and no others.

Links, generated and vendored folders, and folders that .funcignore names are left alone: not read, not copied, not written. Single files that it
names are read: apps in TypeScript and C# keep their sources out of the package that way.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..packaging.ignore import IgnoreRules
from ..problem import OperationProblem
from .model import Files

LOCK = "versions.lock.json"
JOURNAL = ".durable-migrate"
"""Where a change is prepared. It is gone when the change is whole."""
GENERATED = frozenset(
    {
        ".git",
        ".hg",
        ".idea",
        ".venv",
        ".vs",
        ".vscode",
        ".python_packages",
        "__pycache__",
        "bin",
        "dist",
        "node_modules",
        "obj",
        "out",
        "target",
        "venv",
        JOURNAL,
    }
)
SUFFIXES = (".py", ".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".cs", ".csproj", ".props", ".json")
LARGEST = 2_000_000
"""Bytes: no source file is larger; what is generated may be."""


def read_tree(folder: Path) -> Files:
    """Relative path with `/` -> content, sorted. Raises OperationProblem if the folder can't be an app's."""
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise OperationProblem(f"{folder}: {what}. Give the folder that holds the app's host.json.")
    rules = _rules(folder)
    found: dict[str, bytes] = {}
    for here, folders, names in os.walk(folder, onerror=_raise):
        base = Path(here).relative_to(folder)
        folders[:] = sorted(name for name in folders if not _is_left_alone(folder, base / name, rules, is_folder=True))
        for name in sorted(names):
            path = base / name
            if name.endswith(SUFFIXES) and name != LOCK and not _is_left_alone(folder, path, rules, is_folder=False):
                found[path.as_posix()] = (folder / path).read_bytes()
    if not found:
        raise OperationProblem(f"{folder}: holds no source files. Give the folder that holds the app's host.json.")
    return dict(sorted(found.items()))


def _is_left_alone(folder: Path, path: Path, rules: IgnoreRules, *, is_folder: bool) -> bool:
    file = folder / path
    if file.is_symlink():
        return True
    if is_folder:
        return path.name in GENERATED or (file / "pyvenv.cfg").exists() or rules.ignores(path.as_posix(), is_folder=True)
    return not file.is_file() or file.stat().st_size > LARGEST


def _raise(error: OSError) -> None:
    """A folder that can't be read may hold functions."""
    raise error


def _rules(folder: Path) -> IgnoreRules:
    try:
        return IgnoreRules((folder / ".funcignore").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return IgnoreRules()
    except UnicodeDecodeError:
        raise OperationProblem(f"{folder / '.funcignore'}: is not UTF-8 text. Save it as UTF-8.") from None


__all__ = ["GENERATED", "JOURNAL", "LOCK", "read_tree"]
