"""A success criterion of Azure Pipelines, `eq(root['Name'], literal)`, by the documented rules.

Source: Microsoft docs "Expressions": a missing key is null; `eq` converts the right side to the type of the left and is false if it can't;
texts are compared without regard to case. Only null, booleans, numbers and texts are known here.
"""

from __future__ import annotations

import re
from typing import Any

_LITERALS = {"true": True, "false": False}
_CANNOT = object()


def passes(criterion: str, answer: Any) -> bool:
    """Whether a 200 with that JSON lets a stage begin. Raises ValueError for expressions that are not understood here."""
    match = re.fullmatch(r"eq\((.+), (.+)\)", criterion)
    if match is None:
        raise ValueError(f"{criterion!r} is not eq(…, …)")
    left, right = (_value(side, answer) for side in match.groups())
    converted = _convert(right, type(left))
    if isinstance(left, str) and isinstance(converted, str):
        return left.casefold() == converted.casefold()
    return converted is not _CANNOT and bool(left == converted)


def _value(side: str, root: Any) -> Any:
    if match := re.fullmatch(r"root\['(\w+)'\]", side):
        value = root.get(match[1]) if isinstance(root, dict) else None
        return value if isinstance(value, bool | int | float | str) else None
    if match := re.fullmatch(r"'(.*)'", side):
        return match[1]
    if side.lower() in _LITERALS:
        return _LITERALS[side.lower()]
    raise ValueError(f"{side!r} is not understood here")


def _convert(value: Any, wanted: type) -> Any:
    if type(value) is wanted:
        return value
    if wanted is bool:
        return bool(value)  # null and 0 and the empty text are false, everything else is true
    if wanted is str:
        return "" if value is None else str(value)
    if wanted in (int, float):
        return float(value) if isinstance(value, bool) else 0.0 if value is None else _CANNOT
    return _CANNOT  # nothing but the empty text becomes null


__all__ = ["passes"]
