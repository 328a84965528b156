"""Orchestration versioning on every backend but Azure Storage, and on Flex Consumption: two phases and a rollback, on the real engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sampling import sampled, story

from ..azure import Azure
from ..project import COMPONENT_PROGRAM, Project
from ..test_versioned_slots import deployment, shown_changes, write_package

pytestmark = story("backends")

PROGRAM = COMPONENT_PROGRAM.replace("StatusCheckWithSlot", "OrchestrationVersioning").replace(
    '"bundles"', '"hubs", "start_versions", "pending", "backend"'
)
CONNECTIONS = {"production": "Server=db;User Id=p", "staging": "Server=db;User Id=s"}
NAMESPACES = {"production": "Endpoint=sb://p/", "staging": "Endpoint=sb://s/"}
SCHEDULER = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"
BACKENDS: dict[str, tuple[dict[str, Any], str, dict[str, str] | None]] = {
    "durable_task_scheduler": ({}, SCHEDULER, None),
    "mssql": ({"connection_strings": CONNECTIONS}, "SQLDB_Connection", CONNECTIONS),
    "netherite": ({"connection_strings": NAMESPACES, "storage_connection": "AccountName=n"}, "EventHubsConnection", NAMESPACES),
}
"""Backend -> its arguments, the setting of its connection, and what the slots have there; None: the same in all of them."""


@pytest.mark.parametrize("case", sampled([*BACKENDS, "durable_task_scheduler on flex"], count=1))
def test_a_release_in_two_phases_and_its_rollback(azure: Azure, engine: Path, tmp_path: Path, case: str) -> None:
    project = Project(tmp_path / "project", azure.sandbox.environment(), engine, PROGRAM)
    kind, _, flex = case.partition(" on ")
    release(OnFlex(azure, project, tmp_path, kind) if flex else OnSlots(azure, project, tmp_path, kind))


class OnSlots:
    """A program that asks for one version or the other, and what stands between the two phases: a swap."""

    more: dict[str, Any] = {}  # noqa: RUF012
    settings = "orders-production-settings"

    def __init__(self, azure: Azure, project: Project, folder: Path, kind: str) -> None:
        self.azure, self.project = azure, project
        self.backend, self.connection, self.connections = BACKENDS[kind]
        self._kind = kind
        self._apps = {version: write_package(folder / version, "OrchestrationVersioning", (version,)) for version in ("1.0", "2.0")}

    def wants(self, version: str, **versioning: str) -> None:
        durable = {"backend": {self._kind: self.backend}}
        self.project.args({**deployment(self._apps[version], version, **versioning), "durable": durable, **self.more})

    def told(self, slot: str = "production") -> tuple[str | None, ...]:
        names = ("DURABLE_DEPLOY_VERSION", "START_VERSION", "TaskHubName")
        return tuple(self.azure.settings(slot).get(name) for name in names)

    def first(self) -> None:
        assert self.told("staging") == (None, "1.0", "ordersTasksStaging")

    def into_production(self) -> None:
        assert self.told() == ("1.0", "1.0", "ordersTasksProduction")
        assert self.told("staging") == ("2.0", "1.0", "ordersTasksStaging")
        self.azure.swap()

    def at_last(self) -> None:
        """Whatever a slot's hub is reached by has stayed with the slot."""
        found = {slot: self.azure.settings(slot)[self.connection] for slot in ("production", "staging")}
        if self.connections is not None:
            assert found == self.connections
            return
        assert found["production"] == found["staging"]
        hubs = [id.names[-1] for id, _ in self.azure.plane.store.of_type("Microsoft.DurableTask/schedulers/taskHubs")]
        assert sorted(hubs) == ["ordersTasksProduction", "ordersTasksStaging"]
        assert self.told("staging") == ("1.0", "1.0", "ordersTasksStaging")


class OnFlex(OnSlots):
    more = {"plan": {"sku": "FC1"}}  # noqa: RUF012

    def first(self) -> None:
        self._note_live()

    def into_production(self) -> None:
        assert self.told() == ("2.0", "1.0", "ordersTasksProduction"), "the settings are ahead of the code"
        self._note_live()

    def at_last(self) -> None:
        hubs = [id.names[-1] for id, _ in self.azure.plane.store.of_type("Microsoft.DurableTask/schedulers/taskHubs")]
        assert hubs == ["ordersTasksProduction"]

    def _note_live(self) -> None:
        """As a release does when every instance has the code."""
        (container,) = [
            id
            for id, _ in self.azure.plane.store.of_type("Microsoft.Storage/storageAccounts/blobServices/containers")
            if id.name == "packages"
        ]
        settings = self.azure.settings()
        live = f"{settings['DURABLE_DEPLOY_PACKAGE']};{settings['DURABLE_DEPLOY_VERSIONS']}"
        metadata = self.azure.plane.request("GET", str(container), caller="test").body["properties"].get("metadata") or {}
        body = {"properties": {"metadata": {**metadata, "live": live}}}
        self.azure.plane.request("PATCH", str(container), body, caller="test")


def release(app: OnSlots) -> None:
    azure, project = app.azure, app.project
    app.wants("1.0")
    project.up()
    app.first()
    assert app.told() == ("1.0", "1.0", "ordersTasksProduction")
    assert shown_changes(project) == {}

    app.wants("2.0")
    project.up("--refresh")
    app.into_production()
    assert app.told() == ("2.0", "1.0", "ordersTasksProduction")
    assert shown_changes(project) == {app.settings: ["update", "properties.START_VERSION"]}
    before = len(azure.plane.journal)
    project.up("--refresh")
    assert azure.writes_since(before) == [("PUT", "Microsoft.Web/sites/orders/config/appsettings")]
    assert app.told() == ("2.0", "2.0", "ordersTasksProduction")
    assert shown_changes(project) == {}

    app.wants("2.0", start_version="1.0")
    project.up("--refresh")
    assert app.told() == ("2.0", "1.0", "ordersTasksProduction")
    app.at_last()
