"""Patterns of paths, as the Node worker reads package.json's `main` (azure-functions-nodejs-worker `startApp.ts`: globby)."""

from __future__ import annotations

import re
from functools import cache


def is_pattern(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?{[")


def matches(pattern: str, path: str) -> bool:
    """`*` does not go down folders, `**` does, `{a,b}` is either. Files that begin with a dot match no star."""
    return _expression(pattern).fullmatch(path) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("|".join(_translated(one) for one in _expanded(pattern.removeprefix("./").removeprefix("/"))))


def _expanded(pattern: str) -> list[str]:
    """`a{b,c{d,e}}` -> `ab`, `acd`, `ace`."""
    start = pattern.find("{")
    depth, cuts = 0, [start]
    for at in range(start, len(pattern)) if start >= 0 else ():
        depth += {"{": 1, "}": -1}.get(pattern[at], 0)
        if pattern[at] == "," and depth == 1:
            cuts.append(at)
        if depth == 0:
            parts = [pattern[left + 1 : right] for left, right in zip(cuts, [*cuts[1:], at], strict=True)]
            return [each for part in parts for each in _expanded(pattern[:start] + part + pattern[at + 1 :])]
    return [pattern]


def _translated(pattern: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", pattern)
    known = {"**/": r"(?:[^/.][^/]*/)*", "**": r".*", "*": r"(?!\.)[^/]*", "?": r"[^/]"}
    return "".join(known.get(part) or (part.replace("[!", "[^", 1) if part.startswith("[") else re.escape(part)) for part in parts)


__all__ = ["is_pattern", "matches"]
