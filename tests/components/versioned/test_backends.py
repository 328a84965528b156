"""Every backend behind the component: what it brings reaches host.json, settings, sticky names, roles and outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..mocked_azure import MockedAzure
from .apps import of, orchestration

STRINGS = {"connection_strings": {"production": "Server=a;User Id=p", "staging": "Server=a;User Id=s"}}
NETHERITE = {"connection_strings": {"production": "Endpoint=sb://p/", "staging": "Endpoint=sb://s/"}, "storage_connection": "AccountName=n"}
BACKENDS: list[tuple[str, dict[str, Any], str, str, bool]] = [
    ("azure_storage", {"connection": "connection_string"}, "DurableStorage", "", False),
    ("durable_task_scheduler", {}, "DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "azureManaged", False),
    ("mssql", STRINGS, "SQLDB_Connection", "mssql", True),
    ("netherite", NETHERITE, "EventHubsConnection", "Netherite", True),
]


@pytest.mark.parametrize(("kind", "given", "setting", "provider", "sticky"), BACKENDS, ids=[case[0] for case in BACKENDS])
def test_a_backend_is_carried_through(
    azure: MockedAzure, app: Path, kind: str, given: dict[str, Any], setting: str, provider: str, sticky: bool
) -> None:
    args: dict[str, Any] = {"durable": {"backend": {kind: given}}}
    made = orchestration(azure, of(app, "1.0", **args))
    assert (made.outputs["backend"], made.outputs["connection_setting"]) == (kind, setting)
    assert (f'"type": "{provider}"' in made.outputs["host_json"]) is bool(provider)
    assert ("orders-durable" in made.of_type("storage:StorageAccount")) is (kind == "azure_storage")
    assert (setting in made.outputs["sticky_setting_names"]) is sticky and "TaskHubName" in made.outputs["sticky_setting_names"]
    assert (made.settings["production"][setting] != made.settings["staging"][setting]) is sticky
    orchestration(azure, of(app, "2.0", **args))
    azure.swap("staging")
    made = orchestration(azure, of(app, "2.0", **args))
    assert made.settings["production"]["START_VERSION"] == "2.0"
    assert made.settings["production"]["TaskHubName"] == "ordersTasksProduction"
