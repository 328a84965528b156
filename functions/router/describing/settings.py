"""The whole map of a version app's settings. Pure: a settings write replaces the map, so it is never put together from parts.

Names and their meaning: Microsoft docs, "App settings reference for Azure Functions"; "Configure Durable Functions with managed identity"
(a user-assigned identity needs `__credential` and `__clientId`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..blueprint import Blueprint, Storage
from ..lines import LineRow, VersionRow
from . import names

RUN_FROM_PACKAGE = "WEBSITE_RUN_FROM_PACKAGE"
DEPLOYED_VERSION = "DURABLE_DEPLOY_VERSION"
HUB = "TaskHubName"
_OF_CODE = (RUN_FROM_PACKAGE, DEPLOYED_VERSION)
"""Which code runs is a deployment's to say, and not that of whoever writes the rest anew."""
_PLACES = re.compile(r"\{\{|\}\}|\{(line|hub|app)\}")
_DISABLED = re.compile(r"AzureWebJobs\.([^.]+)\.Disabled", re.IGNORECASE)


def settings_of(blueprint: Blueprint, row: LineRow, version: VersionRow | None, storage: Storage | None = None) -> dict[str, str]:
    """`version` None: no code yet. `storage`: of the line's queues; None: the blueprint's, which all lines share.

    What the blueprint's own `settings` say under one of these names, in any case, is left out: the app would not work.
    """
    durable = blueprint.durable
    ours = {
        **connection("AzureWebJobsStorage", blueprint.host_storage, blueprint),
        HUB: row.hub,
        **connection(durable.connection_name, storage or durable.storage, blueprint),
        "DURABLE_DEPLOY_LINE": str(row.line),
    }
    if durable.tracking == "shared":
        ours |= connection(durable.tracking_connection_name, durable.tracking_storage or durable.storage, blueprint)
    if blueprint.insights_connection_string is not None:
        ours["APPLICATIONINSIGHTS_CONNECTION_STRING"] = blueprint.insights_connection_string
        ours["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = f"ClientId={blueprint.app.identity.client_id};Authorization=AAD"
    if not names.is_flex(blueprint):
        ours |= _off_flex(blueprint, row)
    if version is not None:
        ours |= code_settings(blueprint, version)
    taken = {name.lower() for name in (*ours, *_OF_CODE)}
    theirs = {name: _replaced(value, row) for name, value in blueprint.settings.items() if name.lower() not in taken}
    return {**theirs, **ours}


def code_settings(blueprint: Blueprint, version: VersionRow) -> dict[str, str]:
    said = {DEPLOYED_VERSION: str(version.version)}
    return said if names.is_flex(blueprint) else {**said, RUN_FROM_PACKAGE: version.package}


def connection(name: str, storage: Storage, blueprint: Blueprint) -> dict[str, str]:
    """The three service URIs, which every cloud understands, and who signs in."""
    uris = {f"{name}__{service}ServiceUri": getattr(storage, service) for service in ("blob", "queue", "table")}
    return {**uris, f"{name}__credential": "managedidentity", f"{name}__clientId": blueprint.app.identity.client_id}


def kept(live: Mapping[str, str]) -> dict[str, str]:
    """Of the live settings, what a write that is about the rest must not lose: which code runs, and which functions are held."""
    held = held_functions(live)
    names_kept = {name.lower() for name in (*_OF_CODE, names.HELD, *(disabled(function) for function in held))}
    return {name: value for name, value in live.items() if name.lower() in names_kept}


def held_functions(live: Mapping[str, str]) -> tuple[str, ...]:
    said = next((value for name, value in live.items() if name.upper() == names.HELD), "")
    return tuple(sorted({function for function in said.split(",") if function}))


def holding(live: Mapping[str, str], starters: tuple[str, ...]) -> dict[str, str]:
    """The live settings with these functions switched off. One that somebody else has switched off is not ours to switch on again."""
    already = {found[1].lower() for name, value in live.items() if (found := _DISABLED.fullmatch(name)) and _is_true(value)}
    ours = sorted({*held_functions(live), *(one for one in starters if one.lower() not in already)})
    return dict(live) if not ours else {**live, **{disabled(one): "true" for one in ours}, names.HELD: ",".join(ours)}


def released(live: Mapping[str, str]) -> dict[str, str]:
    """The live settings with the functions that we switched off on again."""
    gone = {names.HELD.lower(), *(disabled(one).lower() for one in held_functions(live))}
    return {name: value for name, value in live.items() if name.lower() not in gone}


def disabled(function: str) -> str:
    """Microsoft docs, "How to disable functions in Azure Functions"."""
    return f"AzureWebJobs.{function}.Disabled"


def _off_flex(blueprint: Blueprint, row: LineRow) -> dict[str, str]:
    """Flex Consumption sets the first two by itself, has host ids of its own, and runs no package from a URL."""
    return {
        "FUNCTIONS_EXTENSION_VERSION": "~4",
        "FUNCTIONS_WORKER_RUNTIME": blueprint.app.runtime_name,
        "AzureFunctionsWebHost__hostid": names.host_id(row),
        "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": blueprint.app.identity.id,
    }


def _replaced(value: str, row: LineRow) -> str:
    known = {"line": str(row.line), "hub": row.hub, "app": row.app}
    return _PLACES.sub(lambda found: known[found[1]] if found[1] else found[0][0], value)


def _is_true(value: str) -> bool:
    return value.strip().lower() in ("true", "1")


__all__ = [
    "DEPLOYED_VERSION", "HUB", "RUN_FROM_PACKAGE", "code_settings", "connection", "disabled", "held_functions", "holding", "kept",
    "released", "settings_of",
]  # fmt: skip
