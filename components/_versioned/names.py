"""Versions in the names of functions: `Orders_v1`, `Orders_v1_2_10` carry `v1`, `v1.2.10`. A name without one is the working copy."""

from __future__ import annotations

import re

_NAME = re.compile(r"(?P<base>.+)_v(?P<numbers>\d+(_\d+)*)")
_LABEL = re.compile(r"v\d+(\.\d+)*")


def is_label(text: str) -> bool:
    return _LABEL.fullmatch(text) is not None


def split(function: str) -> tuple[str, str | None]:
    """`Orders_v1_2` -> `Orders`, `v1.2`; `Orders` -> `Orders`, None."""
    match = _NAME.fullmatch(function)
    return (match["base"], f"v{match['numbers'].replace('_', '.')}") if match else (function, None)


def versioned(base: str, label: str) -> str:
    """`Orders`, `v1.2` -> `Orders_v1_2`."""
    return f"{base}_{label.replace('.', '_')}"


def order(label: str) -> tuple[int, ...]:
    """`v1.10` after `v1.9`. Raises ValueError for what is no label."""
    if not is_label(label):
        raise ValueError(f"{label!r} is no version label: write v1, v2, v1.2")
    return tuple(int(part) for part in label[1:].split("."))


def compare(one: str, other: str) -> int:
    """Below zero: `one` is older."""
    first, second = order(one), order(other)
    return (first > second) - (first < second)


__all__ = ["compare", "is_label", "order", "split", "versioned"]
