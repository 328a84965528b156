"""Orchestration versioning without a staging slot, on the real engine: the package is changed in place, and clients are told a version later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..azure import Azure
from ..project import COMPONENT_PROGRAM, Project
from ..test_versioned_slots import deployment, shown_changes, write_package

PROGRAM = COMPONENT_PROGRAM.replace("StatusCheckWithSlot", "OrchestrationVersioning").replace(
    '"bundles"', '"hubs", "start_versions", "pending"'
)


def test_a_bump_in_place_is_raised_by_the_second_update_and_an_older_version_writes_nothing(
    azure: Azure, engine: Path, tmp_path: Path
) -> None:
    project = Project(tmp_path / "project", azure.sandbox.environment(), engine, PROGRAM)
    apps = {version: write_package(tmp_path / version, "OrchestrationVersioning", (version,)) for version in ("1.0", "2.0", "1.9")}

    def wants(version: str, **site: Any) -> None:
        project.args({**deployment(apps[version], version), "site": {"name": "orders", "slots": [], **site}})

    def told() -> tuple[str | None, ...]:
        return tuple(azure.settings().get(name) for name in ("DURABLE_DEPLOY_VERSION", "START_VERSION", "TaskHubName"))

    wants("1.0")
    project.up()
    assert told() == ("1.0", "1.0", "ordersTasksProduction")

    wants("2.0")
    project.up("--refresh")
    assert told() == ("2.0", "1.0", "ordersTasksProduction"), "old workers may still run"
    assert shown_changes(project) == {"orders-production-settings": ["update", "properties.START_VERSION"]}
    before = len(azure.plane.journal)
    project.up("--refresh")
    assert azure.writes_since(before) == [("PUT", "Microsoft.Web/sites/orders/config/appsettings")]
    assert told() == ("2.0", "2.0", "ordersTasksProduction")
    assert shown_changes(project) == {}

    wants("1.9")
    before = len(azure.plane.journal)
    refused = project.up("--refresh", check=False)
    assert refused.code != 0
    assert "versioning.default_version = '1.9': sorts below '2.0', which production runs" in refused.text, refused.text
    assert "Nothing was written." in refused.text
    assert azure.writes_since(before) == []
    assert told() == ("2.0", "2.0", "ordersTasksProduction")
