"""Where functions are called, started or addressed by name, and what would have to change there.

In-process: IDurableOrchestrationContext, IDurableClient (azure-functions-durable-extension src/WebJobs.Extensions.DurableTask).
Isolated: TaskOrchestrationContext, DurableTaskClient, TaskEntityContext, TaskName (durabletask-dotnet src/Abstractions, src/Client), and
the methods generated for each `[DurableTask]` class, `CallShipAsync` and `ScheduleNewShipInstanceAsync` (src/Generators).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from ....model import Function, Reference
from ...nodes import child, line, nearest, text
from .app import App
from .constants import Constants
from .grammar import last_name
from .source import Source
from .values import Leaf, assigned, leaves

_CALLS = frozenset(
    {
        "CallActivityAsync",
        "CallActivityWithRetryAsync",
        "CallSubOrchestratorAsync",
        "CallSubOrchestratorWithRetryAsync",
        "StartNewAsync",
        "StartNewOrchestration",
        "ScheduleNewOrchestration",
        "ScheduleNewOrchestrationInstanceAsync",
    }
)
_PARAMETERS = frozenset({"functionName", "orchestratorFunctionName", "orchestratorName", "activityName", "name", "entityName"})
"""What the parameter is called that takes the name, for named arguments."""
_ENTITIES = ("EntityId", "EntityInstanceId")
_ENTITY_CALLS = ("CallEntityAsync", "SignalEntityAsync", "SignalEntity", "CreateEntityProxy", "ReadEntityStateAsync", "GetEntityAsync")
_GENERATED = re.compile(r"(Call|ScheduleNew)(\w+?)(Async|InstanceAsync)")


@dataclass(frozen=True)
class Found:
    reference: Reference
    at: int
    leaf: Leaf | None
    """Where the name is written. None: it is part of a generated method's name, or isn't written at all."""
    generated: int | None = None
    """The end of the name inside the generated method's name."""

    def suffixed(self, suffix: str) -> list[tuple[int, int, str]]:
        if self.generated is not None:
            return [(self.generated, self.generated, suffix)]
        return [] if self.leaf is None else self.leaf.suffixed(suffix)


class References:
    """Durable compares names without regard to case, so a reference is told by the name as it is declared."""

    def __init__(self, app: App, constants: Constants, functions: Sequence[Function]) -> None:
        self._app = app
        self._constants = constants
        self._names = {function.name.lower(): function.name for function in functions}

    def of(self, source: Source) -> list[Found]:
        found = [*self._calls(source), *self._made(source), *self._typed(source), *self._groups(source)]
        return sorted(found, key=lambda one: one.at)

    def _calls(self, source: Source) -> Iterator[Found]:
        for node in source.nodes["invocation_expression"]:
            called = child(node, "function")
            name = last_name(called)
            if called is None or not name:
                continue
            if name in _CALLS:
                argument = _argument(child(node, "arguments"))
                if argument is not None:
                    yield from self._written(source, argument, name)
            elif (generated := _GENERATED.fullmatch(name)) is not None and name not in self._app.methods:
                target = self._names.get(generated[2].lower())
                if target == generated[2]:
                    identifier = _identifier(called)
                    reference = self._reference(source, target, name, name, identifier)
                    end = identifier.start_byte + len((generated[1] + generated[2]).encode())
                    yield Found(reference, identifier.start_byte, None, end)

    def _made(self, source: Source) -> Iterator[Found]:
        for node in source.nodes["object_creation_expression"]:
            made = last_name(child(node, "type"))
            argument = _argument(child(node, "arguments")) if made in (*_ENTITIES, "TaskName") else None
            if argument is not None:
                yield from self._written(source, argument, made)

    def _typed(self, source: Source) -> Iterator[Found]:
        """`TaskName ship = "Ship"`, `EntityId id = new("Counter", key)`, `CallEntityAsync(new("Counter", key), …)`."""
        for kind in ("variable_declaration", "property_declaration"):
            for node in source.nodes[kind]:
                typed = last_name(child(node, "type"))
                if typed not in (*_ENTITIES, "TaskName"):
                    continue
                for one in [node] if kind == "property_declaration" else node.named_children:
                    value = assigned(one)
                    if value is not None and typed == "TaskName" and value.type != "implicit_object_creation_expression":
                        yield from self._written(source, value, typed)
        for node in source.nodes["implicit_object_creation_expression"]:
            typed = _typed_by(node)
            argument = _argument(next((one for one in node.named_children if one.type == "argument_list"), None))
            if typed and argument is not None:
                yield from self._written(source, argument, typed)

    def _groups(self, source: Source) -> Iterator[Found]:
        """`Func<…> call = context.CallActivityAsync<string>`: who calls it decides on the name."""
        for node in source.nodes["member_access_expression"]:
            name = last_name(node)
            parent = node.parent
            called = parent is not None and parent.type == "invocation_expression" and child(parent, "function") == node
            if name in _CALLS and not called and not (_within_nameof(node)):
                yield Found(self._reference(source, None, text(node), name, node), node.start_byte, None)

    def _written(self, source: Source, expression: Node, form: str) -> Iterator[Found]:
        for leaf in leaves(expression, lambda node: self._constants.value(source, node)):
            if leaf.value is None and self._is_task_name(source, leaf.node):
                continue  # named where the TaskName is made
            to = None if leaf.value is None else self._names.get(leaf.value.lower(), leaf.value)
            yield Found(self._reference(source, to, text(leaf.node), form, leaf.node), leaf.node.start_byte, leaf)

    def _is_task_name(self, source: Source, node: Node) -> bool:
        if node.type not in ("identifier", "member_access_expression"):
            return False
        found = self._constants.find(source, node)
        return bool(found) and all(one.is_task_name for one in found)

    def _reference(self, source: Source, to: str | None, written: str, form: str, node: Node) -> Reference:
        return Reference(to, written, form, source.path, line(node), self._app.version(source.path))


def _argument(arguments: Node | None) -> Node | None:
    """The expression that is given for the name: by its parameter's name, else the first."""
    given = [one for one in (arguments.named_children if arguments is not None else []) if one.type == "argument"]
    for one in given:
        name = child(one, "name")
        if name is not None and text(name) in _PARAMETERS:
            return one.named_children[-1]
    return given[0].named_children[-1] if given and child(given[0], "name") is None else None


def _identifier(called: Node) -> Node:
    """The identifier at the end of `context.CallShipAsync`."""
    while called.type not in ("identifier", "generic_name"):
        called = child(called, "name") or called.named_children[-1]
    return called if called.type == "identifier" else called.named_children[0]


def _typed_by(node: Node) -> str:
    """Of which of the types that hold names a `new(…)` is, as far as what stands around it says so."""
    around = nearest(node, "variable_declaration", "property_declaration", "invocation_expression")
    if around is None:
        return ""
    if around.type == "invocation_expression":
        return "EntityId" if last_name(child(around, "function")) in _ENTITY_CALLS else ""
    typed = last_name(child(around, "type"))
    return typed if typed in (*_ENTITIES, "TaskName") else ""


def _within_nameof(node: Node) -> bool:
    around = nearest(node, "invocation_expression")
    return around is not None and last_name(child(around, "function")) == "nameof"


__all__ = ["Found", "References"]
