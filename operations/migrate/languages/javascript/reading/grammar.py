"""JavaScript and TypeScript as syntax trees, and the few questions that everything here asks of their nodes.

Positions are byte offsets into the file as it is (byte order mark and line ends included), so that a change touches what it names alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from ...nodes import Nodes, child, text

FUNCTIONS = (
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "generator_function",
    "arrow_function",
    "method_definition",
)
SCOPES = (*FUNCTIONS, "program", "statement_block", "for_statement", "for_in_statement", "catch_clause", "switch_body")
DECLARATIONS = (
    "function_declaration",
    "generator_function_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "enum_declaration",
)
WRAPPERS = (
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "await_expression",
    "type_assertion",
)

_COLLECTED = (
    *SCOPES,
    "import_statement",
    "export_statement",
    "call_expression",
    "new_expression",
    "member_expression",
    "subscript_expression",
    "lexical_declaration",
    "variable_declaration",
    "class_declaration",
    "formal_parameters",
    "assignment_expression",
    "augmented_assignment_expression",
    "update_expression",
    "identifier",
    "shorthand_property_identifier",
    "string",
    "template_string",
    "meta_property",
)
_TYPES_TOO = ("abstract_class_declaration", "enum_declaration", "interface_declaration", "type_alias_declaration", "type_identifier")


@dataclass(frozen=True)
class _Dialect:
    parser: Parser
    query: Query
    kinds: tuple[str, ...]


@cache
def _dialect(extension: str) -> _Dialect:
    """By a file's extension. Plain JavaScript is read as such: `<T>x` and `<T/>` mean different things."""
    typed = extension in ("ts", "mts", "cts", "tsx")
    raw = tree_sitter_javascript.language
    if typed:
        raw = tree_sitter_typescript.language_tsx if extension == "tsx" else tree_sitter_typescript.language_typescript
    language = Language(raw())
    kinds = (*_COLLECTED, *_TYPES_TOO) if typed else _COLLECTED
    return _Dialect(Parser(language), Query(language, "\n".join(f"({kind}) @{kind}" for kind in kinds)), kinds)


def parsed(content: bytes, extension: str) -> tuple[Node, Nodes]:
    """The root, and the nodes of each kind that is asked for, in the order of the file."""
    dialect = _dialect(extension)
    root = dialect.parser.parse(content).root_node
    captured = QueryCursor(dialect.query).captures(root)
    return root, {
        kind: sorted(captured.get(kind, ()), key=lambda node: (node.start_byte, -node.end_byte)) for kind in (*_COLLECTED, *_TYPES_TOO)
    }


def bare(node: Node) -> Node:
    """Without parentheses, `await`, and what TypeScript adds to an expression."""
    while node.type in WRAPPERS and node.named_children:
        node = node.named_children[-1 if node.type == "type_assertion" else 0]
    return node


def arguments(call: Node) -> list[Node]:
    listed = child(call, "arguments")
    return [one for one in listed.named_children if one.type != "comment"] if listed is not None and listed.type == "arguments" else []


def loaded_by(call: Node) -> Node | None:
    """The string in `require("…")` and `import("…")`."""
    called = child(call, "function")
    if called is None or not (called.type == "import" or (called.type == "identifier" and called.text == b"require")):
        return None
    given = arguments(call)
    return bare(given[0]) if given and bare(given[0]).type in ("string", "template_string") else None


def property_name(node: Node) -> str | None:
    """`b` of `a.b` and of `a["b"]`."""
    if node.type == "member_expression":
        name = child(node, "property")
        return text(name) if name is not None and name.type == "property_identifier" else None
    index = child(node, "index") if node.type == "subscript_expression" else None
    return plain(index) if index is not None else None


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def plain(node: Node) -> str | None:
    """What a string says. None: it is no string, or a template with something in it."""
    if node.type not in ("string", "template_string"):
        return None
    parts = []
    for one in node.named_children:
        if one.type == "string_fragment":
            parts.append(text(one))
        elif one.type == "escape_sequence":
            parts.append(_unescaped(text(one)[1:]))
        elif one.type == "template_substitution":
            return None
    return "".join(parts)


def _unescaped(code: str) -> str:
    if code[0] in "ux" and len(code) > 1:
        return chr(int(code[1:].strip("{}"), 16))
    return "" if code[0] in "\r\n" else _ESCAPES.get(code, code)


__all__ = ["DECLARATIONS", "FUNCTIONS", "SCOPES", "WRAPPERS", "arguments", "bare", "loaded_by", "parsed", "plain", "property_name"]
