"""Reads host.json: parses it strictly and answers what it says about Durable. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from .._several_problems import SeveralProblems


class HostJsonProblem(SeveralProblems):
    """host.json is not what it must be, or contradicts the deployment."""


def parse_host_json(content: bytes | str, source: str = "host.json") -> dict[str, Any]:
    """The file's object. Comments, trailing commas, NaN and doubled keys are refused with line and column; a UTF-8 byte order mark is
    accepted, because the file is written anew without it. Raises HostJsonProblem; `source` is how it calls the file.
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
        value = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constants)
    except UnicodeDecodeError as error:
        raise HostJsonProblem([f"{source}: not UTF-8 text (byte {error.start}): save it as UTF-8"]) from None
    except json.JSONDecodeError as error:
        raise HostJsonProblem([f"{source}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}{_hint(error)}"]) from None
    except _Refused as error:
        raise HostJsonProblem([f"{source}: {error}"]) from None
    if not isinstance(value, dict):
        raise HostJsonProblem([f"{source}: must hold a JSON object, not {type(value).__name__}"])
    return value


class _Refused(Exception):
    """Valid for Python's parser, but not to be passed on."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: set[str] = set()
    for key, _ in pairs:
        if key.lower() in seen:
            raise _Refused(f"the key {key!r} stands twice in one object (keys are compared without regard to case): keep one")
        seen.add(key.lower())
    return dict(pairs)


def _no_constants(name: str) -> Any:
    raise _Refused(f"{name} is not valid JSON")


def _hint(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :].lstrip()
    before = error.doc[: error.pos].rstrip()
    if rest.startswith(("//", "/*")):
        return " (comments are not allowed in host.json: remove them)"
    if rest.startswith(("}", "]")) and before.endswith(","):
        return " (remove the comma before it)"
    return ""


def lookup(node: Any, *path: str) -> Any:
    """The value at `path`, keys in any case as the host reads them; None where there is none."""
    for key in path:
        if not isinstance(node, dict):
            return None
        node = next((value for own, value in node.items() if own.lower() == key.lower()), None)
    return node


def durable_path(host_json: dict[str, Any]) -> tuple[str, ...]:
    """Where the file keeps its Durable section: the place of Functions 1.x only if the modern one is missing."""
    modern = ("extensions", "durableTask")
    return ("durableTask",) if lookup(host_json, *modern) is None and lookup(host_json, "durableTask") is not None else modern


def hub_name(host_json: dict[str, Any]) -> str | None:
    """`hubName` as written: a literal, or with `%SettingName%` in it."""
    value = lookup(host_json, *durable_path(host_json), "hubName")
    return value if isinstance(value, str) else None


def connection_settings(host_json: dict[str, Any]) -> dict[str, str]:
    """Every key that names a storage connection of Durable, by its dotted path -> name of the app setting."""
    durable = durable_path(host_json)
    places = [
        (*durable, "azureStorageConnectionStringName"),
        (*durable, "trackingStoreConnectionStringName"),
        (*durable, "storageProvider", "connectionStringName"),
        (*durable, "storageProvider", "connectionName"),
        (*durable, "storageProvider", "trackingStoreConnectionStringName"),
        (*durable, "storageProvider", "trackingStoreConnectionName"),
    ]
    found = {".".join(place): lookup(host_json, *place) for place in places}
    return {place: value for place, value in found.items() if isinstance(value, str)}


def bundle_range(host_json: dict[str, Any]) -> str | None:
    """The extension bundle's version range as written; None: the app brings its extensions itself."""
    value = lookup(host_json, "extensionBundle", "version")
    return value if isinstance(value, str) else None


def storage_provider_type(host_json: dict[str, Any]) -> Any:
    """`storageProvider.type` as written, None where it is left out, which means AzureStorage."""
    return lookup(host_json, *durable_path(host_json), "storageProvider", "type")


def storage_provider(host_json: dict[str, Any]) -> dict[str, Any]:
    """The whole `storageProvider` section as written; empty where there is none."""
    value = lookup(host_json, *durable_path(host_json), "storageProvider")
    return value if isinstance(value, dict) else {}


def time_span(text: Any) -> float | None:
    """Seconds in a .NET TimeSpan such as `00:00:10`, `00:00:00.5` or `1.00:00:00`; None for what is none."""
    match = re.fullmatch(r"(?:(\d+)\.)?(\d{1,2}):([0-5]\d):([0-5]\d(?:\.\d{1,7})?)", text) if isinstance(text, str) else None
    if match is None or int(match[2]) > 23:
        return None
    return (int(match[1] or 0) * 24 + int(match[2])) * 3600 + int(match[3]) * 60 + float(match[4])


__all__ = [
    "HostJsonProblem",
    "bundle_range",
    "connection_settings",
    "durable_path",
    "hub_name",
    "lookup",
    "parse_host_json",
    "storage_provider",
    "storage_provider_type",
    "time_span",
]
