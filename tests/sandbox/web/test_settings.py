"""Settings. Sources: Microsoft docs, "Web Apps - Update Application Settings", "Web Apps - Update Slot Configuration Names", "App settings
reference" ("changing any app setting restarts the app"); pulumi-azure-native#1876 (no merge) and #834 (one sticky list per site)."""

from __future__ import annotations

import pytest

from sandbox.web import processes

from .azure import SITE, STAGING, Azure


def test_a_put_of_settings_replaces_the_whole_map(azure: Azure) -> None:
    azure.set_settings(SITE, A="1", B="2")
    azure.set_settings(SITE, C="3")
    assert azure.settings(SITE) == {"C": "3"}


@pytest.mark.parametrize("wipe", ["DELETE", "PUT"])
def test_deleting_settings_wipes_every_one_of_them(azure: Azure, wipe: str) -> None:
    azure.set_settings(SITE, A="1", B="2")
    azure.plane.request(wipe, f"{SITE}/config/appsettings", {"properties": {}})
    assert azure.settings(SITE) == {}


def test_settings_can_be_listed_and_not_got(azure: Azure) -> None:
    assert azure.refusal("GET", f"{SITE}/config/appsettings")[:2] == (405, "MethodNotAllowed")


def test_slots_have_settings_of_their_own(azure: Azure) -> None:
    azure.set_settings(SITE, A="1")
    azure.set_settings(STAGING, A="2")
    assert (azure.settings(SITE), azure.settings(STAGING)) == ({"A": "1"}, {"A": "2"})


def test_a_setting_that_is_no_text_is_refused(azure: Azure) -> None:
    assert azure.refusal("PUT", f"{SITE}/config/appsettings", properties={"A": 1})[:2] == (400, "BadRequest")


def test_changing_a_setting_restarts_the_app_and_only_that_slot(azure: Azure) -> None:
    before = processes(azure.plane, SITE)
    azure.set_settings(STAGING, A="1")
    after = processes(azure.plane, SITE)
    assert after["staging"].starts == before["staging"].starts + 1
    assert after["production"].starts == before["production"].starts


def test_putting_the_settings_that_are_there_restarts_nothing(azure: Azure) -> None:
    azure.set_settings(STAGING, A="1")
    before = processes(azure.plane, SITE)["staging"].starts
    azure.set_settings(STAGING, A="1")
    assert processes(azure.plane, SITE)["staging"].starts == before


def test_connection_strings_are_a_map_of_their_own(azure: Azure) -> None:
    azure.put(f"{SITE}/config/connectionstrings", properties={"db": {"value": "x", "type": "Custom"}})
    assert azure.post(f"{SITE}/config/connectionstrings/list").body["properties"] == {"db": {"value": "x", "type": "Custom"}}
    assert azure.settings(SITE) == {}


def test_sticky_names_are_one_list_per_site(azure: Azure) -> None:
    azure.stick("A")
    names = {"appSettingNames": ["A"], "connectionStringNames": None, "azureStorageConfigNames": None}
    assert azure.get(f"{SITE}/config/slotConfigNames")["properties"] == names
    assert azure.refusal("PUT", f"{STAGING}/config/slotConfigNames", properties={"appSettingNames": ["A"]})[:2] == (404, "NotFound")


def test_a_site_without_sticky_names_answers_an_empty_list(azure: Azure) -> None:
    names = dict.fromkeys(("appSettingNames", "connectionStringNames", "azureStorageConfigNames"))
    assert azure.get(f"{SITE}/config/slotConfigNames")["properties"] == names


def test_the_configuration_merges_what_is_put(azure: Azure) -> None:
    azure.put(f"{SITE}/config/web", properties={"linuxFxVersion": "PYTHON|3.12"})
    azure.put(f"{SITE}/config/web", properties={"alwaysOn": True})
    web = azure.get(f"{SITE}/config/web")["properties"]
    assert (web["linuxFxVersion"], web["alwaysOn"]) == ("PYTHON|3.12", True)
