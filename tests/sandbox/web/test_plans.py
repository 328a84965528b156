"""Plans. Sources: Microsoft docs, "Azure Functions deployment slots", "Azure Functions hosting options" (service limits), "Azure
subscription and service limits" (App Service); the wording of the slot limit is Azure/azure-functions-ux#1309."""

from __future__ import annotations

import pytest

from .azure import GROUP, PLAN, SITE, Azure


@pytest.mark.parametrize(
    ("sku", "tier", "slots"),
    [("Y1", "Dynamic", 1), ("EP1", "ElasticPremium", 2), ("S1", "Standard", 4), ("P1v2", "PremiumV2", 19), ("P0v3", "PremiumV3", 19)],
)
def test_a_tier_has_as_many_slots_as_documented(sku: str, tier: str, slots: int) -> None:
    azure = Azure(sku=sku).with_site(*(f"slot{number}" for number in range(slots)))
    refused = azure.refusal("PUT", f"{SITE}/slots/one-more", location="westeurope")
    assert refused == (
        409,
        "Conflict",
        f"Cannot complete the operation because the site will exceed the number of slots allowed for the '{tier}' SKU.",
    )


@pytest.mark.parametrize("sku", ["F1", "D1", "B1", "FC1"])
def test_a_tier_without_slots_refuses_the_first(sku: str) -> None:
    assert Azure(sku=sku).with_site().refusal("PUT", f"{SITE}/slots/staging", location="westeurope")[:2] == (409, "Conflict")


def test_a_plan_can_not_shrink_to_a_tier_with_fewer_slots(azure: Azure) -> None:
    refused = azure.refusal("PUT", PLAN, location="westeurope", sku={"name": "B1"}, properties={"reserved": True})
    assert refused[:2] == (409, "Conflict")
    assert azure.get(PLAN)["sku"]["name"] == "P0v3"


def test_a_plan_with_sites_can_not_be_deleted(azure: Azure) -> None:
    refused = azure.refusal("DELETE", PLAN)
    assert refused == (409, "Conflict", "Server farm 'plan' cannot be deleted because it has web app(s) orders assigned to it.")


def test_a_plan_without_sites_is_deleted(azure: Azure) -> None:
    azure.delete(SITE)
    assert azure.delete(PLAN) == 200


def test_flex_consumption_takes_one_app_per_plan() -> None:
    azure = Azure(sku="FC1").with_site()
    path = f"{GROUP}/providers/Microsoft.Web/sites/second"
    assert azure.refusal("PUT", path, location="westeurope", properties={"serverFarmId": PLAN})[:2] == (409, "Conflict")


def test_flex_consumption_refuses_the_worker_runtime_setting() -> None:
    azure = Azure(sku="FC1").with_site()
    assert azure.refusal("PUT", f"{SITE}/config/appsettings", properties={"FUNCTIONS_WORKER_RUNTIME": "python"})[:2] == (400, "BadRequest")


def test_always_on_is_refused_on_consumption() -> None:
    azure = Azure(sku="Y1").with_site()
    assert azure.refusal("PUT", f"{SITE}/config/web", properties={"alwaysOn": True})[:2] == (409, "Conflict")


def test_an_unknown_sku_is_refused(azure: Azure) -> None:
    assert azure.refusal("PUT", f"{PLAN}2", location="westeurope", sku={"name": "P9v9"})[:2] == (400, "BadRequest")


def test_the_tier_follows_from_the_name_of_the_sku(azure: Azure) -> None:
    assert azure.get(PLAN)["sku"] == {"name": "P0v3", "tier": "PremiumV3", "size": "P0v3", "family": "Pv", "capacity": 1}
