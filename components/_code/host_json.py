"""Renders host.json: what a deployment needs, laid over what the app brought.

Pure. The app's own host.json keeps everything this module does not set; where both speak of the same key and differ, that is an
error with both values, because either silent choice would surprise somebody. Sources: Microsoft docs "host.json reference" and
"Durable Functions settings in host.json"; azure-functions-host `HostJsonFileConfigurationSource`.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from .._azure.names import APP_SETTING, TASK_HUB
from .._azure.versions import VersionRange
from .host_json_reading import HostJsonProblem, durable_path, lookup, parse_host_json, storage_provider_type

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


class DurableShape(StrEnum):
    """Which generation of the Durable extension reads the file; they look for the storage connection in three places."""

    V1_ON_FUNCTIONS_1 = "1.x on Functions 1.x"
    V1 = "1.x"
    V2 = "2.x"
    """2.x and 3.x."""

    @property
    def path(self) -> tuple[str, ...]:
        return ("durableTask",) if self is DurableShape.V1_ON_FUNCTIONS_1 else ("extensions", "durableTask")


class HostJsonWanted(BaseModel):
    """What a deployment puts into host.json. Every field but `shape` may be left out: then the app's own value stays."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    shape: DurableShape = DurableShape.V2
    connection: str | None = None
    """Name of the app setting (or group of settings) with the durable storage. Left out: AzureWebJobsStorage, unless the app names one."""
    connection_key: Literal["connectionStringName", "connectionName"] = "connectionStringName"
    """Spelling for Durable 2.x. Both work from 2.7 on; the first is the one that also the scale controller reads."""
    hub_name: str | None = None
    """A literal or `%SettingName%`. Left out: the app's, else Durable derives one from the site name."""
    tracking_connection: str | None = None
    """Name of the setting with the shared tracking store. Left out: history lies with the durable storage, and the app's may not differ."""
    tracking_prefix: str | None = None
    """Tables are called `<prefix>Instances` and `<prefix>History`. Left out: DurableTask."""
    bundle: str | None = None
    """Version range of the extension bundle. Left out: the app's own bundle, or none (.NET brings its extensions itself)."""
    default_version: str | None = None
    version_match_strategy: Literal["None", "Strict", "CurrentOrOlder"] | None = None
    version_failure_strategy: Literal["Reject", "Fail"] | None = None

    @field_validator("connection", "tracking_connection")
    @classmethod
    def _is_a_setting_name(cls, value: str | None) -> str | None:
        if value is not None and (problem := APP_SETTING.problem(value)):
            raise ValueError(f"{problem}. It must be the NAME of a setting, never a connection string")
        return value

    @field_validator("hub_name")
    @classmethod
    def _is_a_hub_name(cls, value: str | None) -> str | None:
        if value is None or re.fullmatch(r"[A-Za-z0-9]*(%[A-Za-z0-9_.]+%[A-Za-z0-9]*)+", value):
            return value
        if problem := TASK_HUB.problem(value):
            raise ValueError(f"{problem}; or name an app setting between percent signs")
        return value

    @field_validator("tracking_prefix")
    @classmethod
    def _is_a_table_prefix(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,53}", value):
            raise ValueError(f"{value!r} cannot begin a table name: 1 to 54 letters and digits, the first one a letter")
        return value

    @field_validator("bundle")
    @classmethod
    def _is_a_range(cls, value: str | None) -> str | None:
        if value is not None:
            VersionRange.parse(value)
        return value

    @model_validator(mode="after")
    def _fits_the_shape(self) -> HostJsonWanted:
        if self.tracking_prefix is not None and self.tracking_connection is None:
            raise ValueError("tracking_prefix is ignored by Durable unless tracking_connection is set too: set both or neither")
        if self.shape is DurableShape.V2:
            return self
        versioning = ("default_version", "version_match_strategy", "version_failure_strategy")
        ignored = [name for name in versioning if getattr(self, name) is not None]
        ignored += ["connection_key"] if self.connection_key != "connectionStringName" else []
        ignored += ["bundle"] if self.bundle is not None and self.shape is DurableShape.V1_ON_FUNCTIONS_1 else []
        if ignored:
            raise ValueError(f"Durable {self.shape.value} does not know {', '.join(ignored)}: leave that out, or use a newer extension")
        return self


def render(wanted: HostJsonWanted, app_host_json: dict[str, Any] | None = None, *, source: str = "host.json") -> str:
    """host.json as text: sorted keys, two spaces, a newline at the end; the same inputs give the same bytes.

    `source` is how messages call the app's file. Raises HostJsonProblem with every contradiction at once.
    """
    app: dict[str, Any] = json.loads(json.dumps(app_host_json or {}))  # a copy: the caller's stays as it is
    problems = [*_version_problems(app), *_misplaced(app, wanted.shape), *_storage_problems(app, wanted)]
    _unify_spelling(app, wanted, problems)
    merged = _merge(_tree(wanted), app, (), problems)
    if problems:
        raise HostJsonProblem(f"{source}: {problem}" for problem in problems)
    return json.dumps(merged, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _tree(wanted: HostJsonWanted) -> dict[str, Any]:
    """`wanted` as the part of host.json it stands for."""
    connection, tracking = ("azureStorageConnectionStringName", "trackingStoreConnectionStringName")
    if wanted.shape is DurableShape.V2:
        connection, tracking = _SPELLINGS[wanted.connection_key]
    storage = _given(
        {connection: wanted.connection, tracking: wanted.tracking_connection, "trackingStoreNamePrefix": wanted.tracking_prefix}
    )
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


def _same(own: Any, wanted: str) -> bool:
    """Setting names, hubs, ranges and strategies mean the same in any case and spacing."""
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
    if provider_type is not None and (not isinstance(provider_type, str) or provider_type.lower() != "azurestorage"):
        problems.append(
            f"{_dotted((*durable_path(app), 'storageProvider', 'type'))} is {_json(provider_type)}, but this strategy keeps durable state "
            "in Azure Storage: remove it, or choose orchestration versioning, which works with every storage provider"
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
    if wanted.shape is not DurableShape.V2 or not isinstance(storage, dict):
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
