"""From an app's folder to a package: read, vendor, lay host.json over, write."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..problem import OperationProblem
from .contents import DEPENDENCIES, host_json_problem, is_python, read_folder
from .first_party import first_party_files, first_party_requirements, wanted_first_party
from .naming import content_digest
from .vendoring import vendor

_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip can hold."""
_MODE = 0o100755
"""Of every file: a custom handler must be executable, and whether a file is can't be read on every system."""


@dataclass(frozen=True)
class Made:
    path: Path
    files: int
    vendored: int
    """How many of the files are dependencies."""
    size: int
    sha256: str
    digest: str
    """Of the files inside, 16 digits: what the component would call the blob by."""


def make_package(
    folder: Path,
    output: Path,
    *,
    host_json: str | None = None,
    python_version: str = "3.11",
    with_dependencies: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> Made:
    """`host_json` is the text that takes the place of the app's own. Raises OperationProblem; then `output` is as it was before."""
    say(f"reading {folder}")
    files = read_folder(folder, lambda file: file.resolve() in (output.resolve(), _aside(output).resolve()))
    problem = _host_json_problem(files["host.json"], host_json)
    if problem is not None:
        raise OperationProblem(problem)
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        vendored: dict[str, Path] = {}
        if with_dependencies and is_python(files):
            files = {name: file for name, file in files.items() if not name.startswith(f"{DEPENDENCIES}/")}
            say(f"collecting the dependencies for Linux and Python {python_version}")
            vendored = _dependencies(folder, files, Path(scratch) / "site-packages", python_version)
        say(f"writing {output}")
        overlay = {} if host_json is None else {"host.json": host_json.encode()}
        _write(output, {**files, **vendored}, overlay)
    content = output.read_bytes()
    total = len(files) + len(vendored)
    return Made(output, total, len(vendored), len(content), hashlib.sha256(content).hexdigest(), content_digest(output))


def _host_json_problem(own: Path, given: str | None) -> str | None:
    if given is not None:
        return host_json_problem(given, "--host-json")
    return host_json_problem(own.read_text(encoding="utf-8-sig"), str(own))


def _dependencies(folder: Path, files: Mapping[str, Path], target: Path, python_version: str) -> dict[str, Path]:
    requirements = folder / "requirements.txt"
    if not requirements.is_file():
        raise OperationProblem(
            f"{folder}: no requirements.txt, so what the app imports isn't known. Write one (azure-functions-durable at least), or use "
            f"--no-vendor if {DEPENDENCIES}/lib/site-packages is filled already."
        )
    ours = wanted_first_party(files)
    found = vendor(requirements.absolute(), target, python_version, first_party_requirements(requirements) if ours else ())
    if ours:
        found = {**found, **first_party_files(ours)}
    return {f"{DEPENDENCIES}/lib/site-packages/{name}": file for name, file in found.items()}


def _write(output: Path, files: Mapping[str, Path], overlay: Mapping[str, bytes]) -> None:
    """Written aside and renamed: a package is there whole, or not at all. Names sorted, dates and modes fixed: same input, same bytes."""
    output.parent.mkdir(parents=True, exist_ok=True)
    aside = _aside(output)
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name in sorted({*files, *overlay}):
                entry = zipfile.ZipInfo(name, _DATE)
                entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, _MODE << 16
                archive.writestr(entry, overlay[name] if name in overlay else files[name].read_bytes())
        os.replace(aside, output)
    except OSError as error:
        raise OperationProblem(f"{output}: can't be written ({error.strerror or error}). Choose another place with --output.") from None
    finally:
        aside.unlink(missing_ok=True)


def _aside(output: Path) -> Path:
    return output.with_name(f"{output.name}.partial")
