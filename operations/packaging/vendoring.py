"""The dependencies of a Python app, as the Functions workers on Linux need them, whatever machine this is.

Code that runs from a package is not built on Azure (Azure/Azure-Functions#2797), so everything has to lie in the package. Microsoft docs,
"Deployment technologies in Azure Functions", zip deploy without remote build, name the folder and pip's options.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..problem import UNEXPECTED, OperationProblem

_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
"""The workers' images have glibc 2.31 or newer (Azure/azure-functions-docker)."""
_NO_WHEEL = re.compile(
    r"No matching distribution found for (?P<what>\S+)|Could not find a version that satisfies the requirement (?P<also>\S+)"
)
_OFF_THE_RECORD = ("RECORD", "direct_url.json", "INSTALLER", "REQUESTED")
"""Notes of the installer about this installation, not about the package: they name paths and tools of this machine."""


def vendor(requirements: Path, target: Path, python_version: str, more: Sequence[str] = ()) -> dict[str, Path]:
    """Installs into `target`, `more` requirements too. Returns relative path -> file, without what differs between installations.

    Raises OperationProblem if pip can't: named are the requirement that has no wheel, and the ways out.
    """
    command = [sys.executable, "-m", "pip", "install", "--target", str(target), "--requirement", requirements.name, *more]
    command += ["--python-version", python_version, "--implementation", "cp", "--only-binary=:all:", "--no-compile", "--upgrade"]
    command += [part for platform in _PLATFORMS for part in ("--platform", platform)]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--quiet"]
    done = subprocess.run(command, cwd=requirements.parent, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise _problem(requirements, python_version, f"{done.stdout}\n{done.stderr}")
    return {file.relative_to(target).as_posix(): file for file in _kept(target)} if target.exists() else {}


def _kept(target: Path) -> Iterator[Path]:
    for file in sorted(target.rglob("*")):
        inside = file.relative_to(target)
        if not file.is_file() or "__pycache__" in inside.parts or file.suffix == ".pyc":
            continue
        if inside.parts[0] == "bin":  # start scripts that name this machine's interpreter
            continue
        if inside.parts[0].endswith(".dist-info") and file.name in _OFF_THE_RECORD and len(inside.parts) == 2:
            continue
        yield file


def _problem(requirements: Path, python_version: str, output: str) -> OperationProblem:
    if "No module named pip" in output:
        return OperationProblem(f"{sys.executable}: has no pip. Run `{sys.executable} -m ensurepip`, or use --no-vendor.")
    if found := _NO_WHEEL.search(output):
        what = found["what"] or found["also"]
        return OperationProblem(
            f"{requirements}: '{what}' has no wheel for Linux on x86-64 with Python {python_version}, or there is no such version. "
            "Ask for a version that has one (pypi.org, Download files); or build its wheel on Linux (`pip wheel` in the image "
            f"mcr.microsoft.com/azure-functions/python:4-python{python_version}) and name its folder with --find-links in requirements.txt; "
            f"or put everything into .python_packages/lib/site-packages yourself and use --no-vendor."
        )
    tail = "\n".join(line for line in output.strip().splitlines()[-15:])
    return OperationProblem(f"{requirements}: pip can't install it:\n{tail}", UNEXPECTED)
