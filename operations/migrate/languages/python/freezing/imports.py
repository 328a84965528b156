"""The imports of a copy: to the other copies, without what only the left out functions used."""

from __future__ import annotations

from collections.abc import Iterator, Set

import libcst as cst

from ..reading.app import FOLDER, App, bare
from ..reading.names import absolute, dotted
from ..reading.source import Source
from ..reading.values import Edit
from .layout import Layout


def rewritten(app: App, source: Source, layout: Layout, left_out: Set[int]) -> Iterator[Edit]:
    """`left_out`: ids of imported names that the copy does without."""
    for one in source.imports:
        if id(one.node) in left_out:
            continue
        aliases = () if isinstance(one.node.names, cst.ImportStar) else one.node.names
        gone = [alias for alias in aliases if id(alias) in left_out]
        if isinstance(one.node, cst.Import):
            if gone or any(is_copied(app, dotted(alias.name)) for alias in aliases):
                yield Edit(*source.span(one.node), _imports(app, source, layout, [alias for alias in aliases if id(alias) not in left_out]))
        else:
            yield from _from(app, source, layout, one.node)
            yield from _without(source, one.node, gone)


def is_copied(app: App, module: str) -> bool:
    """Of the app's own modules all but the frozen ones: those stay what they are."""
    path = app.path(module)
    return app.owns(module) and bare(module).partition(".")[0] != FOLDER and (path is None or app.version(path) is None)


def _imports(app: App, source: Source, layout: Layout, aliases: list[cst.ImportAlias]) -> str:
    return "; ".join(_import(app, source, layout, alias) for alias in aliases)


def _import(app: App, source: Source, layout: Layout, alias: cst.ImportAlias) -> str:
    name = dotted(alias.name)
    bound = "" if alias.asname is None else dotted(alias.asname.name)
    if not is_copied(app, name):
        return f"import {name} as {bound}" if bound else f"import {name}"
    if bound:
        return _member(layout.module(source.path, name, 0), bound)
    first = name.partition(".")[0]
    top = _member(layout.module(source.path, first, 0), first)
    # `import a.b` binds `a`, and loads `a.b` into it.
    return top if first == name else f"{top}; {_member(layout.module(source.path, name, 0), '_' + name.replace('.', '_'))}"


def _member(module: str, bound: str) -> str:
    """`..a.b` -> `from ..a import b`; `a` -> `import a`."""
    parent, dot, name = module.rpartition(".")
    if not dot:
        return f"import {name}" if name == bound else f"import {name} as {bound}"
    if not parent.strip("."):
        parent += dot
    return f"from {parent} import {name}" if name == bound else f"from {parent} import {name} as {bound}"


def _from(app: App, source: Source, layout: Layout, node: cst.ImportFrom) -> Iterator[Edit]:
    module = absolute(source.path, node)
    if module is None or not (bare(module) == "" or is_copied(app, module)):
        return
    said = "." * len(node.relative) + (dotted(node.module))
    spelled = layout.module(source.path, module, len(node.relative))
    if spelled == said:
        return
    start, end = source.span(node)
    at = source.text.index("from", start, end) + len("from")
    while source.text[at] in " \t\\\r\n":
        at += 1
    until = source.span(node.module)[1] if node.module is not None else at + len(node.relative)
    yield Edit(at, until, spelled)


def _without(source: Source, node: cst.ImportFrom, gone: list[cst.ImportAlias]) -> Iterator[Edit]:
    if not gone or isinstance(node.names, cst.ImportStar):
        return
    kept = [at for at, alias in enumerate(node.names) if alias not in gone]
    after = kept[-1] + 1 if node.lpar is None else len(node.names)
    for alias in node.names[:after]:
        if alias in gone:
            yield Edit(*source.span(alias), "")
    if after < len(node.names):
        # Without the comma that stood before them.
        last = node.names[kept[-1]]
        start = source.span(last.name if last.asname is None else last.asname.name)[1]
        yield Edit(source.span(last)[1], source.span(node.names[-1])[1], "")
        yield Edit(start, source.span(last)[1], "")


__all__ = ["is_copied", "rewritten"]
