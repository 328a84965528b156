"""Versions that are part of a function's name: `Orders_v1_2` is version `v1.2` of `Orders`."""

from __future__ import annotations

import re

_SUFFIX = re.compile(r"(?P<base>.+)_v(?P<parts>\d+(?:_\d+)*)")


def version_of(name: str) -> str | None:
    """The version in a function's name, as settings write it (`v1.2`); None for a name without one."""
    found = _SUFFIX.fullmatch(name)
    return None if found is None else f"v{found['parts'].replace('_', '.')}"


__all__ = ["version_of"]
