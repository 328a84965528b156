"""A function.json in a copy: nothing is changed but the place of a script that lies elsewhere, and durable names of its own."""

from __future__ import annotations

import json
import posixpath
import re

from .folders import Folder
from .layout import Beside


def frozen(text: str, folder: Folder, layout: Beside) -> str:
    for key, value in folder.second_names:
        text = _replaced(text, key, value, value + layout.suffix)
    if not folder.script.startswith(f"{folder.name}/"):
        place = posixpath.relpath(layout.path(folder.script), folder.name)
        text = _replaced(text, "scriptFile", str(folder.manifest["scriptFile"]), place)
    return text


def _replaced(text: str, key: str, old: str, new: str) -> str:
    pattern = rf'("{re.escape(key)}"\s*:\s*){re.escape(json.dumps(old))}'
    return re.sub(pattern, lambda found: found[1] + json.dumps(new), text)


__all__ = ["frozen"]
