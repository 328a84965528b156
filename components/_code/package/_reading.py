"""Reads a package and says what is wrong with it, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..host_json_reading import HostJsonProblem, parse_host_json
from . import _metadata_model, _node_model, _python_model
from ._contents import Contents, FileEntry, PackageProblem, open_contents
from ._functions import Found, FunctionInfo, UnnamedFunction, distinct, starts_by_itself
from ._hash import hash_files

SITE_PACKAGES = ".python_packages/lib/site-packages/"
"""Where the Python worker looks for dependencies that were not built on the platform."""


@dataclass(frozen=True)
class Package:
    """A function app as it lies on disk. Nothing in it depends on time, file modes or the order of a directory."""

    path: str
    """Absolute."""
    kind: Literal["directory", "zip"]
    files: Mapping[str, FileEntry] = field(repr=False)
    host_json: dict[str, Any] = field(repr=False)
    content_hash: str
    """Hexadecimal SHA-256 of all files as they lie there; for the hash with another host.json: `content_hash()`."""
    functions: tuple[FunctionInfo, ...]
    starters: tuple[str, ...]
    """Names of the functions that start work by themselves: what is held off in a staging slot."""
    has_entities: bool
    has_vendored_dependencies: bool
    """Python: something lies in .python_packages; Node.js: node_modules is there or nothing is asked for. True for all others."""
    python: bool
    unnamed: tuple[UnnamedFunction, ...] = ()
    """Functions whose names can't be read from the text; `str()` of one is a sentence. Those that start by themselves can't be held off."""


def read_package(path: str) -> Package:
    """`path` is a directory or a .zip file, absolute or relative to the working directory. Raises PackageProblem."""
    contents = open_contents(path)
    found = Found()
    for model in (_metadata_model, _python_model, _node_model):
        found += model.find(contents.files, contents.read)
    problems = [f"package {path!r}: {problem}" for problem in found.problems]
    host_json = _host_json(path, contents, problems)
    functions = distinct(found.functions)
    if not functions and not found.unnamed and not found.problems:
        problems.append(
            f"package {path!r}: no functions found in {len(contents.files)} files; looked for function_app.py (Python), "
            "<name>/function.json, functions.metadata (.NET isolated), and app.…('name', …) in JavaScript or TypeScript; give the built app"
        )
    if problems:
        raise PackageProblem(problems)
    triggers = [*(one.trigger for one in functions), *(one.trigger for one in found.unnamed)]
    python = _is_python(contents, functions)
    return Package(
        path=contents.path,
        kind=contents.kind,
        files=contents.files,
        host_json=host_json,
        content_hash=hash_files(contents.files),
        functions=functions,
        starters=tuple(sorted({one.name for one in functions if starts_by_itself(one.trigger)})),
        has_entities=any(trigger.lower() == "entitytrigger" for trigger in triggers),
        has_vendored_dependencies=_has_dependencies(contents, python),
        python=python,
        unnamed=tuple(found.unnamed),
    )


def _host_json(path: str, contents: Contents, problems: list[str]) -> dict[str, Any]:
    if "host.json" in contents.files:
        try:
            return parse_host_json(contents.read("host.json"), f"{contents.path}/host.json")
        except HostJsonProblem as error:
            problems += error.problems
            return {}
    deeper = sorted(
        name
        for name in contents.files
        if name.endswith("/host.json") and not name.startswith(SITE_PACKAGES) and "node_modules/" not in name
    )
    hint = "give the folder that holds host.json"
    if deeper:
        folder = deeper[0].removesuffix("/host.json")
        hint = f"there is one in {folder}/: " + (
            f"zip what is inside {folder}/, not the folder itself" if contents.kind == "zip" else f"give {path}/{folder}"
        )
    problems.append(f"package {path!r}: no host.json at its top level: {hint}")
    return {}


def _is_python(contents: Contents, functions: tuple[FunctionInfo, ...]) -> bool:
    if "function_app.py" in contents.files or any(one.source.endswith(".py") for one in functions):
        return True
    folders = [one.source.removesuffix("function.json") for one in functions if one.source.endswith("/function.json")]
    return any(name.endswith(".py") and name.startswith(folder) for folder in folders for name in contents.files)


def _has_dependencies(contents: Contents, python: bool) -> bool:
    if python:
        return any(name.startswith(SITE_PACKAGES) for name in contents.files)
    if "package.json" in contents.files:
        return any(name.startswith("node_modules/") for name in contents.files) or b'"dependencies"' not in contents.read("package.json")
    return True


__all__ = ["SITE_PACKAGES", "Package", "PackageProblem", "read_package"]
