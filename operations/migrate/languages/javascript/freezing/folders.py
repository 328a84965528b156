"""Model v3: where the copies of a function's folder and of what it shares lie, and what its function.json has to say. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from ....names import suffix, versioned
from ..reading.app import FOLDER, App
from ..reading.functions import Declared

_SCRIPT = re.compile(r'("scriptFile"\s*:\s*")((?:[^"\\]|\\.)*)(")')


def apart(app: App, chosen: Iterable[Declared], paths: Iterable[str], version: str) -> dict[str, str]:
    """A function's own files go with it to `<Name>_v1/`; what it imports from elsewhere goes to `versions/v1/`."""
    names = {one.function.name for one in chosen}
    found = {}
    for path in (*paths, *(path for path, content in app.files.items() if path.partition("/")[0] in names and _is_text(content))):
        folder, _, rest = path.partition("/")
        own = folder in names and rest
        found[path] = f"{versioned(folder, version)}/{rest}" if own else f"{FOLDER}/{suffix(version)}/{path}"
    return dict(sorted(found.items()))


def manifest(app: App, one: Declared, targets: Mapping[str, str], version: str) -> str:
    """With another `scriptFile`, if the one that it names was copied to somewhere else. Nothing else in it names a place."""
    name = one.function.name
    text = app.files[one.function.file].decode()
    script = app.script(name)
    if script is None or script not in targets or _SCRIPT.search(text) is None:
        return text
    wanted = posixpath.relpath(app.settings.built(targets[script]), versioned(name, version))

    def replaced(found: re.Match[str]) -> str:
        same = posixpath.normpath(found[2]) == wanted
        return found[0] if same else f"{found[1]}{wanted}{found[3]}"

    return _SCRIPT.sub(replaced, text, count=1)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


__all__ = ["apart", "manifest"]
