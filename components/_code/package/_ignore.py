"""`.funcignore`: which files of a directory don't belong to the package.

The subset of gitignore's rules that such files use: comments, blank lines, `!` to take back, a leading or inner `/` to anchor, a trailing
`/` for folders only, `*`, `?`, `[…]` inside one path segment, and `**` for any number of segments. As in git, nothing inside an
ignored folder can be taken back. Not supported: escapes by backslash.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

ALWAYS_LEFT_OUT = frozenset({".git", ".venv", "__pycache__", "local.settings.json", ".funcignore"})
"""Names that never travel, at any depth; local.settings.json holds secrets of a developer's machine."""


@dataclass(frozen=True)
class _Rule:
    segments: tuple[str, ...]
    folders_only: bool
    takes_back: bool

    def matches(self, path: Sequence[str], is_folder: bool) -> bool:
        return (is_folder or not self.folders_only) and _match(self.segments, tuple(path))


class IgnoreRules:
    """Decides entry by entry, folders before what is in them."""

    def __init__(self, funcignore: str = "") -> None:
        self._rules = [rule for line in funcignore.splitlines() if (rule := _parse(line)) is not None]

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """`path` is relative, with `/`. The last rule that matches decides."""
        segments = path.split("/")
        if segments[-1] in ALWAYS_LEFT_OUT:
            return True
        for rule in reversed(self._rules):
            if rule.matches(segments, is_folder):
                return not rule.takes_back
        return False


def _parse(line: str) -> _Rule | None:
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    takes_back = line.startswith("!")
    line = line.removeprefix("!")
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    if not line.strip("/"):
        return None
    segments = tuple(line.strip("/").split("/"))
    if "/" not in line:  # not anchored: matches at any depth
        segments = ("**", *segments)
    return _Rule(segments, folders_only, takes_back)


def _match(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        if pattern == ("**",):
            return bool(path)
        return any(_match(pattern[1:], path[skip:]) for skip in range(len(path) + 1))
    return bool(path) and fnmatch.fnmatchcase(path[0], pattern[0]) and _match(pattern[1:], path[1:])


__all__ = ["ALWAYS_LEFT_OUT", "IgnoreRules"]
