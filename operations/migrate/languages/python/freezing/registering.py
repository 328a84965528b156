"""How the app learns of a frozen version: one import and one registration in its entry, added once, and taken out again as they came."""

from __future__ import annotations

import libcst as cst

from .....problem import OperationProblem
from ....names import suffix
from ..reading.app import FOLDER, App
from ..reading.names import dotted, last
from ..reading.source import Source
from ..reading.values import Edit
from ..reading.walking import REGISTRATIONS
from .cuts import applied, statement


def bound(version: str) -> str:
    """`versions_v1_2`: what the version's blueprint is called in the app."""
    return f"{FOLDER}_{suffix(version)}"


def registered(app: App, entry: str, version: str) -> str:
    """The entry's text with the version in it."""
    source = app.sources[entry]
    name, line = bound(version), f"from {FOLDER}.{suffix(version)} import blueprint as {bound(version)}"
    if any(_is_ours(one, version) for _, one in source.statements()):
        return source.text
    created = _created(app, source)
    owner, home = created
    after_import = _last_import(source, home)
    registrations = [one for one, small in source.statements() if _registers(small, owner)]
    after = registrations[-1] if registrations else home
    first = after_import if after_import is not None else home
    if source.span(after)[1] < source.span(first)[1]:
        after = first
    edits = [_line_after(source, first, line), _line_after(source, after, f"{owner}.register_functions({name})")]
    if edits[0].start == edits[1].start:
        edits = [Edit(edits[0].start, edits[0].end, edits[0].text + edits[1].text)]
    return applied(source.text, edits)


def unregistered(source: Source, version: str) -> str:
    cuts = [statement(source, line, one) for line, one in source.statements() if _is_ours(one, version)]
    return applied(source.text, (), cuts)


def _is_ours(one: cst.BaseSmallStatement, version: str) -> bool:
    if isinstance(one, cst.ImportFrom):
        return not one.relative and dotted(one.module) == f"{FOLDER}.{suffix(version)}"
    return isinstance(one, cst.Expr) and isinstance(one.value, cst.Call) and _registered(one.value) == bound(version)


def _registered(call: cst.Call) -> str:
    return dotted(call.args[0].value) if last(call.func) in REGISTRATIONS and call.args else ""


def _registers(one: cst.BaseSmallStatement, owner: str) -> bool:
    call = one.value if isinstance(one, cst.Expr) else None
    return (
        isinstance(call, cst.Call) and bool(_registered(call)) and isinstance(call.func, cst.Attribute) and dotted(call.func.value) == owner
    )


def _created(app: App, source: Source) -> tuple[str, cst.SimpleStatementLine]:
    """What the app is called in its entry, and the statement that makes or imports it."""
    for line, one in source.statements():
        for name in _binds(one):
            node = cst.Name(name)
            if (
                name in source.scope.names
                and app.is_container(source, source.scope, node)
                and not app.is_blueprint(source, source.scope, node)
            ):
                return name, line
    raise OperationProblem(f"{source.path}: no function app is made here, as by `app = df.DFApp()`, so a version can't be registered.")


def _binds(one: cst.BaseSmallStatement) -> list[str]:
    if isinstance(one, cst.Assign):
        return [last(target.target) for target in one.targets]
    if isinstance(one, cst.AnnAssign):
        return [last(one.target)]
    if isinstance(one, cst.ImportFrom) and not isinstance(one.names, cst.ImportStar):
        return [dotted(alias.asname.name) if alias.asname is not None else dotted(alias.name) for alias in one.names]
    return []


def _last_import(source: Source, home: cst.SimpleStatementLine) -> cst.SimpleStatementLine | None:
    """Of those at the top."""
    found = None
    for line, one in source.statements():
        if isinstance(one, (cst.Import, cst.ImportFrom)):
            found = line
        elif line is home:
            break
    return found


def _line_after(source: Source, line: cst.SimpleStatementLine, text: str) -> Edit:
    end = source.text.find("\n", source.span(line.body[-1])[1])
    newline = source.tree.default_newline
    if end < 0:
        return Edit(len(source.text), len(source.text), newline + text)
    newline = "\r\n" if source.text[end - 1 : end] == "\r" else "\n"
    return Edit(end + 1, end + 1, text + newline)


__all__ = ["bound", "registered", "unregistered"]
