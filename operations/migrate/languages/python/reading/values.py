"""Which texts an expression can have, and where each of them would get its suffix. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from .app import App, Constant, Defined
from .scopes import Scope
from .source import Source

_DEEP = 12
_STRINGS = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Leaf:
    """One of the values that an expression can have."""

    source: Source
    scope: Scope
    node: cst.BaseExpression
    values: tuple[str, ...]
    """More than one: those of a constant that is assigned more than once. None at all: can't be told."""
    constant: Constant | None = None
    """Where the value is written, if not here."""
    function: Defined | None = None
    """Handed on as a function, not by its name."""

    def suffixed(self, suffix: str) -> Edit:
        """At this place, not where a constant is defined."""
        inside = ending(self.source, self.node)
        at = self.source.span(self.node)[1] if inside is None else inside
        return Edit(at, at, f' + "{suffix}"' if inside is None else suffix)


def leaves(app: App, source: Source, scope: Scope, node: cst.BaseExpression, deep: int = 0) -> Iterator[Leaf]:
    if isinstance(node, cst.IfExp):
        for branch in (node.body, node.orelse):
            yield from leaves(app, source, scope, branch, deep + 1)
    elif isinstance(node, cst.BooleanOperation):
        for side in (node.left, node.right):
            yield from leaves(app, source, scope, side, deep + 1)
    elif isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
        yield _named(app, source, scope, node, deep)
    else:
        text = value(app, source, scope, node, deep)
        yield Leaf(source, scope, node, () if text is None else (text,))


def value(app: App, source: Source, scope: Scope, node: cst.CSTNode, deep: int = 0) -> str | None:
    """The one text that the expression always has."""
    if deep > _DEEP:
        return None
    if isinstance(node, cst.SimpleString):
        text = node.evaluated_value
        return text if isinstance(text, str) else None
    if isinstance(node, cst.ConcatenatedString) or (isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add)):
        left, right = (value(app, source, scope, side, deep + 1) for side in (node.left, node.right))
        return None if left is None or right is None else left + right
    if isinstance(node, cst.FormattedString):
        parts = [_part(app, source, scope, node, part, deep) for part in node.parts]
        return None if None in parts else "".join(part for part in parts if part is not None)
    if isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
        found = _named(app, source, scope, node, deep + 1)
        return found.values[0] if len(found.values) == 1 else None
    return None


def ending(source: Source, node: cst.CSTNode) -> int | None:
    """Right before the closing quote, if the value's end is written as a text. None: it isn't."""
    while isinstance(node, (cst.ConcatenatedString, cst.BinaryOperation)):
        node = node.right
    if not isinstance(node, _STRINGS):
        return None
    assert isinstance(node, (cst.SimpleString, cst.FormattedString))
    after = sum(len(source.tree.code_for_node(one)) for one in node.rpar)
    quote = len(node.quote) if isinstance(node, cst.SimpleString) else len(node.end)
    return source.span(node)[1] - after - quote


def _named(app: App, source: Source, scope: Scope, node: cst.BaseExpression, deep: int) -> Leaf:
    if isinstance(node, cst.Subscript):
        entry = _entry(app, source, scope, node, deep)
        return Leaf(source, scope, node, () if entry is None else (entry,))
    found = app.find(source, scope, node) if deep <= _DEEP else None
    if isinstance(found, Defined):
        return Leaf(source, scope, node, (), function=found)
    if not isinstance(found, Constant):
        return Leaf(source, scope, node, ())
    listed = [leaf for one in found.nodes for leaf in leaves(app, found.source, found.scope, one, deep + 1)]
    told = all(leaf.values for leaf in listed)
    return Leaf(source, scope, node, tuple(text for leaf in listed for text in leaf.values) if told else (), found)


def _entry(app: App, source: Source, scope: Scope, node: cst.Subscript, deep: int) -> str | None:
    """`NAMES["order"]` of `NAMES = {"order": "ProcessOrder"}`."""
    found = app.find(source, scope, node.value)
    if not isinstance(found, Constant) or len(found.nodes) != 1 or len(node.slice) != 1 or deep > _DEEP:
        return None
    index, table = node.slice[0].slice, found.nodes[0]
    if not isinstance(index, cst.Index) or not isinstance(table, cst.Dict):
        return None
    key = value(app, source, scope, index.value, deep + 1)
    texts = [
        value(app, found.source, found.scope, element.value, deep + 1)
        for element in table.elements
        if isinstance(element, cst.DictElement) and value(app, found.source, found.scope, element.key, deep + 1) == key
    ]
    return texts[0] if key is not None and len(texts) == 1 else None


def _part(app: App, source: Source, scope: Scope, whole: cst.FormattedString, part: cst.CSTNode, deep: int) -> str | None:
    if isinstance(part, cst.FormattedStringExpression):
        plain = part.conversion is None and part.format_spec is None and part.equal is None
        return value(app, source, scope, part.expression, deep + 1) if plain else None
    if not isinstance(part, cst.FormattedStringText):
        return None
    text = part.value.replace("{{", "{").replace("}}", "}")
    if "\\" not in text or "r" in whole.start.lower():
        return text
    quote = whole.end
    evaluated = ast.literal_eval(f"{quote}{text}{quote}")
    return evaluated if isinstance(evaluated, str) else None


__all__ = ["Edit", "Leaf", "ending", "leaves", "value"]
