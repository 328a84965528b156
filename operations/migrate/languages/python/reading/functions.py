"""The app's functions, by their decorators (azure-functions `decorators/function_app.py`, azure-functions-durable `decorators/durable_app.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import libcst as cst

from ....model import Function, Kind
from ....names import split
from .app import App, Constant
from .names import last
from .scopes import Definition
from .source import Source
from .values import Leaf, leaves
from .walking import REGISTRATIONS

_KINDS = {
    "orchestration_trigger": Kind.ORCHESTRATOR,
    "activity_trigger": Kind.ACTIVITY,
    "entity_trigger": Kind.ENTITY,
    "durable_client_input": Kind.CLIENT,
}
_GENERIC = {
    "orchestrationtrigger": Kind.ORCHESTRATOR,
    "activitytrigger": Kind.ACTIVITY,
    "entitytrigger": Kind.ENTITY,
    "durableclient": Kind.CLIENT,
}
_SECOND_NAMES = {"orchestration_trigger": "orchestration", "activity_trigger": "activity", "entity_trigger": "entity_name"}
"""The durable name, where it is not the function's (the trigger attributes of azure-functions-durable-extension)."""
_TRIGGERS = ("route", "schedule", "mcp_tool", "function_name", *_KINDS)


@dataclass(frozen=True)
class Declared:
    function: Function
    source: Source
    definition: Definition
    leaf: Leaf | None
    """Where its name is written; None: its name is that of the `def`."""
    durable: Leaf | None
    """Where the durable name is written, if it has one of its own."""
    decorators: tuple[cst.Decorator, ...]
    """Those that make it a function, not the app's own."""
    triggers: tuple[str, ...]
    registered: bool = True
    """False: it is declared on a blueprint that the app does not register, so it is no function of the app."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that callers can know it by."""
        return (self.function.name, *(self.durable.values if self.durable is not None else ()))


def declared(app: App) -> tuple[list[Declared], list[str]]:
    """With what is wrong with them."""
    registered = _registered(app)
    found: list[Declared] = []
    problems: list[str] = []
    for source in app.sources.values():
        for definition in source.definitions:
            its = tuple(_declaring(app, source, definition))
            if not any(_is_trigger(name) for _, _, name in its):
                continue
            one = _declared(app, source, definition, its)
            where = f"{source.path}:{source.line(source.span(definition.node.name)[0])}"
            if isinstance(one, str):
                problems.append(f"{where}: {one}")
                continue
            owner = app.find(source, definition.scope, its[0][1])
            forgotten = registered is not None and isinstance(owner, Constant) and owner.key not in registered and _is_blueprint(owner)
            found.append(replace(one, registered=not forgotten))
    return found, problems


def _declared(
    app: App, source: Source, definition: Definition, its: tuple[tuple[cst.Decorator, cst.BaseExpression, str], ...]
) -> Declared | str:
    kind, leaf, durable = Kind.OTHER, None, None
    for decorator, _, name in its:
        call = decorator.decorator
        assert isinstance(call, cst.Call)
        told = _KINDS.get(name)
        if name.startswith("generic_") and (typed := _given(call, "type")) is not None:
            values = [text for one in leaves(app, source, definition.scope, typed) for text in one.values]
            told = _GENERIC.get(values[0].lower()) if values else None
        if told is not None and kind is not Kind.ORCHESTRATOR:
            kind = told
        if name == "function_name":
            given = _given(call, "name", first=True)
            leaf = None if given is None else next(leaves(app, source, definition.scope, given))
            if leaf is None or len(leaf.values) != 1:
                return f"the name of function {definition.node.name.value} can't be told. Write it as a text or a constant."
        if name in _SECOND_NAMES and (given := _given(call, _SECOND_NAMES[name])) is not None and last(given) != "None":
            durable = next(leaves(app, source, definition.scope, given))
    name = leaf.values[0] if leaf is not None else definition.node.name.value
    base, version = split(name)
    line = source.line(source.span(definition.node.name)[0])
    function = Function(name, kind, source.path, line, version, base)
    return Declared(function, source, definition, leaf, durable, tuple(one for one, _, _ in its), tuple(text for _, _, text in its))


def _declaring(app: App, source: Source, definition: Definition) -> Iterator[tuple[cst.Decorator, cst.BaseExpression, str]]:
    for decorator in definition.node.decorators:
        call = decorator.decorator
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
            name, owner = call.func.attr.value, call.func.value
            if name in _KINDS or name in ("function_name", "generic_trigger") or app.is_container(source, definition.scope, owner):
                yield decorator, owner, name


def _is_trigger(name: str) -> bool:
    return name in _TRIGGERS or name.endswith("_trigger")


def _given(call: cst.Call, keyword: str, first: bool = False) -> cst.BaseExpression | None:
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == keyword:
            return arg.value
    return call.args[0].value if first and call.args and call.args[0].keyword is None and not call.args[0].star else None


def _is_blueprint(owner: Constant) -> bool:
    return all(isinstance(one, cst.Call) and last(one.func) == "Blueprint" for one in owner.nodes)


def _registered(app: App) -> set[tuple[str, int, str]] | None:
    """The blueprints that the app has. None: it can't be told, as when they are registered in a loop."""
    found: set[tuple[str, int, str]] = set()
    for source in app.sources.values():
        for call in source.calls:
            if call.name in REGISTRATIONS and call.node.args:
                one = app.find(source, call.scope, call.node.args[0].value)
                if not isinstance(one, Constant) or not _is_blueprint(one):
                    return None
                found.add(one.key)
    return found


def of_working_copy(app: App, functions: list[Declared]) -> list[Declared]:
    return [one for one in functions if app.version(one.source.path) is None]


__all__ = ["Declared", "declared", "of_working_copy"]
