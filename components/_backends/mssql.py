"""Microsoft SQL: a database of the user's, reached by a connection string per slot.

The provider ignores `hubName`: a task hub belongs to the SQL user of the connection (durabletask-mssql, docs/multitenancy.md), and what
host.json can say instead (`taskHubName`, `schemaName`) are literals that travel with the code. So only the connection keeps slots apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import _defaults as defaults
from .._children.foundation import AppIdentity, Place
from .._problems import Problem
from .._wanted import CommonArguments
from ._connections import Connections, connection_problems
from ._elsewhere import ignored_account, refused_on_flex, runtime_scale
from ._protocol import HUB_NAME, ORCHESTRATION_VERSIONING, PATH, App, BundleFloor, Made, hub_setting

_PATH = f"{PATH}.mssql"
_SHARED = (
    "a task hub belongs to the SQL user of its connection, so both would work on one hub. Give each slot a SQL user or a database of its own; "
    "a schema or taskHubName can't keep them apart, because host.json travels with the code."
)


class Mssql(Connections):
    schema_name: str | None = None
    create_database: bool = False

    @property
    def kind(self) -> str:
        return "mssql"

    @property
    def usual_setting(self) -> str:
        return "SQLDB_Connection"

    @property
    def bundle_floor(self) -> BundleFloor:
        return ORCHESTRATION_VERSIONING

    def problems(self, app: App) -> Iterator[Problem]:
        yield from refused_on_flex(self.kind, app)
        yield from connection_problems(_PATH, self, app, _SHARED)
        own = next((value for key, value in app.own_storage_provider.items() if key.lower() == "taskhubname"), None)
        if own is not None and len(app.slots) > 1:
            yield Problem(
                "package host.json: storageProvider.taskHubName",
                own,
                "travels with the code: where the database names task hubs by it, a swap takes production's hub away from production.",
                "Remove it, and give each slot a SQL user of its own.",
            )
        yield from ignored_account(app)

    def warnings(self, app: App) -> Iterator[str]:
        if app.runtime.upper().startswith("DOTNET-ISOLATED|"):
            yield "durable.backend.mssql: entities are not supported with .NET isolated (durabletask-mssql)."

    def host_json(self, app: App) -> Mapping[str, Any]:
        schema = {"schemaName": self.schema_name} if self.schema_name is not None else {}
        create = {"createDatabaseIfNotExists": True} if self.create_database else {}
        return {
            "provider": "mssql",
            "connection": app.connection_setting,
            "provider_settings": {**schema, **create},
            "hub_name": HUB_NAME,  # not read by the provider, but by the check that refuses to start a slot on the derived name
        }

    def site_config(self, app: App) -> Mapping[str, Any]:
        return runtime_scale(app)

    def written(self, app: App) -> frozenset[str]:
        return frozenset({defaults.HUB_SETTING, *(() if self.by_name else (app.connection_setting,))})

    def hub_account(self, app: App) -> str:
        return ""

    def make(self, place: Place, arguments: CommonArguments, identity: AppIdentity, app: App) -> Made:
        return Made(
            settings={slot: {**self.setting(app.connection_setting, slot), **hub_setting(app, slot)} for slot in app.slots},
            sticky=tuple(sorted({app.connection_setting, defaults.HUB_SETTING})),
            hubs={slot: {"account": None, "task_hub": None} for slot in app.slots},
        )


__all__ = ["Mssql"]
