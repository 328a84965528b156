"""What app settings say: which bundle a slot holds, where its hub lies, which code it runs. Pure.

A connection `X` is an exact setting X (a connection string or a Key Vault reference), which wins, or a group `X__…` for an identity: the
rules of the Durable extension and of Azure's SDKs. Names of settings are compared as Azure stores them; names of accounts and hubs
without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ..deployment import Deployment

BUNDLE = "DURABLE_DEPLOY_BUNDLE"
VERSION = "DURABLE_DEPLOY_VERSION"
STACK = "DURABLE_DEPLOY_STACK"
STARTERS = "DURABLE_DEPLOY_STARTERS"
VERSIONS = "DURABLE_DEPLOY_VERSIONS"
STRATEGIES = "DURABLE_DEPLOY_STRATEGIES"
FUNCTIONS = "DURABLE_DEPLOY_FUNCTIONS"
RUN_FROM_PACKAGE = "WEBSITE_RUN_FROM_PACKAGE"

Kind = Literal["identity", "connection string", "Key Vault reference"]


@dataclass(frozen=True)
class Connection:
    kind: Kind
    account: str | None
    """In lower case. None for a Key Vault reference, which hides it."""
    queue: str | None = None
    table: str | None = None
    blob: str | None = None
    """Endpoints, as far as the settings name them."""
    text: str | None = None
    """The connection string, or the secret's address."""


@dataclass(frozen=True)
class Held:
    """What of a slot's storage its settings name."""

    bundle: str | None
    stranger: str | None
    hub: str | None
    connection: Connection | None


def held(settings: Mapping[str, str], deployment: Deployment, slot: str) -> Held:
    connection = connection_of(settings, deployment.connection_setting) if deployment.connection_setting else None
    if deployment.versioning is not None:
        return _sticky(settings, deployment, slot, connection)
    if deployment.task_hub_setting is not None:
        return _by_hub(settings, deployment, deployment.task_hub_setting, connection)
    if connection is None:
        return Held(None, None, None, None)
    if connection.account is None:
        bundle = settings.get(BUNDLE)
        if bundle not in deployment.bundles:
            hidden = connection.text if connection.kind == "Key Vault reference" else "a connection string that names no account"
            return Held(None, hidden, None, connection)
    else:
        bundle = next((name for name, one in deployment.bundles.items() if one.account.lower() == connection.account), None)
    if bundle is None:
        return Held(None, connection.account, None, connection)
    return Held(bundle, None, deployment.bundles[bundle].task_hub, connection)


def _by_hub(settings: Mapping[str, str], deployment: Deployment, setting: str, connection: Connection | None) -> Held:
    """All bundles share an account, and are told apart by their hubs."""
    accounts = {one.account.lower() for one in deployment.bundles.values()}
    hub = settings.get(setting) or None
    if connection is not None and connection.account is not None and connection.account not in accounts:
        return Held(None, connection.account, hub, connection)
    bundle = next((name for name, one in deployment.bundles.items() if hub and one.task_hub.lower() == hub.lower()), None)
    return Held(bundle, hub if bundle is None else None, hub, connection)


def _sticky(settings: Mapping[str, str], deployment: Deployment, slot: str, connection: Connection | None) -> Held:
    """The hub is the slot's own. What travels is the code, so the bundle is called as the code is."""
    package = package_of(settings)
    bundle = settings.get(VERSION) or (package or "").partition("?")[0].rpartition("/")[2] or None
    hub = settings.get(deployment.task_hub_setting or "") or None
    own = deployment.bundles.get(slot)
    if own is None:  # a backend that is no storage account
        return Held(bundle, None, None, None)
    if connection is not None and connection.account is not None and connection.account != own.account.lower():
        return Held(bundle, connection.account, hub, connection)
    return Held(bundle, hub if hub is not None and hub.lower() != own.task_hub.lower() else None, hub, connection)


def connection_of(settings: Mapping[str, str], name: str) -> Connection | None:
    exact = settings.get(name)
    if exact:
        secret = re.search(r"^@Microsoft\.KeyVault\((.*)\)$", exact, re.IGNORECASE)
        if secret:
            return Connection("Key Vault reference", None, text=secret[1])
        parts = dict(part.split("=", 1) for part in exact.split(";") if "=" in part)
        account = next((value for key, value in parts.items() if key.lower() == "accountname"), None)
        return Connection("connection string", (account or "").lower() or None, text=exact)
    endpoints = {service: settings.get(f"{name}__{service}ServiceUri") or None for service in ("queue", "table", "blob")}
    account = settings.get(f"{name}__accountName")
    if account:
        public = {service: f"https://{account}.{service}.core.windows.net" for service in endpoints}
        return Connection("identity", account.lower(), **{**public, **{key: uri for key, uri in endpoints.items() if uri}})
    named = next((uri for uri in endpoints.values() if uri), None)
    return None if named is None else Connection("identity", account_of(named), **endpoints)


def account_of(endpoint: str) -> str:
    """The account in a service endpoint: the host's first label, or for an address without account names the path's first segment."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if re.fullmatch(r"[\d.]+|localhost|\[?[0-9a-f:]+\]?", host):
        return parts.path.strip("/").split("/")[0].lower()
    return host.split(".")[0].lower()


def package_of(settings: Mapping[str, str]) -> str | None:
    package = settings.get(RUN_FROM_PACKAGE)
    return package if package and package != "0" else None


def listed(settings: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in settings.get(name, "").split(",") if part)


__all__ = [
    "BUNDLE",
    "FUNCTIONS",
    "STACK",
    "STARTERS",
    "STRATEGIES",
    "VERSION",
    "VERSIONS",
    "Connection",
    "Held",
    "account_of",
    "connection_of",
    "held",
    "listed",
    "package_of",
]
