"""What an import in a copy has to say, so that it loads the copy of what the original loads, or else the same file. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from ..reading.app import App
from ..reading.source import Import, Source
from ..reading.values import Edit


def repaired(app: App, source: Source, one: Import, targets: Mapping[str, str]) -> Edit | None:
    """`targets`: path -> where its copy lies. None: the import is right as it is."""
    own = app.resolved(source.path, one.specifier)
    here, there = posixpath.dirname(source.path), posixpath.dirname(targets[source.path])
    if not one.specifier.startswith("."):
        wanted = relative(app, targets[own], there, explicit=source.is_module) if own is not None and own in targets else one.specifier
    else:
        base = posixpath.normpath(posixpath.join(here, one.specifier))
        wanted = _dotted(posixpath.relpath(_moved(base, own, targets) if own is not None else base, there or "."))
        if wanted == _dotted(posixpath.relpath(base, here or ".")):
            return None
    if wanted == one.specifier:
        return None
    return Edit(one.literal.start_byte + 1, one.literal.end_byte - 1, wanted)


def _moved(base: str, own: str, targets: Mapping[str, str]) -> str:
    """As much of the file's name as the import has said: `./names`, `./names.js` for names.ts, `./folder` for its index."""
    new = targets.get(own, own)
    if own.startswith(base):
        return new[: len(new) - (len(own) - len(base))]
    return posixpath.splitext(new)[0] + posixpath.splitext(base)[1]


def relative(app: App, path: str, folder: str, *, explicit: bool) -> str:
    """How a file in that folder loads the file at `path`. `explicit`: as Node wants it of `import`, with the extension."""
    stem, extension = posixpath.splitext(path)
    if extension in (".ts", ".tsx", ".mts", ".cts"):
        built = posixpath.splitext(app.settings.built(path))[1]
        path = stem + (built if app.settings.explicit_extensions or extension in (".mts", ".cts") else "")
    elif extension == ".js" and not explicit:
        path = stem
    return _dotted(posixpath.relpath(path, folder or "."))


def _dotted(path: str) -> str:
    return path if path.startswith(".") else f"./{path}"


__all__ = ["relative", "repaired"]
