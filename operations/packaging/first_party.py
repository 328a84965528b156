"""What an app gets from this project: `taskhub`, the StatusCheck blueprint, or the router, vendored when its code imports them.

The blueprint's folder is functions/status_check here. In a package it is the top-level `status_check`, since an app may well have a
folder `functions` of its own. So is the router, under a name that no app has by chance.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..problem import OperationProblem
from .contents import DEPENDENCIES

_ROOT = Path(__file__).resolve().parents[2]
SOURCES: Mapping[str, Path] = {
    "durable_deploy_router": _ROOT / "functions" / "router",
    "status_check": _ROOT / "functions" / "status_check",
    "taskhub": _ROOT / "taskhub",
}
"""Top-level name in the package -> folder here."""
_STATUS = ("status_check", "taskhub")
_TOGETHER = {"durable_deploy_router": ("durable_deploy_router", "taskhub"), "status_check": _STATUS, "taskhub": _STATUS}
REQUIREMENTS = ("aiohttp", "azure-core", "azure-data-tables", "azure-identity", "azure-storage-queue")
"""What `taskhub` and the blueprint import beside azure-functions, which every Python app names itself. Pinned in requirements.txt here."""


def wants_first_party(files: Mapping[str, Path]) -> bool:
    """Whether any module of the app imports one of `SOURCES` that the app does not have itself."""
    return bool(wanted_first_party(files))


def wanted_first_party(files: Mapping[str, Path]) -> frozenset[str]:
    """Those of `SOURCES` that the app imports and does not have itself, and what those need. Empty: it wants none."""
    absent = {name for name in SOURCES if f"{name}.py" not in files and f"{name}/__init__.py" not in files}
    modules = (file for name, file in files.items() if name.endswith(".py") and not name.startswith(f"{DEPENDENCIES}/"))
    wanted = absent & {name for file in modules for name in _imported(file)} if absent else set()
    return frozenset(one for name in wanted for one in _TOGETHER[name])


def first_party_files(names: Iterable[str] = _STATUS) -> dict[str, Path]:
    """Path below site-packages -> file, sorted. `names` of `SOURCES`."""
    wanted = {name: SOURCES[name] for name in names}
    found = {
        f"{name}/{file.relative_to(folder).as_posix()}": file
        for name, folder in wanted.items()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and (file.suffix == ".py" or file.name == "py.typed")
    }
    missing = [str(folder) for name, folder in wanted.items() if f"{name}/__init__.py" not in found]
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


__all__ = ["REQUIREMENTS", "SOURCES", "first_party_files", "first_party_requirements", "wanted_first_party", "wants_first_party"]
