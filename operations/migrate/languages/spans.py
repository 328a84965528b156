"""Parts of a file, by byte."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

Span = tuple[int, int]
"""From a byte up to, and without, another."""


def merged(spans: Iterable[Span]) -> list[Span]:
    """In order, and apart from each other."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def inside(spans: list[Span], position: int) -> bool:
    """`spans` as `merged` gives them."""
    index = bisect_right(spans, (position, 1 << 62)) - 1
    return index >= 0 and position < spans[index][1]


__all__ = ["Span", "inside", "merged"]
