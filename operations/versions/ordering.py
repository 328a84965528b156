"""Durable's own comparison of two orchestration versions.

Source: Azure/durabletask src/DurableTask.Core/Settings/VersioningSettings.cs (CompareVersions): blank is older than anything; if System.Version takes
both, they compare as numbers; else as text, OrdinalIgnoreCase. The components know the same rule; a table of pairs holds both equal.
"""

from __future__ import annotations

import re

_COMPONENT = re.compile(r"[\t-\r ]*([+-]?[0-9]+)[\t-\r ]*\0*")
"""What Int32.TryParse takes with NumberStyles.Integer. System.Version refuses what is below zero, and `-0` is not (dotnet/runtime Version.cs)."""
_BLANK = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")
"""String.IsNullOrWhiteSpace."""
_LARGEST = 2**31 - 1


def compare(one: str, other: str) -> int:
    """Below, at or above 0, as `one` is older than, equal to or newer than `other`. Empty and blank are no version."""
    given, known = (_BLANK.fullmatch(version) is None for version in (one, other))
    if not given or not known:
        return given - known
    a, b = system_version(one), system_version(other)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    left, right = _folded(one), _folded(other)
    return (left > right) - (left < right)


def system_version(text: str) -> tuple[int, ...] | None:
    """.NET's System.Version: two to four numbers; a missing one is -1, so that 1.0 < 1.0.0. None: it takes no such text, "9" for one."""
    parts = text.split(".")
    if not 2 <= len(parts) <= 4:
        return None
    numbers = [int(found[1]) for part in parts if (found := _COMPONENT.fullmatch(part))]
    if len(numbers) != len(parts) or min(numbers) < 0 or max(numbers) > _LARGEST:
        return None
    return (*numbers, *(-1,) * (4 - len(numbers)))


def _folded(text: str) -> bytes:
    """OrdinalIgnoreCase: each character in upper case by itself, but dotless i and long s, which have none; then by UTF-16 code units."""
    upper = "".join(up if len(up := one.upper()) == 1 and one not in "\u0131\u017f" else one for one in text)
    return upper.encode("utf-16-be", "surrogatepass")


__all__ = ["compare", "system_version"]
