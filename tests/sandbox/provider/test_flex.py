"""Flex Consumption and Durable Task through the provider: what azure-native 3.29.0 sends is taken, and what it reads back does not drift."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.arm import ControlPlane

from .conftest import GROUP, IN_GROUP, Engine

PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/flex"
CONFIG: dict[str, Any] = {
    "deployment": {
        "storage": {
            "type": "blobContainer",
            "value": "https://127.0.0.1:1/packages/code",
            "authentication": {"type": "SystemAssignedIdentity"},
        }
    },
    "runtime": {"name": "python", "version": "3.11"},
    "scaleAndConcurrency": {
        "alwaysReady": [{"name": "durable", "instanceCount": 1}],
        "instanceMemoryMB": 2048,
        "maximumInstanceCount": 40,
        "triggers": {"http": {"perInstanceConcurrency": 16}},
    },
    "siteUpdateStrategy": {"type": "RollingUpdate"},
}
SCHEDULER = {**IN_GROUP, "schedulerName": "orders", "location": "westeurope"}


@pytest.fixture
def inputs(plane: ControlPlane) -> dict[str, Any]:
    plane.request(
        "PUT", PLAN, {"location": "westeurope", "sku": {"name": "FC1", "tier": "FlexConsumption"}, "properties": {"reserved": True}}
    )
    site = {**IN_GROUP, "name": "flex", "location": "westeurope", "kind": "functionapp,linux", "serverFarmId": PLAN, "reserved": True}
    return {**site, "identity": {"type": "SystemAssigned"}, "functionAppConfig": CONFIG, "siteConfig": {"minTlsVersion": "1.3"}}


def test_a_site_is_checked_made_and_read_back_without_drift(engine_client: Engine, inputs: dict[str, Any]) -> None:
    checked = engine_client.check("web:WebApp", inputs)
    assert checked == inputs
    id, outputs = engine_client.create("web:WebApp", checked)
    config = outputs["functionAppConfig"]
    assert config["deployment"]["storage"]["type"] == "blobcontainer"
    assert {key: config[key] for key in ("runtime", "scaleAndConcurrency", "siteUpdateStrategy")} == {
        key: CONFIG[key] for key in ("runtime", "scaleAndConcurrency", "siteUpdateStrategy")
    }
    assert engine_client.read("web:WebApp", id, inputs, outputs)[2] == inputs


def test_a_changed_strategy_is_an_update_and_drift_of_it_is_seen(
    engine_client: Engine, plane: ControlPlane, inputs: dict[str, Any]
) -> None:
    id, outputs = engine_client.create("web:WebApp", inputs)
    recreate = {**inputs, "functionAppConfig": {**CONFIG, "siteUpdateStrategy": {"type": "Recreate"}}}
    diff = engine_client.diff("web:WebApp", inputs, recreate)
    assert (list(diff.detailedDiff), list(diff.replaces)) == (["functionAppConfig.siteUpdateStrategy.type"], [])
    engine_client.update("web:WebApp", outputs, recreate)
    assert engine_client.read("web:WebApp", id, inputs, outputs)[2] == recreate


def test_a_misspelt_property_of_the_configuration_is_named(engine_client: Engine, inputs: dict[str, Any]) -> None:
    wrong = {**inputs, "functionAppConfig": {**CONFIG, "siteUpdateStrategi": {"type": "Recreate"}}}
    assert engine_client.problems("web:WebApp", wrong) == [
        "unknown property 'functionAppConfig.siteUpdateStrategi': did you mean 'siteUpdateStrategy'?"
    ]


def test_a_scheduler_and_its_hub_are_made_read_and_looked_up(engine_client: Engine) -> None:
    """The SDK keeps `properties` of a scheduler in one piece."""
    properties = {"ipAllowlist": ["0.0.0.0/0"], "sku": {"name": "Dedicated", "capacity": 1}}
    checked = engine_client.check("durabletask:Scheduler", {**SCHEDULER, "properties": properties})
    id, outputs = engine_client.create("durabletask:Scheduler", checked)
    assert id == f"{GROUP}/providers/Microsoft.DurableTask/schedulers/orders"
    assert outputs["properties"]["endpoint"].endswith(".westeurope.durabletask.io")
    assert outputs["azureApiVersion"] == "2026-02-01"
    named = {**IN_GROUP, "schedulerName": "orders", "taskHubName": "production"}
    hub, made = engine_client.create("durabletask:TaskHub", engine_client.check("durabletask:TaskHub", named))
    assert (hub, made["name"], made["properties"]["provisioningState"]) == (f"{id}/taskHubs/production", "production", "Succeeded")
    assert engine_client.read("durabletask:Scheduler", id, checked, outputs)[2] == checked
    assert engine_client.read("durabletask:TaskHub", hub, named, made)[2] == named
    found = engine_client.invoke("durabletask:getScheduler", {**IN_GROUP, "schedulerName": "orders"})
    assert found["properties"]["endpoint"] == outputs["properties"]["endpoint"]
    engine_client.delete("durabletask:Scheduler", id)
    assert engine_client.read("durabletask:TaskHub", hub, named, made)[0] == ""


def test_a_schedulers_own_mistakes_are_found_before_the_update(engine_client: Engine) -> None:
    assert engine_client.problems("durabletask:Scheduler", {**SCHEDULER, "properties": {"sku": {"name": "Consumption"}}}) == [
        "missing required property 'properties.ipAllowlist'"
    ]
