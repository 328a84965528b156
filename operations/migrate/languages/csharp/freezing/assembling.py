"""The frozen copy of one version: every file's new text, and what is to be said about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from ....model import Function, Kind, Reference
from ....names import split, suffix
from ...nodes import child
from ...spans import Span, inside
from ..reading.app import App
from ..reading.functions import Declared
from ..reading.grammar import last_name
from ..reading.projects import FOLDER, Project
from ..reading.references import References
from ..reading.source import Source, spans_of
from ..reading.values import value_of
from .cutting import Edit, applied, cut_of
from .namespaces import Namespaces
from .needing import Needs, Plan


@dataclass(frozen=True)
class Copy:
    plan: Plan
    writes: dict[str, str] = field(default_factory=dict)
    unresolved: list[Reference] = field(default_factory=list)
    outside: list[Reference] = field(default_factory=list)
    """To functions of the app that are not part of the version."""


def version_folder(version: str) -> str:
    """`v1.2` -> `V1_2`: the folder, and the last part of the namespace."""
    return suffix(version).upper()


def copy(
    app: App, project: Project, references: References, declared: Sequence[Declared], frozen: Sequence[Declared], version: str
) -> Copy:
    needs = Needs(app, project, declared, frozen)
    plan = needs.plan()
    folder = version_folder(version)
    namespaces = Namespaces(project, needs.working, needs.visibility, plan, folder)
    chosen = {one.function.name.lower() for one in frozen}
    kinds = {one.function.name: one.function for one in declared}
    ending = f"_{suffix(version)}"
    result = Copy(plan)
    for path in plan.files:
        source = needs.working[path]
        left_out = plan.left_out[path]
        without = spans_of(left_out)
        edits = namespaces.edits(source, needs.spoken_of(source, left_out), left_out)
        edits += [edit for one in frozen if one.source.path == path for edit in _renamed(one, ending)]
        for found in references.of(source):
            if inside(without, found.at):
                continue
            to = found.reference.to
            if to is not None and to.lower() in chosen:
                edits += [Edit(*one) for one in found.suffixed(ending)]
            elif to is None:
                result.unresolved.append(found.reference)
            elif _is_outside(kinds.get(to)):
                result.outside.append(found.reference)
        edits += [edit for edit in _said(source, needs.gone(source)) if not inside(without, edit.start)]
        cuts = [cut_of(node, source) for node in (*left_out, *_of_the_whole_app(source))]
        cuts += [_attribute(one.attribute, source) for one in needs.silent(source, left_out)]
        result.writes[project.path(f"{FOLDER}/{folder}/{project.relative(path)}")] = applied(source.content, edits, cuts)
    return result


def _renamed(one: Declared, ending: str) -> Iterable[Edit]:
    if one.leaf is not None:
        return [Edit(*edit) for edit in one.leaf.suffixed(ending)]
    name = child(one.attribute, "name")
    assert name is not None
    arguments = next((node for node in one.attribute.named_children if node.type == "attribute_argument_list"), None)
    text = f'(nameof({last_name(child(one.node, "name"))}) + "{ending}")'
    return [Edit(name.end_byte, arguments.end_byte if arguments is not None else name.end_byte, text)]


def _said(source: Source, gone: frozenset[str]) -> Iterable[Edit]:
    """`nameof(Counter)` where the copy has no Counter: the text itself."""
    for node in source.nodes["invocation_expression"] if gone else []:
        value = value_of(node, lambda _: None)
        if value in gone:
            yield Edit(node.start_byte, node.end_byte, f'"{value}"')


def _attribute(attribute: Node, source: Source) -> Span:
    """With its brackets if nothing else is in them, else with its comma."""
    listed = attribute.parent
    if listed is None or len(listed.named_children) == 1:
        return cut_of(listed or attribute, source)
    following, before = attribute.next_named_sibling, attribute.prev_named_sibling
    if following is not None:
        return attribute.start_byte, following.start_byte
    return (before.end_byte if before is not None else attribute.start_byte), attribute.end_byte


def _of_the_whole_app(source: Source) -> list[Node]:
    """What may stand only once in an assembly, or counts for all of its files."""
    attributes = [node for node in source.nodes["global_attribute"]]
    usings = [using.node for using in source.usings if using.is_global]
    return [*attributes, *usings, *source.nodes["global_statement"]]


def _is_outside(function: Function | None) -> bool:
    """Entities stay as they are on purpose; a version in the name was meant so; what the app does not have is not the copy's matter."""
    return function is not None and function.kind is not Kind.ENTITY and split(function.name)[1] is None


__all__ = ["Copy", "copy", "version_folder"]
