"""Functions. Source: pulumi-azure-native, provider.go `Invoke`; error texts: client_azcore.go `PulumiAzcoreResponseError`."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.arm import ControlPlane, Fault
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION, DEFAULT_TENANT, OPERATOR_OBJECT_ID

from .conftest import ACCOUNT, GROUP, IN_GROUP, Engine

NAMED = {**IN_GROUP, "name": "app"}
LIST = f"{GROUP}/providers/Microsoft.Web/sites/app/config/appsettings/list"


def failure_of(client: Engine, token: str, arguments: dict[str, Any]) -> str:
    with pytest.raises(RuntimeError) as error:
        client.invoke(token, arguments)
    return str(error.value)


def test_application_settings_are_listed(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.request("PUT", f"{site}/config/appsettings", {"properties": {"A": "1"}})
    result = engine_client.invoke("web:listWebAppApplicationSettings", NAMED)

    assert (result["properties"], result["name"], result["id"]) == ({"A": "1"}, "appsettings", f"{site}/config/appsettings")


def test_settings_of_a_site_that_is_not_there_fail_in_the_real_providers_words(engine_client: Engine) -> None:
    assert failure_of(engine_client, "web:listWebAppApplicationSettings", NAMED).startswith(
        f"request failed {LIST}: Status=404 Code=\"ResourceNotFound\" Message=\"The Resource 'Microsoft.Web/sites/app' under resource group 'rg' was not found."
    )


def test_a_refused_request_names_status_code_and_message(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.faults.add(Fault("post */list", status=403, code="AuthorizationFailed", message="The client has no authorization."))

    assert failure_of(engine_client, "web:listWebAppApplicationSettings", NAMED) == (
        f'request failed {LIST}: Status=403 Code="AuthorizationFailed" Message="The client has no authorization."'
    )


def test_a_dropped_connection_is_shown_as_gos_http_client_does(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.faults.add(Fault("post */list", drop=True))

    assert failure_of(engine_client, "web:listWebAppApplicationSettings", NAMED) == (
        f'request failed {LIST}: Post "https://management.azure.com{LIST}": EOF'
    )


def test_an_answer_that_is_no_json_is_quoted(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.faults.add(Fault("post */list", garbage="<html>sign in</html>"))

    assert failure_of(engine_client, "web:listWebAppApplicationSettings", NAMED) == (
        f"request failed {LIST}: unexpected response from Azure: '<html>sign in</html>', HTTP status: 200 OK"
    )


def test_reads_go_to_the_configured_subscription(engine_client: Engine, site: str) -> None:
    engine_client.configure(subscriptionId="11111111-1111-4111-8111-111111111111")

    assert "request failed /subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/" in failure_of(
        engine_client, "web:listWebAppApplicationSettings", NAMED
    )


def test_a_site_is_found_without_its_whole_configuration(engine_client: Engine, site: str) -> None:
    """Only the resource reads config/web as well; the function is a plain GET (custom_webapp.go)."""
    result = engine_client.invoke("web:getWebApp", NAMED)

    assert (result["id"], result["name"], result["kind"]) == (site, "app", "functionapp,linux")
    assert "minTlsVersion" not in result.get("siteConfig", {})


def test_a_slot_is_found_by_its_name(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plan = plane.request("GET", site).body["properties"]["serverFarmId"]
    plane.request("PUT", f"{site}/slots/staging", {"location": "westeurope", "properties": {"serverFarmId": plan}})
    plane.request("PUT", f"{site}/slots/staging/config/appsettings", {"properties": {"S": "1"}})
    arguments = {**NAMED, "slot": "staging"}

    assert engine_client.invoke("web:getWebAppSlot", arguments)["name"] == "app/staging"
    assert engine_client.invoke("web:listWebAppApplicationSettingsSlot", arguments)["properties"] == {"S": "1"}
    assert engine_client.invoke("web:listWebAppConnectionStringsSlot", arguments)["properties"] == {}


def test_sticky_names_and_plan_are_found(engine_client: Engine, plane: ControlPlane, site: str) -> None:
    plane.request("PUT", f"{site}/config/slotConfigNames", {"properties": {"appSettingNames": ["A"]}})

    assert engine_client.invoke("web:getWebAppSlotConfigurationNames", NAMED)["appSettingNames"] == ["A"]
    assert engine_client.invoke("web:getAppServicePlan", {**IN_GROUP, "name": "plan"})["sku"]["name"] == "P0v3"


def test_storage_is_found(engine_client: Engine, plane: ControlPlane, container: dict[str, Any]) -> None:
    plane.request("PUT", f"{ACCOUNT}/tableServices/default/tables/HubInstances", {})
    plane.request("PUT", f"{ACCOUNT}/blobServices/default/containers/code", {"properties": {"metadata": {"a": "b"}}})
    account = {**IN_GROUP, "accountName": "packages1"}
    keys = engine_client.invoke("storage:listStorageAccountKeys", account)["keys"]

    assert [key["keyName"] for key in keys] == ["key1", "key2"]
    assert engine_client.invoke("storage:getStorageAccount", account)["primaryEndpoints"]["queue"].endswith("/packages1/")
    assert engine_client.invoke("storage:getTable", {**account, "tableName": "HubInstances"})["tableName"] == "HubInstances"
    assert engine_client.invoke("storage:getBlobContainer", {**account, "containerName": "code"})["metadata"] == {"a": "b"}


def test_a_table_that_is_not_there_is_a_404(engine_client: Engine, container: dict[str, Any]) -> None:
    arguments = {**IN_GROUP, "accountName": "packages1", "tableName": "HubInstances"}

    assert 'Status=404 Code="ResourceNotFound"' in failure_of(engine_client, "storage:getTable", arguments)


def test_group_and_identity_are_found(engine_client: Engine) -> None:
    engine_client.create("managedidentity:UserAssignedIdentity", {**IN_GROUP, "resourceName": "id1", "location": "westeurope"})

    assert engine_client.invoke("resources:getResourceGroup", IN_GROUP)["location"] == "westeurope"
    assert len(engine_client.invoke("managedidentity:getUserAssignedIdentity", {**IN_GROUP, "resourceName": "id1"})["principalId"]) == 36


def test_the_client_is_the_operator_of_the_sandbox(engine_client: Engine) -> None:
    assert engine_client.invoke("authorization:getClientConfig", {}) == {
        "clientId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "objectId": OPERATOR_OBJECT_ID,
        "subscriptionId": DEFAULT_SUBSCRIPTION,
        "tenantId": DEFAULT_TENANT,
    }


def test_a_missing_argument_is_named(engine_client: Engine) -> None:
    assert failure_of(engine_client, "web:getWebApp", IN_GROUP) == "expected string value for path parameter 'name', got NoneType"


def test_a_function_that_the_embedded_azure_lacks_is_refused_by_name(engine_client: Engine) -> None:
    assert failure_of(engine_client, "web:getCertificate", {}).startswith("Invoke type azure-native:web:getCertificate not found:")
