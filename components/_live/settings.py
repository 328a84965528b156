"""What the live settings of a slot say: a pure reading of names and values, apart from the requests that fetch them.

Truth is what the settings name: the durable account or hub, and the package. Our own markers are a cross-check, and carry what the
platform has no place for (the version's label, the names of its starters).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .._azure import setting_names as names
from .parity import Code, Held


@dataclass(frozen=True)
class BundleKeys:
    """How a bundle is recognised in live settings. Exactly one way is in use, told by which mapping is not empty."""

    connection_setting: str
    accounts: Mapping[str, str]
    """Account name -> bundle (`isolation: storage`)."""
    secrets: Mapping[str, str]
    """Key Vault secret URI -> bundle (`connection: key_vault_secret`)."""
    hub_setting: str
    hubs: Mapping[str, str]
    """Task hub name in lower case -> bundle (`isolation: task_hub`)."""
    shared_account: str = ""
    """The account of all `hubs`; empty: hubs are told by their names alone."""
    records: tuple[str, ...] = ()
    """Names of further settings that travel with the code."""
    start_setting: str = ""
    """Name, and with `_` behind it prefix, of the sticky settings that tell clients which version to start; empty: there are none."""


def held(settings: Mapping[str, str], keys: BundleKeys) -> Held:
    """What a slot holds, from its live app settings. Settings that Azure or a pipeline wrote are carried along untouched."""
    bundle, stranger = _bundle(settings, keys)
    code = _code(settings, keys.records)
    deployment = {name: value for name, value in settings.items() if names.is_deployment_setting(name)}
    if code is not None:
        deployment.pop(names.RUN_FROM_PACKAGE, None)
    return Held(
        bundle=bundle,
        stranger=stranger,
        marker=settings.get(names.BUNDLE),
        code=code,
        stack=settings.get(names.STACK),
        deployment=deployment,
        starts=_starts(settings, keys.start_setting),
    )


def _starts(settings: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in settings.items() if name and (key == name or key.startswith(f"{name}_"))}


def _code(settings: Mapping[str, str], records: tuple[str, ...]) -> Code | None:
    package = settings.get(names.RUN_FROM_PACKAGE)
    if not package or package == "0":
        return None
    return Code(
        package=package,
        version=settings.get(names.VERSION),
        stack=settings.get(names.STACK),
        starters=_listed(settings, names.STARTERS),
        settings={name: settings[name] for name in _listed(settings, names.VERSION_SETTINGS) if name in settings},
        records={name: settings[name] for name in records if name in settings},
    )


def _listed(settings: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in settings.get(name, "").split(",") if part)


def _bundle(settings: Mapping[str, str], keys: BundleKeys) -> tuple[str | None, str | None]:
    connection = settings.get(keys.connection_setting)
    if keys.hubs:
        account = None if connection and _secret_uri(connection) else _account(settings, keys.connection_setting)
        if account is not None and keys.shared_account and account != keys.shared_account:
            return None, account
        hub = settings.get(keys.hub_setting)
        return _known(hub, hub and hub.lower(), keys.hubs)
    if keys.secrets and connection is not None and (secret := _secret_uri(connection)) is not None:
        return _known(secret, secret.rstrip("/").lower(), keys.secrets)
    account = _account(settings, keys.connection_setting)
    return _known(account, account, keys.accounts)


def _known(shown: str | None, key: str | None, bundles: Mapping[str, str]) -> tuple[str | None, str | None]:
    if not key:
        return None, None
    return (bundles[key], None) if key in bundles else (None, shown)


def _secret_uri(value: str) -> str | None:
    match = re.search(r"SecretUri=([^;)]+)", value, re.IGNORECASE)
    return match[1] if match else None


def _account(settings: Mapping[str, str], connection: str) -> str | None:
    """The storage account that a connection names. An exact setting wins over the group, as in the Durable extension."""
    exact = settings.get(connection)
    if exact:
        match = re.search(r"AccountName=([^;]+)", exact, re.IGNORECASE)
        return match[1].lower() if match else exact
    by_name = settings.get(f"{connection}__accountName")
    if by_name:
        return by_name.lower()
    for part in ("tableServiceUri", "queueServiceUri", "blobServiceUri"):
        uri = settings.get(f"{connection}__{part}")
        if uri:
            return account_of(uri)
    return None


def account_of(endpoint: str) -> str:
    """The account in a service endpoint: the host's first label, or for an address without account names the path's first segment."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if re.fullmatch(r"[\d.]+|localhost|\[?[0-9a-f:]+\]?", host):
        return parts.path.strip("/").split("/")[0].lower()
    return host.split(".")[0].lower()
