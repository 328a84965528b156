"""Where functions are called, started or addressed, and by which expression.

Names: durable-functions `types/orchestration.d.ts`, `types/durableClient.d.ts`, `types/entity.d.ts`. Function objects: what
`df.app.orchestration` and `df.app.activity` return. HTTP: Microsoft docs, "HTTP APIs in Durable Functions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from ....model import Reference
from ...nodes import child, line, text
from .app import App
from .functions import Declared, Functions
from .grammar import arguments, bare, property_name
from .meanings import Meanings, Package
from .source import Source
from .values import Edit, Leaf, Values

CALLS = frozenset({"callActivity", "callActivityWithRetry", "callSubOrchestrator", "callSubOrchestratorWithRetry", "startNew"})
_HTTP = re.compile(r"/orchestrators/([^/?#'\"`\\$]+)")
_HOOK = "webhooks/durabletask"


@dataclass(frozen=True)
class Found:
    reference: Reference
    node: Node
    leaf: Leaf | None = None
    """None: nothing would have to change here, or nothing can."""
    end: int | None = None
    """Of a name within a text: behind it goes the suffix."""
    target: Declared | None = None
    """Of a function object."""

    def suffixed(self, suffix: str) -> Edit | None:
        if self.end is not None:
            return Edit(self.end, self.end, suffix)
        return self.leaf.suffixed(suffix) if self.leaf is not None else None


class References:
    def __init__(self, app: App, functions: Functions, meanings: Meanings, values: Values) -> None:
        self._app = app
        self._functions = functions
        self._meanings = meanings
        self._values = values
        self._names = {one.function.name.lower(): one.function.name for one in functions.all}

    def of(self, source: Source) -> list[Found]:
        return sorted((*self._calls(source), *self._entities(source), *self._unbound(source), *self._http(source)), key=_order)

    def _calls(self, source: Source) -> Iterator[Found]:
        for node in source.nodes["call_expression"]:
            called = child(node, "function")
            if called is None:
                continue
            name = property_name(called)
            given = arguments(node)
            if name in CALLS:
                if given:
                    yield from self._written(source, given[0], name)
            elif called.type != "import" and (target := self._target(source, called, name)) is not None:
                yield Found(self._reference(source, target.function.name, "function object", node), node, target=target)

    def _target(self, source: Source, called: Node, name: str | None) -> Declared | None:
        if called.type not in ("identifier", "member_expression") or name == "withRetry":
            return None
        return self._functions.returned(source, called)

    def _entities(self, source: Source) -> Iterator[Found]:
        for node in source.nodes["new_expression"]:
            made = child(node, "constructor")
            given = arguments(node)
            if made is None or not given or (property_name(made) or text(made)) != "EntityId":
                continue
            meaning = self._meanings.of(source, made)
            if meaning is None or (isinstance(meaning, Package) and meaning.name == "durable-functions"):
                yield from self._written(source, given[0], "EntityId")

    def _unbound(self, source: Source) -> Iterator[Found]:
        """`const call = context.df.callActivity.bind(context.df)`: who calls it decides on the name."""
        for node in source.nodes["member_expression"]:
            name = property_name(node)
            if name not in CALLS or node.id in source.called:
                continue
            parent = node.parent
            if parent is not None and parent.type == "assignment_expression" and child(parent, "left") == node:
                continue
            yield Found(self._reference(source, None, name, node), node)

    def _http(self, source: Source) -> Iterator[Found]:
        """`POST …/runtime/webhooks/durabletask/orchestrators/<name>`."""
        for node in (*source.nodes["string"], *source.nodes["template_string"]):
            if node.text is None or b"/orchestrators/" not in node.text:
                continue
            parts = [one for one in node.named_children if one.type in ("string_fragment", "template_substitution")]
            hooked = _HOOK in text(node)
            for part, following in zip(parts, [*parts[1:], None], strict=True):
                said = text(part) if part.type == "string_fragment" else ""
                for found in _HTTP.finditer(said):
                    known = self._names.get(found[1].lower())
                    if known is not None or hooked:
                        start = part.start_byte + len(said[: found.start(1)].encode())
                        reference = Reference(
                            known or found[1], found[1], "http start", source.path, line(part), self._app.version(source.path)
                        )
                        yield Found(reference, part, end=start + len(found[1].encode()))
                if hooked and said.endswith("/orchestrators/") and following is not None:
                    for one in self._written(source, following.named_children[0], "http start"):
                        yield Found(one.reference, one.node, one.leaf, following.end_byte)

    def _written(self, source: Source, expression: Node, form: str) -> Iterator[Found]:
        for leaf in self._values.leaves(source, expression):
            for value in leaf.values or (None,):
                to = None if value is None else self._names.get(value.lower(), value)
                yield Found(self._reference(source, to, form, leaf.node), leaf.node, leaf)

    def _reference(self, source: Source, to: str | None, form: str, node: Node) -> Reference:
        written = " ".join(text(bare(node)).split())
        return Reference(to, written, form, source.path, line(node), self._app.version(source.path))


def _order(found: Found) -> tuple[int, str]:
    return found.node.start_byte, found.reference.to or ""


__all__ = ["CALLS", "Found", "References"]
