"""What the report says about a frozen copy, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from ....model import Kind
from ....names import suffix
from ...nodes import child, text
from ..reading.app import App
from ..reading.functions import Declared, short
from ..reading.values import value_of
from .assembling import Copy

_TRIGGER = "Trigger"
_OWN = ("OrchestrationTrigger", "ActivityTrigger", "EntityTrigger")


def notes(app: App, copy: Copy, declared: Sequence[Declared], frozen: Sequence[Declared], version: str) -> list[str]:
    """One sentence for each thing that a reader has to know, in a fixed order."""
    return [
        *_copied(app, copy, frozen),
        *_shared(copy),
        *_left_out(copy, declared, version),
        *_outside(copy, version),
        *_entities(declared, frozen, version),
        *(sentence for one in frozen for sentence in _triggers(one, version)),
        *_alike(copy),
    ]


def _copied(app: App, copy: Copy, frozen: Sequence[Declared]) -> Iterable[str]:
    own = {one.type.full_name for one in frozen}
    with_them: dict[str, list[str]] = {}
    for path in copy.plan.files:
        for one in app.sources[path].types:
            if one.full_name in copy.plan.copied and one.full_name not in own:
                with_them.setdefault(path, []).append(one.name)
    if with_them:
        listed = "; ".join(f"{', '.join(dict.fromkeys(names))} ({path})" for path, names in with_them.items())
        yield f"Copied with the functions, so that what an instance has stored is read by the types that wrote it: {listed}."


def _shared(copy: Copy) -> Iterable[str]:
    if copy.plan.shared:
        yield (
            f"Shared with the working copy, because Azure or the start-up code knows them by their type: {', '.join(sorted(copy.plan.shared))}. "
            "A change to them changes the frozen version too."
        )


def _left_out(copy: Copy, declared: Sequence[Declared], version: str) -> Iterable[str]:
    for path in copy.plan.files:
        nodes = copy.plan.left_out[path]
        inside = [
            one.function.name or text(one.attribute)
            for one in declared
            if one.source.path == path and any(_within(one, node) for node in nodes)
        ]
        if inside:
            yield f"{path}: its copy is without {', '.join(inside)}, not part of {version}."


def _within(one: Declared, node: Node) -> bool:
    return node.start_byte <= one.node.start_byte < node.end_byte


def _outside(copy: Copy, version: str) -> Iterable[str]:
    for one in copy.outside:
        yield f"{one.file}:{one.line}: {version} goes on using the working copy of {one.to}, which is not part of it."


def _entities(declared: Sequence[Declared], frozen: Sequence[Declared], version: str) -> Iterable[str]:
    chosen = {id(one) for one in frozen}
    left = [one for one in declared if one.function.kind is Kind.ENTITY and one.function.version is None]
    names = sorted(one.function.name for one in left if id(one) not in chosen)
    if names:
        yield f"Entities keep their state under their name, so {version} shares them with the working copy: {', '.join(names)}."


def _triggers(one: Declared, version: str) -> Iterable[str]:
    """A copied client hears what the original hears."""
    parameters = child(one.node, "parameters")
    for parameter in parameters.named_children if parameters is not None else []:
        for attribute in (each for listed in parameter.named_children if listed.type == "attribute_list" for each in listed.named_children):
            name = short(attribute)
            if not name.endswith(_TRIGGER) or name in _OWN:
                continue
            new, where = f"{one.function.name}_{suffix(version)}", f"{one.source.path}:{one.function.line}"
            if name != "HttpTrigger":
                yield f"{where}: {new} has the same {name} as {one.function.name}: both answer to it."
            elif (route := _route(attribute)) is not None:
                yield f"{where}: {new} has the same route as {one.function.name}, {route}: only one of them can answer. Give one of them another."


def _route(attribute: Node) -> str | None:
    """None: left out, so the function's name is the route."""
    for listed in attribute.named_children:
        for argument in listed.named_children if listed.type == "attribute_argument_list" else []:
            name = child(argument, "name")
            value = argument.named_children[-1]
            if name is not None and text(name) == "Route" and value.type != "null_literal":
                return value_of(value, lambda _: None) or text(value)
    return None


def _alike(copy: Copy) -> Iterable[str]:
    """Two types of one name can make what a copy means another one than before."""
    names: dict[str, set[str]] = {}
    for full in copy.plan.copied:
        names.setdefault(full.rpartition(".")[2], set()).add(full)
    for name, fulls in sorted(names.items()):
        if len(fulls) > 1:
            yield f"There is more than one type called {name} ({', '.join(sorted(fulls))}): look at what the copies mean by it."


__all__ = ["notes"]
