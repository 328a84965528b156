"""Durable Task schedulers and task hubs. Sources: Azure/azure-docs "Durable Task Scheduler"; Azure/bicep-types-az,
microsoft.durabletask/2026-02-01; Microsoft docs, "Azure built-in roles" (the three Durable Task roles)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from sandbox.arm import ArmError
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION, OPERATOR_OBJECT_ID

from .azure import GROUP, Azure

SCHEDULER = f"{GROUP}/providers/Microsoft.DurableTask/schedulers/orders"
HUB = f"{SCHEDULER}/taskHubs/production"
CONSUMPTION = {"sku": {"name": "Consumption"}, "ipAllowlist": ["0.0.0.0/0"]}


def make(azure: Azure, **properties: Any) -> Any:
    return azure.put(SCHEDULER, location="West Europe", properties={**CONSUMPTION, **properties})


def test_a_scheduler_has_an_endpoint_in_its_region(azure: Azure) -> None:
    made = make(azure)
    assert made["location"] == "westeurope"
    endpoint = made["properties"]["endpoint"]
    assert (endpoint.startswith("https://orders-"), endpoint.endswith(".westeurope.durabletask.io")) == (True, True)
    assert made["properties"] == {
        **CONSUMPTION,
        "endpoint": endpoint,
        "provisioningState": "Succeeded",
        "publicNetworkAccess": "Enabled",
        "sku": {"name": "Consumption", "redundancyState": "None"},
    }
    assert make(azure, ipAllowlist=["10.0.0.0/8"])["properties"]["endpoint"] == endpoint


def test_a_dedicated_scheduler_has_a_capacity(azure: Azure) -> None:
    assert make(azure, sku={"name": "Dedicated"})["properties"]["sku"]["capacity"] == 1
    assert make(azure, sku={"name": "Dedicated", "capacity": 3})["properties"]["sku"]["capacity"] == 3


@pytest.mark.parametrize(
    "properties",
    [
        {"sku": {"name": "Free"}},
        {"sku": {"name": "Consumption", "capacity": 1}},
        {"sku": {"name": "Dedicated", "capacity": 4}},
        {"ipAllowlist": None},
        {"ipAllowlist": ["everywhere"]},
    ],
)
def test_a_scheduler_against_the_rules_is_refused(azure: Azure, properties: dict[str, Any]) -> None:
    with pytest.raises(ArmError, match="InvalidRequestContent"):
        make(azure, **properties)


@pytest.mark.parametrize("name", ["ab", "under_score", "x" * 65])
def test_names_are_3_to_64_letters_digits_and_hyphens(azure: Azure, name: str) -> None:
    make(azure)
    for path in (f"{GROUP}/providers/Microsoft.DurableTask/schedulers/{name}", f"{SCHEDULER}/taskHubs/{name}"):
        with pytest.raises(ArmError, match="InvalidResourceName"):
            azure.put(path, location="westeurope", properties=CONSUMPTION)


def test_a_task_hub_needs_its_scheduler_and_goes_with_it(azure: Azure) -> None:
    with pytest.raises(ArmError, match="ParentResourceNotFound"):
        azure.put(HUB)
    scheduler = make(azure)
    hub = azure.put(HUB)
    assert (hub["type"], hub["properties"]["provisioningState"]) == ("Microsoft.DurableTask/schedulers/taskHubs", "Succeeded")
    assert hub["properties"]["dashboardUrl"].endswith(f"/taskhubs/production?endpoint={scheduler['properties']['endpoint']}")
    azure.plane.request("DELETE", SCHEDULER)
    with pytest.raises(ArmError, match="ParentResourceNotFound"):
        azure.plane.request("GET", HUB)


@pytest.mark.parametrize(
    "role", ["0ad04412-c4d5-4796-b79c-f76d14c8d402", "80d0d6b0-f522-40a4-8886-a5a11720c375", "d6a5505f-6ebb-45a4-896e-ac8274cfc0ac"]
)
def test_its_roles_can_be_given_on_a_scheduler_and_on_a_hub(azure: Azure, role: str) -> None:
    make(azure)
    azure.put(HUB)
    definition = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    for scope in (SCHEDULER, HUB):
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
        assert (
            azure.put(path, properties={"principalId": OPERATOR_OBJECT_ID, "roleDefinitionId": definition})["properties"]["scope"] == scope
        )
