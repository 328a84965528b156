"""What text an expression stands for, as far as it can be told without running it, and where a suffix has to go to change that text.

A literal gets the suffix inside its quotes; so does an interpolated string. Everything else (`nameof(Ship)`, `Names.Ship`) gets `+ "_v1"`
behind it: that is still a constant expression where the original was one, so it is legal in attributes; the compiler goes on checking
that what `nameof` names exists; and a constant that is also used for something else (a queue, a route) keeps its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from ...nodes import above, child, text
from .grammar import TYPES, last_name

Lookup = Callable[[Node], "str | None"]
"""The value of a name that is no literal: an identifier or `A.B`."""

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_MEMBERS = (
    "method_declaration",
    "local_function_statement",
    "constructor_declaration",
    "property_declaration",
    "operator_declaration",
    "indexer_declaration",
    "global_statement",
)


@dataclass(frozen=True)
class Leaf:
    """One text that an expression can have: `a ? "X" : "Y"` has two."""

    node: Node
    value: str | None
    """None: it can't be told."""
    tight: bool = False
    """What stands around it binds closer than `+`."""

    def suffixed(self, suffix: str) -> list[tuple[int, int, str]]:
        """Changes of (from, to, text) that append `suffix` to its value."""
        node = _last_part(self.node)
        if (end := _before_quote(node)) is not None:
            return [(end, end, suffix)]
        behind = f' + "{suffix}"'
        at = self.node.end_byte
        return [(self.node.start_byte, self.node.start_byte, "("), (at, at, f"{behind})")] if self.tight else [(at, at, behind)]


def leaves(node: Node, lookup: Lookup, *, tight: bool = False) -> list[Leaf]:
    match node.type:
        case "parenthesized_expression":
            return leaves(node.named_children[0], lookup)
        case "conditional_expression":
            sides = [one for field in ("consequence", "alternative") if (one := child(node, field)) is not None]
            return [leaf for one in sides for leaf in leaves(one, lookup)]
        case "switch_expression":
            arms = [one for one in node.named_children if one.type == "switch_expression_arm"]
            return [leaf for one in arms for leaf in leaves(one.named_children[-1], lookup)]
        case "binary_expression" if _operator(node) == "??":
            return [leaf for one in node.named_children for leaf in leaves(one, lookup)]
        case "cast_expression":
            value = child(node, "value")
            return [] if value is None else leaves(value, lookup, tight=True)
        case "postfix_unary_expression":
            return leaves(node.named_children[0], lookup, tight=True)
        case "object_creation_expression" if last_name(child(node, "type")) == "TaskName":
            return []  # a reference of its own
        case _:
            return [Leaf(node, value_of(node, lookup), tight)]


def value_of(node: Node, lookup: Lookup) -> str | None:
    match node.type:
        case "string_literal":
            return _unescaped(text(node).removesuffix("u8")[1:-1])
        case "verbatim_string_literal":
            return text(node)[2:-1].replace('""', '"')
        case "raw_string_literal":
            content = "".join(text(one) for one in node.named_children if one.type == "raw_string_content")
            return None if "\n" in content else content
        case "interpolated_string_expression":
            return _interpolated(node, lookup)
        case "parenthesized_expression":
            return value_of(node.named_children[0], lookup)
        case "binary_expression" if _operator(node) == "+":
            parts = [value_of(one, lookup) for one in node.named_children]
            return None if None in parts else "".join(part or "" for part in parts)
        case "invocation_expression":
            return _nameof(node)
        case "identifier" | "member_access_expression":
            return lookup(node)
        case _:
            return None


def assigned(declarator: Node) -> Node | None:
    """What a variable or a property starts with."""
    value = child(declarator, "value")
    if value is None and declarator.type == "variable_declarator" and any(one.type == "=" for one in declarator.children):
        value = declarator.named_children[-1]
    return value.named_children[0] if value is not None and value.type == "arrow_expression_clause" else value


def member_around(node: Node) -> Node | None:
    """The outermost member (a method, not a lambda in it) that a node stands in."""
    found = None
    for one in above(node):
        if one.type in _MEMBERS:
            found = one
        if one.type in TYPES:
            break
    return found


def _interpolated(node: Node, lookup: Lookup) -> str | None:
    parts: list[str] = []
    for one in node.named_children:
        if one.type == "string_content":
            parts.append(_unescaped(text(one).replace("{{", "{").replace("}}", "}")))
        elif one.type == "interpolation":
            inner = [each for each in one.named_children if each.type != "interpolation_brace"]
            value = value_of(inner[0], lookup) if len(inner) == 1 else None
            if value is None:
                return None
            parts.append(value)
        elif one.type == "escape_sequence":
            parts.append(_unescaped(text(one)))
    return "".join(parts)


def _nameof(node: Node) -> str | None:
    called, arguments = child(node, "function"), child(node, "arguments")
    if called is None or called.type != "identifier" or text(called) != "nameof" or arguments is None or len(arguments.named_children) != 1:
        return None
    return last_name(arguments.named_children[0].named_children[-1]) or None


def _last_part(node: Node) -> Node:
    while node.type == "binary_expression" and _operator(node) == "+":
        node = node.named_children[-1]
    return node


def _before_quote(node: Node) -> int | None:
    """Where more text can be written into a literal."""
    match node.type:
        case "string_literal":
            return node.start_byte + len((node.text or b"").removesuffix(b"u8")) - 1
        case "verbatim_string_literal":
            return node.end_byte - 1
        case "raw_string_literal" if node.start_point.row == node.end_point.row:
            return next((one.start_byte for one in node.named_children if one.type == "raw_string_end"), None)
        case "interpolated_string_expression" if node.start_point.row == node.end_point.row:
            quotes = len(text(node)) - len(text(node).rstrip('"'))
            return node.end_byte - quotes
        case _:
            return None


def _operator(node: Node) -> str:
    sign = child(node, "operator")
    return "" if sign is None else text(sign)


def _unescaped(content: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code[1:], 16)) if code[0] in "uUx" and len(code) > 1 else _ESCAPES.get(code, code)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{1,4}|.)", one, content)


__all__ = ["Leaf", "Lookup", "assigned", "leaves", "member_around", "value_of"]
