"""The real client of Azure's own SDK (azure-mgmt-web) against the embedded Azure."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from .azure import SITE, Azure

RG = {"resource_group_name": "rg", "name": "orders"}


def test_a_site_and_its_slots_can_be_got(azure: Azure) -> None:
    apps = azure.client().web_apps
    assert apps.get(**RG).default_host_name == "orders.azurewebsites.net"
    assert [slot.name for slot in apps.list_slots(**RG)] == ["orders/staging"]
    assert apps.get_slot(**RG, slot="staging").default_host_name == "orders-staging.azurewebsites.net"
    assert [site.name for site in apps.list_by_resource_group("rg")] == ["orders"]
    assert apps.get_configuration(**RG).always_on is False


def test_settings_can_be_listed_and_replaced(azure: Azure) -> None:
    apps = azure.client().web_apps
    assert apps.list_application_settings(**RG).properties == {"CODE": "old", "STICKY": "production"}
    assert apps.update_application_settings(**RG, app_settings={"properties": {"A": "1"}}).properties == {"A": "1"}
    assert apps.list_application_settings(**RG).properties == {"A": "1"}


def test_settings_of_a_slot_can_be_listed_and_replaced(azure: Azure) -> None:
    apps = azure.client().web_apps
    apps.update_application_settings_slot(**RG, slot="staging", app_settings={"properties": {"A": "1"}})
    assert apps.list_application_settings_slot(**RG, slot="staging").properties == {"A": "1"}
    assert apps.list_application_settings(**RG).properties == {"CODE": "old", "STICKY": "production"}


def test_sticky_names_can_be_listed(azure: Azure) -> None:
    names = azure.client().web_apps.list_slot_configuration_names(**RG)
    assert (names.app_setting_names, names.connection_string_names) == (["STICKY"], None)


def test_differences_can_be_listed(azure: Azure) -> None:
    found = list(
        azure.client().web_apps.list_slot_differences_from_production(
            **RG, slot_swap_entity={"targetSlot": "staging", "preserveVnet": True}
        )
    )
    assert [(one.setting_name, one.value_in_current_slot, one.value_in_target_slot) for one in found] == [("CODE", "old", "new")]


def test_a_swap_with_production_is_long_running_and_ends(azure: Azure) -> None:
    apps = azure.client().web_apps
    poller = apps.begin_swap_slot_with_production(**RG, slot_swap_entity={"targetSlot": "staging", "preserveVnet": True})
    poller.result(30)
    assert apps.list_application_settings(**RG).properties == {"CODE": "new", "STICKY": "production"}
    assert apps.get(**RG).slot_swap_status.source_slot_name == "staging"


def test_a_swap_of_a_slot_is_long_running_and_ends(azure: Azure) -> None:
    apps = azure.client().web_apps
    apps.begin_swap_slot(**RG, slot="staging", slot_swap_entity={"targetSlot": "production", "preserveVnet": True}).result(30)
    assert apps.list_application_settings_slot(**RG, slot="staging").properties == {"CODE": "old", "STICKY": "staging"}


def test_a_swap_with_preview_is_applied_and_completed(azure: Azure) -> None:
    apps = azure.client().web_apps
    apps.apply_slot_config_to_production(**RG, slot_swap_entity={"targetSlot": "staging", "preserveVnet": True})
    assert apps.get_slot(**RG, slot="staging").target_swap_slot == "production"
    apps.begin_swap_slot_with_production(**RG, slot_swap_entity={"targetSlot": "staging", "preserveVnet": True}).result(30)
    assert apps.list_application_settings(**RG).properties["CODE"] == "new"


def test_a_swap_with_preview_is_applied_on_the_slot_and_reset(azure: Azure) -> None:
    apps = azure.client().web_apps
    apps.apply_slot_configuration_slot(**RG, slot="staging", slot_swap_entity={"targetSlot": "production", "preserveVnet": True})
    apps.reset_production_slot_config(**RG)
    assert apps.get_slot(**RG, slot="staging").target_swap_slot is None
    assert apps.list_application_settings(**RG).properties["CODE"] == "old"


def test_a_swap_whose_app_does_not_start_fails_with_azures_reason(azure: Azure) -> None:
    def broken(_: object) -> None:
        raise RuntimeError

    azure.swaps.hooks.append(broken)
    poller = azure.client().web_apps.begin_swap_slot(
        **RG, slot="staging", slot_swap_entity={"targetSlot": "production", "preserveVnet": True}
    )
    with pytest.raises(HttpResponseError, match="worker process for 'staging' slot could not be started"):
        poller.result(30)


def test_what_is_missing_is_a_resource_not_found_error_with_arms_code(azure: Azure) -> None:
    with pytest.raises(ResourceNotFoundError) as missing:
        azure.client().web_apps.list_application_settings("rg", "gone")
    assert missing.value.error.code == "ResourceNotFound"
    assert missing.value.error.message.startswith("The Resource 'Microsoft.Web/sites/gone' under resource group 'rg' was not found.")


def test_a_write_during_a_swap_is_a_conflict_with_arms_code(azure: Azure) -> None:
    refused: list[HttpResponseError] = []

    def write(_: object) -> None:
        with pytest.raises(ResourceExistsError) as conflict:
            azure.client().web_apps.update_application_settings(**RG, app_settings={"properties": {}})
        refused.append(conflict.value)

    azure.swaps.hooks.append(write)
    azure.client().web_apps.begin_swap_slot(
        **RG, slot="staging", slot_swap_entity={"targetSlot": "production", "preserveVnet": True}
    ).result(30)
    azure.swaps.wait(SITE)
    assert [(one.status_code, one.error.code) for one in refused] == [(409, "Conflict")] * 4


def test_deleting_the_last_site_deletes_the_plan_unless_told_not_to(azure: Azure) -> None:
    """Microsoft docs, "Web Apps - Delete": by default an empty App Service plan is deleted."""
    client = azure.client()
    client.web_apps.delete(**RG, delete_empty_server_farm=False)
    assert client.app_service_plans.get("rg", "plan").number_of_sites == 0
    azure.plane.request(
        "PUT", SITE, {"location": "westeurope", "properties": {"serverFarmId": SITE.replace("sites/orders", "serverfarms/plan")}}
    )
    client.web_apps.delete(**RG)
    with pytest.raises(ResourceNotFoundError):
        client.app_service_plans.get("rg", "plan")
