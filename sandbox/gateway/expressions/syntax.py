"""C# as a syntax tree: the two forms of a policy expression, and the questions that are asked of nodes."""

from __future__ import annotations

import re

import tree_sitter_c_sharp
from tree_sitter import Language, Node, Parser

from .problem import PolicyRefused

_LANGUAGE = Language(tree_sitter_c_sharp.language())


def expression_tree(code: str) -> Node:
    """Of what stands in `@( )`. Raises PolicyRefused."""
    return _statement(f"return (\n{code}\n);", code).named_children[0].named_children[0]


def block_tree(code: str) -> Node:
    """Of what stands in `@{ }`."""
    return _statement(f"{{\n{code}\n}}", code)


def text(node: Node) -> str:
    return (node.text or b"").decode()


def field(node: Node, name: str) -> Node:
    found = node.child_by_field_name(name)
    if found is None:
        raise refused(node)
    return found


def children(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def refused(node: Node, why: str = "is not supported") -> PolicyRefused:
    return PolicyRefused(f"{text(node)!r} ({node.type}) {why}")


def string_value(node: Node) -> str:
    """Of a string, verbatim string or character literal."""
    literal = text(node)
    if node.type == "verbatim_string_literal":
        return literal[2:-1].replace('""', '"')
    return "".join(_piece(node, child) for child in node.named_children)


_ESCAPES = {"'": "'", '"': '"', "\\": "\\", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _piece(literal: Node, part: Node) -> str:
    if part.type != "escape_sequence":
        return text(part)
    escaped = text(part)[1:]
    if escaped in _ESCAPES:
        return _ESCAPES[escaped]
    if re.fullmatch(r"(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{1,4})", escaped) and int(escaped[1:], 16) <= 0x10FFFF:
        return chr(int(escaped[1:], 16))
    raise refused(literal, "has an unknown escape sequence")


def _statement(source: str, code: str) -> Node:
    root = Parser(_LANGUAGE).parse(source.encode()).root_node
    statements = [child for child in root.named_children if child.type != "comment"]
    if root.has_error or len(statements) != 1 or statements[0].type != "global_statement":
        raise PolicyRefused(f"{code.strip()!r} is no C#")
    return statements[0].named_children[0]
