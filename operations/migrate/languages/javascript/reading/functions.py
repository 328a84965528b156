"""The functions that an app declares, in both models.

Model v4: calls of `df.app.…` (durable-functions `types/app.d.ts`, `types/app.client.d.ts`) and of `app.…` (@azure/functions `types/app.d.ts`).
Model v3: folders with a function.json, whose bindings say what the function is (Microsoft docs, "Bindings for Durable Functions").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from ....model import Function, Kind
from ....names import split
from ...nodes import child, line, text
from .app import App
from .grammar import arguments, property_name
from .meanings import Meanings, Package, Place
from .source import Source
from .values import Leaf, Values

DURABLE = "durable-functions"
AZURE = "@azure/functions"
_KINDS = {"orchestration": Kind.ORCHESTRATOR, "activity": Kind.ACTIVITY, "entity": Kind.ENTITY}
_BINDINGS = {
    "orchestrationTrigger": Kind.ORCHESTRATOR,
    "activityTrigger": Kind.ACTIVITY,
    "entityTrigger": Kind.ENTITY,
    "durableClient": Kind.CLIENT,
    "orchestrationClient": Kind.CLIENT,
}
_NOT_FUNCTIONS = ("setup", "setExceptionPropertiesProvider")


@dataclass(frozen=True)
class Declared:
    function: Function
    source: Source | None
    """None: model v3."""
    call: Node | None = None
    leaf: Leaf | None = None
    """Where its name is written."""
    trigger: str = ""
    """`http`, `timer`, …; empty for what durable functions start."""
    route: str | None = None
    """As written. None: its name is its route."""


class Functions:
    def __init__(self, app: App, meanings: Meanings, values: Values) -> None:
        self._app = app
        self._meanings = meanings
        self._values = values
        self.problems: list[str] = []
        self.setup: list[tuple[Source, Node]] = []
        """Calls that concern the whole app, such as hooks."""
        self._anonymous: list[tuple[Source, Node]] = []
        found = [one for source in app.sources.values() for one in self._registered(source)]
        found += [self._folder(name) for name in app.folders]
        self.all = sorted(found, key=lambda one: (one.function.file, one.function.line, one.function.name))
        self.calls = {(one.source.path, one.call.start_byte): one for one in self.all if one.source is not None and one.call is not None}

    @property
    def anonymous(self) -> list[tuple[Source, Node]]:
        """Registrations under names that can't be told."""
        return self._anonymous

    def returned(self, source: Source, node: Node) -> Declared | None:
        """The function whose registration gave what `node` stands for."""
        meaning = self._meanings.of(source, node)
        return self.calls.get((meaning.source.path, meaning.node.start_byte)) if isinstance(meaning, Place) else None

    def _registered(self, source: Source) -> Iterator[Declared]:
        for call in source.nodes["call_expression"]:
            called = child(call, "function")
            if called is None or called.type not in ("member_expression", "identifier"):
                continue
            found = self._kind(source, called, call)
            if found is None:
                continue
            given = arguments(call)
            if found == "setup":
                self.setup.append((source, call))
            elif given:
                yield from self._names(source, call, given, *found)

    def _names(self, source: Source, call: Node, given: list[Node], kind: Kind, trigger: str) -> Iterator[Declared]:
        route = self._option(source, given, "route") if trigger == "http" else None
        for leaf in self._values.leaves(source, given[0]):
            if not leaf.values:
                written = " ".join(text(leaf.node).split())
                if kind in _KINDS.values():
                    self.problems.append(
                        f"{source.path}:{line(call)}: the name of this {kind} can't be told without running it: {written}."
                    )
                self._anonymous.append((source, call))
            for name in leaf.values:
                yield Declared(_function(name, kind, source.path, line(call)), source, call, leaf, trigger, route)

    def _kind(self, source: Source, called: Node, call: Node) -> tuple[Kind, str] | str | None:
        """What is registered, and by which trigger."""
        meaning = self._meanings.of(source, called)
        if not isinstance(meaning, Package):
            return self._guessed(source, called)
        match meaning.name, meaning.members:
            case "durable-functions", ("app", "client", trigger):
                return Kind.CLIENT, trigger
            case "durable-functions", ("app", name) if name in _KINDS:
                return _KINDS[name], ""
            case (("durable-functions" | "@azure/functions"), ("app", name)) if name in _NOT_FUNCTIONS:
                return "setup"
            case "@azure/functions", ("app", "hook", _):
                return "setup"
            case "@azure/functions", ("app", trigger):
                return self._triggered(source, arguments(call), trigger)
        return None

    def _guessed(self, source: Source, called: Node) -> tuple[Kind, str] | None:
        """`df.app.activity(…)` where `df` is handed in."""
        owner = child(called, "object") if called.type == "member_expression" else None
        name = property_name(called) if owner is not None else None
        if owner is None or name not in _KINDS or property_name(owner) != "app" or self._meanings.of(source, owner) is not None:
            return None
        return _KINDS[name], ""

    def _triggered(self, source: Source, given: list[Node], trigger: str) -> tuple[Kind, str] | None:
        if len(given) < 2:
            return None
        trigger = "http" if trigger in ("get", "put", "post", "patch", "deleteRequest") else trigger
        if trigger == "generic":
            kind = next((kind for said in self._bindings(source, given, "trigger") for kind in _kinds_of(said)), None)
            if kind is not None:
                return kind, ""
        client = any("durableClient" in said for said in self._bindings(source, given, "extraInputs"))
        return Kind.CLIENT if client else Kind.OTHER, trigger

    def _bindings(self, source: Source, given: list[Node], name: str) -> Iterator[str]:
        """What is said of an option, with the names in it followed."""
        options = self._meanings.of(source, given[1]) if len(given) > 1 else None
        found = self._meanings.member(options, name)
        if isinstance(found, Place):
            yield text(found.node)
            for one in found.node.named_children if found.node.type == "array" else []:
                meaning = self._meanings.of(found.source, one)
                if isinstance(meaning, Place):
                    yield text(meaning.node)

    def _option(self, source: Source, given: list[Node], name: str) -> str | None:
        options = self._meanings.of(source, given[1]) if len(given) > 1 else None
        found = self._meanings.member(options, name)
        return text(found.node).strip("'\"`") if isinstance(found, Place) else None

    def _folder(self, name: str) -> Declared:
        listed = self._app.folders[name].get("bindings")
        bindings = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        types = [str(one.get("type")) for one in bindings]
        kind = next((_BINDINGS[one] for one in types if one in _BINDINGS), Kind.OTHER)
        trigger = next((one for one in bindings if str(one.get("type")).endswith("Trigger") and one.get("type") not in _BINDINGS), {})
        route = trigger.get("route")
        started_by = str(trigger.get("type", "")).removesuffix("Trigger")
        function = _function(name, kind, f"{name}/function.json", 1)
        return Declared(function, None, trigger=started_by, route=route if isinstance(route, str) else None)


def _kinds_of(said: str) -> Iterator[Kind]:
    for word, kind in (*_BINDINGS.items(), *((f"trigger.{name}", kind) for name, kind in _KINDS.items())):
        if word in said and kind is not Kind.CLIENT:
            yield kind


def _function(name: str, kind: Kind, path: str, at: int) -> Function:
    base, version = split(name)
    return Function(name, kind, path, at, version, base)


__all__ = ["AZURE", "DURABLE", "Declared", "Functions"]
