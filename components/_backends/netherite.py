"""Netherite: Event Hubs and page blobs of the user's, by connection string.

Its support ends on 2028-03-31, and it knows no managed identity. Two task hubs in one Event Hubs namespace take each other's messages
(azure-functions-durable-extension#2534), so that each slot needs a namespace; the storage account is shared, told apart by hub names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from .. import _defaults as defaults
from .._azure.names import APP_SETTING
from .._azure.setting_names import HOST_STORAGE
from .._children.foundation import AppIdentity, Place
from .._children.slot_settings import Settings
from .._problems import Problem
from .._wanted import CommonArguments, Leaf
from ._connections import Connections, connection_problems
from ._elsewhere import ignored_account, refused_on_flex, runtime_scale
from ._protocol import HUB_NAME, ORCHESTRATION_VERSIONING, PATH, App, BundleFloor, Made, hub_setting

_PATH = f"{PATH}.netherite"
_SHARED = (
    "two task hubs in one Event Hubs namespace take each other's messages (azure-functions-durable-extension#2534). "
    "Give each slot a namespace of its own."
)
_END = (
    "durable.backend.netherite: support for Netherite ends on 2028-03-31, and state can't be moved to another backend. Plan a new app with "
    "durable_task_scheduler, and let this one run empty."
)


class Netherite(Connections):
    storage_connection: Leaf | None = None
    storage_connection_setting: str = "NetheriteStorage"

    @property
    def kind(self) -> str:
        return "netherite"

    @property
    def usual_setting(self) -> str:
        return "EventHubsConnection"

    @property
    def bundle_floor(self) -> BundleFloor:
        return ORCHESTRATION_VERSIONING

    def problems(self, app: App) -> Iterator[Problem]:
        yield from refused_on_flex(self.kind, app)
        yield from connection_problems(_PATH, self, app, _SHARED)
        yield from self._storage(app)
        yield from ignored_account(app)

    def _storage(self, app: App) -> Iterator[Problem]:
        setting, path = self.storage_connection_setting, f"{_PATH}.storage_connection_setting"
        if APP_SETTING.problem(setting) is not None:
            yield Problem(path, setting, "is no valid app setting name.", f"Rule: {APP_SETTING.rule}.")
        elif setting.lower() == HOST_STORAGE.lower():
            yield Problem(
                path,
                setting,
                "is the host's storage, which is reached by managed identity here, and Netherite knows none.",
                "Name a setting with the connection string of an account with keys.",
            )
        elif setting.lower() in (app.connection_setting.lower(), defaults.HUB_SETTING.lower()):
            yield Problem(
                path, setting, "is the name of another setting of this backend.", "Use a name of its own, such as NetheriteStorage."
            )
        elif self.storage_connection is None and not all(setting in app.user_settings.get(slot, {}) for slot in app.slots):
            yield Problem(
                f"{_PATH}.storage_connection",
                None,
                f"is required: Netherite knows no managed identity, and there is no setting {setting} of yours.",
                f"Give the connection string of a general-purpose account, or set settings.{setting}.",
            )

    def warnings(self, app: App) -> Iterator[str]:
        yield _END

    def host_json(self, app: App) -> Mapping[str, Any]:
        return {
            "provider": "Netherite",
            "connection": app.connection_setting,
            "provider_settings": {"StorageConnectionName": self.storage_connection_setting},
            "hub_name": HUB_NAME,
        }

    def site_config(self, app: App) -> Mapping[str, Any]:
        return runtime_scale(app)

    def written(self, app: App) -> frozenset[str]:
        connection = () if self.by_name else (app.connection_setting,)
        storage = () if self.storage_connection is None else (self.storage_connection_setting,)
        return frozenset({defaults.HUB_SETTING, *connection, *storage})

    def hub_account(self, app: App) -> str:
        return ""

    def make(self, place: Place, arguments: CommonArguments, identity: AppIdentity, app: App) -> Made:
        storage: Settings = {}
        if self.storage_connection is not None:
            storage = {self.storage_connection_setting: pulumi.Output.secret(self.storage_connection)}
        return Made(
            settings={slot: {**self.setting(app.connection_setting, slot), **storage, **hub_setting(app, slot)} for slot in app.slots},
            sticky=tuple(sorted({app.connection_setting, defaults.HUB_SETTING})),
            hubs={slot: {"account": None, "task_hub": hub} for slot, hub in app.hubs.items()},
        )


__all__ = ["Netherite"]
