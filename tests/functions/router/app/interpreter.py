"""A Python that Microsoft's own worker library runs on, found on this machine: azure-functions-runtime needs 3.13 or newer (PyPI, its metadata)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

HOW = (
    "azure-functions-runtime needs Python 3.13 or 3.14, and neither is on PATH nor among pyenv's versions. "
    "Install one, such as `uv python install 3.13`, `pyenv install 3.13` or https://www.python.org/downloads/."
)


def newer_python(environment: Mapping[str, str] = os.environ) -> str | None:
    """The first that starts. One on PATH may be a shim of pyenv's that leads nowhere."""
    found = (shutil.which(f"python3.{minor}", path=environment.get("PATH", "")) for minor in (13, 14))
    pyenv = Path(environment.get("PYENV_ROOT") or Path(environment.get("HOME") or Path.home()) / ".pyenv") / "versions"
    candidates = [*(one for one in found if one), *(str(one) for one in sorted(pyenv.glob("3.1[34].*/bin/python")))]
    return next((one for one in candidates if subprocess.run([one, "-V"], capture_output=True, check=False).returncode == 0), None)


def is_required(environment: Mapping[str, str] = os.environ) -> bool:
    """In CI a missing interpreter is a failure, as a missing engine is."""
    return environment.get("CI", "").lower() in {"1", "true"}


__all__ = ["HOW", "is_required", "newer_python"]
