"""host.json: where it lies, and what it says of Durable Functions once the app settings are laid over it.

An app setting AzureFunctionsJobHost__extensions__durableTask__… replaces the value of the file inside the host (Microsoft docs "App
settings reference for Azure Functions"); what the worker sees must be what the extension sees. Keys are matched without regard to case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .problem import NotLocated
from .settings import Settings

_OVERRIDE = "AzureFunctionsJobHost__extensions__durableTask"


def app_folder(environment: Mapping[str, str], here: Path, working: Path) -> Path:
    """The folder with host.json: the one the host names, else the one above `here` (this code is vendored inside it), else `working`.

    Raises NotLocated.
    """
    named = environment.get("AzureWebJobsScriptRoot")
    candidates: Iterable[Path] = [*([Path(named)] if named else []), *here.parents, working]
    for folder in candidates:
        if (folder / "host.json").is_file():
            return folder
    raise NotLocated("host.json was found neither in AzureWebJobsScriptRoot, nor above this code, nor in the working directory.")


def read_host_json(folder: Path) -> dict[str, Any]:
    """Raises NotLocated."""
    try:
        parsed = json.loads((folder / "host.json").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise NotLocated(f"host.json can't be read: {error}") from None
    if not isinstance(parsed, dict):
        raise NotLocated("host.json holds no JSON object.")
    return parsed


def durable_section(host_json: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """`extensions.durableTask` and its `storageProvider`, with keys in lower case and in the order in which they were given."""
    section = _lower(_member(_member(host_json, "extensions"), "durableTask"))
    section["storageprovider"] = _lower(section.get("storageprovider"))
    for path, value in settings.group(_OVERRIDE).items():
        key, _, inner = path.partition("__")
        if key == "storageprovider" and inner:
            section["storageprovider"][inner] = value
        elif not inner:
            section[key] = value
    return section


def _member(value: Any, name: str) -> Any:
    return _lower(value).get(name.lower())


def _lower(value: Any) -> dict[str, Any]:
    return {key.lower(): inner for key, inner in value.items()} if isinstance(value, Mapping) else {}


__all__ = ["app_folder", "durable_section", "read_host_json"]
