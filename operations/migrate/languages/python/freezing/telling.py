"""What the report says about a frozen copy, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

import libcst as cst

from ....model import Function, Kind
from ....names import versioned
from ..reading.app import App
from ..reading.functions import Declared
from ..reading.scopes import Value
from ..reading.source import Source
from ..reading.values import leaves
from .copying import Copy
from .cuts import inside

_OWN = ("orchestration_trigger", "activity_trigger", "entity_trigger")
_EMPTY_MAKERS = ("dict", "list", "set", "defaultdict", "deque", "OrderedDict")


def notes(app: App, copy: Copy, working: Sequence[Declared], chosen: Sequence[Declared], version: str) -> list[str]:
    """One sentence for each thing that a reader has to know, in a fixed order."""
    return [
        *of_copies(app, copy, {one.source.path for one in chosen}, version),
        *(
            f"{one.source.path}:{one.function.line}: {one.function.name} is not part of {version}, but is called as a plain function: copied as one."
            for one in copy.plan.undecorated
            if one.source.path in copy.plan.paths
        ),
        *entities([one.function for one in working if one.registered], [one.function for one in chosen], version),
        *(sentence for one in chosen for sentence in _triggers(app, one, version)),
    ]


def of_copies(app: App, copy: Copy, declaring: Set[str], version: str) -> list[str]:
    """`declaring`: the modules that functions are declared in; all others are shared."""
    return [
        *_shared(copy, declaring),
        *_state(app, copy, version),
        *_by_place(app, copy),
        *(f"{one.file}:{one.line}: {version} goes on using the working copy of {one.to}, which is not part of it." for one in copy.outside),
    ]


def _shared(copy: Copy, declaring: Set[str]) -> Iterable[str]:
    listed = [path for path in copy.plan.paths if path not in declaring]
    if listed:
        yield f"Copied with the functions, so that a later change does not reach them: {', '.join(listed)}."


def _state(app: App, copy: Copy, version: str) -> Iterable[str]:
    """A module that is copied is loaded twice, and what it remembers is then two things."""
    for path in copy.plan.paths:
        source = app.sources[path]
        kept = [name for name, bindings in source.scope.names.items() if name != "__all__" and any(_remembers(one) for one in bindings)]
        if kept:
            yield f"{path}: {', '.join(kept)} will be remembered by the working copy and by {version} each for itself."


def _remembers(binding: object) -> bool:
    if not isinstance(binding, Value):
        return False
    node = binding.node
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Name) and node.func.value in _EMPTY_MAKERS and not node.args
    return isinstance(node, (cst.Dict, cst.List)) and not node.elements


def _by_place(app: App, copy: Copy) -> Iterable[str]:
    for path in copy.plan.paths:
        source = app.sources[path]
        cuts = copy.plan.cuts.get(path, ())
        for span in source.names.get("__file__", ()):
            if not inside(span, cuts):
                yield f"{path}:{source.line(span[0])}: finds files by its own place; the copy lies elsewhere, and only modules are copied."
        for start, end in source.names.get("path", ()):
            if source.text.startswith("sys.", start - 4) and not inside((start, end), cuts):
                yield f"{path}:{source.line(start)}: changes where modules are looked for; the copy shares what is found there."
        for call in source.calls:
            if call.name in ("import_module", "__import__") and not inside(source.span(call.node), cuts):
                yield f"{path}:{source.line(source.span(call.node)[0])}: imports a module by its name at run time; the copy loads the same one."


def entities(working: Sequence[Function], chosen: Sequence[Function], version: str) -> Iterable[str]:
    names = sorted(one.name for one in working if one.kind is Kind.ENTITY and one not in chosen)
    if names:
        yield f"Entities keep their state under their name, so {version} shares them with the working copy: {', '.join(names)}."


def _triggers(app: App, one: Declared, version: str) -> Iterable[str]:
    """A copied client hears what the original hears."""
    new, where = versioned(one.function.name, version), f"{one.source.path}:{one.function.line}"
    for decorator, name in zip(one.decorators, one.triggers, strict=True):
        call = decorator.decorator
        if name == "route" and isinstance(call, cst.Call):
            if (route := _route(app, one.source, one, call)) is not None:
                yield f"{where}: {new} has the same route as {one.function.name}, {route}: only one of them can answer. Give one of them another."
        elif name not in _OWN and (name.endswith("_trigger") or name == "schedule"):
            yield f"{where}: {new} has the same {name} as {one.function.name}: both answer to it."


def _route(app: App, source: Source, one: Declared, call: cst.Call) -> str | None:
    """None: left out, so the function's name is the route."""
    for at, arg in enumerate(call.args):
        if (arg.keyword is not None and arg.keyword.value == "route") or (arg.keyword is None and at == 0):
            texts = [text for leaf in leaves(app, source, one.definition.scope, arg.value) for text in leaf.values]
            return texts[0] if texts else source.said(arg.value)
    return None


__all__ = ["entities", "notes", "of_copies"]
