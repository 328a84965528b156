"""A .NET regular expression as one of Python's `re`, or a refusal. Source: Microsoft docs, "Regular Expression Language - Quick Reference".

What `re` does not have, or means differently where nothing can be said instead, is refused: balancing groups, subtraction in classes,
`\\p{…}`, named beside unnamed groups (.NET numbers the unnamed ones first), `+` after a quantifier (.NET: nested quantifier).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .problem import PolicyFailed

_SPACE = r"\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SAME = frozenset("dDwWbBAtnrfva0123456789xu")
_QUANTIFIER = re.compile(r"[*+?]|\{\d+(,\d*)?\}")


@lru_cache(maxsize=1024)
def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """Raises PolicyFailed as .NET raises ArgumentException, and for what is not modelled."""
    text = "".join(_translated(pattern))
    try:
        found = re.compile(text, re.IGNORECASE if ignore_case else 0)
    except re.error as problem:
        raise _problem(pattern, str(problem)) from problem
    if found.groupindex and found.groups != len(found.groupindex):
        raise _problem(pattern, "named beside unnamed groups are not modelled")
    return found


def _translated(pattern: str) -> Iterator[str]:
    at, quantified = 0, False
    while at < len(pattern):
        one = pattern[at]
        piece, length = one, 1
        quantifier = _QUANTIFIER.match(pattern, at) if at and not quantified else None
        if one == "\\":
            piece, length = _escaped(pattern, at, in_class=False)
        elif one == "[":
            piece, length = _class(pattern, at)
        elif one == "(":
            piece, length = _group(pattern, at)
        elif quantifier is not None:
            length = quantifier.end() - at
            piece = quantifier[0]
            if pattern[at + length : at + length + 1] == "?":
                piece, length = piece + "?", length + 1
        elif quantified and (one in "*+?" or _QUANTIFIER.match(pattern, at)):
            raise _problem(pattern, "Nested quantifier")
        elif one in "{}":
            piece = "\\" + one  # not a quantifier: itself, also where Python takes `{,3}` for one
        yield piece
        quantified = quantifier is not None
        at += length


def _escaped(pattern: str, at: int, *, in_class: bool) -> tuple[str, int]:
    one = pattern[at + 1 : at + 2]
    if not one:
        raise _problem(pattern, "Illegal \\ at end of pattern")
    if one == "k" and not in_class and (name := re.compile(r"\\k<(\w+)>").match(pattern, at)):
        return (f"\\{name[1]}" if name[1].isdigit() else f"(?P={name[1]})"), len(name[0])
    known = {"z": r"\Z", "Z": r"(?=\n?\Z)", "e": r"\x1b", "s": _SPACE if in_class else f"[{_SPACE}]"}
    if not in_class:
        known["S"] = f"[^{_SPACE}]"
    if one in known and not (in_class and one in "zZ"):
        return known[one], 2
    if one in _SAME or (in_class and one in "Sb") or not (one.isalnum() or one == "_"):
        return "\\" + one, 2
    raise _problem(pattern, f"Unrecognized escape sequence \\{one}, or one that is not modelled")


def _class(pattern: str, at: int) -> tuple[str, int]:
    here = at + 1
    pieces = ["["]
    if pattern[here : here + 1] == "^":
        pieces.append("^")
        here += 1
    first = here
    while here < len(pattern) and (pattern[here] != "]" or here == first):
        if pattern.startswith("-[", here):
            raise _problem(pattern, "subtraction in a class is not modelled")
        if pattern[here] == "\\":
            piece, length = _escaped(pattern, here, in_class=True)
        else:
            piece, length = ("\\" + pattern[here] if pattern[here] in "[]&~|" else pattern[here]), 1
        pieces.append(piece)
        here += length
    if here >= len(pattern):
        raise _problem(pattern, "Unterminated [] set")
    return "".join(pieces) + "]", here + 1 - at


def _group(pattern: str, at: int) -> tuple[str, int]:
    if not pattern.startswith("(?", at):
        return "(", 1
    for same in ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "(?-i:"):
        if pattern.startswith(same, at):
            return same, len(same)
    if name := re.compile(r"\(\?(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')").match(pattern, at):
        return f"(?P<{name[1] or name[2]}>", len(name[0])
    if pattern.startswith("(?i)", at) and at == 0:
        return "(?i)", 4
    raise _problem(pattern, f"Unrecognized grouping construct, or one that is not modelled, at {pattern[at : at + 6]!r}")


def _problem(pattern: str, why: str) -> PolicyFailed:
    return PolicyFailed("ArgumentException", f"parsing {pattern!r} - {why}")


__all__ = ["compiled"]
