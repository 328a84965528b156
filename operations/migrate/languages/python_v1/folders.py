"""The functions of an app by its folders: each holds a function.json that names the script (Microsoft docs, Python developer guide, v1 model)."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...model import Files, Function, Kind
from ...names import split
from ..python.reading.scopes import Definition

MANIFEST = "function.json"
_KINDS = {
    "orchestrationtrigger": Kind.ORCHESTRATOR,
    "activitytrigger": Kind.ACTIVITY,
    "entitytrigger": Kind.ENTITY,
    "durableclient": Kind.CLIENT,
    "orchestrationclient": Kind.CLIENT,
}
_SECOND_NAMES = {"orchestrationtrigger": "orchestration", "activitytrigger": "activity", "entitytrigger": "entityName"}
"""The durable name, where it is not the function's (the trigger attributes of azure-functions-durable-extension)."""


@dataclass(frozen=True, eq=False)
class Folder:
    function: Function
    script: str
    """Path of the module that holds its entry point; it may lie outside of the folder."""
    manifest: Mapping[str, Any]
    definition: Definition | None = None
    """In this model a function is never handed on as an object."""

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def path(self) -> str:
        return f"{self.name}/{MANIFEST}"

    @property
    def bindings(self) -> list[dict[str, Any]]:
        return [one for one in self.manifest.get("bindings", ()) if isinstance(one, dict)]

    @property
    def second_names(self) -> list[tuple[str, str]]:
        """Of the durable name: the binding's property, and its value."""
        keys = ((_SECOND_NAMES.get(str(one.get("type", "")).lower(), ""), one) for one in self.bindings)
        return [(key, str(one[key])) for key, one in keys if one.get(key)]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *(value for _, value in self.second_names))


def folders(files: Files) -> tuple[list[Folder], list[str]]:
    """With what is wrong with them. Folders of other languages are passed over."""
    found: list[Folder] = []
    problems: list[str] = []
    for path, content in files.items():
        name, _, file = path.partition("/")
        if file != MANIFEST:
            continue
        try:
            manifest = json.loads(content.decode("utf-8-sig"))
        except ValueError as error:
            problems.append(f"{path}:1: is not JSON ({error}).")
            continue
        script = _script(name, manifest, files) if isinstance(manifest, dict) else None
        if script is None:
            continue
        if script not in files:
            problems.append(f"{path}:1: names the script {script}, which is not there.")
            continue
        base, version = split(name)
        found.append(Folder(Function(name, _kind(manifest), path, 1, version, base), script, manifest))
    return found, problems


def _script(name: str, manifest: dict[str, Any], files: Files) -> str | None:
    """None: not a function in Python. Left out, it is the folder's `__init__.py`, or its only module."""
    named = manifest.get("scriptFile")
    if isinstance(named, str):
        return posixpath.normpath(f"{name}/{named}") if named.endswith(".py") else None
    modules = [path for path in files if path.startswith(f"{name}/") and path.endswith(".py") and path.count("/") == 1]
    return f"{name}/__init__.py" if f"{name}/__init__.py" in modules else modules[0] if len(modules) == 1 else None


def _kind(manifest: dict[str, Any]) -> Kind:
    types = [str(one.get("type", "")).lower() for one in manifest.get("bindings", ()) if isinstance(one, dict)]
    kinds = [_KINDS[one] for one in types if one in _KINDS]
    return next((kind for kind in kinds if kind is not Kind.CLIENT), kinds[0] if kinds else Kind.OTHER)


__all__ = ["MANIFEST", "Folder", "folders"]
