"""Azure Storage: one durable account for all slots, and one task hub per slot in it. By managed identity unless asked otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from .. import _defaults as defaults
from .._children.accounts import Account, connection_string, make_account
from .._children.foundation import AppIdentity, Place
from .._children.slot_settings import Settings, identity_connection
from .._problems import Problem
from .._wanted import CommonArguments, Group
from ._connections import key_vault_reference, secret_uri_problem
from ._protocol import HUB_NAME, ORCHESTRATION_VERSIONING, PATH, App, BundleFloor, Made, hub_setting

_PATH = f"{PATH}.azure_storage"


class AzureStorage(Group):
    connection: Literal["identity", "key_vault_secret", "connection_string"] = "identity"
    key_vault_secret: str | None = None

    @property
    def kind(self) -> str:
        return "azure_storage"

    @property
    def usual_setting(self) -> str:
        return defaults.SHARED_CONNECTION_SETTING

    @property
    def bundle_floor(self) -> BundleFloor:
        return ORCHESTRATION_VERSIONING

    def problems(self, app: App) -> Iterator[Problem]:
        path = f"{_PATH}.key_vault_secret"
        if self.connection != "key_vault_secret":
            if self.key_vault_secret is not None:
                yield Problem(
                    path,
                    self.key_vault_secret,
                    f"would be ignored with connection '{self.connection}'.",
                    "Leave it out, or set connection to 'key_vault_secret'.",
                )
        elif self.key_vault_secret is None:
            yield Problem(path, None, "is required with connection 'key_vault_secret'.", "Give the secret's URI.")
        else:
            yield from secret_uri_problem(path, self.key_vault_secret)

    def warnings(self, app: App) -> Iterator[str]:
        yield from ()

    def host_json(self, app: App) -> Mapping[str, Any]:
        return {"provider": "AzureStorage", "connection": app.connection_setting, "hub_name": HUB_NAME}

    def site_config(self, app: App) -> Mapping[str, Any]:
        return {}

    def written(self, app: App) -> frozenset[str]:
        return frozenset({app.connection_setting, defaults.HUB_SETTING})

    def hub_account(self, app: App) -> str:
        return app.account

    def make(self, place: Place, arguments: CommonArguments, identity: AppIdentity, app: App) -> Made:
        keys, protect = self.connection != "identity", arguments.storage.protect_state
        account = make_account(place, arguments, "durable", app.account, shared_keys=keys, protect=protect)
        connection = self._connection(place, account, identity, app.connection_setting)
        return Made(
            settings={slot: {**connection, **hub_setting(app, slot)} for slot in app.slots},
            sticky=(defaults.HUB_SETTING,),
            hubs={slot: {"account": account.name, "task_hub": hub} for slot, hub in app.hubs.items()},
            accounts={"durable": account},
        )

    def _connection(self, place: Place, account: Account, identity: AppIdentity, name: str) -> Settings:
        if self.connection == "identity":
            return identity_connection(name, account, identity)
        if self.connection == "connection_string":
            return {name: connection_string(place, account)}
        return {name: key_vault_reference(self.key_vault_secret or "")}


__all__ = ["AzureStorage"]
