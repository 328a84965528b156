"""Versions in names: the label `v1.2` is the suffix `_v1_2` of a function's name. Function names hold no dots."""

from __future__ import annotations

import re

from ..versions.naming import split

_LABEL = re.compile(r"v\d+(\.\d+)*")


def is_label(text: str) -> bool:
    return _LABEL.fullmatch(text) is not None


def suffix(version: str) -> str:
    """`v1.2` -> `v1_2`."""
    return version.replace(".", "_")


def versioned(name: str, version: str) -> str:
    """`Orders`, `v1.2` -> `Orders_v1_2`."""
    return f"{name}_{suffix(version)}"


def order(version: str) -> tuple[int, ...]:
    """Sorts labels: v2 before v10, v1 before v1.0."""
    return tuple(int(part) for part in version[1:].split("."))


__all__ = ["is_label", "order", "split", "suffix", "versioned"]
