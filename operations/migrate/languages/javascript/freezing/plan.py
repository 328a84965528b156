"""Which files a version's copies consist of, and what each of them says in other words than its original. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ....model import Kind, Reference
from ....names import suffix
from ...nodes import child, line, text
from ...spans import inside
from ..reading.app import FOLDER, App
from ..reading.functions import Declared
from ..reading.grammar import arguments
from ..reading.reading import Reading
from ..reading.source import Source
from ..reading.values import Edit, Leaf
from .cutting import applied, cut_of
from .imports import repaired
from .leaving import Changed, context_of, drop_unused, leave_out

SETTINGS = ("package.json", "package-lock.json", "host.json", "local.settings.json", "tsconfig.json")
"""Of the whole app: imported, they are not copied."""


@dataclass
class Plan:
    chosen: list[Declared]
    left_out: list[Declared] = field(default_factory=list)
    """Registrations in copied files that are not part of the version."""
    setup: list[tuple[Source, int]] = field(default_factory=list)
    changed: dict[str, Changed] = field(default_factory=dict)
    loaded: tuple[str, ...] = ()
    """What has to be loaded, so that all functions are registered."""
    paths: tuple[str, ...] = ()
    """What is copied."""
    unresolved: list[Reference] = field(default_factory=list)
    outside: list[Reference] = field(default_factory=list)
    """To functions of the app that are not part of the version, entities aside."""
    problems: list[str] = field(default_factory=list)


def plan(reading: Reading, chosen: list[Declared], version: str) -> Plan:
    result = Plan(chosen)
    app = reading.app
    sources = {path: one for path, one in app.sources.items() if app.version(path) is None and not path.endswith(".json")}
    result.changed = {path: Changed() for path in sources}
    _without_others(reading, sources, result)
    _without_versions(app, sources, result)
    _calls_by_name(reading, sources, result, version)
    for path, source in sources.items():
        drop_unused(source, reading.meanings, result.changed[path])
    result.loaded = _loaded(reading, sources, result)
    result.paths = _needed(app, chosen, result)
    _references(reading, result, version)
    kept = set(result.paths)
    result.left_out = [one for one in result.left_out if one.source is not None and one.source.path in kept]
    result.setup = [one for one in result.setup if one[0].path in kept]
    return result


def texts(reading: Reading, result: Plan, targets: Mapping[str, str]) -> dict[str, str]:
    """The copies, by where they lie."""
    app = reading.app
    written = {}
    for path in result.paths:
        if path.endswith(".json"):
            written[targets[path]] = app.files[path].decode()
            continue
        source, changed = app.sources[path], result.changed[path]
        edits = [edit for one in source.imports if (edit := repaired(app, source, one, targets)) is not None]
        written[targets[path]] = applied(source.content, [*changed.edits, *edits], changed.cuts)
    return written


def beside(paths: Sequence[str], folder: str, version: str) -> dict[str, str]:
    """Where the copies lie: as far from each other as the originals, so that what they import of each other stays as it is written."""
    folders = [posixpath.dirname(path) for path in paths]
    root = posixpath.commonpath([folder, *folders]) if folder and all(folders) else ""
    base = posixpath.join(folder, FOLDER, suffix(version))
    return {path: posixpath.join(base, posixpath.relpath(path, root or ".")) for path in paths}


def _without_others(reading: Reading, sources: Mapping[str, Source], result: Plan) -> None:
    chosen = {id(one) for one in result.chosen}
    by_call: dict[tuple[str, int], list[Declared]] = {}
    for one in reading.functions.all:
        if one.source is not None and one.call is not None and one.source.path in sources:
            by_call.setdefault((one.source.path, one.call.start_byte), []).append(one)
    for together in by_call.values():
        others = [one for one in together if id(one) not in chosen]
        source, call = together[0].source, together[0].call
        assert source is not None and call is not None, "it was filtered for both"
        if others and len(others) < len(together):
            names = ", ".join(one.function.name for one in others)
            result.problems.append(f"{source.path}:{line(call)}: this registers {names} too. Freeze all of them, or register them apart.")
        elif others:
            result.left_out += others
            leave_out(source, call, result.changed[source.path])
    for source, call in (*reading.functions.anonymous, *reading.functions.setup):
        if source.path in sources:
            leave_out(source, call, result.changed[source.path])
    result.setup = [(source, line(call)) for source, call in reading.functions.setup if source.path in sources]


def _without_versions(app: App, sources: Mapping[str, Source], result: Plan) -> None:
    """A copy does not load the other versions' copies."""
    for path, source in sources.items():
        for one in source.imports:
            own = app.resolved(path, one.specifier)
            if own is None or app.version(own) is None:
                continue
            if one.node.type == "call_expression":
                leave_out(source, one.node, result.changed[path])
            else:
                result.changed[path].cuts.append(cut_of(one.node, source))


def _calls_by_name(reading: Reading, sources: Mapping[str, Source], result: Plan, version: str) -> None:
    """`hello(input)`, where `hello` is an activity that is not part of the version: its copy registers no such thing."""
    chosen = {id(one) for one in result.chosen}
    for path, source in sources.items():
        gone = result.changed[path].gone
        for found in reading.references[path]:
            target = found.target
            if target is None or id(target) in chosen or inside(gone, found.node.start_byte):
                continue
            called, given, context = child(found.node, "function"), child(found.node, "arguments"), context_of(found.node)
            retried = found.node.parent is not None and found.node.parent.type == "member_expression"
            if called is None or given is None or context is None or retried:
                name, place = target.function.name, f"{path}:{line(found.node)}"
                result.problems.append(
                    f"{place}: {text(called or found.node)}(…) calls {name}, which is not part of {version}. Freeze it too."
                )
                continue
            method = "callActivity" if target.function.kind is Kind.ACTIVITY else "callSubOrchestrator"
            quote, comma = source.quote, ", " if arguments(found.node) else ""
            result.changed[path].edits += [
                Edit(called.start_byte, called.end_byte, f"{context}.df.{method}"),
                Edit(given.start_byte + 1, given.start_byte + 1, f"{quote}{target.function.name}{quote}{comma}"),
            ]


def _loaded(reading: Reading, sources: Mapping[str, Source], result: Plan) -> tuple[str, ...]:
    """The files that declare the functions. Where that is done inside of a function, also those that import them: one of them calls it."""
    registered = [(one.source, one.call) for one in result.chosen if one.source is not None and one.call is not None]
    found = {source.path for source, _ in registered}
    waiting = [source.path for source, call in registered if source.in_function(call)]
    importers: dict[str, set[str]] = {}
    for path, source in sources.items() if waiting else ():
        for own in (reading.app.resolved(path, one.specifier) for one in source.imports):
            if own is not None:
                importers.setdefault(own, set()).add(path)
    while waiting:
        new = importers.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return tuple(sorted(found))


def _needed(app: App, chosen: Sequence[Declared], result: Plan) -> tuple[str, ...]:
    """The files that declare the functions, and whatever they import."""
    needed: set[str] = set()
    scripts = (app.script(one.function.name) for one in chosen if one.source is None)
    waiting = [*result.loaded, *(path for path in scripts if path is not None)]
    while waiting:
        path = waiting.pop()
        if path in needed or path in SETTINGS or app.version(path) is not None or path not in app.sources:
            continue
        needed.add(path)
        if path.endswith(".json"):
            continue
        gone = result.changed[path].gone
        for one in app.sources[path].imports:
            own = app.resolved(path, one.specifier) if not inside(gone, one.literal.start_byte) else None
            if own is not None:
                waiting.append(own)
    return tuple(sorted(needed))


def _references(reading: Reading, result: Plan, version: str) -> None:
    ending = f"_{suffix(version)}"
    chosen = {one.function.name.lower() for one in result.chosen}
    known = {one.function.name.lower(): one.function for one in reading.functions.all}
    for one in result.chosen:
        if one.source is not None and one.leaf is not None:
            result.changed[one.source.path].edits.append(one.leaf.suffixed(ending))
    for path in result.paths:
        if path.endswith(".json"):
            continue
        gone = result.changed[path].gone
        for found in (one for one in reading.references[path] if not inside(gone, one.node.start_byte)):
            to = found.reference.to
            if to is None or (found.leaf is not None and _is_mixed(found.leaf, chosen)):
                result.unresolved.append(found.reference)
            elif to.lower() in chosen:
                if (edit := found.suffixed(ending)) is not None:
                    result.changed[path].edits.append(edit)
            elif to.lower() in known and known[to.lower()].kind is not Kind.ENTITY:
                result.outside.append(found.reference)


def _is_mixed(leaf: Leaf, chosen: set[str]) -> bool:
    return len({one.lower() in chosen for one in leaf.values}) > 1


__all__ = ["SETTINGS", "Plan", "beside", "plan", "texts"]
