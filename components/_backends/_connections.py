"""A connection that the user brings, one per slot: as a secret value, by Key Vault, or as a setting among the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pydantic import Field

from .._children.slot_settings import Settings
from .._problems import Problem
from .._wanted import Group, Leaf
from ._protocol import App


class Connections(Group):
    connection_strings: dict[str, Leaf] = Field(default_factory=dict)
    key_vault_secrets: dict[str, str] = Field(default_factory=dict)

    @property
    def by_name(self) -> bool:
        """True: nothing is given here, so that the setting is among the user's own."""
        return not self.connection_strings and not self.key_vault_secrets

    def setting(self, name: str, slot: str) -> Settings:
        """The slot's connection, if it is given here. A connection string is secret in state and output."""
        if slot in self.connection_strings:
            return {name: pulumi.Output.secret(self.connection_strings[slot])}
        if slot in self.key_vault_secrets:
            return {name: key_vault_reference(self.key_vault_secrets[slot])}
        return {}


def connection_problems(path: str, given: Connections, app: App, shared: str) -> Iterator[Problem]:
    """`shared` says what would happen to two slots with one connection, and what each needs instead."""
    if given.connection_strings and given.key_vault_secrets:
        yield Problem(path, None, "has both 'connection_strings' and 'key_vault_secrets'.", "Keep the one that is meant.")
        return
    field = "connection_strings" if given.connection_strings else "key_vault_secrets"
    values: Mapping[str, Any] = given.connection_strings or given.key_vault_secrets
    if given.by_name:
        yield from _among_settings(path, app, shared)
        return
    for slot in app.slots:
        if slot not in values:
            yield Problem(f"{path}.{field}.{slot}", None, "is required: every slot needs its own connection.", "Add it.")
    for slot in values:
        if slot not in app.slots:
            yield Problem(f"{path}.{field}.{slot}", None, "is no slot of this site.", f"Slots here: {', '.join(app.slots)}.")
    for slot, uri in given.key_vault_secrets.items():
        yield from secret_uri_problem(f"{path}.{field}.{slot}", uri)
    for one, other in _twins(values):
        yield Problem(f"{path}.{field}.{other}", None, f"is the same connection as that of slot '{one}': {shared}", "")


def _among_settings(path: str, app: App, shared: str) -> Iterator[Problem]:
    found = {slot: values[app.connection_setting] for slot, values in app.user_settings.items() if app.connection_setting in values}
    missing = [slot for slot in app.slots if slot not in found]
    if missing:
        yield Problem(
            path,
            None,
            f"has no connection, and slot '{missing[0]}' has no setting {app.connection_setting} of yours.",
            f"Give connection_strings or key_vault_secrets, or set sticky_settings.<slot>.{app.connection_setting} for every slot.",
        )
    for one, other in _twins(found):
        rule = f"has the same {app.connection_setting} in slots '{one}' and '{other}': {shared}"
        yield Problem(path, None, rule, "")


def _twins(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Slots with one connection: plain values can be compared, and so can one output that is given twice."""
    owners: dict[Any, str] = {}
    for slot, value in values.items():
        key = value.strip().rstrip("/;").lower() if isinstance(value, str) else id(value)
        if (owner := owners.setdefault(key, slot)) != slot:
            yield owner, slot


def key_vault_reference(uri: str) -> str:
    """The value of an app setting that the platform fills from a secret. Microsoft docs: "Use Key Vault references as app settings"."""
    return f"@Microsoft.KeyVault(SecretUri={uri})"


def secret_uri_problem(path: str, uri: str) -> Iterator[Problem]:
    if not uri.startswith("https://"):
        yield Problem(path, uri, "is no secret URI.", "Write it like https://my-vault.vault.azure.net/secrets/name.")


__all__ = ["Connections", "connection_problems", "key_vault_reference", "secret_uri_problem"]
