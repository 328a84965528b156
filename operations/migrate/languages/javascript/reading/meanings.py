"""What an expression stands for: something in a package, one of the app's own modules, or another expression."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from ...nodes import child, text
from .app import App
from .exporting import Export
from .grammar import arguments, bare, loaded_by, plain, property_name
from .source import Bound, Source

_DEEP = 20
"""So many steps from name to name are followed; more are a circle."""


@dataclass(frozen=True)
class Package:
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Own:
    """All that one of the app's files exports."""

    path: str


@dataclass(frozen=True)
class Place:
    """An expression or a declaration that is no name for something else."""

    source: Source
    node: Node


Meaning = Package | Own | Place


class Meanings:
    def __init__(self, app: App) -> None:
        self._app = app
        self._objects: dict[tuple[str, int], _Properties] = {}

    def of(self, source: Source, node: Node, deep: int = 0) -> Meaning | None:
        """None: only running the code can tell."""
        node = bare(node)
        if deep > _DEEP:
            return None
        if node.type in ("identifier", "shorthand_property_identifier"):
            bound = source.find(node)
            return None if bound is None or bound.each else self._bound(source, bound, deep)
        if node.type in ("member_expression", "subscript_expression"):
            owner, name = child(node, "object"), property_name(node)
            if owner is None or name is None:
                return None
            if node.type == "member_expression" and text(node) == "module.exports":
                return Own(source.path)
            return self.member(self.of(source, owner, deep + 1), name, deep)
        if node.type == "call_expression":
            if (literal := loaded_by(node)) is not None:
                name = plain(literal)
                dynamic = text(node).startswith("import")
                return None if name is None else self._module(source, name, deep, whole=not dynamic)
            if _is_frozen_object(node):
                return self.of(source, arguments(node)[0], deep + 1)
        return Place(source, node)

    def member(self, owner: Meaning | None, name: str, deep: int = 0) -> Meaning | None:
        """`name` of what `owner` is."""
        if isinstance(owner, Package):
            return owner if name == "default" else Package(owner.name, (*owner.members, name))
        if isinstance(owner, Own):
            return self._exported(owner.path, name, deep + 1)
        if owner is None or f".{name}" in owner.source.assigned or deep > _DEEP:
            return None
        source, node = owner.source, owner.node
        if node.type == "object":
            return self._in_object(source, node, name, deep)
        if node.type == "enum_declaration":
            values = [one for part in node.named_children if part.type == "enum_body" for one in part.named_children]
            return _first(source, [one for one in values if _key(one) == name])
        if node.type in ("class_declaration", "abstract_class_declaration", "class"):
            fields = [one for part in node.named_children if part.type == "class_body" for one in part.named_children]
            return _first(source, [one for one in fields if any(word.type == "static" for word in one.children) and _key(one) == name])
        return None

    def _in_object(self, source: Source, node: Node, name: str, deep: int) -> Meaning | None:
        """The last that says it: a property, or an object that is spread out."""
        known = self._objects.get((source.path, node.start_byte))
        if known is None:
            known = self._objects[source.path, node.start_byte] = _properties(node)
        at, value = known[0].get(name, (-1, None))
        for spread_at, spread in reversed(known[1]):
            if spread_at > at and (found := self.member(self.of(source, spread, deep + 1), name, deep + 1)) is not None:
                return found
        return self.of(source, value, deep + 1) if value is not None else None

    def _bound(self, source: Source, bound: Bound, deep: int) -> Meaning | None:
        if bound.module is not None:
            if bound.member is None:
                return self._module(source, bound.module, deep, whole=False)
            return self.member(self._module(source, bound.module, deep, whole=False), bound.member, deep + 1)
        if bound.value is None:
            return None
        found = self.of(source, bound.value, deep + 1)
        for key in bound.keys:
            found = self.member(found, key, deep + 1)
        return found

    def _module(self, source: Source, specifier: str, deep: int, *, whole: bool) -> Meaning | None:
        """`whole`: as `require` gives it, which is what the file has assigned to `module.exports`, if it has."""
        path = self._app.resolved(source.path, specifier)
        if path is None:
            return Package(specifier) if not specifier.startswith(".") else None
        given = self._app.sources.get(path)
        if given is None:
            return None
        if whole and given.exports.whole is not None:
            return self.of(given, given.exports.whole, deep + 1)
        return Own(path)

    def _exported(self, path: str, name: str, deep: int) -> Meaning | None:
        source = self._app.sources.get(path)
        if source is None or deep > _DEEP:
            return None
        exports = source.exports
        if (export := exports.named.get(name)) is not None:
            return self._export(source, export, deep)
        for module in exports.stars:
            found = self.member(self._module(source, module, deep, whole=False), name, deep + 1)
            if found is not None and name != "default":
                return found
        if exports.whole is not None:
            whole = self.of(source, exports.whole, deep + 1)
            return whole if name == "default" else self.member(whole, name, deep + 1)
        # `import names from "./names.cjs"`, where that sets `exports.a`, `exports.b`, …
        return Own(path) if name == "default" and not source.is_module else None

    def _export(self, source: Source, export: Export, deep: int) -> Meaning | None:
        if export.module is not None:
            module = self._module(source, export.module, deep, whole=False)
            return module if export.member is None else self.member(module, export.member, deep + 1)
        if export.local is not None:
            bound = source.top(export.local)
            return None if bound is None or bound.each else self._bound(source, bound, deep + 1)
        return None if export.value is None else self.of(source, export.value, deep + 1)


_Properties = tuple[dict[str, tuple[int, Node]], list[tuple[int, Node]]]
"""Values by name, and what is spread out, each with its place in the object."""


def _properties(node: Node) -> _Properties:
    named: dict[str, tuple[int, Node]] = {}
    spread: list[tuple[int, Node]] = []
    for at, one in enumerate(node.named_children):
        if one.type == "spread_element":
            spread.append((at, one.named_children[0]))
        elif one.type == "shorthand_property_identifier":
            named[text(one)] = (at, one)
        elif one.type == "pair" and (key := _key(one)) is not None and (value := child(one, "value")) is not None:
            named[key] = (at, value)
    return named, spread


def _key(node: Node) -> str | None:
    key = child(node, "key") or child(node, "property") or child(node, "name")
    if key is None:
        return None
    return plain(key.named_children[0]) if key.type == "computed_property_name" else plain(key) or text(key)


def _first(source: Source, nodes: list[Node]) -> Place | None:
    value = child(nodes[0], "value") if nodes else None
    return Place(source, value) if value is not None else None


def _is_frozen_object(call: Node) -> bool:
    called = child(call, "function")
    return called is not None and text(called) == "Object.freeze" and len(arguments(call)) == 1


__all__ = ["Meaning", "Meanings", "Own", "Package", "Place"]
