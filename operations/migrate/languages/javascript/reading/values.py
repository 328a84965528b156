"""Which texts an expression can have, and where each of them would get its suffix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tree_sitter import Node

from ...nodes import child
from .grammar import bare, plain
from .meanings import Meanings, Place
from .source import Source

_DEEP = 20
_MANY = 1000
"""An expression with more possible texts than this counts as one that can't be told."""


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Leaf:
    """One of the values that an expression can have."""

    source: Source
    node: Node
    values: tuple[str, ...]
    """More than one: elements of an array. None at all: it can't be told."""

    def suffixed(self, suffix: str) -> Edit:
        """Made at this place, not where a constant is set: others may mean something else by it."""
        if self.node.type in ("string", "template_string"):
            return Edit(self.node.end_byte - 1, self.node.end_byte - 1, suffix)
        quote = self.source.quote
        plus = f" + {quote}{suffix}{quote}"
        if self.node.type == "shorthand_property_identifier":
            name = (self.node.text or b"").decode()
            return Edit(self.node.end_byte, self.node.end_byte, f": {name}{plus}")
        return Edit(self.node.end_byte, self.node.end_byte, plus)


class Values:
    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings

    def leaves(self, source: Source, node: Node) -> Iterator[Leaf]:
        """Of `a ? "X" : "Y"` and `a ?? "X"`: each side."""
        node = bare(node)
        if node.type == "ternary_expression":
            for field in ("consequence", "alternative"):
                if (branch := child(node, field)) is not None:
                    yield from self.leaves(source, branch)
        elif node.type == "binary_expression" and _chooses(node):
            for field in ("left", "right"):
                if (side := child(node, field)) is not None:
                    yield from self.leaves(source, side)
        else:
            yield Leaf(source, node, self.texts(source, node) or ())

    def texts(self, source: Source, node: Node, deep: int = 0) -> tuple[str, ...] | None:
        """All that it may be. None: that can't be told."""
        node = bare(node)
        if deep > _DEEP:
            return None
        match node.type:
            case "string":
                said = plain(node)
                return None if said is None else (said,)
            case "template_string":
                return self._joined(source, [one for one in node.named_children if one.type != "comment"], deep)
            case "binary_expression":
                left, right = child(node, "left"), child(node, "right")
                if left is None or right is None:
                    return None
                if any(one.type == "+" for one in node.children):
                    return self._joined(source, [left, right], deep)
                return self._either(source, [left, right], deep) if _chooses(node) else None
            case "ternary_expression":
                return self._either(
                    source, [one for field in ("consequence", "alternative") if (one := child(node, field)) is not None], deep
                )
            case "identifier" | "shorthand_property_identifier":
                bound = source.find(node)
                if bound is not None and bound.each and bound.value is not None:
                    listed = self._meanings.of(source, bound.value)
                    if not isinstance(listed, Place) or listed.node.type != "array":
                        return None
                    return self._either(listed.source, [one for one in listed.node.named_children if one.type != "comment"], deep)
        meaning = self._meanings.of(source, node)
        if not isinstance(meaning, Place) or meaning.node == node:
            return None
        return self.texts(meaning.source, meaning.node, deep + 1)

    def _joined(self, source: Source, nodes: list[Node], deep: int) -> tuple[str, ...] | None:
        parts: list[tuple[str, ...]] = []
        for one in nodes:
            if one.type == "string_fragment":
                parts.append(((one.text or b"").decode(),))
                continue
            found = self.texts(source, one.named_children[0] if one.type == "template_substitution" else one, deep + 1)
            if found is None:
                return None
            parts.append(found)
        joined = tuple(dict.fromkeys("".join(each) for each in product(*parts)))
        return joined if len(joined) < _MANY else None

    def _either(self, source: Source, nodes: list[Node], deep: int) -> tuple[str, ...] | None:
        found: list[str] = []
        for one in nodes:
            texts = self.texts(source, one, deep + 1)
            if texts is None:
                return None
            found += texts
        return tuple(dict.fromkeys(found)) or None


def _chooses(node: Node) -> bool:
    return any(one.type in ("??", "||") for one in node.children)


__all__ = ["Edit", "Leaf", "Values"]
