"""What of a deployment can be told to be wrong before anybody is asked: all of it at once."""

from __future__ import annotations

import re
from pathlib import Path

from ..problem import OperationProblem

_NUMBER = r"(0|[1-9][0-9]{0,4})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}", re.ASCII)


def refuse(version: str, package: Path) -> None:
    """Raises OperationProblem with everything that is wrong."""
    found = []
    if not _VERSION.fullmatch(version):
        found.append(f"{version[:40]}: is no version. Write major.minor.patch, three numbers without leading zeros, such as 1.0.1.")
    if not package.is_file():
        found.append(f"{package}: is no file. Make the package with: python -m operations package DIR --output {package}")
    if found:
        raise OperationProblem(found)


__all__ = ["refuse"]
