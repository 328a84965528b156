"""Backends: each renders host.json, settings, roles and resources through one protocol, on every hosting that it works on."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from components._azure.versions import bundle_floor_problem
from components._backends import App, chosen, problems
from components._code.host_json import HostJsonWanted, render
from components._hosting import Flex
from components._problems import Problem

from .backend_probe import ENDPOINT, OPERATOR, AzureWithSchedulers, BackendProbe, app_of, choice, wanted
from .deploying import UNKNOWN, Deployment, deploy
from .mocked_azure import SUBSCRIPTION

VAULT = "https://vault.vault.azure.net/secrets"
STORAGE_STRING = (
    "DefaultEndpointsProtocol=https;AccountName=ordersdurable;AccountKey=key-of-ordersdurable;BlobEndpoint=https://ordersdurable.blob.core.windows.net/;"
    "QueueEndpoint=https://ordersdurable.queue.core.windows.net/;TableEndpoint=https://ordersdurable.table.core.windows.net/"
)
STORAGE_GROUP = {
    "DurableStorage__blobServiceUri": "https://ordersdurable.blob.core.windows.net/",
    "DurableStorage__queueServiceUri": "https://ordersdurable.queue.core.windows.net/",
    "DurableStorage__tableServiceUri": "https://ordersdurable.table.core.windows.net/",
    "DurableStorage__credential": "managedidentity",
    "DurableStorage__clientId": "client-id",
}
SCHEDULER_STRING = f"Endpoint={ENDPOINT};Authentication=ManagedIdentity;ClientID=client-id"
SQL = {"production": "Server=s;User Id=live", "staging": "Server=s;User Id=trial"}
HUBS_OF_EVENTS = {"production": "Endpoint=sb://live/", "staging": "Endpoint=sb://trial/"}

CHOICES: dict[str, dict[str, Any]] = {
    "nothing chosen": {},
    "azure storage, string": {"azure_storage": {"connection": "connection_string"}},
    "azure storage, vault": {"azure_storage": {"connection": "key_vault_secret", "key_vault_secret": f"{VAULT}/durable"}},
    "scheduler": {"durable_task_scheduler": {}},
    "sql, strings": {"mssql": {"connection_strings": SQL}},
    "sql, vault": {"mssql": {"key_vault_secrets": {slot: f"{VAULT}/{slot}" for slot in SQL}}},
    "netherite": {"netherite": {"connection_strings": HUBS_OF_EVENTS, "storage_connection": "AccountName=n"}},
}
SETTINGS: dict[str, dict[str, dict[str, str]]] = {
    "nothing chosen": {slot: STORAGE_GROUP for slot in SQL},
    "azure storage, string": {slot: {"DurableStorage": STORAGE_STRING} for slot in SQL},
    "azure storage, vault": {slot: {"DurableStorage": f"@Microsoft.KeyVault(SecretUri={VAULT}/durable)"} for slot in SQL},
    "scheduler": {slot: {"DURABLE_TASK_SCHEDULER_CONNECTION_STRING": SCHEDULER_STRING} for slot in SQL},
    "sql, strings": {slot: {"SQLDB_Connection": value} for slot, value in SQL.items()},
    "sql, vault": {slot: {"SQLDB_Connection": f"@Microsoft.KeyVault(SecretUri={VAULT}/{slot})"} for slot in SQL},
    "netherite": {slot: {"EventHubsConnection": value, "NetheriteStorage": "AccountName=n"} for slot, value in HUBS_OF_EVENTS.items()},
}
"""Choice -> slot -> what the backend writes, beside the slot's task hub."""
HOST = {
    "AzureWebJobsStorage__blobServiceUri": "https://ordershost.blob.core.windows.net/",
    "AzureWebJobsStorage__queueServiceUri": "https://ordershost.queue.core.windows.net/",
    "AzureWebJobsStorage__tableServiceUri": "https://ordershost.table.core.windows.net/",
    "AzureWebJobsStorage__credential": "managedidentity",
    "AzureWebJobsStorage__clientId": "client-id",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=ikey",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "ClientId=client-id;Authorization=AAD",
}
ON_SLOTS = {
    "FUNCTIONS_EXTENSION_VERSION": "~4",
    "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": f"{SUBSCRIPTION}/orders-identity",
}
EVERYWHERE = Counter(
    {
        "resources:ResourceGroup": 1,
        "managedidentity:UserAssignedIdentity": 1,
        "operationalinsights:Workspace": 1,
        "applicationinsights:Component": 1,
        "storage:StorageAccount": 2,
        "storage:BlobServiceProperties": 2,
        "authorization:RoleAssignment": 4,
        "web:AppServicePlan": 1,
        "web:WebApp": 1,
        "web:WebAppScmAllowed": 1,
        "web:WebAppApplicationSettings": 1,
    }
)
OF_HOSTING = {
    "slots": Counter(
        {
            "web:WebAppSlot": 1,
            "web:WebAppFtpAllowed": 1,
            "web:WebAppFtpAllowedSlot": 1,
            "web:WebAppScmAllowedSlot": 1,
            "web:WebAppApplicationSettingsSlot": 1,
        }
    ),
    "flex": Counter({"storage:BlobContainer": 1}),
}
ACCOUNT = Counter({"storage:StorageAccount": 1, "storage:BlobServiceProperties": 1, "authorization:RoleAssignment": 3})


def of_backend(name: str, slots: int) -> Counter[str]:
    """A scheduler has a hub per slot, and on each a role for the app and one for the operator."""
    if name == "scheduler":
        return Counter({"durabletask:Scheduler": 1, "durabletask:TaskHub": slots, "authorization:RoleAssignment": 2 * slots})
    return ACCOUNT if "sql" not in name and name != "netherite" else Counter()


def hosted(name: str, sku: str, **groups: Any) -> Deployment:
    on_flex = {"site": {"slots": []}} if sku == "FC1" else {}
    args = {"arguments": wanted(plan={"sku": sku}, **{**on_flex, **groups}), "backend": choice(**CHOICES[name]), "flex": Flex()}
    return deploy(AzureWithSchedulers(), args, component=BackendProbe)


WORKS_ON_FLEX = ("nothing chosen", "azure storage, string", "azure storage, vault", "scheduler")
MATRIX = [(name, sku) for name in CHOICES for sku in ("P0v3", "EP1", "FC1") if sku != "FC1" or name in WORKS_ON_FLEX]


@pytest.mark.parametrize(("name", "sku"), MATRIX, ids=[f"{name} on {sku}" for name, sku in MATRIX])
def test_a_backend_on_a_hosting_is_exactly_these_settings_and_resources(name: str, sku: str) -> None:
    made = hosted(name, sku)
    slots = ("production",) if sku == "FC1" else ("production", "staging")
    of_hosting = {
        slot: {"DURABLE_DEPLOY_PACKAGE": "0123456789abcdef"}
        if sku == "FC1"
        else {**ON_SLOTS, "AzureFunctionsWebHost__hostid": f"orders-{slot}"}
        for slot in slots
    }
    hubs = {slot: {"TaskHubName": f"ordersTasks{slot.capitalize()}"} for slot in slots}
    assert made.settings == {slot: {**HOST, **SETTINGS[name][slot], **hubs[slot], **of_hosting[slot]} for slot in slots}
    hosting = "flex" if sku == "FC1" else "slots"
    assert Counter(child.type for child in made.children.values()) == EVERYWHERE + OF_HOSTING[hosting] + of_backend(name, len(slots))


HOST_JSON: dict[str, dict[str, Any]] = {
    "nothing chosen": {"connectionStringName": "DurableStorage"},
    "azure storage, vault": {"connectionStringName": "DurableStorage"},
    "scheduler": {"type": "azureManaged", "connectionStringName": "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"},
    "sql, strings": {"type": "mssql", "connectionStringName": "SQLDB_Connection"},
    "netherite": {"type": "Netherite", "EventHubsConnectionName": "EventHubsConnection", "StorageConnectionName": "NetheriteStorage"},
}


@pytest.mark.parametrize("name", HOST_JSON)
def test_host_json_names_the_backend_its_connection_and_a_hub_that_stays_with_the_slot(name: str) -> None:
    backend = chosen(choice(**CHOICES[name]))
    fields: dict[str, Any] = dict(backend.host_json(app_of(wanted(), backend)))
    assert json.loads(render(HostJsonWanted(**fields))) == {
        "version": "2.0",
        "extensions": {"durableTask": {"hubName": "%TaskHubName%", "storageProvider": HOST_JSON[name]}},
    }


def test_sql_can_be_given_a_schema_and_leave_to_make_its_database() -> None:
    backend = chosen(choice(mssql={"connection_strings": SQL, "schema_name": "orders", "create_database": True}))
    fields: dict[str, Any] = dict(backend.host_json(app_of(wanted(), backend)))
    assert json.loads(render(HostJsonWanted(**fields)))["extensions"]["durableTask"]["storageProvider"] == {
        "type": "mssql",
        "connectionStringName": "SQLDB_Connection",
        "schemaName": "orders",
        "createDatabaseIfNotExists": True,
    }


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("sku", ["P0v3", "EP1", "FC1"])
def test_only_other_backends_on_elastic_premium_need_the_runtime_to_watch_their_load(name: str, sku: str) -> None:
    backend = chosen(choice(**CHOICES[name]))
    needed = sku == "EP1" and backend.kind != "azure_storage"
    found = backend.site_config(app_of(wanted(plan={"sku": sku}, site={"slots": []}), backend))
    assert found == ({"functionsRuntimeScaleMonitoringEnabled": True} if needed else {})


STICKY = {
    "nothing chosen": ["TaskHubName"],
    "azure storage, string": ["TaskHubName"],
    "scheduler": ["TaskHubName"],
    "sql, vault": ["SQLDB_Connection", "TaskHubName"],
    "netherite": ["EventHubsConnection", "TaskHubName"],
}


@pytest.mark.parametrize("name", STICKY)
def test_what_differs_between_slots_is_sticky(name: str) -> None:
    made = hosted(name, "P0v3")
    assert made.outputs["sticky"] == STICKY[name]
    production, staging = (made.settings[slot] for slot in ("production", "staging"))
    assert {key for key in production if production[key] != staging[key]} == {*STICKY[name], "AzureFunctionsWebHost__hostid"}


OUTPUTS = {
    "nothing chosen": ("ordersdurable", ("ordersTasksProduction", "ordersTasksStaging")),
    "scheduler": ("orders-scheduler", ("ordersTasksProduction", "ordersTasksStaging")),
    "sql, strings": (None, (None, None)),
    "netherite": (None, ("ordersTasksProduction", "ordersTasksStaging")),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_output_names_the_hubs_that_are_known(name: str) -> None:
    account, (production, staging) = OUTPUTS[name]
    assert hosted(name, "P0v3").outputs["hubs"] == {
        "production": {"account": account, "task_hub": production},
        "staging": {"account": account, "task_hub": staging},
    }


@pytest.mark.parametrize("name", ["azure storage, string", "sql, strings", "netherite"])
def test_a_connection_string_is_secret(name: str) -> None:
    made = hosted(name, "P0v3")
    assert all("properties" in made.child(f"orders-{slot}-settings").secret for slot in SQL)


@pytest.mark.parametrize(("name", "keys"), [("nothing chosen", False), ("azure storage, string", True), ("azure storage, vault", True)])
def test_the_durable_account_has_keys_only_where_they_are_used(name: str, keys: bool) -> None:
    account = hosted(name, "P0v3").child("orders-durable")
    assert (account.inputs["accountName"], account.inputs["allowSharedKeyAccess"], account.protect) == ("ordersdurable", keys, True)


# The Durable Task Scheduler


def test_a_made_scheduler_is_open_to_whoever_has_a_role_and_protected_with_its_hubs() -> None:
    made = hosted("scheduler", "P0v3", resource_group={"location": "westeurope"}, tags={"team": "shop"})
    scheduler = made.child("orders-scheduler")
    assert scheduler.inputs == {
        "schedulerName": "orders-scheduler",
        "resourceGroupName": "orders-rg",
        "location": "westeurope",
        "tags": {"team": "shop"},
        "properties": {"sku": {"name": "Consumption"}, "ipAllowlist": ["0.0.0.0/0"]},
    }
    hubs = made.of_type("durabletask:TaskHub")
    assert {name: hub.inputs for name, hub in hubs.items()} == {
        f"orders-{slot}-hub": {
            "taskHubName": f"ordersTasks{slot.capitalize()}",
            "schedulerName": "orders-scheduler",
            "resourceGroupName": "orders-rg",
        }
        for slot in SQL
    }
    assert all(child.protect for child in (scheduler, *hubs.values()))


def test_state_in_a_scheduler_that_need_not_be_protected_is_not() -> None:
    made = hosted("scheduler", "P0v3", storage={"protect_state": False})
    assert not any(made.child(name).protect for name in ("orders-scheduler", "orders-production-hub", "orders-staging-hub"))


def test_the_app_may_work_on_its_own_hubs_alone_and_operators_may_look_at_them() -> None:
    made = hosted("scheduler", "P0v3")
    granted = {
        (one["principalId"], one["scope"].rpartition("/")[2], one["roleDefinitionId"].rpartition("/")[2])
        for one in (child.inputs for child in made.of_type("authorization:RoleAssignment").values())
        if "hub" in one["scope"]
    }
    contributor, reader = "0ad04412-c4d5-4796-b79c-f76d14c8d402", "d6a5505f-6ebb-45a4-896e-ac8274cfc0ac"
    assert granted == {
        *(("principal-id", f"orders-{slot}-hub", contributor) for slot in SQL),
        *((OPERATOR, f"orders-{slot}-hub", reader) for slot in SQL),
    }


def test_settings_wait_for_the_hubs_that_they_name() -> None:
    made = hosted("scheduler", "P0v3")
    for slot in SQL:
        assert {"orders-production-hub", "orders-staging-hub"} <= made.child(f"orders-{slot}-settings").depends_on


def test_a_dedicated_scheduler_has_its_capacity_and_its_addresses() -> None:
    given = {"sku": "Dedicated", "capacity": 3.0, "ip_allowlist": ["10.0.0.0/8"], "scheduler_name": "shop"}
    args = {"arguments": wanted(), "backend": choice(durable_task_scheduler=given)}
    made = deploy(AzureWithSchedulers(), args, component=BackendProbe).child("orders-scheduler")
    assert made.inputs["schedulerName"] == "shop"
    assert made.inputs["properties"] == {"sku": {"name": "Dedicated", "capacity": 3}, "ipAllowlist": ["10.0.0.0/8"]}


@pytest.mark.parametrize(("given", "group"), [({}, "orders-rg"), ({"existing_group": "central"}, "central")])
def test_an_existing_scheduler_gets_the_hubs_and_stays_as_it_is(given: dict[str, str], group: str) -> None:
    args = {"arguments": wanted(), "backend": choice(durable_task_scheduler={"existing_scheduler": "shared", **given})}
    made = deploy(AzureWithSchedulers(), args, component=BackendProbe)
    assert made.of_type("durabletask:Scheduler") == {}
    assert {(hub.inputs["schedulerName"], hub.inputs["resourceGroupName"]) for hub in made.of_type("durabletask:TaskHub").values()} == {
        ("shared", group)
    }
    assert made.settings["staging"]["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] == (
        "Endpoint=https://shared.durabletask.io;Authentication=ManagedIdentity;ClientID=client-id"
    )


def test_a_preview_shows_an_endpoint_that_is_not_known_yet_as_unknown() -> None:
    class NotYetMade(AzureWithSchedulers):
        def _made(self, kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
            return {"name": inputs["schedulerName"]} if kind == "Scheduler" else super()._made(kind, inputs)

    args = {"arguments": wanted(site={"slots": []}), "backend": choice(durable_task_scheduler={})}
    shown = deploy(NotYetMade(), args, component=BackendProbe, dry_run=True).settings["production"]
    assert shown["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] == UNKNOWN
    assert shown["TaskHubName"] == "ordersTasksProduction"
    refused = deploy(NotYetMade(), args, component=BackendProbe, fails=True)
    assert "the Durable Task Scheduler has no endpoint" in str(refused.error)


@pytest.mark.parametrize(("name", "floor"), [("nothing chosen", "4.30.0"), ("scheduler", "4.32.0"), ("sql, vault", "4.30.0")])
def test_the_default_bundle_is_the_first_that_brings_the_backend(name: str, floor: str) -> None:
    found = chosen(choice(**CHOICES[name])).bundle_floor
    assert (found.version, found.default_range) == (floor, f"[{floor}, 5.0.0)")
    assert bundle_floor_problem(found.default_range, found.version) is None


# What is refused


def refusals(given: dict[str, Any], facts: dict[str, Any] | None = None, **groups: Any) -> list[Problem]:
    backend = choice(**given)
    return list(problems(backend, app_of(wanted(**groups), chosen(backend), **(facts or {}))))


@pytest.mark.parametrize("name", CHOICES)
def test_nothing_is_wrong_with_what_works(name: str) -> None:
    assert refusals(CHOICES[name]) == []


SECRET = f"{VAULT}/one"
NETHERITE = {"storage_connection": "AccountName=n"}
REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], str, str]] = [
    (
        "two backends",
        {"mssql": {"connection_strings": SQL}, "azure_storage": {}},
        {},
        {},
        "durable.backend",
        "has azure_storage and mssql: an app keeps its state in one place",
    ),
    (
        "a secret with an identity",
        {"azure_storage": {"key_vault_secret": SECRET}},
        {},
        {},
        "durable.backend.azure_storage.key_vault_secret",
        "would be ignored with connection 'identity'",
    ),
    (
        "no secret",
        {"azure_storage": {"connection": "key_vault_secret"}},
        {},
        {},
        "durable.backend.azure_storage.key_vault_secret",
        "is required with connection 'key_vault_secret'",
    ),
    (
        "a secret that is a connection string",
        {"azure_storage": {"connection": "key_vault_secret", "key_vault_secret": "AccountName=a"}},
        {},
        {},
        "durable.backend.azure_storage.key_vault_secret",
        "is no secret URI",
    ),
    (
        "a durable account beside a scheduler",
        {"durable_task_scheduler": {}},
        {"given": frozenset({"storage.durable_account"})},
        {},
        "storage.durable_account",
        "would be ignored: durable state does not lie in Azure Storage here",
    ),
    (
        "a size for a scheduler that exists",
        {"durable_task_scheduler": {"existing_scheduler": "shared", "sku": "Dedicated"}},
        {},
        {},
        "durable.backend.durable_task_scheduler.sku",
        "would be ignored: the scheduler exists already",
    ),
    (
        "addresses for a scheduler that exists",
        {"durable_task_scheduler": {"existing_scheduler": "shared", "ip_allowlist": []}},
        {},
        {},
        "durable.backend.durable_task_scheduler.ip_allowlist",
        "would be ignored: the scheduler exists already",
    ),
    (
        "a group without a scheduler",
        {"durable_task_scheduler": {"existing_group": "central"}},
        {},
        {},
        "durable.backend.durable_task_scheduler.existing_group",
        "belongs to an existing scheduler. Give existing_scheduler",
    ),
    (
        "capacity of a Consumption scheduler",
        {"durable_task_scheduler": {"capacity": 2}},
        {},
        {},
        "durable.backend.durable_task_scheduler.capacity",
        "is ignored by a Consumption scheduler",
    ),
    (
        "a scheduler that nobody reaches",
        {"durable_task_scheduler": {"ip_allowlist": []}},
        {},
        {},
        "durable.backend.durable_task_scheduler.ip_allowlist",
        "lets nobody in, the app neither",
    ),
    (
        "a scheduler name with an underscore",
        {"durable_task_scheduler": {"scheduler_name": "my_shop"}},
        {},
        {},
        "durable.backend.durable_task_scheduler.scheduler_name",
        "is no valid scheduler name. Rule: 3 to 64 letters, digits and hyphens",
    ),
    (
        "SQL on Flex",
        {"mssql": {"connection_strings": {"production": "A"}}},
        {},
        {"plan": {"sku": "FC1"}, "site": {"slots": []}},
        "durable.backend.mssql",
        "does not work on Flex Consumption. Choose azure_storage or durable_task_scheduler",
    ),
    (
        "Netherite on Flex",
        {"netherite": {"connection_strings": {"production": "A"}, **NETHERITE}},
        {},
        {"plan": {"sku": "FC1"}, "site": {"slots": []}},
        "durable.backend.netherite",
        "does not work on Flex Consumption",
    ),
    (
        "SQL without a connection",
        {"mssql": {}},
        {},
        {},
        "durable.backend.mssql",
        "has no connection, and slot 'production' has no setting SQLDB_Connection of yours. Give connection_strings or key_vault_secrets",
    ),
    (
        "a SQL setting in one slot",
        {"mssql": {}},
        {},
        {"sticky_settings": {"production": {"SQLDB_Connection": "A"}}},
        "durable.backend.mssql",
        "slot 'staging' has no setting SQLDB_Connection",
    ),
    (
        "one SQL setting for all slots",
        {"mssql": {}},
        {},
        {"settings": {"SQLDB_Connection": "A"}},
        "durable.backend.mssql",
        "has the same SQLDB_Connection in slots 'production' and 'staging': a task hub belongs to the SQL user of its connection",
    ),
    (
        "one SQL login for both slots",
        {"mssql": {"connection_strings": {"production": "Server=s;User Id=a", "staging": "server=S;user id=a;"}}},
        {},
        {},
        "durable.backend.mssql.connection_strings.staging",
        "is the same connection as that of slot 'production': a task hub belongs to the SQL user of its connection",
    ),
    (
        "one SQL secret for both slots",
        {"mssql": {"key_vault_secrets": {"production": SECRET, "staging": f"{SECRET}/"}}},
        {},
        {},
        "durable.backend.mssql.key_vault_secrets.staging",
        "a schema or taskHubName can't keep them apart, because host.json travels with the code",
    ),
    (
        "SQL for one slot of two",
        {"mssql": {"connection_strings": {"production": "A"}}},
        {},
        {},
        "durable.backend.mssql.connection_strings.staging",
        "is required: every slot needs its own connection",
    ),
    (
        "SQL for a slot that is not there",
        {"mssql": {"connection_strings": {**SQL, "spare": "C"}}},
        {},
        {},
        "durable.backend.mssql.connection_strings.spare",
        "is no slot of this site. Slots here: production, staging",
    ),
    (
        "SQL both ways",
        {"mssql": {"connection_strings": SQL, "key_vault_secrets": {"production": SECRET}}},
        {},
        {},
        "durable.backend.mssql",
        "has both 'connection_strings' and 'key_vault_secrets'",
    ),
    (
        "a SQL hub in host.json",
        {"mssql": {"connection_strings": SQL}},
        {"own_storage_provider": {"TaskHubName": "Shop"}},
        {},
        "package host.json: storageProvider.taskHubName",
        "travels with the code",
    ),
    (
        "one Event Hubs namespace for both slots",
        {"netherite": {"connection_strings": dict.fromkeys(SQL, "Endpoint=sb://one/"), **NETHERITE}},
        {},
        {},
        "durable.backend.netherite.connection_strings.staging",
        "two task hubs in one Event Hubs namespace take each other's messages",
    ),
    (
        "Netherite without storage",
        {"netherite": {"connection_strings": HUBS_OF_EVENTS}},
        {},
        {},
        "durable.backend.netherite.storage_connection",
        "is required: Netherite knows no managed identity, and there is no setting NetheriteStorage of yours",
    ),
    (
        "Netherite on the host's storage",
        {"netherite": {"connection_strings": HUBS_OF_EVENTS, "storage_connection_setting": "AzureWebJobsStorage"}},
        {},
        {},
        "durable.backend.netherite.storage_connection_setting",
        "is the host's storage, which is reached by managed identity here",
    ),
    (
        "one setting for both of Netherite's connections",
        {"netherite": {"connection_strings": HUBS_OF_EVENTS, **NETHERITE, "storage_connection_setting": "EventHubsConnection"}},
        {},
        {},
        "durable.backend.netherite.storage_connection_setting",
        "is the name of another setting of this backend",
    ),
    (
        "a Netherite setting with a hyphen",
        {"netherite": {"connection_strings": HUBS_OF_EVENTS, **NETHERITE, "storage_connection_setting": "my-storage"}},
        {},
        {},
        "durable.backend.netherite.storage_connection_setting",
        "is no valid app setting name",
    ),
]


@pytest.mark.parametrize(("given", "facts", "groups", "path", "words"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_is_refused(given: dict[str, Any], facts: dict[str, Any], groups: dict[str, Any], path: str, words: str) -> None:
    (problem,) = refusals(given, facts, **groups)
    assert problem.path == path
    assert words in str(problem)


def test_no_refusal_shows_a_connection_string() -> None:
    shown = " ".join(str(problem) for one in REFUSED for problem in refusals(one[1], one[2], **one[3]))
    assert not any(secret in shown for secret in ("User Id", "user id", "sb://", "AccountName=n"))


def test_a_database_may_be_shared_where_there_is_one_slot() -> None:
    facts = {"own_storage_provider": {"taskHubName": "Shop"}}
    assert refusals({"mssql": {"connection_strings": {"production": "A"}}}, facts, site={"slots": []}) == []


@pytest.mark.parametrize(
    ("given", "settings"),
    [({"mssql": {}}, {"SQLDB_Connection"}), ({"netherite": {}}, {"EventHubsConnection", "NetheriteStorage"})],
    ids=["sql", "netherite"],
)
def test_connections_among_the_user_s_own_settings_are_named_in_host_json_and_not_written(
    given: dict[str, Any], settings: set[str]
) -> None:
    backend = chosen(choice(**given))
    arguments = wanted(sticky_settings={slot: {name: f"{name} of {slot}" for name in settings} for slot in SQL})
    app = app_of(arguments, backend)
    assert list(backend.problems(app)) == []
    assert backend.written(app) == {"TaskHubName"}
    fields = dict(backend.host_json(app))
    assert {fields["connection"], *fields["provider_settings"].values()} == settings
    made = deploy(AzureWithSchedulers(), {"arguments": arguments, "backend": choice(**given)}, component=BackendProbe)
    own = {slot: {name: value for name, value in values.items() if name in settings} for slot, values in made.settings.items()}
    assert own == arguments.sticky_settings


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("nothing chosen", {"DurableStorage", "TaskHubName"}),
        ("scheduler", {"DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "TaskHubName"}),
        ("sql, vault", {"SQLDB_Connection", "TaskHubName"}),
        ("netherite", {"EventHubsConnection", "NetheriteStorage", "TaskHubName"}),
    ],
)
def test_what_a_backend_writes_is_not_the_user_s_to_set(name: str, written: set[str]) -> None:
    backend = chosen(choice(**CHOICES[name]))
    assert backend.written(app_of(wanted(), backend)) == written


@pytest.mark.parametrize(
    ("name", "account"), [("nothing chosen", "ordersdurable"), ("scheduler", ""), ("sql, vault", ""), ("netherite", "")]
)
def test_only_azure_storage_has_tables_that_tell_of_a_hub(name: str, account: str) -> None:
    backend = chosen(choice(**CHOICES[name]))
    assert backend.hub_account(app_of(wanted(), backend)) == account


WARNINGS: list[tuple[str, str, str | None]] = [
    ("nothing chosen", "PYTHON|3.11", None),
    ("scheduler", "PYTHON|3.11", None),
    ("scheduler", "DOTNET-ISOLATED|8.0", None),
    ("scheduler", "DOTNET|8.0", "serves .NET in the isolated worker model"),
    ("sql, vault", "PYTHON|3.11", None),
    ("sql, vault", "DOTNET-ISOLATED|8.0", "entities are not supported with .NET isolated"),
    ("netherite", "PYTHON|3.11", "support for Netherite ends on 2028-03-31"),
]


@pytest.mark.parametrize(("name", "runtime", "words"), WARNINGS)
def test_what_works_and_will_surprise_is_warned_about(name: str, runtime: str, words: str | None) -> None:
    backend = chosen(choice(**CHOICES[name]))
    found = list(backend.warnings(app_of(wanted(package={"runtime": runtime}), backend)))
    assert [words in one for one in found if words is not None] == ([True] if words is not None else [])
    assert len(found) == (words is not None)


def test_an_unknown_plan_is_reported_by_the_rules_of_plans_and_breaks_nothing_here() -> None:
    backend = chosen(choice())
    app = App(hubs={"production": "Hub"}, connection_setting="X", plan=None, runtime="PYTHON|3.11", account="a")
    assert list(backend.problems(app)) == [] and backend.site_config(app) == {}
