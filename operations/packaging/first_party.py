"""What an app gets from this project: `taskhub` and the StatusCheck blueprint, vendored when its code imports them.

The blueprint's folder is functions/status_check here. In a package it is the top-level `status_check`, since an app may well have a
folder `functions` of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..problem import OperationProblem
from .contents import DEPENDENCIES

_ROOT = Path(__file__).resolve().parents[2]
SOURCES: Mapping[str, Path] = {"status_check": _ROOT / "functions" / "status_check", "taskhub": _ROOT / "taskhub"}
"""Top-level name in the package -> folder here."""
REQUIREMENTS = ("aiohttp", "azure-core", "azure-data-tables", "azure-identity", "azure-storage-queue")
"""What `taskhub` and the blueprint import beside azure-functions, which every Python app names itself. Pinned in requirements.txt here."""


def wants_first_party(files: Mapping[str, Path]) -> bool:
    """Whether any module of the app imports one of `SOURCES` that the app does not have itself."""
    wanted = {name for name in SOURCES if f"{name}.py" not in files and f"{name}/__init__.py" not in files}
    modules = (file for name, file in files.items() if name.endswith(".py") and not name.startswith(f"{DEPENDENCIES}/"))
    return bool(wanted) and any(wanted & _imported(file) for file in modules)


def first_party_files() -> dict[str, Path]:
    """Path below site-packages -> file, sorted."""
    found = {
        f"{name}/{file.relative_to(folder).as_posix()}": file
        for name, folder in SOURCES.items()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and (file.suffix == ".py" or file.name == "py.typed")
    }
    missing = [str(folder) for name, folder in SOURCES.items() if f"{name}/__init__.py" not in found]
    if missing:
        raise OperationProblem(f"{', '.join(missing)}: not found, though the app imports it. Use a complete checkout of this project.")
    return dict(sorted(found.items()))


def first_party_requirements(own: Path) -> list[str]:
    """`REQUIREMENTS`, with the versions of this project where `own` (the app's requirements.txt) names none of its own."""
    named = set(_names(own.read_text(encoding="utf-8-sig")))
    pinned = dict(_pins((_ROOT / "requirements.txt").read_text()))
    return [f"{name}=={pinned[name]}" if name in pinned else name for name in REQUIREMENTS if name not in named]


def _imported(file: Path) -> set[str]:
    """The top-level names that a module imports. One that can't be parsed imports nothing here; the worker will say what is wrong."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _names(requirements: str) -> Iterator[str]:
    for line in requirements.splitlines():
        if match := re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", line):
            yield re.sub(r"[-_.]+", "-", match[1]).lower()


def _pins(requirements: str) -> Iterator[tuple[str, str]]:
    for line in requirements.splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;#]+)", line):
            yield match[1].lower(), match[2]


__all__ = ["REQUIREMENTS", "SOURCES", "first_party_files", "first_party_requirements", "wants_first_party"]
