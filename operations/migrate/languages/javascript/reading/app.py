"""The app's own files: which of them Azure loads, what they import, and which belong to a frozen version."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from ....model import Files
from ....names import split, suffix
from .settings import SOURCES, Settings, settings
from .source import Source, read

FOLDER = "versions"
_INDEX = re.compile(rf"(?:.*/)?{FOLDER}_(v\d+(?:_\d+)*)\.[cm]?[jt]s")
_COPY = re.compile(rf"((?:.*?/)??){FOLDER}/(v\d+(?:_\d+)*)/")
_TEST = re.compile(r"(^|/)(tests?|__tests__|__mocks__)/|\.(test|spec)\.[cm]?[jt]sx?$")
_BUILT_FROM = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}


def index_file(version: str) -> str:
    """The name, without extension, of the file that loads a version's copies."""
    return f"{FOLDER}_{suffix(version)}"


class App:
    """Reads the files that are reached from what Azure loads. Never changes."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.settings: Settings = settings(files)
        self.sources: dict[str, Source] = {}
        waiting = list(reversed(self.entries))
        while waiting:
            path = waiting.pop()
            if path in self.sources or path in self.unreadable:
                continue
            try:
                files[path].decode()
            except UnicodeDecodeError:
                self.unreadable.add(path)
                continue
            source = self.sources[path] = read(path, files[path])
            waiting += sorted({own for one in source.imports if (own := self.resolved(path, one.specifier)) is not None}, reverse=True)
        self.sources = dict(sorted(self.sources.items()))

    @cached_property
    def unreadable(self) -> set[str]:
        return set()

    @cached_property
    def problems(self) -> list[str]:
        broken = [f"{path}:1: it is not UTF-8." for path in sorted(self.unreadable)]
        broken += [
            f"{path}:{one.syntax_errors[0]}: it can't be read as {'Type' if path.endswith('ts') else 'Java'}Script."
            for path, one in self.sources.items()
            if not path.endswith(".json") and one.syntax_errors
        ]
        return [*broken, *(f"{folder}/function.json:1: it is not JSON." for folder in sorted(self._folders[1]))]

    def version(self, path: str) -> str | None:
        """Of the frozen copy that a file belongs to: `…/versions/v1_2/…`, `…/versions_v1_2.js`, or `Orders_v1_2/…` in model v3."""
        folder = path.partition("/")[0]
        if folder in self.folders:
            return split(folder)[1]
        if found := _INDEX.fullmatch(path):
            return _label(found[1])
        return next((label for prefix, label in self._copies.items() if path.startswith(prefix)), None)

    @cached_property
    def _copies(self) -> dict[str, str]:
        """Folders of frozen copies. An app may have folders of that name for other ends: ours have an index, or functions of that version."""
        found: dict[str, str] = {}
        for path, content in self.files.items():
            inner = _COPY.match(path)
            if inner is None or inner[0] in found:
                continue
            ending = inner[2]
            index = any(f"{inner[1]}{FOLDER}_{ending}{extension}" in self.files for extension in SOURCES)
            if index or f"_{ending}".encode() in content or any(folder.endswith(f"_{ending}") for folder in self.folders):
                found[inner[0]] = _label(ending)
        return found

    @property
    def folders(self) -> Mapping[str, Mapping[str, Any]]:
        """Functions of model v3: folder -> its function.json."""
        return self._folders[0]

    @cached_property
    def _folders(self) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
        found: dict[str, Mapping[str, Any]] = {}
        broken: list[str] = []
        for path, content in self.files.items():
            folder, _, name = path.rpartition("/")
            if name == "function.json" and folder and "/" not in folder:
                try:
                    manifest = json.loads(content.decode("utf-8-sig"))
                    found[folder] = manifest if isinstance(manifest, dict) else {}
                except ValueError:
                    broken.append(folder)
        return found, broken

    @cached_property
    def entries(self) -> list[str]:
        """What Azure loads. Where package.json does not tell: every file that is no test."""
        scripts = [script for folder in self.folders if (script := self.script(folder)) is not None]
        code = [path for path in self.files if path.endswith(SOURCES) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))]
        loaded = [path for path in code if self.settings.loads(path)]
        if not scripts and not loaded:
            loaded = [path for path in code if not _TEST.search(path)]
        return sorted({*scripts, *loaded})

    def script(self, folder: str) -> str | None:
        """The source of a function of model v3. Left out, it is `index.js` (Microsoft docs, "Azure Functions JavaScript developer guide")."""
        named = self.folders[folder].get("scriptFile")
        wanted = posixpath.normpath(posixpath.join(folder, named if isinstance(named, str) else "index.js"))
        built = (path for path in self.files if path.endswith(SOURCES) and self.settings.built(path) == wanted)
        return wanted if wanted in self.files and wanted.endswith(SOURCES) else next(built, None)

    def resolved(self, path: str, specifier: str) -> str | None:
        """The app's own file that an import loads. None: a package, or nothing that is there."""
        if specifier.startswith("."):
            return self._file(posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier)))
        for alias, target in self.settings.aliases:
            head, star, tail = alias.partition("*")
            if star and specifier.startswith(head) and specifier.endswith(tail) and len(specifier) >= len(alias) - 1:
                middle = specifier[len(head) : len(specifier) - len(tail)]
                if (found := self._file(posixpath.normpath(target.replace("*", middle)))) is not None:
                    return found
            elif specifier == alias and (found := self._file(target)) is not None:
                return found
        return None

    def _file(self, base: str) -> str | None:
        return next((path for path in _candidates(base) if path in self.files), None) if not base.startswith("..") else None


def _label(ending: str) -> str:
    return ending.replace("_", ".")


def _candidates(base: str) -> Iterator[str]:
    """As Node and TypeScript look for a module: the file, with an extension, with TypeScript's own extension, a folder's index."""
    if base.endswith((*SOURCES, ".json")):
        yield base
    stem, extension = posixpath.splitext(base)
    yield from (stem + typed for typed in _BUILT_FROM.get(extension, ()))
    yield from (base + one for one in (*SOURCES, ".json"))
    folder = "" if base == "." else f"{base}/"
    yield from (f"{folder}index{one}" for one in SOURCES)


__all__ = ["FOLDER", "App", "index_file"]
