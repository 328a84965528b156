"""System.Text.RegularExpressions: matches, groups, and replacements in .NET's notation (`$1`, `${name}`, `$&`, `$$`).

Sources: .NET API reference; Microsoft docs, "Substitutions in Regular Expressions".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .patterns import compiled


@dataclass(frozen=True)
class Group:
    success: bool = False
    value: str = ""
    index: int = 0


@dataclass(frozen=True)
class Match(Group):
    """One that failed has no groups but an empty one of number 0."""

    found: re.Match[str] | None = None

    def group(self, which: int | str) -> Group:
        """A group that the pattern does not have is one that failed; never an error."""
        known = self.found is not None and (
            0 <= which <= self.found.re.groups if isinstance(which, int) else which in self.found.re.groupindex
        )
        if self.found is None or not known:
            if isinstance(which, str) and which.isdigit():
                return self.group(int(which))
            return Group()
        value = self.found[which]
        return Group() if value is None else Group(True, value, self.found.start(which))


def match(text: str, pattern: str, ignore_case: bool = False) -> Match:
    found = compiled(pattern, ignore_case).search(text)
    return Match() if found is None else _match(found)


def is_match(text: str, pattern: str, ignore_case: bool = False) -> bool:
    return compiled(pattern, ignore_case).search(text) is not None


def replace(text: str, pattern: str, by: str | Callable[[Match], str | None], ignore_case: bool = False) -> str:
    if isinstance(by, str):
        return compiled(pattern, ignore_case).sub(lambda found: substituted(by, found), text)
    return compiled(pattern, ignore_case).sub(lambda found: by(_match(found)) or "", text)


def substituted(replacement: str, found: re.Match[str]) -> str:
    """What names no group of the pattern stays as it stands."""

    def one(token: re.Match[str]) -> str:
        sign, digits, name = token[1], token[2], token[3]
        if sign is not None:
            known = {"$": "$", "&": found[0], "`": found.string[: found.start()], "'": found.string[found.end() :], "_": found.string}
            return known[sign] if sign in known else _last(found)
        if name is not None:
            digits = name if name.isdigit() else None
        group: int | str = int(digits) if digits is not None else name
        exists = group <= found.re.groups if isinstance(group, int) else group in found.re.groupindex
        return (found[group] or "") if exists else token[0]

    return re.sub(r"\$(?:([$&`'_+])|([0-9]+)|\{(\w+)\})", one, replacement)


def _match(found: re.Match[str]) -> Match:
    return Match(True, found[0], found.start(), found)


def _last(found: re.Match[str]) -> str:
    return (found[found.re.groups] or "") if found.re.groups else ""


__all__ = ["Group", "Match", "is_match", "match", "replace"]
