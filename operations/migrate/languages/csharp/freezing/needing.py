"""Which files a frozen version needs, what of them it must not take along, and what it goes on sharing with the working copy. Pure.

Copied is what the frozen functions can reach by name, so that what an instance has stored is read by the types that wrote it. Not copied:
what Azure or the app's start-up code knows by its type. A service that is injected is registered once, under the type of the working copy,
and with it everything that its signatures speak of stays shared, or a frozen function could not hand its own types to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from ....model import Kind
from ...nodes import above, child, nearest, text
from ...spans import Span, inside
from ..reading.app import App
from ..reading.functions import Declared
from ..reading.grammar import holds, last_name
from ..reading.projects import Project
from ..reading.source import Mention, Source, Type, spans_of
from .visibility import Visibility

_SERVICES = ("GetService", "GetRequiredService", "GetServices", "GetKeyedService", "GetRequiredKeyedService")


@dataclass(frozen=True)
class Plan:
    files: tuple[str, ...]
    left_out: dict[str, list[Node]]
    """By file: types and methods that the copy is without."""
    copied: frozenset[str]
    """Full names of types."""
    shared: frozenset[str]
    """Full names of types that the copy speaks of and that stay the working copy's."""


class Needs:
    def __init__(self, app: App, project: Project, declared: Sequence[Declared], frozen: Sequence[Declared]) -> None:
        self.working = app.working(project)
        self._types: dict[str, list[Type]] = {}
        for source in self.working.values():
            for one in source.types:
                self._types.setdefault(one.name, []).append(one)
        self.visibility = Visibility(project, self.working, self._types)
        self._frozen = [one for one in frozen if one.source.path in self.working]
        chosen = {id(one) for one in self._frozen}
        self._others = [one for one in declared if one.source.path in self.working and id(one) not in chosen]
        self._others_in: dict[str, list[Declared]] = {}
        for other in self._others:
            self._others_in.setdefault(other.source.path, []).append(other)
        self._app = app

    @cached_property
    def _must(self) -> frozenset[str]:
        return frozenset(one.type.full_name for one in self._frozen)

    @cached_property
    def _barred(self) -> frozenset[str]:
        """Never copied: types of functions that stay, what unfrozen entities implement, and what starts the app."""
        found = {one.type.full_name for one in self._others}
        for one in self._others:
            if one.function.kind is Kind.ENTITY:
                found |= {base.full_name for name in self._app.bases(one.type.name) for base in self._types.get(name, [])}
        for source in self.working.values():
            found |= {one.full_name for one in source.types if _starts_the_app(one, source)}
        return frozenset(found - self._must)

    def plan(self) -> Plan:
        shared: frozenset[str] = frozenset(self._injected())
        while True:
            shared = self._with_signatures(shared) - self._must
            files, barred = self._reach(shared)
            if barred <= shared:
                break
            shared |= barred
        left_out = {path: self._left_out(self.working[path], shared) for path in files}
        gone = {(path, node.start_byte) for path, nodes in left_out.items() for node in nodes}
        copied = frozenset(one.full_name for path in files for one in self.working[path].types if (path, one.node.start_byte) not in gone)
        spoken = {one.full_name for path in files for one in self.spoken_of(self.working[path], left_out[path])}
        return Plan(tuple(sorted(files)), left_out, copied, frozenset(spoken - copied))

    def spoken_of(self, source: Source, without: Iterable[Node] = (), *, really: bool = False) -> set[Type]:
        """The app's types that a file mentions. `really`: more than their names."""
        return self._resolve(source, [one for one in _outside(source.mentions, without) if not (really and one.only_named)])

    def _resolve(self, source: Source, mentions: Iterable[Mention]) -> set[Type]:
        return {one for name in {mention.name for mention in mentions} for one in self.visibility.meant(source, name)}

    def _reach(self, shared: frozenset[str]) -> tuple[set[str], frozenset[str]]:
        """The files to copy, and what they really speak of though it can't be copied."""
        files: set[str] = set()
        barred: set[str] = set()
        todo = sorted({part.path for one in self._frozen for part in self._parts(one.type)})
        while todo:
            path = todo.pop()
            if path in files:
                continue
            source = self.working[path]
            without = self._left_out(source, shared)
            gone = {node.start_byte for node in without}
            kept = [one for one in source.types if one.node.start_byte not in gone]
            if not kept:
                continue
            files.add(path)
            barred |= {one.full_name for one in self.spoken_of(source, without, really=True)} & self._barred
            wanted = {*kept, *self.spoken_of(source, without)}
            todo += [part.path for one in wanted if one.full_name not in shared | self._barred for part in self._parts(one)]
        return files, frozenset(barred)

    def _left_out(self, source: Source, shared: frozenset[str]) -> list[Node]:
        found: list[Node] = []
        for one in source.types:
            methods, classes = self._left_in.get((source.path, one.node.start_byte), ((), ()))
            emptied = bool(methods) and len(self._parts(one)) > 1 and _nothing_left(one.node, methods)
            if emptied or one.full_name in self._barred or one.full_name in shared - self._must:
                found.append(one.node)
            else:
                found += [*methods, *classes]
        return found

    @cached_property
    def _left_in(self) -> dict[tuple[str, int], tuple[list[Node], list[Node]]]:
        """Of each type by its place: methods, and classes inside of it, that are functions and not frozen."""
        found: dict[tuple[str, int], tuple[list[Node], list[Node]]] = {}
        for one in self._others:
            methods, classes = found.setdefault((one.source.path, one.type.node.start_byte), ([], []))
            if one.is_class and one.node != one.type.node:
                classes.append(one.node)
            elif not one.is_class and id(one) not in self._called:
                methods.append(one.node)
        return found

    @cached_property
    def _called(self) -> frozenset[int]:
        """Functions that other code of their type calls: they stay, as plain methods. By id."""
        return frozenset(id(one) for one in self._others if not one.is_class and self._is_called(one))

    def _is_called(self, one: Declared) -> bool:
        name = last_name(child(one.node, "name"))
        for part in self._parts(one.type):
            alike = [node for node in self.working[part.path].named.get(name, []) if holds(part.node, node.start_byte)]
            if any(_is_called(node) and not inside(self._other_spans[part.path], node.start_byte) for node in alike):
                return True
        return False

    @cached_property
    def _other_spans(self) -> dict[str, list[Span]]:
        return {path: spans_of(one.node for one in self._others_in.get(path, [])) for path in self.working}

    def gone(self, source: Source) -> frozenset[str]:
        """Names of methods that a file's copy is without, though a `nameof` may say them."""
        types = {one.full_name for one in source.types}
        others = [one for one in self._others if not one.is_class and one.type.full_name in types and id(one) not in self._called]
        names = {last_name(child(one.node, "name")) for one in others}
        return frozenset(name for name in names if not self.visibility.meant(source, name))

    def silent(self, source: Source, left_out: list[Node]) -> list[Declared]:
        """Functions that stay in the copy of a file as plain methods."""
        without = spans_of(left_out)
        return [one for one in self._others_in.get(source.path, []) if not inside(without, one.node.start_byte)]

    def _injected(self) -> set[str]:
        """What the constructors of frozen functions ask for, and what code asks the service provider for."""
        spans: dict[str, list[Node]] = {path: _service_arguments(one) for path, one in self.working.items() if b"Service<" in one.content}
        for path, node in {(one.source.path, one.type.node) for one in self._frozen}:
            spans.setdefault(path, []).extend(_asked_for(node))
        found: set[Type] = set()
        for path, nodes in spans.items():
            source = self.working[path]
            asked = spans_of(nodes)
            mentions = [one for one in source.mentions if inside(asked, one.at)]
            found |= self._resolve(source, [one for one in mentions if not _of_a_logger(source, one)])
        return {one.full_name for one in found} - self._must

    def _with_signatures(self, names: frozenset[str]) -> frozenset[str]:
        found, todo = set(names), list(names)
        by_full = {one.full_name: one for each in self._types.values() for one in each}
        while todo:
            one = by_full[todo.pop()]
            for part in self._parts(one):
                source = self.working[part.path]
                mentions = [m for m in source.mentions if holds(part.node, m.at) and not m.only_named and not source.in_body(m.at)]
                for other in self._resolve(source, mentions):
                    if other.full_name not in found and other.full_name not in self._must:
                        found.add(other.full_name)
                        todo.append(other.full_name)
        return frozenset(found)

    def _parts(self, one: Type) -> list[Type]:
        return [other for other in self._types.get(one.name, []) if other.namespace == one.namespace]


def _outside(mentions: Iterable[Mention], nodes: Iterable[Node]) -> list[Mention]:
    spans = spans_of(nodes)
    return [one for one in mentions if not inside(spans, one.at)]


def _nothing_left(node: Node, without: Sequence[Node]) -> bool:
    body = child(node, "body")
    members = [one for one in (body.named_children if body is not None else []) if one.type != "comment" and "preproc" not in one.type]
    gone = {one.start_byte for one in without}
    return all(one.start_byte in gone for one in members) and not any(
        one.type in ("base_list", "attribute_list") for one in node.named_children
    )


def _is_called(node: Node) -> bool:
    """Or handed on, as a method group."""
    user = node.parent
    while user is not None and user.type in ("member_access_expression", "generic_name"):
        node, user = user, user.parent
    if user is None or user.type not in ("invocation_expression", "argument"):
        return False
    around = nearest(user, "invocation_expression") if user.type == "argument" else None
    return around is None or last_name(child(around, "function")) != "nameof"


def _starts_the_app(one: Type, source: Source) -> bool:
    bases = next((node for node in one.node.named_children if node.type == "base_list"), None)
    if bases is not None and any(last_name(node) in ("FunctionsStartup", "IWebJobsStartup") for node in bases.named_children):
        return True
    return any(
        last_name(child(node, "name")) == "Main"
        and holds(one.node, node.start_byte)
        and any(text(each) == "static" for each in node.children)
        for node in source.nodes["method_declaration"]
    )


def _asked_for(node: Node) -> list[Node]:
    """The parameters of a class's constructors, primary ones included."""
    body = child(node, "body")
    found = [one for one in node.named_children if one.type == "parameter_list"]
    members = body.named_children if body is not None else []
    return found + [one for member in members if member.type == "constructor_declaration" and (one := child(member, "parameters"))]


def _service_arguments(source: Source) -> list[Node]:
    """`T` of `GetRequiredService<T>()`."""
    found = []
    for node in source.nodes["identifier"]:
        parent = node.parent if (node.text or b"").decode() in _SERVICES else None
        if parent is not None and parent.type == "generic_name":
            found.append(parent.named_children[-1])
    return found


def _of_a_logger(source: Source, mention: Mention) -> bool:
    """`ILogger<T>` only takes T's name."""
    node = source.root.descendant_for_byte_range(mention.at, mention.at + 1)
    return node is not None and any(one.type == "generic_name" and last_name(one) == "ILogger" for one in above(node))


__all__ = ["Needs", "Plan"]
