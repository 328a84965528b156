"""One module: its text, the nodes of it that matter, and where each of them stands. Positions count characters from 0."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst

from .scopes import Definition, Scope

CALLS = frozenset(
    {"call_activity", "call_activity_with_retry", "call_sub_orchestrator", "call_sub_orchestrator_with_retry", "start_new", "call_http"}
)
Span = tuple[int, int]


@dataclass(frozen=True)
class Call:
    node: cst.Call
    name: str
    scope: Scope


@dataclass(frozen=True)
class Import:
    node: cst.Import | cst.ImportFrom
    top: bool
    """Stands in the module itself: in no function, class, `if` or `try`."""


@dataclass(frozen=True)
class Text:
    node: cst.SimpleString | cst.FormattedString
    scope: Scope


@dataclass(eq=False)
class Source:
    path: str
    text: str
    tree: cst.Module
    scope: Scope
    spans: dict[int, Span] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    passed: list[tuple[cst.Attribute, Scope]] = field(default_factory=list)
    """`context.call_activity`, whether it is called there or handed on."""
    called: dict[str, list[Call]] = field(default_factory=dict)
    """Calls of what has a plain name, by that name: `_step(context, "Ship")`."""
    imports: list[Import] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    names: dict[str, list[Span]] = field(default_factory=dict)
    """Every identifier, wherever it stands, attributes included."""
    aliases: dict[str, set[str]] = field(default_factory=dict)
    """`from x import y as z`: z, under y."""
    shared: set[int] = field(default_factory=set)
    """Ids of values that more than one name is bound to: `A = B = "x"`."""
    lines: list[int] = field(default_factory=list)

    def span(self, node: cst.CSTNode) -> Span:
        return self.spans[id(node)]

    def line(self, at: int) -> int:
        return bisect_right(self.lines, at)

    def said(self, node: cst.CSTNode) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    @cached_property
    def import_spans(self) -> list[Span]:
        return [self.span(one.node) for one in self.imports]

    def statements(self) -> Iterator[tuple[cst.SimpleStatementLine, cst.BaseSmallStatement]]:
        """Of the module itself."""
        for line in self.tree.body:
            if isinstance(line, cst.SimpleStatementLine):
                for statement in line.body:
                    yield line, statement


__all__ = ["CALLS", "Call", "Import", "Source", "Span", "Text"]
