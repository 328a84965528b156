"""Durable's own comparison of two orchestration versions, and which rule of it decides.

Source: Azure/durabletask src/DurableTask.Core/Settings/VersioningSettings.cs (CompareVersions): blank is older than anything; if System.Version
takes both, they compare as numbers; else as text, OrdinalIgnoreCase. Within numbers, and within texts, that is an order; across them it is none:
`2.0` < `10.0` as numbers, `10.0` < `1a` < `2.0` as text. So a deployment keeps to one form of version.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import zip_longest

_COMPONENT = re.compile(r"[\t-\r ]*(?P<number>[+-]?[0-9]+)[\t-\r ]*\0*")
"""What Int32.TryParse takes with NumberStyles.Integer. System.Version refuses what is below zero, and `-0` is not (dotnet/runtime Version.cs)."""
_BLANK = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")
"""String.IsNullOrWhiteSpace."""
_LARGEST = 2**31 - 1


class Rule(StrEnum):
    """What decides between two versions, as half a sentence."""

    NONE = "neither is a version"
    ONE_IS_NONE = "no version is older than any version"
    NUMBERS = "both are numbers with dots and compare part by part; a part that is left out is older than .0"
    TEXT = "they compare as text, without regard to case, since only two to four numbers with dots compare as numbers"


def compare(one: str | None, other: str | None) -> int:
    """-1, 0 or 1, as `one` is older than, equal to or newer than `other`. None, empty and blank are no version."""
    rule = decided_by(one, other)
    if rule in (Rule.NONE, Rule.ONE_IS_NONE):
        return (not is_blank(one)) - (not is_blank(other))
    assert one is not None and other is not None
    first, second = system_version(one), system_version(other)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    left, right = _folded(one), _folded(other)
    return (left > right) - (left < right)


def decided_by(one: str | None, other: str | None) -> Rule:
    if is_blank(one) or is_blank(other):
        return Rule.NONE if is_blank(one) and is_blank(other) else Rule.ONE_IS_NONE
    assert one is not None and other is not None
    both = system_version(one) is not None and system_version(other) is not None
    return Rule.NUMBERS if both else Rule.TEXT


def system_version(text: str) -> tuple[int, int, int, int] | None:
    """.NET's System.Version: two to four numbers; a missing one is -1, so that 1.0 < 1.0.0. None: it takes no such text, "9" for one."""
    parts = text.split(".")
    if not 2 <= len(parts) <= 4:
        return None
    numbers = [int(found["number"]) for part in parts if (found := _COMPONENT.fullmatch(part))]
    if len(numbers) != len(parts) or min(numbers) < 0 or max(numbers) > _LARGEST:
        return None
    major, minor, build, revision = [*numbers, -1, -1][:4]
    return major, minor, build, revision


def is_blank(version: str | None) -> bool:
    return version is None or _BLANK.fullmatch(version) is not None


def mixed(one: str, other: str) -> str | None:
    """How two versions differ in form, so that Durable orders them, or the next ones, as nobody expects; None: they don't.

    Numbers with another count of parts; numbers beside text; and text where the first difference is between numbers of different length.
    """
    if is_blank(one) or is_blank(other):
        return None
    parts = [_parts(version) for version in (one, other)]
    if parts[0] != parts[1]:
        return f"'{one}' is {_form(parts[0])} and '{other}' is {_form(parts[1])}"
    if parts[0] is None and (lengths := _lengths_at_difference(one, other)) is not None:
        return f"both are text, with a number of {_digits(lengths[0])} in '{one}' and of {_digits(lengths[1])} in '{other}'"
    return None


def _folded(text: str) -> bytes:
    """OrdinalIgnoreCase: each character in upper case by itself, but dotless i and long s, which have none; then by UTF-16 code units."""
    upper = "".join(up if len(up := one.upper()) == 1 and one not in "\u0131\u017f" else one for one in text)
    return upper.encode("utf-16-be", "surrogatepass")


def _parts(version: str) -> int | None:
    return version.count(".") + 1 if system_version(version) is not None else None


def _form(parts: int | None) -> str:
    return "text" if parts is None else f"{('two', 'three', 'four')[parts - 2]} numbers"


def _digits(count: int) -> str:
    return "1 digit" if count == 1 else f"{count} digits"


def _lengths_at_difference(one: str, other: str) -> tuple[int, int] | None:
    """The lengths of the two runs of digits in which the texts first differ, if both have one there, and one is longer."""
    runs = [re.findall(r"[0-9]+|[^0-9]+", text.upper()) for text in (one, other)]
    first, second = next(((a, b) for a, b in zip_longest(*runs, fillvalue="") if a != b), ("", ""))
    both_digits = first[:1].isdigit() and second[:1].isdigit()
    return (len(first), len(second)) if both_digits and len(first) != len(second) else None


__all__ = ["Rule", "compare", "decided_by", "is_blank", "mixed", "system_version"]
