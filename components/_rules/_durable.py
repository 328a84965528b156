"""Task hubs and the connection to them: what the Durable extension can do, and what would put two bundles on one hub."""

from __future__ import annotations

from collections.abc import Iterator

from .._azure import names as _names
from .._azure import setting_names as names
from .._azure.versions import Version
from .._defaults import HUB_SETTING
from .._problems import Problem
from .._wanted import Arguments

_IDENTITY_SINCE = "2.7"
"""Microsoft docs, "Durable Functions: configure managed identity": identity-based connections need extension 2.7.0."""

_TAKEN = {
    name.upper()
    for name in (
        *names.MARKERS,
        names.HOST_ID,
        names.FUNCTIONS_VERSION,
        names.WORKER_RUNTIME,
        names.RUN_FROM_PACKAGE,
        names.PACKAGE_IDENTITY,
        names.CONTENT_SHARE,
        names.CONTENT_CONNECTION,
        names.INSIGHTS_CONNECTION,
        names.INSIGHTS_AUTHENTICATION,
        HUB_SETTING,
    )
}


def problems(arguments: Arguments) -> Iterator[Problem]:
    yield from _hubs(arguments)
    yield from _extension(arguments)
    yield from _secrets(arguments)
    durable = arguments.durable
    if _names.APP_SETTING.problem(durable.connection_setting) is not None:
        yield Problem(
            "durable.connection_setting", durable.connection_setting, "is no valid app setting name.", f"Rule: {_names.APP_SETTING.rule}."
        )
    if _is_host_storage(durable.connection_setting):
        yield Problem(
            "durable.connection_setting",
            durable.connection_setting,
            "is the host's storage, which both slots share; durable storage must travel with the code.",
            "Use a name of its own, such as DurableManagementStorage.",
        )
    if durable.connection_setting.upper() in _TAKEN:
        yield Problem(
            "durable.connection_setting",
            durable.connection_setting,
            "is a setting that the component writes for another purpose.",
            "Use a name of its own, such as DurableManagementStorage.",
        )
    if durable.initial_bundle is not None and durable.initial_bundle not in arguments.bundles:
        yield Problem(
            "durable.initial_bundle",
            durable.initial_bundle,
            "is no bundle of this component.",
            f"Bundles here: {', '.join(arguments.bundles)}.",
        )


def _is_host_storage(setting: str) -> bool:
    """A connection `X` is looked for as `AzureWebJobsX` first, so that `Storage` means the host's as well (azure-webjobs-sdk)."""
    lower, host = setting.lower(), names.HOST_STORAGE.lower()
    return lower == host or lower.startswith(f"{host}__") or f"azurewebjobs{lower}" == host


def _hubs(arguments: Arguments) -> Iterator[Problem]:
    durable = arguments.durable
    if durable.task_hubs and durable.isolation == "storage":
        yield Problem(
            "durable.task_hubs",
            None,
            "would be ignored: with isolation 'storage' all bundles have the same hub name, each in an account of its own.",
            "Leave it out, or set isolation to 'task_hub'.",
        )
        return
    for bundle in durable.task_hubs:
        if bundle not in arguments.bundles:
            yield Problem(
                f"durable.task_hubs.{bundle}",
                durable.task_hubs[bundle],
                "is no bundle of this component.",
                f"Bundles here: {', '.join(arguments.bundles)}.",
            )
    hubs = (
        {f"durable.task_hubs.{bundle}": hub for bundle, hub in arguments.hubs.items()}
        if durable.isolation == "task_hub"
        else {"durable.hub_name": next(iter(arguments.hubs.values()))}
    )
    owners: dict[str, str] = {}
    for path, hub in hubs.items():
        if _names.TASK_HUB.problem(hub) is not None:
            yield Problem(path, hub, "is no valid task hub name.", f"Rule: {_names.TASK_HUB.rule}.")
        if hub.lower() == _names.default_hub_name(arguments.site.name).lower():
            yield Problem(
                path,
                hub,
                "is the name that Durable derives from the site's name: a slot does not start with it.",
                "Choose another, such as one with 'Tasks' behind it.",
            )
        if (owner := owners.setdefault(hub.lower(), path)) != path:
            yield Problem(
                path,
                hub,
                f"is the same task hub as {owner} (Azure ignores case): two versions would work on one hub.",
                "Name each hub differently.",
            )


def _extension(arguments: Arguments) -> Iterator[Problem]:
    durable = arguments.durable
    try:
        extension = Version.parse(durable.extension)
    except ValueError:
        yield Problem("durable.extension", durable.extension, "is no version.", "Write it like 2.13 or 3.1.")
        return
    if durable.connection == "identity" and extension < Version.parse(_IDENTITY_SINCE):
        yield Problem(
            "durable.connection",
            "identity",
            f"needs Durable extension {_IDENTITY_SINCE} or newer, and durable.extension is {durable.extension}.",
            "Use key_vault_secret, or a newer extension.",
        )
    if durable.connection_key == "connectionName" and extension < Version.parse(_IDENTITY_SINCE):
        yield Problem(
            "durable.connection_key",
            "connectionName",
            f"is known to Durable extension {_IDENTITY_SINCE} and newer, and durable.extension is {durable.extension}.",
            "Use connectionStringName.",
        )
    if durable.functions_version == "~1" and extension >= Version.parse("2.0"):
        yield Problem("durable.extension", durable.extension, "does not run on Functions 1.x.", "Use 1.8, or functions_version ~4.")
    if durable.functions_version == "~1" and arguments.plan.existing_id is None:
        yield Problem(
            "durable.functions_version",
            "~1",
            "runs on Windows only, and the component makes Linux plans.",
            "Give plan.existing_id of a Windows plan, or move to ~4: support for 1.x ended on 2026-09-14.",
        )
    if durable.functions_version == "~1" and durable.extension_bundle is not None:
        yield Problem("durable.extension_bundle", durable.extension_bundle, "is not known to Functions 1.x.", "Leave it out.")


def _secrets(arguments: Arguments) -> Iterator[Problem]:
    durable = arguments.durable
    if durable.connection != "key_vault_secret":
        if durable.key_vault_secrets:
            yield Problem(
                "durable.key_vault_secrets",
                None,
                f"would be ignored with connection '{durable.connection}'.",
                "Leave it out, or set connection to 'key_vault_secret'.",
            )
        return
    owners: dict[str, str] = {}
    needed = arguments.bundles if durable.isolation == "storage" else ("shared",)
    for bundle in needed:
        path = f"durable.key_vault_secrets.{bundle}"
        secret = durable.key_vault_secrets.get(bundle)
        if secret is None:
            yield Problem(path, None, "is required: every bundle needs its own secret.", "Give the secret's URI.")
        elif not secret.startswith("https://"):
            yield Problem(path, secret, "is no secret URI.", "Write it like https://my-vault.vault.azure.net/secrets/name.")
        elif (owner := owners.setdefault(secret.rstrip("/").lower(), path)) != path:
            yield Problem(
                path,
                secret,
                f"is the same secret as {owner}: both bundles would work on one task hub.",
                "Give each bundle a secret of its own.",
            )
    for bundle in durable.key_vault_secrets:
        if bundle not in needed:
            yield Problem(
                f"durable.key_vault_secrets.{bundle}",
                durable.key_vault_secrets[bundle],
                "is no bundle of this component.",
                f"Known here: {', '.join(needed)}.",
            )
