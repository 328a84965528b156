"""How Azure comes to load the copies of functions that register themselves. Pure.

The worker loads the files that package.json's `main` matches (azure-functions-nodejs-worker `startApp.ts`), and most apps have one that does not
go down folders. So a file beside the functions imports the copies. Where `main` matches no such file either, one of those that it does match
imports that file, by a line of its own.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...spans import Span, merged
from ..reading.app import App, index_file
from ..reading.settings import SOURCES
from ..reading.source import BOM, Import, Source
from .imports import relative

_FIRST = ("index", "main", "app")


@dataclass(frozen=True)
class Loading:
    writes: Mapping[str, str] = field(default_factory=dict)
    index: str = ""
    """The file that imports the copies, if one is needed."""
    note: str = ""


def functions_folder(app: App, declaring: Sequence[str], version: str) -> str:
    """Beside which files the copies lie: where most functions are, and where `main` would see a new file."""
    counted = Counter(posixpath.dirname(path) for path in declaring)
    folders = sorted(counted, key=lambda folder: (-counted[folder], folder.count("/"), folder))
    indexes = ((folder, posixpath.join(folder, index_file(version))) for folder in folders)
    return next((folder for folder, index in indexes if any(app.settings.loads(index + one) for one in SOURCES)), folders[0])


def loading(app: App, folder: str, declaring: Sequence[str], targets: Mapping[str, str], version: str) -> Loading:
    copies = [targets[path] for path in declaring]
    main = app.settings.main
    if all(app.settings.loads(path) for path in copies):
        return Loading(note=f"package.json's main, {main}, matches the copies: Azure loads them as they are.")
    first = app.sources[declaring[0]]
    as_module = any(_is_module(app, app.sources[path]) for path in declaring)
    index = posixpath.join(folder, index_file(version) + _extension(app, first, as_module))
    lines = [_statement(first, relative(app, path, folder, explicit=as_module), as_module) for path in copies]
    head = f"// The frozen functions of {version}: loads their copies."
    writes = {index: first.eol.join([head, *lines, ""])}
    if app.settings.loads(index):
        return Loading(writes, index, f"{index} loads the copies: package.json's main, {main}, matches it, and not what lies deeper.")
    entry = _entry(app)
    if entry is None:
        where = f"package.json's main, {main}, matches none of the sources" if main else "package.json has no main"
        return Loading(writes, index, f"{index} has to be imported by the file that your build starts from: {where}.")
    modern = _is_module(app, entry)
    line = _statement(entry, relative(app, index, posixpath.dirname(entry.path), explicit=modern), modern)
    text = _with_line(entry, line)
    if text is not None:
        writes[entry.path] = text
    return Loading(
        writes,
        index,
        f"{entry.path} imports {index}, by a line at its end: package.json's main, {main}, matches no file that could be added.",
    )


def without_lines(app: App, version: str | None = None) -> dict[str, str]:
    """The working copy's files that import a version's index, as they were before. None: any version's."""
    found = {}
    for path, source in app.sources.items():
        loads = [(one, app.resolved(path, one.specifier)) for one in source.imports] if app.version(path) is None else []
        spans = [_line(source, one) for one, own in loads if own is not None and _is_index(app, own, version)]
        if spans:
            found[path] = _without(source.content, merged(spans))
    return found


def _is_index(app: App, path: str, version: str | None) -> bool:
    of = app.version(path)
    return of is not None and version in (None, of) and posixpath.basename(path).startswith(f"{index_file(of)}.")


def _line(source: Source, one: Import) -> Span:
    end = source.content.find(b"\n", one.literal.end_byte) + 1
    return source.content.rfind(b"\n", 0, one.literal.start_byte) + 1, end or len(source.content)


def _without(content: bytes, spans: list[Span]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts.append(content[at:start])
        at = end
    text = b"".join([*parts, content[at:]])
    if at == len(content) and not content.endswith(b"\n"):  # they were added to a last line that had no end
        text = text.removesuffix(b"\n").removesuffix(b"\r")
    return text.decode()


def _entry(app: App) -> Source | None:
    found = [path for path in app.sources if app.settings.loads(path) and app.version(path) is None]
    named = [path for path in found if posixpath.splitext(posixpath.basename(path))[0] in _FIRST]
    return app.sources[(named or found)[0]] if found else None


def _with_line(source: Source, line: str) -> str | None:
    if line.encode() in re.split(rb"\r?\n", source.content.removeprefix(BOM)):
        return None
    text = source.content.decode()
    return f"{text}{line}{source.eol}" if not text or text.endswith("\n") else f"{text}{source.eol}{line}"


def _is_module(app: App, source: Source) -> bool:
    """Whether it is to be imported, not required. TypeScript is always written so."""
    if not source.path.endswith((".js", ".jsx")):
        return not source.path.endswith(".cjs")
    return app.settings.is_module


def _extension(app: App, source: Source, as_module: bool) -> str:
    own = posixpath.splitext(source.path)[1]
    if own in (".ts", ".tsx", ".mts", ".cts"):
        return ".ts" if own == ".tsx" else own
    if as_module == app.settings.is_module:
        return ".js"
    return ".mjs" if as_module else ".cjs"


def _statement(source: Source, specifier: str, as_module: bool) -> str:
    quote = source.quote
    return f"import {quote}{specifier}{quote};" if as_module else f"require({quote}{specifier}{quote});"


__all__ = ["Loading", "functions_folder", "loading", "without_lines"]
