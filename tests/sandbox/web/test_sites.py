"""Sites and slots. Sources: Microsoft docs, "Naming rules and restrictions", "Set up staging environments in Azure App Service",
"App settings reference for Azure Functions", "Web Apps - Create Or Update"; pulumi-azure-native#4263 for what a GET leaves out."""

from __future__ import annotations

import pytest

from .azure import GROUP, KIND, PLAN, SITE, STAGING, SUBSCRIPTION, Azure

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"


def test_a_site_never_shows_its_app_settings(azure: Azure) -> None:
    shown = azure.put_site(siteConfig={"linuxFxVersion": "PYTHON|3.12", "appSettings": [{"name": "A", "value": "1"}]})
    assert shown["properties"]["siteConfig"] == azure.get(SITE)["properties"]["siteConfig"]
    assert "appSettings" not in shown["properties"]["siteConfig"]
    assert "appSettings" not in azure.get(f"{SITE}/config/web")["properties"]
    assert azure.settings(SITE) == {"A": "1"}


def test_a_put_with_inline_app_settings_replaces_all_settings(azure: Azure) -> None:
    azure.set_settings(SITE, OLD="1", KEPT="2")
    azure.put_site(siteConfig={"appSettings": [{"name": "NEW", "value": "3"}]})
    assert azure.settings(SITE) == {"NEW": "3"}


def test_a_put_without_inline_app_settings_leaves_the_settings(azure: Azure) -> None:
    azure.set_settings(SITE, A="1")
    azure.put_site(siteConfig={"alwaysOn": True})
    assert azure.settings(SITE) == {"A": "1"}


def test_a_put_without_a_property_of_the_configuration_leaves_it(azure: Azure) -> None:
    azure.put_site(siteConfig={"linuxFxVersion": "PYTHON|3.12"})
    azure.put_site(siteConfig={"alwaysOn": True})
    web = azure.get(f"{SITE}/config/web")["properties"]
    assert (web["linuxFxVersion"], web["alwaysOn"]) == ("PYTHON|3.12", True)


def test_a_new_slot_is_empty(azure: Azure) -> None:
    azure.put_site(siteConfig={"linuxFxVersion": "PYTHON|3.12", "appSettings": [{"name": "A", "value": "1"}]})
    azure.put_site(f"{SITE}/slots/next")
    assert azure.settings(f"{SITE}/slots/next") == {}
    assert azure.get(f"{SITE}/slots/next/config/web")["properties"]["linuxFxVersion"] == ""


def test_a_slot_needs_its_site(azure: Azure) -> None:
    path = f"{GROUP}/providers/Microsoft.Web/sites/other/slots/staging"
    assert azure.refusal("PUT", path, location="westeurope", properties={"serverFarmId": PLAN})[:2] == (404, "ParentResourceNotFound")


def test_a_slot_takes_plan_and_kind_from_its_site(azure: Azure) -> None:
    slot = azure.put(f"{SITE}/slots/next", location="westeurope")
    assert (slot["name"], slot["kind"], slot["properties"]["serverFarmId"]) == ("orders/next", KIND, PLAN)


def test_a_slot_of_another_kind_than_its_site_is_refused(azure: Azure) -> None:
    assert azure.refusal("PUT", f"{SITE}/slots/next", location="westeurope", kind="app")[:2] == (400, "BadRequest")


def test_production_can_not_be_made_as_a_slot(azure: Azure) -> None:
    assert azure.refusal("PUT", f"{SITE}/slots/Production", location="westeurope")[0] == 400


@pytest.mark.parametrize("name", ["a", "-orders", "orders-", "or_ders", "o" * 61])
def test_a_site_name_against_the_rules_is_refused(azure: Azure, name: str) -> None:
    path = f"{GROUP}/providers/Microsoft.Web/sites/{name}"
    assert azure.refusal("PUT", path, location="westeurope", properties={"serverFarmId": PLAN})[:2] == (400, "BadRequest")


def test_a_host_name_is_taken_in_every_group_and_subscription(azure: Azure) -> None:
    other = "/subscriptions/00000000-0000-4000-8000-00000000ffff/resourceGroups/rg"
    azure.put(other, location="westeurope")
    path = f"{other}/providers/Microsoft.Web/sites/ORDERS"
    refused = azure.refusal("PUT", path, location="westeurope", properties={"serverFarmId": PLAN})
    assert refused == (409, "Conflict", "Website with given name ORDERS already exists.")


def test_the_host_name_of_a_slot_is_taken_for_sites_too(azure: Azure) -> None:
    path = f"{GROUP}/providers/Microsoft.Web/sites/orders-staging"
    assert azure.refusal("PUT", path, location="westeurope", properties={"serverFarmId": PLAN})[:2] == (409, "Conflict")


def test_long_names_make_a_host_name_that_is_cut_and_still_distinct(azure: Azure) -> None:
    site = f"{GROUP}/providers/Microsoft.Web/sites/{'s' * 50}"
    azure.put_site(site)
    hosts = {azure.put_site(f"{site}/slots/{'x' * 25}{end}")["properties"]["defaultHostName"] for end in "12"}
    assert len(hosts) == 2
    assert all(host.startswith(f"{'s' * 40}-{'x' * 19}") for host in hosts)


def test_a_site_needs_a_plan_that_exists(azure: Azure) -> None:
    path = f"{GROUP}/providers/Microsoft.Web/sites/other"
    refused = azure.refusal("PUT", path, location="westeurope", properties={"serverFarmId": f"{PLAN}-gone"})
    assert refused == (404, "NotFound", "Cannot find ServerFarm with name plan-gone.")


def test_a_user_assigned_identity_must_exist(azure: Azure) -> None:
    identity = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    refused = azure.refusal("PUT", SITE, location="westeurope", kind=KIND, identity=identity, properties={"serverFarmId": PLAN})
    assert refused[:2] == (400, "FailedIdentityOperation")


def test_identities_are_shown_with_their_principals(azure: Azure) -> None:
    own = azure.put(IDENTITY, location="westeurope")["properties"]
    identity = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    shown = azure.put(SITE, location="westeurope", kind=KIND, identity=identity, properties={"serverFarmId": PLAN})["identity"]
    assert shown["userAssignedIdentities"] == {IDENTITY: {"principalId": own["principalId"], "clientId": own["clientId"]}}
    assert shown["principalId"] != own["principalId"]


def test_deleting_a_site_deletes_its_slots_and_all_settings(azure: Azure) -> None:
    azure.set_settings(STAGING, A="1")
    assert azure.delete(SITE) == 200
    assert [id for id in azure.plane.store.ids() if "/sites/" in id] == []


def test_a_slot_made_again_is_empty_again(azure: Azure) -> None:
    azure.set_settings(STAGING, A="1")
    azure.delete(STAGING)
    azure.put_site(STAGING)
    assert azure.settings(STAGING) == {}


def test_linux_stacks_need_a_linux_plan(azure: Azure) -> None:
    windows = f"{GROUP}/providers/Microsoft.Web/serverfarms/windows"
    azure.put(windows, location="westeurope", sku={"name": "S1"})
    path = f"{GROUP}/providers/Microsoft.Web/sites/other"
    properties = {"serverFarmId": windows, "siteConfig": {"linuxFxVersion": "PYTHON|3.12"}}
    assert azure.refusal("PUT", path, location="westeurope", properties=properties)[:2] == (400, "BadRequest")


def test_an_update_keeps_the_casing_of_the_first_put(azure: Azure) -> None:
    azure.put_site(SITE.upper().replace("/PROVIDERS/", "/providers/"))
    assert azure.get(SITE)["id"] == SITE


def test_what_is_not_there_is_said_as_azure_says_it(azure: Azure) -> None:
    status, code, message = azure.refusal(
        "POST", f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/gone/config/appsettings/list"
    )
    assert (status, code) == (404, "ResourceNotFound")
    assert message.startswith("The Resource 'Microsoft.Web/sites/gone' under resource group 'rg' was not found.")


def test_publishing_by_password_is_allowed_until_it_is_put_off(azure: Azure) -> None:
    policy = f"{STAGING}/basicPublishingCredentialsPolicies/ftp"
    assert azure.get(policy)["properties"] == {"allow": True}
    azure.put(policy, properties={"allow": False})
    assert azure.get(policy)["properties"] == {"allow": False}
    assert azure.get(f"{SITE}/basicPublishingCredentialsPolicies/ftp")["properties"] == {"allow": True}
