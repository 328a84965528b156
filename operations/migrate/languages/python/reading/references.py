"""Where functions are called, started or addressed by name (azure-functions-durable `DurableOrchestrationContext`, `DurableOrchestrationClient`)."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import libcst as cst

from ....model import Function, Reference
from .app import App
from .scopes import Definition, Other, Scope
from .source import CALLS, Call, Source
from .values import Edit, Leaf, leaves, value
from .walking import HTTP_START

_NAMED = {"start_new": "orchestration_function_name", "call_http": ""}
"""What the parameter with the name is called, where it is not `name`."""
_STARTED = re.compile(re.escape(HTTP_START) + r"([A-Za-z][A-Za-z0-9_-]*)(?![A-Za-z0-9_{-])")
_IN_NAMES = string.ascii_letters + string.digits + "_-"
_DEEP = 3
"""So many of the app's own functions may hand a name on."""


class Target(Protocol):
    """A function that can be meant."""

    @property
    def function(self) -> Function: ...

    @property
    def definition(self) -> Definition | None:
        """Where it can be handed on as an object."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that callers can know it by."""


@dataclass(frozen=True)
class Found:
    reference: Reference
    source: Source
    span: tuple[int, int]
    """Of the expression."""
    leaf: Leaf | None = None
    targets: tuple[Target | None, ...] = ()
    """The functions that it can mean; None: a name that the app has no function for."""
    start: int | None = None
    """Where the suffix goes in a URL."""

    @property
    def references(self) -> list[Reference]:
        """One for each function that it can mean."""
        if self.leaf is None or len(self.targets) < 2:
            return [self.reference]
        names = [text if one is None else one.function.name for text, one in zip(self.leaf.values, self.targets, strict=True)]
        return [replace(self.reference, to=name) for name in dict.fromkeys(names)]

    def suffixed(self, suffix: str) -> Edit | None:
        if self.start is not None:
            return Edit(self.start, self.start, suffix)
        return None if self.leaf is None else self.leaf.suffixed(suffix)


class References:
    """Durable compares names without regard to case, so a reference is told by the name as it is declared."""

    def __init__(self, app: App, functions: Sequence[Target]) -> None:
        self._app = app
        self._functions = {name.lower(): one for one in functions for name in one.names}
        self._defined = {id(one.definition): one for one in functions}

    def all(self) -> list[Found]:
        found = dict.fromkeys(
            one for source in self._app.sources.values() for one in (*self._calls(source), *self._handed_on(source), *self._urls(source))
        )
        return sorted(found, key=lambda one: (one.source.path, one.span))

    def _calls(self, source: Source) -> Iterator[Found]:
        for call in source.calls:
            if (call.name not in CALLS and call.name != "EntityId") or call.name == "call_http":
                continue
            argument = _argument(call.node, _NAMED.get(call.name, "name"))
            if argument is not None:
                yield from self._written(source, call.scope, argument, call.name)

    def _written(self, source: Source, scope: Scope, argument: cst.BaseExpression, form: str, deep: int = 0) -> Iterator[Found]:
        for leaf in leaves(self._app, source, scope, argument):
            if leaf.function is not None and (target := self._defined.get(id(leaf.function.definition))) is not None:
                yield self._found(leaf, target.function.name, "function object", (target,))
            elif leaf.values:
                targets = tuple(self._functions.get(text.lower()) for text in leaf.values)
                first = targets[0]
                yield self._found(leaf, leaf.values[0] if first is None else first.function.name, form, targets)
            elif handed := list(self._callers(leaf, form, deep)):
                yield from handed
            else:
                yield self._found(leaf, None, form, ())

    def _found(self, leaf: Leaf, to: str | None, form: str, targets: tuple[Target | None, ...]) -> Found:
        return Found(self._reference(leaf.source, leaf.node, to, form), leaf.source, leaf.source.span(leaf.node), leaf, targets)

    def _reference(self, source: Source, node: cst.CSTNode, to: str | None, form: str) -> Reference:
        line = source.line(source.span(node)[0])
        return Reference(to, source.said(node), form, source.path, line, self._app.version(source.path))

    def _callers(self, leaf: Leaf, form: str, deep: int) -> Iterator[Found]:
        """A parameter of one of the module's own functions, which is only ever called by its name: what its callers give."""
        scope = leaf.scope.holder(leaf.node.value) if isinstance(leaf.node, cst.Name) else None
        if scope is None or not isinstance(leaf.node, cst.Name) or deep >= _DEEP or len(scope.names[leaf.node.value]) != 1:
            return
        name = leaf.node.value
        own = next((one for one in leaf.source.definitions if one.inner is scope), None)
        if own is None or own.scope.kind != "module" or name not in scope.parameters or not isinstance(scope.names[name][0], Other):
            return
        calls = list(self._calls_of(own.node.name.value, leaf.source))
        given = [(source, call.scope, _given(call.node, name, scope.parameters.index(name))) for source, call in calls]
        if all(argument is not None for _, _, argument in given):
            for source, around, argument in given:
                assert argument is not None
                yield from self._written(source, around, argument, form, deep + 1)

    def _calls_of(self, name: str, home: Source) -> Iterator[tuple[Source, Call]]:
        """In its own version: copies call copies."""
        version = self._app.version(home.path)
        for source in self._app.sources.values():
            if self._app.version(source.path) != version:
                continue
            for call in source.called.get(name, ()):
                found = self._app.find(source, call.scope, call.node.func)
                if found is not None and getattr(found, "source", None) is home:
                    yield source, call

    def _handed_on(self, source: Source) -> Iterator[Found]:
        """`partial(context.call_activity, …)`: who calls it decides on the name."""
        called = {id(call.node.func) for call in source.calls}
        for node, _ in source.passed:
            if id(node) not in called and node.attr.value != "call_http":
                yield Found(self._reference(source, node, None, node.attr.value), source, source.span(node))

    def _urls(self, source: Source) -> Iterator[Found]:
        """`…/runtime/webhooks/durabletask/orchestrators/NAME`, the HTTP API's way to start an orchestration."""
        for text in source.texts:
            node, start = text.node, source.span(text.node)[0]
            for match in _STARTED.finditer(source.said(node)):
                yield from self._started(source, node, match[1], start + match.end(1))
            if isinstance(node, cst.FormattedString):
                yield from self._put_together(source, node, text.scope)

    def _put_together(self, source: Source, node: cst.FormattedString, scope: Scope) -> Iterator[Found]:
        """`f"…/orchestrators/{ORDER}_v1?…"`"""
        for at, part in enumerate(node.parts[:-1]):
            following = node.parts[at + 1]
            if not isinstance(part, cst.FormattedStringText) or not part.value.endswith(HTTP_START):
                continue
            assert isinstance(following, cst.FormattedStringExpression)
            after = node.parts[at + 2] if at + 2 < len(node.parts) else None
            tail = after.value if isinstance(after, cst.FormattedStringText) else ""
            rest = tail[: len(tail) - len(tail.lstrip(_IN_NAMES))]
            ends = not isinstance(after, cst.FormattedStringExpression) and (rest != tail or at + 3 >= len(node.parts))
            name = value(self._app, source, scope, following.expression) if ends else None
            yield from self._started(source, node, None if name is None else name + rest, source.span(following)[1] + len(rest))

    def _started(self, source: Source, node: cst.CSTNode, name: str | None, end: int) -> Iterator[Found]:
        target = self._functions.get(name.lower()) if name is not None else None
        if name is None or target is not None:
            to = None if target is None else target.function.name
            reference = self._reference(source, node, to, "http start")
            yield Found(reference, source, source.span(node), None, () if target is None else (target,), end)


def _argument(call: cst.Call, keyword: str) -> cst.BaseExpression | None:
    return _given(call, keyword, 0)


def _given(call: cst.Call, keyword: str, at: int) -> cst.BaseExpression | None:
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == keyword:
            return arg.value
    if len(call.args) > at and all(arg.keyword is None and not arg.star for arg in call.args[: at + 1]):
        return call.args[at].value
    return None


__all__ = ["Found", "References", "Target"]
