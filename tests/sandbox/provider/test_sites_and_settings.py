"""Sites, slots and their settings. Source: pulumi-azure-native, custom_webapp.go, openapi/defaults, issues #1468, #1876, #3279, #4263."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.arm import ControlPlane, Fault, ResourceId
from sandbox.provider import resource_specs
from sandbox.provider.shapes import convert

from .conftest import GROUP, IN_GROUP, SITE, Engine

NAMED = {**IN_GROUP, "name": "app"}
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"


def settings_in(plane: ControlPlane, owner: str = SITE) -> dict[str, Any]:
    return plane.request("POST", f"{owner}/config/appsettings/list").body["properties"]


def site_inputs(plane: ControlPlane, **more: Any) -> dict[str, Any]:
    plan = plane.request("GET", f"{GROUP}/providers/Microsoft.Web/serverfarms/plan").body["id"]
    return {**IN_GROUP, "name": "other", "location": "westeurope", "kind": "functionapp,linux", "serverFarmId": plan, **more}


def test_a_site_is_read_with_its_configuration(engine_client: Engine, site: str) -> None:
    plane_config = engine_client.read("web:WebApp", site)[1]["siteConfig"]

    assert plane_config["alwaysOn"] is False
    assert plane_config["minTlsVersion"] == "1.2"


def test_a_configuration_that_cannot_be_read_fails_the_read(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.faults.add(Fault("get */config/web", status=404, code="NotFound"))

    with pytest.raises(RuntimeError, match='Status=404 Code="NotFound"'):
        engine_client.read("web:WebApp", site)


def test_a_refresh_never_sees_the_inline_app_settings(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    inputs = site_inputs(plane, siteConfig={"alwaysOn": True, "appSettings": [{"name": "A", "value": "1"}]})
    id, outputs = engine_client.create("web:WebApp", inputs)
    plane.request("PUT", f"{id}/config/appsettings", {"properties": {"A": "by hand"}})
    _, refreshed, kept = engine_client.read("web:WebApp", id, inputs, outputs)

    assert settings_in(plane, id) == {"A": "by hand"}
    assert "appSettings" not in refreshed["siteConfig"]
    assert kept == inputs


def test_a_refresh_sees_other_drift_of_the_configuration(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    inputs = site_inputs(plane, siteConfig={"alwaysOn": True, "linuxFxVersion": "Python|3.11"})
    id, outputs = engine_client.create("web:WebApp", inputs)
    plane.request("PATCH", f"{id}/config/web", {"properties": {"linuxFxVersion": "Python|3.12"}})

    assert engine_client.read("web:WebApp", id, inputs, outputs)[2]["siteConfig"] == {"alwaysOn": True, "linuxFxVersion": "Python|3.12"}


def test_user_assigned_identities_are_a_list_of_inputs_and_a_map_of_outputs(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    engine_client.create("managedidentity:UserAssignedIdentity", {**IN_GROUP, "resourceName": "id1", "location": "westeurope"})
    inputs = site_inputs(plane, identity={"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]})
    id, outputs = engine_client.create("web:WebApp", inputs)

    assert set(outputs["identity"]["userAssignedIdentities"]) == {IDENTITY}
    assert set(outputs["identity"]["userAssignedIdentities"][IDENTITY]) == {"principalId", "clientId"}
    assert engine_client.read("web:WebApp", id, inputs, outputs)[2] == inputs
    assert engine_client.read("web:WebApp", id)[2]["identity"] == inputs["identity"]


def test_arm_gets_the_identities_as_the_keys_of_a_map() -> None:
    spec = resource_specs.find("azure-native:web:WebApp")
    body = convert.to_body({"identity": {"type": "UserAssigned", "userAssignedIdentities": ["/id"]}}, spec.body_fields, spec.envelope, {})

    assert body == {"identity": {"type": "UserAssigned", "userAssignedIdentities": {"/id": {}}}}


def test_deleting_the_last_site_keeps_its_plan(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    """custom_webapp.go, issue #1529: `deleteEmptyServerFarm=false`."""
    engine_client.delete("web:WebApp", site)

    assert plane.store.get(ResourceId.parse(site)) is None
    assert plane.request("GET", f"{GROUP}/providers/Microsoft.Web/serverfarms/plan").status == 200


def test_settings_are_created_over_what_is_there_without_a_word(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.request("PUT", f"{site}/config/appsettings", {"properties": {"OLD": "1"}})
    id, outputs = engine_client.create("web:WebAppApplicationSettings", {**NAMED, "properties": {"NEW": "2"}})

    assert id == f"{site}/config/appsettings"
    assert outputs["properties"] == settings_in(plane) == {"NEW": "2"}


def test_drift_of_settings_is_seen(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    inputs = {**NAMED, "properties": {"A": "1"}}
    id, outputs = engine_client.create("web:WebAppApplicationSettings", inputs)
    plane.request("PUT", f"{site}/config/appsettings", {"properties": {"A": "2", "B": "3"}})

    assert engine_client.read("web:WebAppApplicationSettings", id, inputs, outputs)[2] == {**NAMED, "properties": {"A": "2", "B": "3"}}


def test_a_settings_name_with_dots_stays_whole(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    engine_client.create("web:WebAppApplicationSettings", {**NAMED, "properties": {"AzureWebJobs.Timer.Disabled": "true"}})

    assert settings_in(plane) == {"AzureWebJobs.Timer.Disabled": "true"}


def test_deleting_settings_wipes_all_of_them(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    id, _ = engine_client.create("web:WebAppApplicationSettings", {**NAMED, "properties": {"A": "1"}})
    plane.request("PUT", f"{site}/config/appsettings", {"properties": {"A": "1", "BY_ANOTHER": "2"}})
    engine_client.delete("web:WebAppApplicationSettings", id)

    assert settings_in(plane) == {}


def test_renaming_a_settings_resource_wipes_what_was_just_written(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    """The engine creates under the new name and then deletes the old entry, which has the same id."""
    old, _ = engine_client.create("web:WebAppApplicationSettings", {**NAMED, "properties": {"A": "1"}})
    new, _ = engine_client.create("web:WebAppApplicationSettings", {**NAMED, "properties": {"A": "2"}})
    engine_client.delete("web:WebAppApplicationSettings", old)

    assert (old, settings_in(plane)) == (new, {})


def test_the_settings_of_a_slot_are_its_own(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    engine_client.create("web:WebAppSlot", site_inputs(plane, name="app", slot="staging"))
    id, _ = engine_client.create("web:WebAppApplicationSettingsSlot", {**NAMED, "slot": "staging", "properties": {"A": "s"}})

    assert id == f"{site}/slots/staging/config/appsettings"
    assert (settings_in(plane), settings_in(plane, f"{site}/slots/staging")) == ({}, {"A": "s"})


def test_connection_strings_keep_their_types(engine_client: Engine, site: str) -> None:
    strings = {"db": {"type": "SQLAzure", "value": "x"}}
    id, outputs = engine_client.create("web:WebAppConnectionStrings", {**NAMED, "properties": strings})
    engine_client.delete("web:WebAppConnectionStrings", id)

    assert outputs["properties"] == strings
    assert engine_client.read("web:WebAppConnectionStrings", id)[1]["properties"] == {}


def test_deleting_the_sticky_names_empties_their_list(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    id, outputs = engine_client.create("web:WebAppSlotConfigurationNames", {**NAMED, "appSettingNames": ["A"]})
    engine_client.delete("web:WebAppSlotConfigurationNames", id)

    assert outputs["appSettingNames"] == ["A"]
    assert plane.request("GET", id).body["properties"].get("appSettingNames") == []


@pytest.mark.parametrize("kind", ["Ftp", "Scm"])
def test_a_deleted_publishing_policy_allows_again(engine_client: Engine, plane: ControlPlane, site: str, kind: str) -> None:
    id, outputs = engine_client.create(f"web:WebApp{kind}Allowed", {**NAMED, "allow": False})
    engine_client.delete(f"web:WebApp{kind}Allowed", id)

    assert (id, outputs["allow"]) == (f"{site}/basicPublishingCredentialsPolicies/{kind.lower()}", False)
    assert plane.request("GET", id).body["properties"]["allow"] is True


def test_settings_of_a_site_that_is_gone_are_gone(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.request("DELETE", site)

    assert engine_client.read("web:WebAppApplicationSettings", f"{site}/config/appsettings", NAMED) == ("", {}, {})
