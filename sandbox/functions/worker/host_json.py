"""host.json: read and checked as the host does, with the settings that override it.

Sources: azure-functions-host HostJsonFileConfigurationSource.cs (`version` must be the text "2.0"); Microsoft docs, "host.json reference"
and "App settings reference", AzureFunctionsJobHost__*. Keys are compared without regard to case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .problem import AppProblem

_OVERRIDE = "azurefunctionsjobhost__"


def read_host_json(package: Path) -> dict[str, Any]:
    """An app without the file gets the host's defaults. Raises AppProblem."""
    file = package / "host.json"
    if not file.exists():
        return {"version": "2.0"}
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as problem:
        raise AppProblem(f"Could not parse host.json: {problem}") from None
    version = content.get("version") if isinstance(content, dict) else None
    if version is None:
        raise AppProblem("The host.json file is missing the required 'version' property. See https://aka.ms/functions-hostjson.")
    if version != "2.0":
        raise AppProblem(f"'{version}' is an invalid value for host.json 'version' property: set it to the text \"2.0\".")
    return dict(content)


def section(host_json: Mapping[str, Any], settings: Mapping[str, str], *path: str) -> dict[str, Any]:
    """The values of one section, such as `extensions`, `queues`, by lower-cased name; app settings win over the file."""
    found: Any = host_json
    for name in path:
        found = _lowered(found).get(name.lower(), {})
    prefix = _OVERRIDE + "".join(f"{name.lower()}__" for name in path)
    over = {name.lower().removeprefix(prefix): value for name, value in settings.items() if name.lower().startswith(prefix)}
    return {**_lowered(found), **{name: value for name, value in over.items() if "__" not in name}}


def _lowered(mapping: Any) -> dict[str, Any]:
    return {name.lower(): value for name, value in mapping.items()} if isinstance(mapping, dict) else {}
