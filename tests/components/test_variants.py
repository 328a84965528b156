"""Each variant of a deployment against the standard one: exactly these children go, come, or get other inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .apps import APP, arguments, files, folder
from .deploying import Deployment, deploy
from .differing import ABSENT, Differences, differences, flat
from .mocked_azure import SUBSCRIPTION, MockedAzure

IDENTITY = {"id": "/id/shared", "client_id": "shared-client", "principal_id": "shared-principal"}
OPERATOR = "aaaaaaaa-1111-4222-8333-cccccccccccc"
PACKAGE_URL = "https://builds.blob.core.windows.net/packages/orders-1.0.0.zip"
CONTENT = "DefaultEndpointsProtocol=https;AccountName=content;AccountKey=k"
KEYS_OF_DURABLE = (
    "DefaultEndpointsProtocol=https;AccountName={0};AccountKey=key-of-{0};BlobEndpoint=https://{0}.blob.core.windows.net/;"
    "QueueEndpoint=https://{0}.queue.core.windows.net/;TableEndpoint=https://{0}.table.core.windows.net/"
)
GROUP_OF = ("blobServiceUri", "queueServiceUri", "tableServiceUri", "credential", "clientId")
SETTINGS = ("orders-production-settings", "orders-staging-settings")


@pytest.fixture(scope="module")
def standard(app: Path) -> Deployment:
    return deploy(MockedAzure(), arguments(app))


def vary(standard: Deployment, app: Path, azure: MockedAzure | None = None, **others: Any) -> Differences:
    return differences(standard, deploy(azure or MockedAzure(), arguments(app, **others)))


def every(made: Deployment, name: str) -> set[str]:
    return {child.name for child in made.children.values() if name in flat(child.inputs)}


def test_an_existing_resource_group_is_used(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, resource_group={"existing": "shop", "location": "northeurope"})
    everywhere = {name: {"resourceGroupName": "shop"} for name in every(standard, "resourceGroupName") - {"orders-group"}}
    located = {*(c.name for c in standard.children.values() if "tags" in c.inputs)} - {"orders-group"}
    assert (found.gone, found.new) == ({"orders-group"}, set())
    assert found.changed == {
        name: {**values, **({"location": "northeurope"} if name in located else {})} for name, values in everywhere.items()
    }


def test_an_existing_plan_is_used(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, plan={"existing_id": "/plans/shared", "sku": "P1v3"})
    assert found == Differences(
        {"orders-plan"}, set(), {name: {"serverFarmId": "/plans/shared"} for name in ("orders-site", "orders-staging")}
    )


def test_an_existing_identity_gets_the_roles_and_both_slots(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, access={"identity": IDENTITY})
    sites = {"identity/userAssignedIdentities": ["/id/shared"], "keyVaultReferenceIdentity": "/id/shared"}
    of_slot = {
        "properties/WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": "/id/shared",
        "properties/APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "ClientId=shared-client;Authorization=AAD",
        "properties/AzureWebJobsStorage__clientId": "shared-client",
        "properties/DurableManagementStorage__clientId": "shared-client",
    }
    assert (found.gone, found.new) == ({"orders-identity"}, set())
    assert found.changed == {
        **{name: {"principalId": "shared-principal"} for name in standard.of_type("authorization:RoleAssignment")},
        **dict.fromkeys(("orders-site", "orders-staging"), sites),
        **dict.fromkeys(SETTINGS, of_slot),
    }


def test_an_existing_workspace_takes_the_logs(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, monitoring={"workspace_id": "/logs/shared"})
    assert found == Differences({"orders-logs"}, set(), {"orders-insights": {"workspaceResourceId": "/logs/shared"}})


def test_logs_are_kept_as_long_as_asked(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, monitoring={"retention_days": 90.0})
    assert found == Differences(set(), set(), {"orders-logs": {"retentionInDays": 90}})


def test_an_existing_host_account_gets_its_roles_but_stays_as_it_is(app: Path) -> None:
    azure = MockedAzure()
    azure.locations["sharedhost"] = "westeurope"
    own = deploy(MockedAzure(), arguments(app, resource_group={"existing": "shop"}))
    found = vary(own, app, azure, resource_group={"existing": "shop"}, storage={"existing_host_account": "sharedhost"})
    uris = {
        f"properties/AzureWebJobsStorage__{s}ServiceUri": f"https://sharedhost.{s}.core.windows.net/" for s in ("blob", "queue", "table")
    }
    assert (found.gone, found.new) == ({"orders-host", "orders-host-blobs"}, set())
    roles = {name: found.changed.pop(name) for name in ("orders-host-blob-owner", "orders-host-table-contributor")}
    assert {values["scope"] for values in roles.values()} == {f"{SUBSCRIPTION}/sharedhost"}
    assert found.changed == dict.fromkeys(SETTINGS, uris)


def test_task_hubs_share_one_account_and_the_hub_s_name_travels(standard: Deployment, app: Path) -> None:
    made = deploy(MockedAzure(), arguments(app, durable={"isolation": "task_hub"}))
    found = differences(standard, made)
    kinds = ("", "-blobs", "-blob-contributor", "-queue-contributor", "-table-contributor")
    assert {name for name in found.gone if "package" not in name} == {
        f"orders-{bundle}{kind}" for bundle in ("blue", "green") for kind in kinds
    }
    assert {name for name in found.new if "package" not in name} == {f"orders-durable{kind}" for kind in kinds}
    assert made.child("orders-durable").inputs["accountName"] == "ordersdurable"
    assert {slot: values["TaskHubName"] for slot, values in made.settings.items()} == {
        "production": "ordersTasksBlue",
        "staging": "ordersTasksGreen",
    }
    assert {values["DurableManagementStorage__tableServiceUri"] for values in made.settings.values()} == {
        "https://ordersdurable.table.core.windows.net/"
    }
    assert "TaskHubName" not in made.child("orders-sticky-names").inputs["appSettingNames"]
    assert '"hubName": "%TaskHubName%"' in made.outputs["host_json"]
    assert made.outputs["task_hub_setting"] == "TaskHubName"


def test_key_vault_secrets_name_the_storage_and_their_accounts_have_keys(standard: Deployment, app: Path) -> None:
    secrets = {bundle: f"https://vault.vault.azure.net/secrets/{bundle}" for bundle in ("blue", "green")}
    found = vary(standard, app, durable={"connection": "key_vault_secret", "key_vault_secrets": secrets})
    assert found == Differences(set(), set(), exact_connection({b: f"@Microsoft.KeyVault(SecretUri={uri})" for b, uri in secrets.items()}))


def test_connection_strings_are_secret_and_their_accounts_have_keys(standard: Deployment, app: Path) -> None:
    made = deploy(MockedAzure(), arguments(app, durable={"connection": "connection_string"}))
    strings = {bundle: KEYS_OF_DURABLE.format(f"orders{bundle}") for bundle in ("blue", "green")}
    assert differences(standard, made) == Differences(set(), set(), exact_connection(strings))
    assert all("properties" in made.child(name).secret for name in SETTINGS)


def exact_connection(values: dict[str, str]) -> dict[str, dict[str, Any]]:
    group = {f"properties/DurableManagementStorage__{part}": ABSENT for part in GROUP_OF}
    accounts = {f"orders-{bundle}": {"allowSharedKeyAccess": True} for bundle in values}
    slots = {"orders-production-settings": values["blue"], "orders-staging-settings": values["green"]}
    return {**accounts, **{name: {**group, "properties/DurableManagementStorage": value} for name, value in slots.items()}}


def test_durable_1_is_named_its_storage_where_it_looks_for_it(azure: MockedAzure, app: Path) -> None:
    made = deploy(azure, arguments(app, durable={"extension": "1.8", "connection": "connection_string"}))
    durable = {"azureStorageConnectionStringName": "DurableManagementStorage", "hubName": "ordersTasks"}
    assert json.loads(made.outputs["host_json"]) == {"version": "2.0", "extensions": {"durableTask": durable}}


def test_functions_1_runs_on_a_windows_plan_without_a_linux_stack(standard: Deployment, app: Path) -> None:
    durable = {"extension": "1.8", "functions_version": "~1", "connection": "connection_string"}
    made = deploy(MockedAzure(), arguments(app, durable=durable, plan={"existing_id": "/plans/windows"}))
    assert {
        (site.inputs["kind"], site.inputs.get("reserved"))
        for name in ("web:WebApp", "web:WebAppSlot")
        for site in made.of_type(name).values()
    } == {("functionapp", None)}
    assert made.stacks == {"production": None, "staging": None}
    assert {values["FUNCTIONS_EXTENSION_VERSION"] for values in made.settings.values()} == {"~1"}
    assert '"durableTask": {\n    "azureStorageConnectionStringName"' in made.outputs["host_json"]


def test_a_package_by_url_is_not_uploaded_and_no_account_has_keys(standard: Deployment, app: Path) -> None:
    args = {"site": {"name": "orders"}, "package": {"url": PACKAGE_URL, "version": "1.0.0", "starters": ["Nightly"]}}
    found = differences(standard, deploy(MockedAzure(), args))
    (blob,) = standard.of_type("storage:Blob")
    metadata = {f"metadata/{name}": ABSENT for name in standard.child("orders-packages-container").inputs["metadata"]}
    assert found == Differences(
        {blob},
        set(),
        {
            "orders-packages": {"allowSharedKeyAccess": False},
            "orders-packages-container": {**metadata, "metadata": {}},
            "orders-production-settings": {"properties/WEBSITE_RUN_FROM_PACKAGE": PACKAGE_URL},
        },
    )


def test_without_a_package_no_slot_is_pointed_anywhere(standard: Deployment) -> None:
    found = differences(standard, deploy(MockedAzure(), {"site": {"name": "orders"}, "package": {"starters": ["Nightly"]}}))
    (blob,) = standard.of_type("storage:Blob")
    metadata = {f"metadata/{name}": ABSENT for name in standard.child("orders-packages-container").inputs["metadata"]}
    code = ("WEBSITE_RUN_FROM_PACKAGE", "DURABLE_DEPLOY_VERSION", "DURABLE_DEPLOY_STARTERS")
    assert found == Differences(
        {blob},
        set(),
        {
            "orders-packages": {"allowSharedKeyAccess": False},
            "orders-packages-container": {**metadata, "metadata": {}},
            "orders-production-settings": {f"properties/{name}": ABSENT for name in code},
        },
    )


def test_three_staging_slots_have_a_bundle_each(standard: Deployment, app: Path) -> None:
    made = deploy(MockedAzure(), arguments(app, site={"slots": ["staging", "green-lane", "spare"]}))
    found = differences(standard, made)
    kinds = ("", "-blobs", "-blob-contributor", "-queue-contributor", "-table-contributor")
    of_slots = {f"orders-{slot}{kind}" for slot in ("green-lane", "spare") for kind in ("", "-ftp", "-scm", "-settings")}
    assert (found.gone, found.changed) == (set(), {})
    assert found.new == of_slots | {f"orders-{bundle}{kind}" for bundle in ("amber", "violet") for kind in kinds}
    held = {
        slot: (values["DURABLE_DEPLOY_BUNDLE"], values["AzureWebJobsStorage__blobServiceUri"]) for slot, values in made.settings.items()
    }
    host = "https://ordershost.blob.core.windows.net/"
    assert held == {"production": ("blue", host), "staging": ("green", host), "green-lane": ("amber", host), "spare": ("violet", host)}
    assert len({values["AzureFunctionsWebHost__hostid"] for values in made.settings.values()}) == 4


def test_operators_may_read_hubs_list_settings_and_upload_packages(standard: Deployment, app: Path) -> None:
    made = deploy(MockedAzure(), arguments(app, access={"operators": [OPERATOR]}))
    found = differences(standard, made)
    assert (found.gone, found.changed) == (set(), {})
    granted = {
        (made.child(name).inputs["scope"].rpartition("/")[2], made.child(name).inputs["roleDefinitionId"].rpartition("/")[2][:8])
        for name in found.new
    }
    reader, queues, tables = "acdd72a7", "19e7f393", "76199698"
    durable = {(f"orders-{bundle}", role) for bundle in ("blue", "green") for role in (reader, queues, tables)}
    assert granted == durable | {("orders-packages", reader), ("orders-packages", "ba92f5b4"), ("orders-site", "de139f84")}
    assert {made.child(name).inputs["principalId"] for name in found.new} == {OPERATOR}
    # The SDK would fill in User, which Azure refuses for a pipeline's service principal.
    assert not any("principalType" in made.child(name).inputs for name in found.new)


def test_common_settings_are_in_every_slot(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, settings={"CURRENCY": "EUR"})
    assert found == Differences(set(), set(), {name: {"properties/CURRENCY": "EUR"} for name in SETTINGS})


def test_sticky_settings_are_in_their_slot_and_in_the_list_of_the_site(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, sticky_settings={"production": {"LEVEL": "high"}, "staging": {"LEVEL": "low"}})
    names = ["AzureFunctionsWebHost__hostid", "AzureWebJobs.Nightly.Disabled", "LEVEL"]
    assert found == Differences(
        set(),
        set(),
        {
            "orders-sticky-names": {"appSettingNames": names},
            "orders-production-settings": {"properties/LEVEL": "high"},
            "orders-staging-settings": {"properties/LEVEL": "low"},
        },
    )


def test_version_settings_are_in_the_slot_of_their_version_alone(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, version_settings={"FEATURE": "on", "AREA": "north"})
    values = {"properties/FEATURE": "on", "properties/AREA": "north", "properties/DURABLE_DEPLOY_VERSION_SETTINGS": "AREA,FEATURE"}
    assert found == Differences(set(), set(), {"orders-production-settings": values})


def test_a_setting_that_one_slot_lacks_is_warned_about(app: Path) -> None:
    made = deploy(MockedAzure(), arguments(app, sticky_settings={"staging": {"LEVEL": "low"}}))
    assert len(made.warnings) == 1 and "sticky_settings.production lacks LEVEL" in made.warnings[0]


PLANS = [
    ("S1", {"sku/name": "S1", "sku/tier": "Standard"}, {}),
    ("EP1", {"sku/name": "EP1", "sku/tier": "ElasticPremium", "kind": "elastic"}, {"siteConfig/alwaysOn": False}),
    ("Y1", {"sku/name": "Y1", "sku/tier": "Dynamic", "sku/capacity": ABSENT}, {"siteConfig/alwaysOn": False}),
]


@pytest.mark.parametrize(("sku", "plan", "site"), PLANS, ids=[case[0] for case in PLANS])
def test_a_plan_has_its_tier_and_dedicated_ones_keep_the_app_awake(
    standard: Deployment, app: Path, sku: str, plan: dict[str, Any], site: dict[str, Any]
) -> None:
    sites = dict.fromkeys(("orders-site", "orders-staging"), site) if site else {}
    assert vary(standard, app, plan={"sku": sku}) == Differences(set(), set(), {"orders-plan": plan, **sites})


def test_a_plan_has_as_many_workers_as_asked_and_a_float_is_no_error(standard: Deployment, app: Path) -> None:
    assert vary(standard, app, plan={"capacity": 3.0}) == Differences(set(), set(), {"orders-plan": {"sku/capacity": 3}})


def test_linux_consumption_is_warned_about_with_its_date(app: Path) -> None:
    made = deploy(MockedAzure(), arguments(app, plan={"sku": "Y1"}))
    assert len(made.warnings) == 1 and "Linux Consumption retires on 2028-09-30" in made.warnings[0]


def test_a_content_share_s_connection_is_in_every_slot_and_its_name_in_none(app: Path) -> None:
    made = deploy(MockedAzure(), {"site": {"name": "orders"}, "plan": {"sku": "EP1"}, "storage": {"content_connection": CONTENT}})
    assert {values["WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"] for values in made.settings.values()} == {CONTENT}
    assert not any("WEBSITE_CONTENTSHARE" in values for values in made.settings.values())


def test_state_that_need_not_be_protected_is_not(app: Path) -> None:
    made = deploy(MockedAzure(), arguments(app, storage={"protect_state": False}))
    assert not any(child.protect for child in made.children.values())


def test_tags_are_on_everything_that_can_carry_them(standard: Deployment, app: Path) -> None:
    found = vary(standard, app, tags={"team": "shop"})
    kinds = ("ResourceGroup", "StorageAccount", "AppServicePlan", "UserAssignedIdentity", "Workspace", "Component", "WebApp", "WebAppSlot")
    carriers = {child.name for child in standard.children.values() if child.type.rpartition(":")[2] in kinds}
    assert (found.gone, found.new) == (set(), set())
    assert found.changed == {name: {"tags": ABSENT, "tags/team": "shop"} for name in carriers}
    assert len(carriers) == 11


def test_further_site_config_reaches_every_slot_and_may_be_stricter(standard: Deployment, app: Path) -> None:
    found = vary(
        standard,
        app,
        site={"config": {"healthCheckPath": "/api/health", "cors": {"allowedOrigins": ["https://shop"]}, "minTlsVersion": "1.3"}},
    )
    added = {
        "siteConfig/healthCheckPath": "/api/health",
        "siteConfig/cors/allowedOrigins": ["https://shop"],
        "siteConfig/minTlsVersion": "1.3",
    }
    assert found == Differences(set(), set(), dict.fromkeys(("orders-site", "orders-staging"), added))


def test_names_can_be_given(standard: Deployment, app: Path) -> None:
    storage = {"host_account": "shophost", "packages_account": "shoppkgs", "durable_accounts": {"blue": "shopblue"}, "sku": "Standard_LRS"}
    made = deploy(MockedAzure(), arguments(app, storage=storage, resource_group={"name": "shop"}, durable={"hub_name": "Shopping"}))
    accounts = {
        name: (child.inputs["accountName"], child.inputs["sku"]["name"]) for name, child in made.of_type("storage:StorageAccount").items()
    }
    assert accounts == {
        "orders-host": ("shophost", "Standard_LRS"),
        "orders-blue": ("shopblue", "Standard_LRS"),
        "orders-green": ("ordersgreen", "Standard_LRS"),
        "orders-packages": ("shoppkgs", "Standard_LRS"),
    }
    assert made.child("orders-group").inputs["resourceGroupName"] == "shop"
    assert {bundle["task_hub"] for bundle in made.outputs["bundles"].values()} == {"Shopping"}


def test_an_entity_s_hub_and_http_starters_are_not_held_off(azure: MockedAzure, tmp_path: Path) -> None:
    source = (
        APP.format(version="1")
        + '\n@app.route(route="orders")\ndef start(req): ...\n\n@app.entity_trigger(context_name="c")\ndef Basket(c): ...\n'
    )
    path = folder(tmp_path / "app", files(function_app__py=source))
    made = deploy(azure, {"site": {"name": "orders"}, "package": {"path": path}})
    assert [name for name in made.outputs["sticky_setting_names"] if name.endswith(".Disabled")] == ["AzureWebJobs.Nightly.Disabled"]
