"""What is left out of the copies: functions that are not part of the version, and what only they have used. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from ...nodes import above as around
from ...nodes import child, text
from ...spans import Span, inside, merged
from ..reading.grammar import bare, loaded_by
from ..reading.meanings import Meanings, Package
from ..reading.source import Source, pattern
from ..reading.values import Edit
from .cutting import cut_of, element_cuts

_BLOCKS = ("program", "statement_block")
_DECLARATIONS = (
    "function_declaration",
    "generator_function_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "enum_declaration",
    "interface_declaration",
    "type_alias_declaration",
)
_HARMLESS = (
    "arrow_function",
    "function_expression",
    "generator_function",
    "class",
    "string",
    "template_string",
    "number",
    "true",
    "false",
    "null",
    "undefined",
    "regex",
    "identifier",
    "member_expression",
)


@dataclass
class Changed:
    """Of one file."""

    cuts: list[Span] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)

    @property
    def gone(self) -> list[Span]:
        """What the copy does not say, or says in other words."""
        return merged([*self.cuts, *((one.start, one.end) for one in self.edits if one.end > one.start)])


def leave_out(source: Source, call: Node, changed: Changed) -> None:
    """A registration. Where more than a statement hangs on it, nothing is registered there any more."""
    statement = call.parent
    while statement is not None and statement.type in ("await_expression", "parenthesized_expression", "unary_expression"):
        statement = statement.parent
    above = statement.parent if statement is not None else None
    if statement is not None and statement.type == "expression_statement" and above is not None and above.type in _BLOCKS:
        changed.cuts.append(cut_of(statement, source))
        return
    changed.edits.append(Edit(call.start_byte, call.end_byte, "undefined"))


@dataclass(frozen=True)
class _Part:
    """Something at the top of a file that may have become useless: a declaration, or one of the names of an import."""

    names: tuple[str, ...]
    node: Node
    """All of it; mentions inside do not count."""
    siblings: tuple[Node, ...] = ()
    """The elements of the list that it is one of."""
    statement: Node | None = None


def drop_unused(source: Source, meanings: Meanings, changed: Changed) -> None:
    """What was used, and is not any more. What nobody has used before stays: someone wanted it so."""
    parts = list(_parts(source, meanings)) if changed.gone else []
    while parts:
        gone = changed.gone
        dead = [one for one in parts if not inside(gone, one.node.start_byte) and _is_dead(source, one, gone)]
        if not dead:
            return
        parts = [one for one in parts if one not in dead]
        for statement in {one.statement.id: one.statement for one in dead if one.statement is not None}.values():
            of_it = [one for one in dead if one.statement == statement]
            left = [one for one in parts if one.statement == statement and not inside(gone, one.node.start_byte)]
            if not left:
                changed.cuts.append(cut_of(statement, source))
            else:
                changed.cuts += element_cuts(of_it[0].siblings, [one.node for one in of_it if one.siblings])
        changed.cuts += [cut_of(one.node, source) for one in dead if one.statement is None]


def _is_dead(source: Source, part: _Part, gone: list[Span]) -> bool:
    start, end = part.node.start_byte, part.node.end_byte
    mentions = [one.start_byte for name in part.names for one in source.named.get(name, []) if not start <= one.start_byte < end]
    return bool(mentions) and all(inside(gone, at) for at in mentions)


def _parts(source: Source, meanings: Meanings) -> Iterator[_Part]:
    for node in source.root.named_children:
        if node.type == "import_statement":
            yield from _imported(node)
        elif node.type in _DECLARATIONS and (name := child(node, "name")) is not None:
            yield _Part((text(name),), node)
        elif node.type in ("lexical_declaration", "variable_declaration") and len(node.named_children) == 1:
            name, value = child(node.named_children[0], "name"), child(node.named_children[0], "value")
            if name is None or value is None:
                continue
            if name.type == "object_pattern" and _loads(value):
                elements = tuple(one for one in name.named_children if one.type != "comment")
                for one in elements:
                    yield _Part(tuple(found for found, _ in pattern(one)), one, elements, node)
            elif _is_harmless(source, value, meanings):
                yield _Part(tuple(found for found, _ in pattern(name)), node)


def _imported(node: Node) -> Iterator[_Part]:
    for clause in (one for one in node.named_children if one.type == "import_clause"):
        for one in clause.named_children:
            if one.type == "named_imports":
                elements = tuple(each for each in one.named_children if each.type == "import_specifier")
                for each in elements:
                    if (name := child(each, "alias") or child(each, "name")) is not None:
                        yield _Part((text(name),), each, elements, node)
            else:
                yield _Part((text(one.named_children[-1] if one.type == "namespace_import" else one),), one, (), node)


def _loads(value: Node) -> bool:
    value = bare(value)
    return value.type == "call_expression" and loaded_by(value) is not None


def _is_harmless(source: Source, value: Node, meanings: Meanings) -> bool:
    """Whether leaving it out changes nothing but that it is not there."""
    value = bare(value)
    if value.type in _HARMLESS:
        return True
    if value.type == "call_expression":
        called = child(value, "function")
        return _loads(value) or (called is not None and isinstance(meanings.of(source, called), Package))
    if value.type in ("object", "array"):
        inner = [child(one, "value") or one for one in value.named_children if one.type not in ("comment", "method_definition")]
        return all(one.type == "shorthand_property_identifier" or _is_harmless(source, one, meanings) for one in inner)
    return False


def context_of(node: Node) -> str | None:
    """What the orchestrator around calls its context."""
    for one in around(node):
        if one.type in ("generator_function", "generator_function_declaration"):
            given = child(one, "parameters")
            first = given.named_children[0] if given is not None and given.named_children else None
            names = [name for name, _ in pattern(first)] if first is not None else []
            return names[0] if len(names) == 1 else None
    return None


__all__ = ["Changed", "context_of", "drop_unused", "leave_out"]
