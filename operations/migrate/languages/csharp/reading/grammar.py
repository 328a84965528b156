"""C# as a syntax tree, and the few questions that everything here asks of its nodes. Knows C#, and nothing of functions.

Positions are byte offsets into the file as it is (byte order mark and line ends included), so that a change touches what it names alone.
"""

from __future__ import annotations

from functools import lru_cache

import tree_sitter_c_sharp
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from ...nodes import Nodes, child, text

_LANGUAGE = Language(tree_sitter_c_sharp.language())

TYPES = (
    "class_declaration",
    "struct_declaration",
    "record_declaration",
    "interface_declaration",
    "enum_declaration",
    "delegate_declaration",
)
NAMESPACES = ("namespace_declaration", "file_scoped_namespace_declaration")

_COLLECTED = (
    *TYPES,
    *NAMESPACES,
    "using_directive",
    "global_attribute",
    "global_statement",
    "extern_alias_directive",
    "attribute",
    "method_declaration",
    "constructor_declaration",
    "invocation_expression",
    "object_creation_expression",
    "implicit_object_creation_expression",
    "member_access_expression",
    "qualified_name",
    "variable_declaration",
    "property_declaration",
    "identifier",
    "block",
    "arrow_expression_clause",
    "assignment_expression",
)
_QUERY = Query(_LANGUAGE, "\n".join(f"({kind}) @{kind}" for kind in _COLLECTED))
_PARSER = Parser(_LANGUAGE)


@lru_cache(maxsize=4096)
def parsed(content: bytes) -> tuple[Node, Nodes]:
    """The root, and the nodes of each kind that is asked for, in the order of the file."""
    root = _PARSER.parse(content).root_node
    captured = QueryCursor(_QUERY).captures(root)
    return root, {kind: sorted(captured.get(kind, ()), key=lambda node: node.start_byte) for kind in _COLLECTED}


def last_name(node: Node | None) -> str:
    """`C` of `A.B.C<T>`, `C?` or `global::C`; empty for what is no name."""
    while node is not None:
        match node.type:
            case "identifier":
                return text(node).removeprefix("@")
            case "qualified_name" | "member_access_expression" | "alias_qualified_name" | "member_binding_expression":
                node = child(node, "name")
            case "conditional_access_expression":
                node = node.named_children[-1]
            case "generic_name" | "nullable_type":
                node = node.named_children[0]
            case _:
                return ""
    return ""


def segments(node: Node) -> list[Node] | None:
    """The names of `A.B.C` (the last may be generic), from the left. None if something else than names is in it, such as a call."""
    match node.type:
        case "identifier":
            return [node]
        case "generic_name":
            return [node.named_children[0]]
        case "alias_qualified_name":
            name = child(node, "name")
            return segments(name) if name is not None and text(node).startswith("global::") else None
        case "qualified_name" | "member_access_expression":
            left, name = child(node, "qualifier") or child(node, "expression"), child(node, "name")
            before = segments(left) if left is not None else None
            after = segments(name) if name is not None else None
            return None if before is None or after is None else before + after
        case _:
            return None


def holds(node: Node, position: int) -> bool:
    return node.start_byte <= position < node.end_byte


__all__ = ["NAMESPACES", "TYPES", "holds", "last_name", "parsed", "segments"]
