"""What travels at a swap. Source: Microsoft docs, "Set up staging environments in Azure App Service", "Which settings are swapped?", and
"Azure Functions deployment slots", "Manage settings"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.web.site_body import CONFIG_DEFAULTS
from sandbox.web.travel import DEFAULT_STICKY_CONFIG, TRAVELLING_CONFIG, applied, exchanged, stickiness

from .azure import KIND, PLAN, SITE, STAGING, Azure

OVERRIDE = "WEBSITE_OVERRIDE_STICKY_EXTENSION_VERSIONS"
PRESERVE = "WEBSITE_OVERRIDE_PRESERVE_DEFAULT_STICKY_SLOT_SETTINGS"
MAPS = st.dictionaries(st.sampled_from("abcdef"), st.integers())


def test_settings_travel_and_sticky_ones_stay(azure: Azure) -> None:
    azure.stick("STICKY")
    azure.set_settings(SITE, CODE="old", STICKY="production")
    azure.set_settings(STAGING, CODE="new", STICKY="staging")
    azure.swap()
    assert azure.settings(SITE) == {"CODE": "new", "STICKY": "production"}
    assert azure.settings(STAGING) == {"CODE": "old", "STICKY": "staging"}


def test_a_sticky_name_that_a_slot_lacks_is_absent_there_after_the_swap_too(azure: Azure) -> None:
    azure.stick("STICKY")
    azure.set_settings(SITE, CODE="old", STICKY="production")
    azure.set_settings(STAGING, CODE="new")
    azure.swap()
    assert azure.settings(SITE) == {"CODE": "new", "STICKY": "production"}
    assert azure.settings(STAGING) == {"CODE": "old"}


def test_extension_versions_are_sticky_without_being_listed(azure: Azure) -> None:
    azure.set_settings(SITE, FUNCTIONS_EXTENSION_VERSION="~4")
    azure.set_settings(STAGING, FUNCTIONS_EXTENSION_VERSION="~3")
    azure.swap()
    assert azure.settings(SITE) == {"FUNCTIONS_EXTENSION_VERSION": "~4"}


@pytest.mark.parametrize(("in_staging", "version"), [({OVERRIDE: "0"}, "~3"), ({}, "~4")])
def test_extension_versions_travel_if_both_slots_say_so(azure: Azure, in_staging: dict[str, str], version: str) -> None:
    azure.set_settings(SITE, FUNCTIONS_EXTENSION_VERSION="~4", **{OVERRIDE: "0"})
    azure.set_settings(STAGING, FUNCTIONS_EXTENSION_VERSION="~3", **in_staging)
    azure.swap()
    assert azure.settings(SITE)["FUNCTIONS_EXTENSION_VERSION"] == version


def test_the_language_stack_travels_and_always_on_stays(azure: Azure) -> None:
    azure.put_site(siteConfig={"linuxFxVersion": "PYTHON|3.12", "alwaysOn": True, "use32BitWorkerProcess": False, "minTlsVersion": "1.3"})
    azure.put_site(STAGING, siteConfig={"linuxFxVersion": "PYTHON|3.13"})
    azure.swap()
    production, staging = (azure.get(f"{path}/config/web")["properties"] for path in (SITE, STAGING))
    keys = ("linuxFxVersion", "alwaysOn", "use32BitWorkerProcess", "minTlsVersion")
    assert [production[key] for key in keys] == ["PYTHON|3.13", True, True, "1.3"]
    assert [staging[key] for key in keys] == ["PYTHON|3.12", False, False, "1.2"]


def test_identity_host_names_tags_and_publishing_policies_stay(azure: Azure) -> None:
    azure.put(
        SITE,
        location="westeurope",
        kind=KIND,
        tags={"a": "1"},
        identity={"type": "SystemAssigned"},
        properties={"serverFarmId": PLAN, "httpsOnly": True},
    )
    azure.put(f"{STAGING}/basicPublishingCredentialsPolicies/scm", properties={"allow": False})
    before = azure.get(SITE), azure.get(STAGING)
    azure.swap()
    after = azure.get(SITE), azure.get(STAGING)
    for old, new in zip(before, after, strict=True):
        new["properties"].pop("slotSwapStatus")
        assert new == old
    assert azure.get(f"{SITE}/basicPublishingCredentialsPolicies/scm")["properties"] == {"allow": True}


def test_connection_strings_travel_unless_they_are_listed(azure: Azure) -> None:
    azure.put(f"{SITE}/config/slotConfigNames", properties={"connectionStringNames": ["KEPT"]})
    for path, value in ((SITE, "production"), (STAGING, "staging")):
        strings = {name: {"value": value, "type": "Custom"} for name in ("KEPT", "MOVED")}
        azure.put(f"{path}/config/connectionstrings", properties=strings)
    azure.swap()
    listed = azure.post(f"{SITE}/config/connectionstrings/list").body["properties"]
    assert {name: entry["value"] for name, entry in listed.items()} == {"KEPT": "production", "MOVED": "staging"}


def test_the_default_sticky_group_travels_if_both_slots_give_it_up(azure: Azure) -> None:
    azure.put_site(httpsOnly=True, siteConfig={"alwaysOn": True})
    for path in (SITE, STAGING):
        azure.set_settings(path, **{PRESERVE: "0"})
    azure.swap()
    assert azure.get(f"{STAGING}/config/web")["properties"]["alwaysOn"] is True
    assert azure.get(f"{SITE}/config/web")["properties"]["alwaysOn"] is False
    assert (azure.get(SITE)["properties"]["httpsOnly"], azure.get(STAGING)["properties"]["httpsOnly"]) == (False, True)
    assert azure.get(SITE)["properties"]["defaultHostName"] == "orders.azurewebsites.net"


def test_a_content_share_is_a_setting_like_any_other(azure: Azure) -> None:
    azure.set_settings(SITE, WEBSITE_CONTENTSHARE="one")
    azure.set_settings(STAGING, WEBSITE_CONTENTSHARE="two")
    azure.swap()
    assert azure.settings(SITE) == {"WEBSITE_CONTENTSHARE": "two"}


def test_two_swaps_restore_everything(azure: Azure) -> None:
    azure.stick("STICKY")
    azure.set_settings(SITE, CODE="old", STICKY="production")
    azure.set_settings(STAGING, CODE="new", STICKY="staging")
    azure.swap()
    azure.swap()
    assert azure.settings(SITE) == {"CODE": "old", "STICKY": "production"}
    assert azure.settings(STAGING) == {"CODE": "new", "STICKY": "staging"}


def test_every_property_of_a_new_configuration_is_classified_once() -> None:
    assert set(CONFIG_DEFAULTS) <= TRAVELLING_CONFIG | DEFAULT_STICKY_CONFIG
    assert set() == TRAVELLING_CONFIG & DEFAULT_STICKY_CONFIG


def test_sticky_names_are_compared_without_regard_to_case() -> None:
    sticky = stickiness({"appSettingNames": ["Hub"]}, ({}, {}))
    assert sticky.setting("HUB")
    assert not sticky.setting("HUBS")


@given(MAPS, MAPS, st.sets(st.sampled_from("abcdef")))
def test_an_exchange_undoes_itself(one: dict[str, int], other: dict[str, int], sticky: set[str]) -> None:
    assert exchanged(*exchanged(one, other, sticky.__contains__), sticky.__contains__) == (one, other)


@given(MAPS, MAPS, st.sets(st.sampled_from("abcdef")))
def test_the_prepared_process_already_has_what_production_will_have(
    source: dict[str, int], target: dict[str, int], sticky: set[str]
) -> None:
    assert applied(source, target, sticky.__contains__) == exchanged(target, source, sticky.__contains__)[0]
