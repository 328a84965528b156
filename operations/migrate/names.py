"""Versions in names: the label `v1.2` is the suffix `_v1_2` of a function's name. Function names hold no dots."""

from __future__ import annotations

import re

_LABEL = re.compile(r"v\d+(\.\d+)*")
_VERSIONED = re.compile(r"(?P<base>.+)_v(?P<parts>\d+(?:_\d+)*)")


def is_label(text: str) -> bool:
    return _LABEL.fullmatch(text) is not None


def suffix(version: str) -> str:
    """`v1.2` -> `v1_2`."""
    return version.replace(".", "_")


def versioned(name: str, version: str) -> str:
    """`Orders`, `v1.2` -> `Orders_v1_2`."""
    return f"{name}_{suffix(version)}"


def split(name: str) -> tuple[str, str | None]:
    """`Orders_v1_2` -> `Orders`, `v1.2`; a name without a version is its own base."""
    found = _VERSIONED.fullmatch(name)
    return (name, None) if found is None else (found["base"], f"v{found['parts'].replace('_', '.')}")


def order(version: str) -> tuple[int, ...]:
    """Sorts labels: v2 before v10, v1 before v1.0."""
    return tuple(int(part) for part in version[1:].split("."))


__all__ = ["is_label", "order", "split", "suffix", "versioned"]
