"""What two values come to, by their types, as C# has it; `object == string`, which compares references, is refused."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from . import syntax
from .types import BOOL, CHAR, INT, NULL, OBJECT, STRING, VALUE_TYPES, Compiled, Evaluate

_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_JOINABLE = frozenset({STRING, CHAR, INT, BOOL, NULL, OBJECT})


def binary(node: Node, sign: str, left: Compiled, right: Compiled) -> Compiled:
    one, other, types = left.evaluate, right.evaluate, (left.type, right.type)
    if sign in ("&&", "||") and types == (BOOL, BOOL):
        return Compiled(BOOL, (lambda known: one(known) and other(known)) if sign == "&&" else lambda known: one(known) or other(known))
    if sign in ("==", "!=") and _comparable(*types):
        return Compiled(BOOL, _equal(one, other) if sign == "==" else lambda known: one(known) != other(known))
    if sign in _ORDER and types == (INT, INT):
        holds = _ORDER[sign]
        return Compiled(BOOL, lambda known: holds(one(known), other(known)))
    if sign == "+" and STRING in types and _JOINABLE.issuperset(types):
        return Compiled(STRING, lambda known: as_text(one(known)) + as_text(other(known)))
    if types == (INT, INT) and sign in "+-":
        return Compiled(INT, (lambda known: one(known) + other(known)) if sign == "+" else lambda known: one(known) - other(known))
    if sign in ("==", "!=") and OBJECT in types:
        raise syntax.refused(node, "compares an object by reference; cast it first, such as (string)")
    raise syntax.refused(node, f"has no supported operator {sign} for {left.type} and {right.type}")


def as_text(value: Any) -> str:
    """As in a concatenation: null is nothing, and a bool begins with a capital."""
    if value is None:
        return ""
    return str(value)


def _equal(one: Evaluate, other: Evaluate) -> Evaluate:
    return lambda known: one(known) == other(known)


def _comparable(left: str, right: str) -> bool:
    if NULL in (left, right):
        return not {left, right} & VALUE_TYPES
    return left == right and left in (STRING, CHAR, INT, BOOL)


__all__ = ["as_text", "binary"]
