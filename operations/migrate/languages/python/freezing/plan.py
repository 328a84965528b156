"""What a version's copies consist of: which modules, and what each of them goes without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from .....problem import OperationProblem
from ..reading.app import FOLDER, App, Constant
from ..reading.functions import Declared
from ..reading.names import absolute, dotted, last
from ..reading.references import Found
from ..reading.source import Call, Source, Span
from ..reading.values import Edit
from ..reading.walking import REGISTRATIONS
from .cuts import inside, newline, statement, whole_line
from .layout import Layout

BLUEPRINT = "_blueprint"


@dataclass
class Plan:
    paths: tuple[str, ...] = ()
    """Of the modules that are copied."""
    cuts: dict[str, list[Span]] = field(default_factory=dict)
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    imports_left_out: set[int] = field(default_factory=set)
    """Ids of import statements, and of single names in them."""
    replaced: set[int] = field(default_factory=set)
    """Ids of the calls that made what functions were declared on."""
    undecorated: list[Declared] = field(default_factory=list)
    """Not part of the version, but called by it as plain functions."""

    def gone(self, source: Source) -> list[Span]:
        """What the copy does not say, or says in other words."""
        return [*self.cuts.get(source.path, ()), *((one.start, one.end) for one in self.edits.get(source.path, ()) if one.end > one.start)]

    def cut(self, source: Source, span: Span) -> None:
        self.cuts.setdefault(source.path, []).append(span)

    def edit(self, source: Source, edit: Edit) -> None:
        self.edits.setdefault(source.path, []).append(edit)


def plan(app: App, working: Sequence[Declared], chosen: Sequence[Declared], references: Sequence[Found], layout: Layout) -> Plan:
    """Raises OperationProblem for functions that can't be declared elsewhere."""
    result = Plan()
    sources = {path: source for path, source in app.sources.items() if not path.startswith(f"{FOLDER}/")}
    for source in sources.values():
        _containers(app, source, result)
    known = {id(one) for one in chosen}
    outsiders = [one for one in working if id(one) not in known]
    left_out = {id(one) for one in outsiders}
    for found in references:
        handed = found.leaf is not None and found.leaf.function is not None and found.source.path in sources
        if handed and (target := found.targets[0]) is not None and id(target) in left_out:
            result.edit(found.source, Edit(*found.span, f'"{target.function.name}"'))
    _without(sources, outsiders, result)
    for source in sources.values():
        _unused_imports(app, source, result)
    if problems := [problem for one in chosen if (problem := _elsewhere(app, one, result)) is not None]:
        raise OperationProblem(problems)
    for one in chosen:
        if one.leaf is None:
            result.edit(one.source, _named(one, layout.suffix))
    result.paths = needed(app, (one.source.path for one in chosen), result)
    return result


def _containers(app: App, source: Source, result: Plan) -> None:
    """In the copy, whatever functions were declared on is the copy's one blueprint, and nothing is registered on it."""
    alone: set[int] = set()
    registrations = {id(one.node) for one in source.calls if one.name in REGISTRATIONS and _on_app(app, source, one)}
    for line, one in source.statements():
        if isinstance(one, (cst.Import, cst.ImportFrom)) and _is_registration(source, one):
            result.imports_left_out.add(id(one))
            result.cut(source, statement(source, line, one))
        elif isinstance(one, cst.Expr) and id(one.value) in registrations:
            alone.add(id(one.value))
            result.cut(source, statement(source, line, one))
        elif isinstance(one, (cst.Assign, cst.AnnAssign)) and one.value is not None and app.makes(source, source.scope, one.value):
            result.replaced.add(id(one.value))
            targets = [one.target] if isinstance(one, cst.AnnAssign) else [target.target for target in one.targets]
            level = "." * (source.path.count("/") + 1)
            names = [last(target) for target in targets]
            text = "; ".join(f"from {level}{BLUEPRINT} import blueprint" + ("" if name == "blueprint" else f" as {name}") for name in names)
            result.edit(source, Edit(*source.span(one), text))
    for call in source.calls:
        if id(call.node) in registrations - alone:
            result.edit(source, Edit(*source.span(call.node), "None"))


def _on_app(app: App, source: Source, call: Call) -> bool:
    return isinstance(call.node.func, cst.Attribute) and app.is_container(source, call.scope, call.node.func.value)


def _is_registration(source: Source, node: cst.Import | cst.ImportFrom) -> bool:
    """`from versions.v1 import blueprint as versions_v1`"""
    if isinstance(node, cst.Import) or isinstance(node.names, cst.ImportStar) or len(node.names) != 1:
        return False
    name, alias = (absolute(source.path, node) or ""), node.names[0].asname
    return alias is not None and name.startswith(f"{FOLDER}.") and dotted(alias.name) == name.replace(".", "_")


def _without(sources: dict[str, Source], outsiders: Sequence[Declared], result: Plan) -> None:
    """A function of the app that is no part of the version is no function there; called as plain Python, it is still needed."""
    elsewhere = {path: [*result.gone(source), *source.import_spans] for path, source in sources.items()}
    for one in outsiders:
        elsewhere[one.source.path].append(one.source.span(one.definition.node))
    for one in outsiders:
        name = one.definition.node.name.value
        if any(not inside(span, elsewhere[path]) for path, source in sources.items() for span in source.names.get(name, ())):
            result.undecorated.append(one)
            for decorator in one.decorators:
                result.cut(one.source, whole_line(one.source.text, one.source.span(decorator.decorator)))
        else:
            start, end = one.source.span(one.definition.node)
            result.cut(one.source, (start, end))
            if not any(one.definition.node is line for line in one.source.tree.body):
                # It may be all that its block consists of.
                result.edit(one.source, Edit(end, end, f"{_indentation(one)}pass{newline(one.source)}"))


def _unused_imports(app: App, source: Source, result: Plan) -> None:
    """Of the app's modules, those that only what is gone has used."""
    gone = result.gone(source)
    for one in source.imports:
        if not one.top or isinstance(one.node.names, cst.ImportStar) or id(one.node) in result.imports_left_out:
            continue
        module = absolute(source.path, one.node) if isinstance(one.node, cst.ImportFrom) else None
        unused = []
        for alias in one.node.names:
            own = app.owns(dotted(alias.name) if module is None else module) or (module == "" and app.owns(dotted(alias.name)))
            name = dotted(alias.asname.name) if alias.asname is not None else dotted(alias.name).partition(".")[0]
            spans = [span for span in source.names.get(name, ()) if not inside(span, source.import_spans)]
            if own and spans and all(inside(span, gone) for span in spans):
                unused.append(id(alias))
        result.imports_left_out.update(unused)
        if unused and len(unused) == len(one.node.names):
            result.imports_left_out.add(id(one.node))
            line, small = next(pair for pair in source.statements() if pair[1] is one.node)
            result.cut(source, statement(source, line, small))


def _elsewhere(app: App, one: Declared, result: Plan) -> str | None:
    """A copy is declared on the version's blueprint instead; that has to be possible."""
    call = one.decorators[0].decorator
    assert isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute)
    owner = app.find(one.source, one.definition.scope, call.func.value)
    if isinstance(owner, Constant) and owner.scope.kind == "module" and all(id(node) in result.replaced for node in owner.nodes):
        return (
            None
            if one.definition.scope.kind == "module"
            else f"{_place(one)} is declared inside of another function. Declare it in its module."
        )
    said = one.source.said(call.func.value)
    return f"{_place(one)} is declared on {said}, and where that is made can't be told. Make it in a line of its module, such as {last(call.func.value) or 'bp'} = df.Blueprint()."


def _place(one: Declared) -> str:
    return f"{one.source.path}:{one.function.line}: {one.function.name}"


def _named(one: Declared, suffix: str) -> Edit:
    """An explicit name, in a decorator of its own above the others."""
    source, first = one.source, one.decorators[0].decorator
    assert isinstance(first, cst.Call) and isinstance(first.func, cst.Attribute)
    at = source.text.rfind("\n", 0, source.span(first)[0]) + 1
    decorator = f'@{source.said(first.func.value)}.function_name("{one.function.name}{suffix}")'
    return Edit(at, at, f"{_indentation(one)}{decorator}{newline(source)}")


def _indentation(one: Declared) -> str:
    text, at = one.source.text, one.source.span(one.decorators[0].decorator)[0]
    return text[text.rfind("\n", 0, at) + 1 : text.rindex("@", 0, at)]


def needed(app: App, starts: Iterable[str], result: Plan) -> tuple[str, ...]:
    """The modules that these load, step by step, with the packages that they are in. Frozen ones are left where they are."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found or path not in app.sources or app.version(path) is not None:
            continue
        found.add(path)
        waiting += app.imported(app.sources[path], result.imports_left_out)
        parts = path.split("/")[:-1]
        waiting += [init for end in range(1, len(parts) + 1) if (init := "/".join([*parts[:end], "__init__.py"])) in app.files]
    return tuple(sorted(found))


__all__ = ["BLUEPRINT", "Plan", "needed", "plan"]
