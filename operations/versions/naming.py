"""Versions that are part of a function's name: `Orders_v1_2` is version `v1.2` of `Orders`. Function names hold no dots."""

from __future__ import annotations

import re

_VERSIONED = re.compile(r"(?P<base>.+)_v(?P<parts>\d+(?:_\d+)*)")


def split(name: str) -> tuple[str, str | None]:
    """`Orders_v1_2` -> `Orders`, `v1.2`, as settings write it; a name without a version is its own base."""
    found = _VERSIONED.fullmatch(name)
    return (name, None) if found is None else (found["base"], f"v{found['parts'].replace('_', '.')}")


__all__ = ["split"]
