"""The functions that an app declares: methods with `[FunctionName]` (in-process) or `[Function]` (isolated), and classes with `[DurableTask]`.

Sources: Microsoft docs "Bindings for Durable Functions" and "Durable Functions: class-based syntax (.NET isolated)"; the name that
`[DurableTask]` gives a class, and the methods generated from it: durabletask-dotnet src/Generators/DurableTaskSourceGenerator.cs.
"""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from ....model import Function, Kind
from ....names import split
from ...nodes import child, line, text
from .app import App
from .constants import Constants
from .grammar import last_name
from .source import Source, Type
from .values import Leaf, leaves

_BINDINGS = {
    "OrchestrationTrigger": Kind.ORCHESTRATOR,
    "ActivityTrigger": Kind.ACTIVITY,
    "EntityTrigger": Kind.ENTITY,
    "DurableClient": Kind.CLIENT,
    "OrchestrationClient": Kind.CLIENT,
}
_BASES = {"TaskOrchestrator": Kind.ORCHESTRATOR, "TaskActivity": Kind.ACTIVITY, "TaskEntity": Kind.ENTITY}
_METHODS = ("FunctionName", "Function")


@dataclass(frozen=True)
class Declared:
    function: Function
    source: Source
    type: Type
    """The type at the top that it stands in, or is."""
    node: Node
    """The method or the class."""
    attribute: Node
    leaf: Leaf | None
    """Where its name is written. None: `[DurableTask]` alone, the class's name counts."""

    @property
    def is_class(self) -> bool:
        return self.node.type != "method_declaration"


def declared(app: App, constants: Constants) -> tuple[list[Declared], list[Declared]]:
    """In the order of the files; apart from them those whose name can't be told without running the code: they have none here."""
    found = [
        one
        for source in app.sources.values()
        for attribute in source.nodes["attribute"]
        if (one := _declared(app, constants, source, attribute)) is not None
    ]
    return [one for one in found if one.function.name], [one for one in found if not one.function.name]


def problem(unnamed: Declared) -> str:
    written = text(unnamed.attribute)
    return f"{unnamed.source.path}:{line(unnamed.attribute)}: the name of this function, {written}, can't be told without running the code."


def short(attribute: Node) -> str:
    """`FunctionName` of `[Microsoft.Azure.WebJobs.FunctionNameAttribute("X")]`."""
    name = last_name(child(attribute, "name"))
    return name.removesuffix("Attribute") or name


def _declared(app: App, constants: Constants, source: Source, attribute: Node) -> Declared | None:
    name = short(attribute)
    node = attribute.parent.parent if attribute.parent is not None else None
    around = source.type_at(attribute.start_byte)
    if node is None or around is None:
        return None
    if name in _METHODS and node.type == "method_declaration":
        kind = _kind(node)
    elif name == "DurableTask" and node.type in ("class_declaration", "record_declaration") and "abstract" not in _modifiers(node):
        kind = _kind_of_class(app, node)
    else:
        return None
    leaf = _name(constants, source, attribute)
    if leaf is None and name in _METHODS:
        return None
    value = last_name(child(node, "name")) if leaf is None else leaf.value
    base, version = split(value or "")
    return Declared(Function(value or "", kind, source.path, line(node), version, base), source, around, node, attribute, leaf)


def _name(constants: Constants, source: Source, attribute: Node) -> Leaf | None:
    arguments = next((one for one in attribute.named_children if one.type == "attribute_argument_list"), None)
    if arguments is None or not arguments.named_children:
        return None
    first = arguments.named_children[0]
    found = leaves(first.named_children[-1], lambda node: constants.value(source, node))
    return found[0] if len(found) == 1 else Leaf(first, None)


def _kind(method: Node) -> Kind:
    parameters = child(method, "parameters")
    found = {
        short(attribute)
        for parameter in (parameters.named_children if parameters is not None else [])
        for listed in parameter.named_children
        if listed.type == "attribute_list"
        for attribute in listed.named_children
    }
    return next((kind for name, kind in _BINDINGS.items() if name in found), Kind.OTHER)


def _kind_of_class(app: App, node: Node) -> Kind:
    """By what it derives from, through the app's own classes if need be."""
    seen, todo = set[str](), [last_name(child(node, "name"))]
    while todo:
        name = todo.pop()
        seen.add(name)
        for base in app.bases(name):
            if base in _BASES:
                return _BASES[base]
            if base not in seen:
                todo.append(base)
    return Kind.OTHER


def _modifiers(node: Node) -> set[str]:
    return {text(one) for one in node.named_children if one.type == "modifier"}


__all__ = ["Declared", "declared", "problem", "short"]
