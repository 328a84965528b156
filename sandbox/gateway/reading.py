"""Attributes and texts of elements: plain text, or an expression of the right type."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from xml.etree.ElementTree import Element

from .expressions import PolicyRefused, compiled, is_expression
from .expressions.types import NULL, STRING
from .messages import Context

Value = Callable[[Context], Any]
_TEXT = frozenset({STRING, NULL})


def value(element: Element, name: str | None, types: Collection[str] = _TEXT) -> Value:
    """Of an attribute, or of the element's own text (`name` None). Raises PolicyRefused."""
    given = element.text or "" if name is None else attribute(element, name)
    if not is_expression(given):
        if STRING not in types:
            raise refused(element, f"has the {name} {given!r}, which is no expression")
        return lambda context: given
    try:
        expression = compiled(given)
    except PolicyRefused as problem:
        raise refused(element, f"has the expression {given.strip()!r}: {problem}") from problem
    if expression.type not in types:
        raise refused(element, f"has the expression {given.strip()!r}, which is of the type {expression.type}")
    return lambda context: expression.evaluate({"context": context})


def attribute(element: Element, name: str) -> str:
    given = element.get(name)
    if given is None:
        raise refused(element, f"has no attribute {name!r}")
    return given


def text_value(element: Element, name: str) -> str:
    """Where no expression is allowed."""
    given = attribute(element, name)
    if is_expression(given):
        raise refused(element, f"takes no expression as {name!r}")
    return given


def flag(element: Element, name: str, default: bool) -> bool:
    given = element.get(name, str(default).lower())
    if given not in ("true", "false"):
        raise refused(element, f"has the {name} {given!r}, which is neither true nor false")
    return given == "true"


def seconds(element: Element, name: str, default: float) -> float:
    given = element.get(name, f"{default:g}")
    if not given.isdigit():
        raise refused(element, f"has the {name} {given!r}, which is no number of seconds")
    return float(given)


def no_more(element: Element, *known: str) -> None:
    """`id` may stand at every element (Microsoft docs, "Error handling in API Management policies", LastError)."""
    strange = sorted(set(element.attrib) - {*known, "id"})
    if strange:
        raise refused(element, f"has the attribute {strange[0]!r}, which is not supported")


def refused(element: Element, why: str) -> PolicyRefused:
    return PolicyRefused(f"the element '{element.tag}' {why}")


__all__ = ["Value", "attribute", "flag", "no_more", "refused", "seconds", "text_value", "value"]
