"""One C# file, as far as copying it asks: its usings, its namespaces, the types that it declares, and the names that it mentions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tree_sitter import Node

from ...nodes import Nodes, above, child, errors, text
from ...spans import Span, inside, merged
from .grammar import NAMESPACES, TYPES, holds, last_name, parsed, segments


@dataclass(frozen=True)
class Using:
    node: Node
    name: str
    """`A.B.C` without `global::`."""
    alias: str | None
    is_static: bool
    is_global: bool
    namespace: Node | None
    """The namespace that it stands in. None: at the top of the file."""

    @property
    def of_namespace(self) -> bool:
        return self.alias is None and not self.is_static


@dataclass(frozen=True)
class Namespace:
    node: Node
    name: str
    """In full, with the namespaces around it."""
    own: str


@dataclass(frozen=True)
class Type:
    """One declaration at the top: not inside another type. A partial type has several."""

    path: str
    name: str
    namespace: str
    node: Node

    @property
    def full_name(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name

    @property
    def span(self) -> Span:
        return self.node.start_byte, self.node.end_byte


@dataclass(frozen=True)
class Mention:
    at: int
    name: str
    only_named: bool
    """Inside `nameof(…)`: what it is is of no matter."""


class Source:
    """Reads a file once; everything else is asked of it. Never changes."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.root: Node
        self.nodes: Nodes
        self.root, self.nodes = parsed(content)

    @property
    def eol(self) -> str:
        return "\r\n" if b"\r\n" in self.content else "\n"

    @cached_property
    def syntax_errors(self) -> list[int]:
        return errors(self.root)

    @cached_property
    def namespaces(self) -> list[Namespace]:
        found: list[Namespace] = []
        for kind in NAMESPACES:
            for node in self.nodes[kind]:
                own = _dotted(child(node, "name"))
                outer = [_dotted(child(one, "name")) for one in above(node) if one.type in NAMESPACES]
                found.append(Namespace(node, ".".join([*reversed(outer), own]), own))
        return sorted(found, key=lambda one: one.node.start_byte)

    @cached_property
    def types(self) -> list[Type]:
        found = []
        for kind in TYPES:
            for node in self.nodes[kind]:
                if not any(one.type in TYPES for one in above(node)):
                    found.append(Type(self.path, last_name(child(node, "name")), self.namespace_at(node.start_byte), node))
        return sorted(found, key=lambda one: one.node.start_byte)

    @cached_property
    def usings(self) -> list[Using]:
        found = []
        for node in self.nodes["using_directive"]:
            alias = child(node, "name")
            target = node.named_children[-1]
            names = segments(target)
            if names is None:
                continue
            words = {one.type for one in node.children}
            found.append(
                Using(
                    node,
                    ".".join(text(one) for one in names),
                    None if alias is None else text(alias),
                    "static" in words,
                    text(node).startswith("global"),
                    next((one for one in above(node) if one.type in NAMESPACES), None),
                )
            )
        return found

    @cached_property
    def mentions(self) -> list[Mention]:
        """Every name outside of namespace lines and of usings of namespaces: of types, but also of members and locals."""
        silent = [one.node for one in self.usings if one.of_namespace]
        silent += [name for one in self.namespaces if (name := child(one.node, "name")) is not None]
        skipped = spans_of(silent)
        named = spans_of(node for node in self.nodes["invocation_expression"] if _is_nameof(node))
        return [
            Mention(node.start_byte, text(node).removeprefix("@"), inside(named, node.start_byte))
            for node in self.nodes["identifier"]
            if not inside(skipped, node.start_byte)
        ]

    @cached_property
    def bodies(self) -> list[Span]:
        """What is done inside of members: nobody outside can tell."""
        return spans_of([*self.nodes["block"], *self.nodes["arrow_expression_clause"]])

    @cached_property
    def named(self) -> dict[str, list[Node]]:
        """Identifiers by what they say."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes["identifier"]:
            found.setdefault(text(node), []).append(node)
        return found

    def in_body(self, position: int) -> bool:
        return inside(self.bodies, position)

    def namespace_at(self, position: int) -> str:
        """A file-scoped one counts from its line to the end of the file."""
        name = ""
        for one in self.namespaces:
            file_scoped = one.node.type == "file_scoped_namespace_declaration"
            if holds(one.node, position) or (file_scoped and one.node.start_byte <= position):
                name = one.name
        return name

    def type_at(self, position: int) -> Type | None:
        return next((one for one in self.types if holds(one.node, position)), None)


@lru_cache(maxsize=4096)
def read(path: str, content: bytes) -> Source:
    return Source(path, content)


def _dotted(node: Node | None) -> str:
    return "" if node is None else ".".join(text(one) for one in segments(node) or [])


def _is_nameof(node: Node) -> bool:
    called = child(node, "function")
    return called is not None and called.type == "identifier" and called.text == b"nameof"


def spans_of(nodes: Iterable[Node]) -> list[Span]:
    return merged((node.start_byte, node.end_byte) for node in nodes)


__all__ = ["Mention", "Namespace", "Source", "Type", "Using", "read", "spans_of"]
