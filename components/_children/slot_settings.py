"""The whole settings map of one slot: what all slots share, what stays with the slot, and what travels with its bundle.

A settings PUT replaces the whole map, so that a bundle's code and storage are always written together, in one request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from .. import _defaults as defaults
from .._azure import setting_names as names
from .._azure.names import disabled_setting, host_id
from .._azure.versions import RuntimeStack
from .._live.parity import PRODUCTION, SlotPlan
from .._wanted import Arguments, CommonArguments
from .accounts import Account, Accounts
from .foundation import AppIdentity, Monitor

Settings = dict[str, pulumi.Input[str]]


@dataclass(frozen=True)
class Facts:
    """What settings are made of besides plain arguments: values of resources that may be made in the same update."""

    identity: AppIdentity
    accounts: Accounts
    monitor: Monitor
    secrets: Mapping[str, pulumi.Input[str]]
    """Bundle -> connection string or Key Vault reference; empty with `connection: identity`."""
    new_package: pulumi.Input[str] | None
    """Where the wanted package lies."""


def sticky_names(arguments: CommonArguments, starters: tuple[str, ...]) -> list[str]:
    """One list per site; never anything of a bundle."""
    of_user = {name for values in arguments.sticky_settings.values() for name in values}
    return sorted({names.HOST_ID, *(disabled_setting(starter) for starter in starters), *of_user})


def slot_settings(
    arguments: CommonArguments, slot: str, bundle: Mapping[str, pulumi.Input[str]], starters: tuple[str, ...], facts: Facts
) -> Settings:
    """`bundle` is what the strategy writes for this slot. `starters` are held off everywhere but in production."""
    held_off = {} if slot == PRODUCTION else {disabled_setting(starter): "true" for starter in starters}
    return {
        **_shared(arguments, facts),
        **arguments.settings,
        names.HOST_ID: host_id(arguments.site.name, slot),
        **held_off,
        **arguments.sticky_settings.get(slot, {}),
        **bundle,
    }


def bundle_settings(arguments: Arguments, slot: SlotPlan, facts: Facts) -> Settings:
    """What travels at a swap, the durable storage with the code."""
    return {names.BUNDLE: slot.bundle, **_durable(arguments, slot.bundle, facts), **code_settings(arguments, slot, facts.new_package)}


def code_settings(arguments: CommonArguments, slot: SlotPlan, new_package: pulumi.Input[str] | None) -> Settings:
    """What travels with the code in every strategy. A setting of a pipeline is kept unless the program declares it.

    Values that were read from live settings are secret, because they may hold anything.
    """
    settings: Settings = {names.STACK: slot.stack, names.WORKER_RUNTIME: _worker_runtime(slot.stack)}
    declared = {name.lower() for values in (arguments.settings, arguments.sticky_settings.get(slot.slot, {})) for name in values}
    kept = {name: value for name, value in slot.deployment.items() if name.lower() not in declared}
    settings |= {name: pulumi.Output.secret(value) for name, value in kept.items()}
    if slot.code is None:
        return settings
    package = new_package if slot.new and new_package is not None else pulumi.Output.secret(slot.code.package)
    settings[names.RUN_FROM_PACKAGE] = package
    if slot.code.version is not None:
        settings[names.VERSION] = slot.code.version
    if slot.code.starters:
        settings[names.STARTERS] = ",".join(slot.code.starters)
    settings |= {name: value if slot.new else pulumi.Output.secret(value) for name, value in slot.code.records.items()}
    carried: Mapping[str, pulumi.Input[str]] = (
        arguments.version_settings if slot.new else {name: pulumi.Output.secret(value) for name, value in slot.code.settings.items()}
    )
    if carried:
        settings |= {**carried, names.VERSION_SETTINGS: ",".join(sorted(carried))}
    return settings


def unknown_bundle_settings(arguments: Arguments) -> Settings:
    """For a dry run that may not read the live settings: the names that a bundle may have, with unknown values."""
    connection = arguments.durable.connection_setting
    parts = ("blobServiceUri", "queueServiceUri", "tableServiceUri", "credential", "clientId")
    group = [f"{connection}__{part}" for part in parts] if arguments.durable.connection == "identity" else [connection]
    hub = [defaults.HUB_SETTING] if arguments.durable.isolation == "task_hub" else []
    return {**unknown_code_settings(arguments), **{name: unknown() for name in (names.BUNDLE, *group, *hub)}}


def unknown_code_settings(arguments: CommonArguments, records: tuple[str, ...] = ()) -> Settings:
    """The names that code may bring along, with unknown values."""
    code = [names.STACK, names.WORKER_RUNTIME, names.VERSION, names.STARTERS, names.RUN_FROM_PACKAGE, *records]
    of_user = [*arguments.version_settings, names.VERSION_SETTINGS] if arguments.version_settings else []
    return {name: unknown() for name in (*code, *of_user)}


def unknown() -> pulumi.Output[str]:
    """An output whose value the preview shows as unknown."""
    return pulumi.Output.from_input(pulumi.runtime.rpc.UNKNOWN).apply(str)


def _shared(arguments: CommonArguments, facts: Facts) -> Settings:
    settings: Settings = {
        names.FUNCTIONS_VERSION: arguments.functions_version,
        **identity_connection(names.HOST_STORAGE, facts.accounts.host, facts.identity),
        names.PACKAGE_IDENTITY: facts.identity.id,
        names.INSIGHTS_CONNECTION: facts.monitor.connection_string,
        names.INSIGHTS_AUTHENTICATION: pulumi.Output.concat("ClientId=", facts.identity.client_id, ";Authorization=AAD"),
    }
    if arguments.storage.content_connection is not None:
        settings[names.CONTENT_CONNECTION] = arguments.storage.content_connection
    return settings


def _durable(arguments: Arguments, bundle: str, facts: Facts) -> Settings:
    connection = arguments.durable.connection_setting
    hub: Settings = {defaults.HUB_SETTING: arguments.hubs[bundle]} if arguments.durable.isolation == "task_hub" else {}
    if arguments.durable.connection != "identity":
        return {connection: facts.secrets[bundle], **hub}
    return {**identity_connection(connection, facts.accounts.durable[bundle], facts.identity), **hub}


def identity_connection(name: str, account: Account, identity: AppIdentity) -> Settings:
    """The three service URIs, which every cloud understands, and the two settings that a user-assigned identity needs."""
    uris = {f"{name}__{service}ServiceUri": account.endpoint(service) for service in ("blob", "queue", "table")}
    return {**uris, f"{name}__credential": "managedidentity", f"{name}__clientId": identity.client_id}


def _worker_runtime(stack: str) -> str:
    try:
        return RuntimeStack.parse(stack).worker_runtime
    except ValueError:  # the live stack of an adopted app, in a spelling of its own
        return stack.partition("|")[0].lower()
