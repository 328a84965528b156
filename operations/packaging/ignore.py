"""`.funcignore`: which files of a folder stay out of the package.

The subset of gitignore's rules that such files use: comments, `!` to take back, a leading or inner `/` to anchor, a trailing `/` for
folders only, `*`, `?`, `[…]` inside one segment, `**` for any number of segments. Nothing inside an ignored folder can be taken back.
The component reads a folder by the same rules; a test holds the two together.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

NEVER = frozenset({".git", ".venv", "__pycache__", "local.settings.json", ".funcignore"})
"""Names that never travel, at any depth; local.settings.json holds secrets of a developer's machine."""


@dataclass(frozen=True)
class _Rule:
    segments: tuple[str, ...]
    folders_only: bool
    takes_back: bool


class IgnoreRules:
    """Decides entry by entry, folders before what is in them."""

    def __init__(self, text: str = "") -> None:
        self._rules = [rule for line in text.splitlines() if (rule := _parse(line.strip())) is not None]

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """`path` is relative, with `/`. The last rule that matches decides."""
        segments = path.split("/")
        if segments[-1] in NEVER:
            return True
        for rule in reversed(self._rules):
            if (is_folder or not rule.folders_only) and _match(rule.segments, segments):
                return not rule.takes_back
        return False


def _parse(line: str) -> _Rule | None:
    pattern = line.removeprefix("!")
    body = pattern.rstrip("/")
    if not line or line.startswith("#") or not body.strip("/"):
        return None
    segments = tuple(body.strip("/").split("/"))
    if "/" not in body:  # not anchored: matches at any depth
        segments = ("**", *segments)
    return _Rule(segments, pattern.endswith("/"), line.startswith("!"))


def _match(pattern: Sequence[str], path: Sequence[str]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        return bool(path) if len(pattern) == 1 else any(_match(pattern[1:], path[skip:]) for skip in range(len(path) + 1))
    return bool(path) and fnmatch.fnmatchcase(path[0], pattern[0]) and _match(pattern[1:], path[1:])
