"""The files of an app's folder that belong to its package, and whether they can be one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..problem import OperationProblem
from .ignore import IgnoreRules

DEPENDENCIES = ".python_packages"
"""Where the Python worker looks for dependencies that were not built on the platform."""


def read_folder(folder: Path, left_out: Callable[[Path], bool]) -> dict[str, Path]:
    """Relative path with `/` -> file, sorted. Raises OperationProblem with everything that is wrong."""
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise OperationProblem(f"{folder}: {what}. Give the folder that holds the app's host.json.")
    problems: list[str] = []
    files = {name: file for name, file in _walk(folder, _rules(folder), problems) if not left_out(file)}
    problems += _shape_problems(folder, files) if not problems else []
    if problems:
        raise OperationProblem(problems)
    return dict(sorted(files.items()))


def is_python(files: Mapping[str, Path]) -> bool:
    folders = [name.removesuffix("function.json") for name in files if name.endswith("/function.json")]
    return "function_app.py" in files or any(name.endswith(".py") and name.startswith(folder) for folder in folders for name in files)


def host_json_problem(text: str, where: str) -> str | None:
    """What keeps the Functions host from reading it; None if nothing does."""
    if not text.strip():
        return f"{where}: nothing came. Did the command before it fail? Or the file is empty."
    try:
        content: Any = json.loads(text)
    except ValueError as error:
        return f"{where}: is no JSON ({error}). Mend it, or give another with --host-json."
    if not isinstance(content, dict):
        return f'{where}: must be a JSON object, such as {{"version": "2.0"}}.'
    if not isinstance(content.get("version", ""), str):
        return f'{where}: "version" is the number {content["version"]}, which the host refuses. Write it as text: "version": "2.0".'
    return None


def _rules(folder: Path) -> IgnoreRules:
    try:
        return IgnoreRules((folder / ".funcignore").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return IgnoreRules()
    except UnicodeDecodeError:
        raise OperationProblem(f"{folder / '.funcignore'}: is not UTF-8 text. Save it as UTF-8.") from None


def _walk(root: Path, rules: IgnoreRules, problems: list[str]) -> Iterator[tuple[str, Path]]:
    real_root = root.resolve()
    for folder, folders, names in os.walk(root, onerror=lambda error: problems.append(f"{error.filename}: {error.strerror}.")):
        here = Path(folder).relative_to(root)
        kept = [name for name in sorted(folders) if not rules.ignores((here / name).as_posix(), is_folder=True)]
        for name in kept:
            if (Path(folder) / name).is_symlink():
                problems.append(f"{Path(folder) / name}: is a link to a folder. Copy the folder here, or name it in .funcignore.")
        folders[:] = kept
        for name in sorted(names):
            relative, file = (here / name).as_posix(), Path(folder) / name
            if rules.ignores(relative, is_folder=False) or name.endswith(".pyc"):
                continue
            if not file.is_file() or not file.resolve().is_relative_to(real_root):
                problems.append(
                    f"{file}: is no file of this folder but a link out of it, or to nothing. Copy it here, or name it in .funcignore."
                )
                continue
            yield relative, file


def _shape_problems(folder: Path, files: Mapping[str, Path]) -> Iterator[str]:
    if not files:
        yield f"{folder}: has no files, or .funcignore leaves none. Give the folder that holds the app's host.json."
        return
    if "host.json" not in files:
        deeper = [name for name in sorted(files) if name.endswith("/host.json") and "node_modules/" not in name]
        way_out = f"Give {folder / deeper[0].removesuffix('/host.json')}." if deeper else "Give the folder that holds it."
        yield f"{folder}: no host.json at its top level. {way_out}"
    if not _has_functions(files):
        yield (
            f"{folder}: no functions found. Looked for function_app.py (Python), NAME/function.json, functions.metadata (.NET isolated) "
            "and package.json (Node.js). Give the built app."
        )
    if (
        "package.json" in files
        and not any(name.startswith("node_modules/") for name in files)
        and _asks_for_node_modules(files["package.json"])
    ):
        yield f"{folder}: package.json names dependencies, but there is no node_modules. Run `npm ci --omit=dev` there first."


def _has_functions(files: Mapping[str, Path]) -> bool:
    if {"function_app.py", "functions.metadata", "package.json"} & set(files):
        return True
    return any(name.endswith("/function.json") and name.count("/") == 1 for name in files)


def _asks_for_node_modules(package: Path) -> bool:
    try:
        return bool(json.loads(package.read_text(encoding="utf-8-sig")).get("dependencies"))
    except (ValueError, AttributeError):
        return False
