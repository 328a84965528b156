"""Which task hub a slot uses, by its host.json and its app settings alone."""

from __future__ import annotations

from typing import Any

import pytest

from functions.status_check.connections import Connection, Identity
from functions.status_check.location import Location, default_hub_name, locate
from functions.status_check.problem import NotLocated

HOST_JSON: dict[str, Any] = {
    "version": "2.0",
    "extensions": {"durableTask": {"hubName": "ordersTasks", "storageProvider": {"connectionStringName": "DurableManagementStorage"}}},
}
ENDPOINTS = (
    ("blob", "https://ordersblue.blob.core.windows.net"),
    ("queue", "https://ordersblue.queue.core.windows.net"),
    ("table", "https://ordersblue.table.core.windows.net"),
)
SETTINGS = {
    "WEBSITE_SITE_NAME": "orders",
    "DurableManagementStorage__blobServiceUri": "https://ordersblue.blob.core.windows.net",
    "DurableManagementStorage__queueServiceUri": "https://ordersblue.queue.core.windows.net",
    "DurableManagementStorage__tableServiceUri": "https://ordersblue.table.core.windows.net",
    "DurableManagementStorage__credential": "managedidentity",
    "DurableManagementStorage__clientId": "c-1",
    "AzureWebJobsStorage__accountName": "ordershost",
}
BY_IDENTITY = Connection(endpoints=ENDPOINTS, identity=Identity(managed=True, client_id="c-1"), setting="DurableManagementStorage")
SECRET = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0"


def host_json(hub: str | None = "ordersTasks", **provider: Any) -> dict[str, Any]:
    durable: dict[str, Any] = {"storageProvider": provider}
    return {"version": "2.0", "extensions": {"durableTask": durable | ({} if hub is None else {"hubName": hub})}}


def account(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((service, f"https://{name}.{service}.core.windows.net") for service in ("blob", "queue", "table"))


def test_a_slot_of_the_component_is_found_with_its_identity() -> None:
    assert locate(HOST_JSON, SETTINGS) == Location("ordersTasks", BY_IDENTITY)


@pytest.mark.parametrize("key", ["connectionName", "connectionStringName", "CONNECTIONNAME"])
def test_both_spellings_of_the_connection_lead_there_in_any_case(key: str) -> None:
    assert locate(host_json(**{key: "DurableManagementStorage"}), SETTINGS) == Location("ordersTasks", BY_IDENTITY)


def test_of_both_spellings_the_later_one_stands() -> None:
    settings = {"A": SECRET, "B": "UseDevelopmentStorage=true"}
    assert locate(host_json(connectionName="A", connectionStringName="B"), settings).storage.setting == "B"
    assert locate(host_json(connectionStringName="B", connectionName="A"), settings).storage.setting == "A"


def test_setting_names_are_matched_in_any_case() -> None:
    assert locate(HOST_JSON, {name.upper(): value for name, value in SETTINGS.items()}) == Location("ordersTasks", BY_IDENTITY)


def test_without_a_connection_it_is_the_hosts_storage() -> None:
    for given in (host_json(), {"version": "2.0", "extensions": {"durableTask": {"hubName": "ordersTasks"}}}):
        storage = Connection(endpoints=account("ordershost"), setting="AzureWebJobsStorage")
        assert locate(given, SETTINGS) == Location("ordersTasks", storage)


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"AzureWebJobsDurable": SECRET, "Durable": "other", "Durable__accountName": "a"}, "AzureWebJobsDurable"),
        ({"AzureWebJobsDurable__accountName": "a", "Durable": SECRET}, "AzureWebJobsDurable"),
        ({"ConnectionStrings__Durable": SECRET, "Durable": "other"}, "Durable"),
        ({"CUSTOMCONNSTR_Durable": SECRET, "Durable": "other"}, "Durable"),
        ({"Durable": SECRET, "Durable__accountName": "a"}, "Durable"),
        ({"AzureWebJobsDurable": "", "Durable": SECRET}, "Durable"),
    ],
    ids=["the prefix first", "the prefix first, also a group", "connection strings", "Azure's connection strings", "one value", "empty"],
)
def test_a_connection_is_looked_for_in_the_extensions_order(settings: dict[str, str], setting: str) -> None:
    storage = locate(host_json(connectionName="Durable"), settings).storage
    assert storage.setting == setting
    assert storage.connection_string == (None if "AzureWebJobsDurable__accountName" in settings else SECRET)


@pytest.mark.parametrize(
    ("group", "identity"),
    [
        ({}, Identity()),
        ({"credential": "managedidentity"}, Identity(managed=True)),
        ({"credential": "ManagedIdentity", "clientId": "c-2"}, Identity(managed=True, client_id="c-2")),
        ({"clientId": "c-2"}, Identity(client_id="c-2")),
        ({"credential": "managedidentity", "clientId": ""}, Identity(managed=True)),
    ],
    ids=["nothing said", "system-assigned", "user-assigned", "an id alone", "an empty id"],
)
def test_the_group_says_who_signs_in(group: dict[str, str], identity: Identity) -> None:
    settings = {"D__accountName": "a", **{f"D__{key}": value for key, value in group.items()}}
    assert locate(host_json(connectionName="D"), settings).storage == Connection(endpoints=account("a"), identity=identity, setting="D")


def test_uris_go_before_the_accounts_name() -> None:
    settings = {"D__accountName": "a", "D__tableServiceUri": "https://a.table.core.usgovcloudapi.net"}
    endpoints = dict(locate(host_json(connectionName="D"), settings).storage.endpoints)
    assert endpoints == dict(account("a")) | {"table": "https://a.table.core.usgovcloudapi.net"}


@pytest.mark.parametrize("key", ["trackingStoreConnectionName", "trackingStoreConnectionStringName"])
def test_a_tracking_store_has_its_connection_and_its_prefix(key: str) -> None:
    settings = SETTINGS | {"Shared__accountName": "shared"}
    shared = Connection(endpoints=account("shared"), setting="Shared")
    main = {"connectionName": "DurableManagementStorage"}
    assert locate(host_json(**main, **{key: "Shared"}), settings) == Location("ordersTasks", BY_IDENTITY, shared, "DurableTask")
    with_prefix = host_json(**main, **{key: "Shared"}, trackingStoreNamePrefix="Orders")
    assert locate(with_prefix, settings) == Location("ordersTasks", BY_IDENTITY, shared, "Orders")


def test_the_hub_name_takes_its_settings_and_nothing_else_does() -> None:
    settings = SETTINGS | {"TaskHubName": "Green", "%X%": SECRET}
    assert locate(host_json("orders%taskhubname%"), settings).name == "ordersGreen"
    with pytest.raises(NotLocated, match=r"host.json names the connection %TaskHubName%, but this slot has neither"):
        locate(host_json(connectionName="%TaskHubName%"), settings)


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("orders", "orders"),
        ("orders-prod.eu", "ordersprodeu"),
        ("2orders", "t2orders"),
        ("ab", "abHub"),
        ("--", "DefaultTaskHub"),
        ("o" * 60, "o" * 45),
        ("1" * 60, "t" + "1" * 44),
        (None, "TestHubName"),
    ],
)
def test_without_a_name_the_hub_has_the_one_that_is_derived_from_the_site(site: str | None, name: str) -> None:
    assert default_hub_name(site) == name
    settings = {"AzureWebJobsStorage": SECRET} | ({} if site is None else {"WEBSITE_SITE_NAME": site})
    assert locate(host_json(None), settings).name == name


def test_app_settings_that_override_host_json_are_followed() -> None:
    override = "AzureFunctionsJobHost__extensions__durableTask"
    settings = SETTINGS | {
        "AzureFunctionsJobHost__Extensions__DurableTask__HubName": "Overridden",
        f"{override}__storageProvider__connectionStringName": "Other",
        "Other__accountName": "other",
    }
    assert locate(HOST_JSON, settings) == Location("Overridden", Connection(endpoints=account("other"), setting="Other"))


@pytest.mark.parametrize(
    ("given", "settings", "sentence"),
    [
        (host_json("%TaskHubName%"), {}, "host.json takes the task hub's name from the setting TaskHubName, which this slot lacks."),
        (
            host_json(connectionName="Durable"),
            {"DURABLE_OTHER": SECRET},
            "host.json names the connection Durable, but this slot has neither a setting Durable nor any Durable__….",
        ),
        (
            host_json(connectionName="D"),
            {"D": "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)"},
            "The setting D is a Key Vault reference that has not been resolved: check the vault and who may read it.",
        ),
        (
            host_json(connectionName="D"),
            {"D__accountName": "a", "D__credential": "workloadidentity"},
            "D__credential is 'workloadidentity'; StatusCheck signs in with `managedidentity`, or without that setting.",
        ),
        (host_json(type="mssql"), {}, "This app keeps its durable state in 'mssql'; StatusCheck reads Azure Storage only."),
    ],
    ids=["no such setting", "no such connection", "an unresolved reference", "another credential", "another storage provider"],
)
def test_what_leads_nowhere_is_said_in_one_sentence(given: dict[str, Any], settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(NotLocated) as caught:
        locate(given, settings)
    assert str(caught.value) == sentence


def test_an_endpoint_that_is_not_named_is_missed_only_when_it_is_asked_for() -> None:
    storage = locate(host_json(connectionName="D"), {"D__queueServiceUri": "https://q"}).storage
    assert storage.endpoint("queue") == "https://q"
    with pytest.raises(NotLocated, match=r"^The settings D__… name no table endpoint: D__tableServiceUri is missing\.$"):
        storage.endpoint("table")


def test_a_connection_string_is_not_shown() -> None:
    assert "c2VjcmV0" not in repr(locate(host_json(connectionName="D"), {"D": SECRET}))
