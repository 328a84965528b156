"""What the report says about a frozen version, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ....model import Kind
from ....names import suffix
from ...nodes import text
from ..reading.functions import Declared
from ..reading.reading import Reading
from .plan import Plan


def notes(reading: Reading, plan: Plan, targets: Mapping[str, str], version: str) -> list[str]:
    """One sentence for each thing that a reader has to know, in a fixed order."""
    return [
        *_shared(plan, targets),
        *_left_out(plan, version),
        *(f"{source.path}:{at}: concerns the whole app, and is not repeated in the copy." for source, at in plan.setup),
        *(f"{one.file}:{one.line}: {version} goes on using the working copy of {one.to}, which is not part of it." for one in plan.outside),
        *_entities(reading.working, plan.chosen, version),
        *(sentence for one in plan.chosen for sentence in _trigger(one, version)),
        *_places(reading, plan),
    ]


def _shared(plan: Plan, targets: Mapping[str, str]) -> Iterable[str]:
    declaring = {one.source.path for one in plan.chosen if one.source is not None}
    own = {one.function.name for one in plan.chosen if one.source is None}
    shared = [path for path in plan.paths if path not in declaring and path.partition("/")[0] not in own]
    if shared:
        yield f"Copied with the functions, so that what they import stays as it is: {', '.join(f'{path} ({targets[path]})' for path in shared)}."


def _left_out(plan: Plan, version: str) -> Iterable[str]:
    by_file: dict[str, list[str]] = {}
    for one in plan.left_out:
        by_file.setdefault(one.function.file, []).append(one.function.name)
    for path, names in by_file.items():
        yield f"{path}: its copy is without {', '.join(names)}, not part of {version}."


def _entities(working: Sequence[Declared], chosen: Sequence[Declared], version: str) -> Iterable[str]:
    frozen = {id(one) for one in chosen}
    names = sorted(one.function.name for one in working if one.function.kind is Kind.ENTITY and id(one) not in frozen)
    if names:
        yield f"Entities keep their state under their name, so {version} shares them with the working copy: {', '.join(names)}."


def _trigger(one: Declared, version: str) -> Iterable[str]:
    """A copied client hears what the original hears."""
    name, new = one.function.name, f"{one.function.name}_{suffix(version)}"
    where = f"{one.function.file}:{one.function.line}"
    if one.trigger == "http" and one.route is not None:
        yield f"{where}: {new} has the same route as {name}, {one.route}: only one of them can answer. Give one of them another."
    elif one.trigger not in ("", "http"):
        yield f"{where}: {new} has the same {one.trigger} trigger as {name}: both answer to it."


def _places(reading: Reading, plan: Plan) -> Iterable[str]:
    """Their own place is another one in the copy."""
    for path in plan.paths:
        source = reading.app.sources[path]
        names: list[str] = [name for name in ("__dirname", "__filename") if name in source.named]
        names += ["import.meta"] if any(text(node) == "import.meta" for node in source.nodes["meta_property"]) else []
        if names and not path.endswith(".json"):
            yield f"{path}: speaks of its own place ({', '.join(names)}), which is another one in the copy. Look at what it does there."


__all__ = ["notes"]
