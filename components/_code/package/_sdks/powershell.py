"""requirements.psd1, and modules that lie in the package (Microsoft docs "Azure Functions PowerShell developer guide", dependency management)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .._functions import Read
from .model import POWERSHELL, Sdk

_MODULE = re.compile(rf"(?:.+/)?Modules/{re.escape(POWERSHELL)}/(?P<version>\d+(?:\.\d+){{1,3}})/[^/]+\.psd1", re.IGNORECASE)
_ASKED = re.compile(rf"^\s*['\"]?{re.escape(POWERSHELL)}['\"]?\s*=\s*['\"](?P<version>[^'\"]+)['\"]", re.IGNORECASE | re.MULTILINE)


def find(names: Iterable[str], read: Read) -> Iterator[Sdk]:
    files = sorted(names)
    inside = {match["version"]: name for name in files if (match := _MODULE.fullmatch(name))}
    if inside:
        for version, name in inside.items():
            yield Sdk(name, POWERSHELL, version, version)
        return
    if "requirements.psd1" in files:
        for match in _ASKED.finditer(read("requirements.psd1").decode("utf-8-sig", "replace")):
            numbers = re.match(r"\d+(\.\d+){0,3}", match["version"])
            yield Sdk("requirements.psd1", POWERSHELL, match["version"], numbers[0] if numbers else "")


__all__ = ["find"]
