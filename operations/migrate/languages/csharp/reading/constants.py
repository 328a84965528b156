"""What a name stands for: a local that is set once, or a constant of a type. Everything that may change at run time stands for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from ...nodes import above, child, nearest, text
from .app import App
from .grammar import TYPES, holds, last_name, segments
from .source import Source
from .values import assigned, member_around, value_of

_DECLARES = (
    "variable_declarator",
    "parameter",
    "implicit_parameter",
    "declaration_pattern",
    "declaration_expression",
    "tuple_pattern",
    "var_pattern",
    "catch_declaration",
)


@dataclass(frozen=True)
class Named:
    """A declaration with what it starts with."""

    source: Source
    owner: str
    """The type that declares it; empty: a local."""
    value: Node

    @property
    def is_task_name(self) -> bool:
        """Its value is rewritten where it is made, not where it is used."""
        declaration = self.value.parent
        while declaration is not None and declaration.type not in ("variable_declaration", "property_declaration"):
            declaration = declaration.parent
        typed = last_name(child(declaration, "type")) if declaration is not None else ""
        made = self.value.type == "object_creation_expression" and last_name(child(self.value, "type")) == "TaskName"
        return typed == "TaskName" or made


class Constants:
    def __init__(self, app: App) -> None:
        self._app = app
        self._named: dict[str, list[Named]] = {}
        for source in app.sources.values():
            for name, one in _constants(source):
                self._named.setdefault(name, []).append(one)

    def find(self, source: Source, node: Node) -> list[Named]:
        """What an identifier, `A.B` or `this.B` may stand for. More than one where types of the same name declare it."""
        names = segments(node)
        if node.type == "member_access_expression" and (left := child(node, "expression")) is not None and left.type in ("this", "base"):
            return self._of(last_name(node), _types_around(self._app, source, node), source)
        if names is None:
            return []
        if len(names) > 1:
            return self._of(text(names[-1]), _meant(source, text(names[-2])), source)
        if nearest(node, "attribute_list") is None and (local := _local(source, node)) is not None:
            return [local] if isinstance(local, Named) else []
        return self._of(text(node), _types_around(self._app, source, node), source)

    def value(self, source: Source, node: Node, depth: int = 0) -> str | None:
        """Its text, if all that it may stand for agree."""
        if depth > 20:
            return None  # A = B, B = A: no C#, but no reason to hang either
        found = [
            None if one.is_task_name else value_of(one.value, lambda inner, at=one: self.value(at.source, inner, depth + 1))  # type: ignore[misc]
            for one in self.find(source, node)
        ]
        return found[0] if len(set(found)) == 1 else None

    def _of(self, name: str, owners: set[str], source: Source) -> list[Named]:
        """Of the same version, if it has any: a frozen copy speaks of itself."""
        found = [one for one in self._named.get(name.removeprefix("@"), []) if one.owner in owners]
        version = self._app.version(source.path)
        own = [one for one in found if self._app.version(one.source.path) == version]
        return own or [one for one in found if self._app.version(one.source.path) is None]


def _constants(source: Source) -> Iterator[tuple[str, Named]]:
    for declaration in source.nodes["variable_declaration"]:
        field = declaration.parent
        if field is None or field.type != "field_declaration":
            continue
        modifiers = {text(one) for one in field.named_children if one.type == "modifier"}
        if "const" in modifiers or {"static", "readonly"} <= modifiers:
            for one in declaration.named_children:
                if one.type == "variable_declarator" and (value := assigned(one)) is not None:
                    yield last_name(child(one, "name")), Named(source, _owner(one), value)
    for prop in source.nodes["property_declaration"]:
        accessors = child(prop, "accessors")
        fixed = accessors is None or "set" not in text(accessors)
        if fixed and any(text(one) == "static" for one in prop.named_children) and (value := assigned(prop)) is not None:
            yield last_name(child(prop, "name")), Named(source, _owner(prop), value)


def _owner(node: Node) -> str:
    around = nearest(node, *TYPES)
    return last_name(child(around, "name")) if around is not None else ""


def _types_around(app: App, source: Source, node: Node) -> set[str]:
    """The types whose members need no name before them: those around, what they derive from, and `using static`."""
    found = {last_name(child(one, "name")) for one in above(node) if one.type in TYPES}
    todo = list(found)
    while todo:
        for base in app.bases(todo.pop()):
            if base not in found:
                found.add(base)
                todo.append(base)
    return found | {using.name.rpartition(".")[2] for one in (source, *_global(app)) for using in one.usings if using.is_static}


def _global(app: App) -> list[Source]:
    return [one for one in app.sources.values() if b"global using" in one.content]


def _meant(source: Source, name: str) -> set[str]:
    return {using.name.rpartition(".")[2] for using in source.usings if using.alias == name} or {name.removeprefix("@")}


def _local(source: Source, node: Node) -> Named | str | None:
    """What the member around declares under that name; a text if it may be anything; None if it declares nothing so."""
    member = member_around(node)
    if member is None:
        return None
    alike = [one for one in source.named[text(node)] if holds(member, one.start_byte)]
    declared = [one for one in alike if _declares(one)]
    if not declared:
        return None
    parent = declared[0].parent
    value = assigned(parent) if parent is not None and parent.type == "variable_declarator" else None
    if len(declared) > 1 or value is None or any(_changes(one) for one in alike):
        return "anything"
    return Named(source, "", value)


def _declares(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "foreach_statement":
        return child(parent, "left") == node
    if parent.type == "lambda_expression":
        return child(parent, "parameters") == node
    return parent.type in _DECLARES and child(parent, "name") == node


def _changes(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "assignment_expression":
        return child(parent, "left") == node
    return parent.type == "argument" and any(one.type in ("ref", "out") for one in parent.children)


__all__ = ["Constants", "Named"]
