"""Renders host.json: what a deployment needs, laid over what the app brought.

Pure. The app's own host.json keeps everything this module does not set; where both speak of the same key and differ, that is an
error with both values, because either silent choice would surprise somebody. Sources: Microsoft docs "host.json reference" and
"Durable Functions settings in host.json"; azure-functions-host `HostJsonFileConfigurationSource`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .host_json_reading import HostJsonProblem, durable_path, lookup, parse_host_json, storage_provider_type, time_span
from .host_json_wanted import DurableShape, HostJsonWanted

BUNDLE_ID = "Microsoft.Azure.Functions.ExtensionBundle"

_SPELLINGS = {
    "connectionStringName": ("connectionStringName", "trackingStoreConnectionStringName"),
    "connectionName": ("connectionName", "trackingStoreConnectionName"),
}
_FLAT_KEYS = (
    "azureStorageConnectionStringName",
    "trackingStoreConnectionStringName",
    "trackingStoreConnectionName",
    "trackingStoreNamePrefix",
)


def render(wanted: HostJsonWanted, app_host_json: dict[str, Any] | None = None, *, source: str = "host.json") -> str:
    """host.json as text: sorted keys, two spaces, a newline at the end; the same inputs give the same bytes.

    `source` is how messages call the app's file. Raises HostJsonProblem with every contradiction at once.
    """
    app: dict[str, Any] = json.loads(json.dumps(app_host_json or {}))  # a copy: the caller's stays as it is
    problems = [*_version_problems(app), *_misplaced(app, wanted.shape), *_storage_problems(app, wanted)]
    _unify_spelling(app, wanted, problems)
    merged = _merge(_tree(wanted, _polling_interval(app, wanted, problems)), app, (), problems)
    if problems:
        raise HostJsonProblem(f"{source}: {problem}" for problem in problems)
    return json.dumps(merged, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _tree(wanted: HostJsonWanted, polling_interval: str | None) -> dict[str, Any]:
    """`wanted` as the part of host.json it stands for."""
    storage = _azure_storage(wanted, polling_interval) if wanted.in_azure_storage else _other_provider(wanted)
    durable = _given(
        {
            "hubName": wanted.hub_name,
            "defaultVersion": wanted.default_version,
            "versionMatchStrategy": wanted.version_match_strategy,
            "versionFailureStrategy": wanted.version_failure_strategy,
        }
    )
    if wanted.shape is not DurableShape.V2:
        durable |= storage
    elif storage:
        durable["storageProvider"] = storage
    tree: dict[str, Any] = {"version": "2.0"}
    if durable:
        tree |= {"durableTask": durable} if wanted.shape is DurableShape.V1_ON_FUNCTIONS_1 else {"extensions": {"durableTask": durable}}
    if wanted.bundle is not None:
        tree["extensionBundle"] = {"id": BUNDLE_ID, "version": wanted.bundle}
    return tree


def _azure_storage(wanted: HostJsonWanted, polling_interval: str | None) -> dict[str, Any]:
    connection, tracking = ("azureStorageConnectionStringName", "trackingStoreConnectionStringName")
    if wanted.shape is DurableShape.V2:
        connection, tracking = _SPELLINGS[wanted.connection_key]
    return _given(
        {
            connection: wanted.connection,
            tracking: wanted.tracking_connection,
            "trackingStoreNamePrefix": wanted.tracking_prefix,
            "maxQueuePollingInterval": polling_interval,
        }
    )


def _other_provider(wanted: HostJsonWanted) -> dict[str, Any]:
    connection = "EventHubsConnectionName" if wanted.provider == "Netherite" else "connectionStringName"
    return {"type": wanted.provider, **_given({connection: wanted.connection}), **wanted.provider_settings}


def _polling_interval(app: dict[str, Any], wanted: HostJsonWanted, problems: list[str]) -> str | None:
    """The app's own where it is no longer than the one wanted, else the one wanted. Azure Storage waits up to 30 s without any."""
    limit = wanted.max_queue_polling_interval
    own = lookup(app, *wanted.shape.path, "storageProvider", "maxQueuePollingInterval")
    if limit is None or own is None:
        return limit
    seconds, longest = time_span(own), time_span(limit) or 0
    if seconds and seconds <= longest:
        return str(own)
    storage = lookup(app, *wanted.shape.path, "storageProvider")
    storage.pop(next(key for key in storage if key.lower() == "maxqueuepollinginterval"))  # said here, not once more by the merge
    where = _dotted((*wanted.shape.path, "storageProvider", "maxQueuePollingInterval"))
    problems.append(f"{where} is {_json(own)}, but this hosting allows {limit} at most: remove it there, or make it shorter")
    return limit


def _given(values: dict[str, str | None]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _merge(wanted: dict[str, Any], app: dict[str, Any], path: tuple[str, ...], problems: list[str]) -> dict[str, Any]:
    """`wanted` over `app`. Keys are matched without regard to case, as the host's configuration does; our casing is kept."""
    result = dict(app)
    for key, value in wanted.items():
        here = (*path, key)
        own_key = next((own for own in app if own.lower() == key.lower()), None)
        if own_key is None:
            result[key] = value
            continue
        own = result.pop(own_key)
        if isinstance(value, dict) and isinstance(own, dict):
            result[key] = _merge(value, own, here, problems)
            continue
        result[key] = value
        if here == ("version",) and isinstance(own, int | float):
            continue  # _version_problems has said so
        if isinstance(value, dict):
            problems.append(f"{_dotted(here)} is {_json(own)}, but must be an object")
        elif not _same(own, value):
            problems.append(
                f"{_dotted(here)} is {_json(own)}, but this deployment sets {_json(value)}: remove it there, or make both the same"
            )
    return result


def _same(own: Any, wanted: str | bool) -> bool:
    """Setting names, hubs, ranges and strategies mean the same in any case and spacing."""
    if isinstance(wanted, bool):
        return own is wanted
    return isinstance(own, str) and re.sub(r"\s", "", own).lower() == re.sub(r"\s", "", wanted).lower()


def _version_problems(app: dict[str, Any]) -> list[str]:
    version = lookup(app, "version")
    if isinstance(version, int | float):
        return [f'version is the number {_json(version)}, but must be the string "2.0": the host does not start otherwise']
    return []


def _misplaced(app: dict[str, Any], shape: DurableShape) -> list[str]:
    """Durable sections where the extension does not look: it would silently use its defaults (azure-functions-durable-extension#2602)."""
    expected = _dotted(shape.path)
    return [
        f"{_dotted(path)} is not read by Durable {shape.value}, which looks at {expected}: move the section there"
        for path in _durable_sections(app, ())
        if _dotted(path).lower() != expected.lower()
    ]


def _durable_sections(node: dict[str, Any], path: tuple[str, ...]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, value in node.items():
        if isinstance(value, dict):
            found += [(*path, key)] if key.lower() == "durabletask" else _durable_sections(value, (*path, key))
    return found


def _storage_problems(app: dict[str, Any], wanted: HostJsonWanted) -> list[str]:
    problems: list[str] = []
    base = _dotted(wanted.shape.path)
    provider_type = storage_provider_type(app)
    is_other = provider_type is not None and (not isinstance(provider_type, str) or provider_type.lower() != "azurestorage")
    if is_other and wanted.in_azure_storage:  # what another provider contradicts is said by the merge
        chosen = "this strategy keeps durable state in Azure Storage: remove it, or choose orchestration versioning, which works with every"
        if wanted.provider is not None:
            chosen = "the chosen backend is Azure Storage: remove it, or choose that backend; orchestration versioning works with every"
        problems.append(
            f"{_dotted((*durable_path(app), 'storageProvider', 'type'))} is {_json(provider_type)}, but {chosen} storage provider"
        )
    durable = lookup(app, *wanted.shape.path)
    if not isinstance(durable, dict):
        return problems
    if wanted.shape is DurableShape.V2:
        problems += [
            f"{base}.{key} is a key of Durable 1.x, which 2.x ignores: move it into {base}.storageProvider, or say that the app uses 1.x"
            for key in _FLAT_KEYS
            if lookup(durable, key) is not None
        ]
    elif lookup(durable, "storageProvider") is not None:
        problems.append(f"{base}.storageProvider is a key of Durable 2.x, which 1.x ignores: remove it, or say that the app uses 2.x")
    storage = lookup(durable, "storageProvider") if wanted.shape is DurableShape.V2 else durable
    if wanted.tracking_connection is None and isinstance(storage, dict):
        problems += [
            f"{key} is {_json(lookup(storage, key))}: a tracking store of the app's own separates history from the durable storage that "
            "this deployment manages; remove it"
            for key in ("trackingStoreConnectionStringName", "trackingStoreConnectionName")
            if lookup(storage, key) is not None
        ]
    return problems


def _unify_spelling(app: dict[str, Any], wanted: HostJsonWanted, problems: list[str]) -> None:
    """`connectionName` and `connectionStringName` write one field: give the app's the spelling that we write, so that they meet."""
    storage = lookup(app, *wanted.shape.path, "storageProvider")
    if wanted.shape is not DurableShape.V2 or wanted.provider == "Netherite" or not isinstance(storage, dict):
        return
    other = _SPELLINGS["connectionName" if wanted.connection_key == "connectionStringName" else "connectionStringName"]
    values = (wanted.connection, wanted.tracking_connection)
    for ours, theirs, value in zip(_SPELLINGS[wanted.connection_key], other, values, strict=True):
        own_key = next((key for key in storage if key.lower() == theirs.lower()), None)
        if value is None or own_key is None:
            continue
        own = storage.pop(own_key)
        if not _same(own, value):
            where = _dotted((*wanted.shape.path, "storageProvider"))
            problems.append(
                f"{where}.{theirs} is {_json(own)}, but this deployment sets {where}.{ours}, which is the same setting, to {_json(value)}: "
                "remove it there, or make both the same"
            )


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


__all__ = ["BUNDLE_ID", "DurableShape", "HostJsonProblem", "HostJsonWanted", "parse_host_json", "render"]
