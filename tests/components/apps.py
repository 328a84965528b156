"""Small function apps on disk, and the arguments that deploy one."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

APP = """\
import azure.durable_functions as df

app = df.DFApp()
VERSION = "{version}"


@app.timer_trigger(arg_name="timer", schedule="0 0 3 * * *")
def Nightly(timer): ...


@app.orchestration_trigger(context_name="context")
def Order(context): ...
"""


def files(version: str = "1.0.0", **changes: str | None) -> dict[str, str]:
    """The files of one version. `changes` are further ones, or others; None leaves one out. `__` in a name stands for a full stop."""
    given = {name.replace("__", "."): text for name, text in changes.items()}
    every = {"host.json": '{"version": "2.0"}', "function_app.py": APP.format(version=version), **given}
    return {name: text for name, text in every.items() if text is not None}


def folder(root: Path, contents: Mapping[str, str]) -> str:
    for name, text in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return str(root)


def zipped(file: Path, contents: Mapping[str, str]) -> str:
    with zipfile.ZipFile(file, "w") as target:
        for name, text in contents.items():
            target.writestr(name, text)
    return str(file)


def versions(root: Path, *wanted: str) -> Path:
    """A folder per version."""
    for version in wanted:
        folder(root / version, files(version))
    return root


def arguments(root: Path, version: str = "1.0.0", *, replace: str | None = None, **others: Any) -> dict[str, Any]:
    """What deploys one of `versions`; `others` are further arguments, `site` and `package` merged with these."""
    package = {"path": str(root / version), "version": version, **({"replace": replace} if replace else {})}
    return {**others, "site": {"name": "orders", **others.get("site", {})}, "package": {**package, **others.get("package", {})}}
