"""The frozen copy of one version: every module's new text, and what is to be said about it. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from .....problem import OperationProblem
from ....model import Kind, Reference
from ..reading.app import App
from ..reading.references import Found, Target
from ..reading.source import Source
from ..reading.values import Edit, Leaf
from .cuts import applied, inside
from .imports import rewritten
from .layout import Layout
from .naming import Naming
from .objects import handed_on
from .plan import Plan


@dataclass
class Copy:
    plan: Plan
    texts: dict[str, str] = field(default_factory=dict)
    """By the original's path."""
    unresolved: list[Reference] = field(default_factory=list)
    outside: list[Reference] = field(default_factory=list)
    """To functions of the app that are no part of the version."""


def copy(app: App, plan: Plan, chosen: Sequence[Target], named: Sequence[Leaf], references: Sequence[Found], layout: Layout) -> Copy:
    """`named`: where the chosen functions get their names. Raises OperationProblem, with all that stands in the way."""
    result = Copy(plan)
    edits: dict[str, list[Edit]] = {path: list(plan.edits.get(path, ())) for path in plan.paths}
    naming = Naming(app, plan.paths, plan.cuts)
    places = [*named, *_places(plan, {id(one) for one in chosen}, references, edits, layout, result)]
    for path, edit in naming.edits(places, layout.suffix):
        edits[path].append(edit)
    problems: list[str] = []
    for path in plan.paths:
        source = app.sources[path]
        problems += _stars(app, source)
        edits[path] += rewritten(app, source, layout, plan.imports_left_out)
        result.texts[path] = applied(source.text, edits[path], plan.cuts.get(path, ()))
        if _is_python(source.text) and not _is_python(result.texts[path]):
            problems.append(
                f"{path}: what its copy would leave out leaves no Python behind. Declare each function in its module's own lines."
            )
    if problems:
        raise OperationProblem(problems)
    return result


def _places(
    plan: Plan, known: set[int], references: Sequence[Found], edits: dict[str, list[Edit]], layout: Layout, result: Copy
) -> Iterator[Leaf]:
    """What names one of the functions. What is to be done for URLs and for function objects is done at once."""
    for found in references:
        source = found.source
        if source.path not in edits or inside(found.span, plan.cuts.get(source.path, ())):
            continue
        meant = [target is not None and id(target) in known for target in found.targets]
        if found.reference.to is None or (any(meant) and not all(meant)):
            result.unresolved.append(found.reference)
        elif not all(meant):
            if any(target is not None and _is_outside(target) for target in found.targets):
                result.outside.append(found.reference)
        elif found.leaf is None:
            edit = found.suffixed(layout.suffix)
            edits[source.path] += [edit] if edit is not None else []
        elif found.leaf.function is None:
            yield found.leaf
        elif (target := found.targets[0]) is not None:
            for path, one in handed_on(found, target, found.leaf.function.source, layout.suffix):
                edits[path].append(one)


def _is_outside(target: Target) -> bool:
    """Entities stay as they are on purpose; a version in the name was meant so."""
    return target.function.kind is not Kind.ENTITY and target.function.version is None


def _stars(app: App, source: Source) -> list[str]:
    found = [one.node for one in source.imports if isinstance(one.node, cst.ImportFrom) and isinstance(one.node.names, cst.ImportStar)]
    return [
        f"{source.path}:{source.line(source.span(node)[0])}: {source.said(node)} hides which names it brings. Name them."
        for node in found
        if app.is_own(source, node)
    ]


def _is_python(text: str) -> bool:
    """By this interpreter's grammar, which may be older than the app's."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


__all__ = ["Copy", "copy"]
