"""The standard deployment: two slots, one account per bundle, by managed identity. Every child with its whole input."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pulumi
import pytest

from .apps import arguments, versions
from .deploying import COMPONENT, Deployment, deploy
from .mocked_azure import SUBSCRIPTION, MockedAzure

GROUP = {"resourceGroupName": "orders-rg"}
TAGS = {"tags": {"team": "shop"}}
SITE = {"name": "orders", **GROUP}
ROLES = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
SOFT_DELETE = {"enabled": True, "days": 7}
BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
QUEUE_CONTRIBUTOR = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
TABLE_CONTRIBUTOR = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"


def account(name: str, *, keys: bool = False) -> dict[str, Any]:
    return {
        **GROUP,
        **TAGS,
        "accountName": name,
        "kind": "StorageV2",
        "sku": {"name": "Standard_ZRS"},
        "minimumTlsVersion": "TLS1_2",
        "enableHttpsTrafficOnly": True,
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": keys,
        "allowCrossTenantReplication": False,
        "defaultToOAuthAuthentication": True,
    }


def blobs(name: str) -> dict[str, Any]:
    policies = {"deleteRetentionPolicy": SOFT_DELETE, "containerDeleteRetentionPolicy": SOFT_DELETE}
    return {**GROUP, "accountName": name, "blobServicesName": "default", **policies}


def grant(scope: str, role: str) -> dict[str, Any]:
    """Without the assignment's name, a hash: another test looks at it."""
    return {
        "scope": f"{SUBSCRIPTION}/{scope}",
        "roleDefinitionId": f"{ROLES}/{role}",
        "principalId": "principal-id",
        "principalType": "ServicePrincipal",
    }


def site(**of_slot: str) -> dict[str, Any]:
    return {
        **SITE,
        **TAGS,
        **of_slot,
        "kind": "functionapp,linux",
        "reserved": True,
        "serverFarmId": f"{SUBSCRIPTION}/orders-plan",
        "httpsOnly": True,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [f"{SUBSCRIPTION}/orders-identity"]},
        "keyVaultReferenceIdentity": f"{SUBSCRIPTION}/orders-identity",
        "siteConfig": {
            "linuxFxVersion": "PYTHON|3.11",
            "alwaysOn": True,
            "ftpsState": "Disabled",
            "http20Enabled": True,
            "minTlsVersion": "1.2",
            "scmMinTlsVersion": "1.2",
        },
        # What the SDK adds by itself:
        "clientAffinityEnabled": False,
        "hyperV": False,
        "isXenon": False,
        "scmSiteAlsoStopped": False,
    }


def connection(name: str, of_account: str) -> dict[str, str]:
    uris = {f"{name}__{service}ServiceUri": f"https://{of_account}.{service}.core.windows.net/" for service in ("blob", "queue", "table")}
    return {**uris, f"{name}__credential": "managedidentity", f"{name}__clientId": "client-id"}


def settings(slot: str, bundle: str) -> dict[str, str]:
    return {
        "FUNCTIONS_EXTENSION_VERSION": "~4",
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "AzureFunctionsWebHost__hostid": f"orders-{slot}",
        "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": f"{SUBSCRIPTION}/orders-identity",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=ikey",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "ClientId=client-id;Authorization=AAD",
        **connection("AzureWebJobsStorage", "ordershost"),
        **connection("DurableManagementStorage", f"orders{bundle}"),
        "DURABLE_DEPLOY_BUNDLE": bundle,
        "DURABLE_DEPLOY_STACK": "PYTHON|3.11",
    }


def expected(blob: str) -> dict[str, dict[str, Any]]:
    digest = blob.removeprefix("orders-").removesuffix(".zip")
    code = {
        "WEBSITE_RUN_FROM_PACKAGE": f"https://orderspkgs.blob.core.windows.net/packages/{blob}",
        "DURABLE_DEPLOY_VERSION": "1.0.0",
        "DURABLE_DEPLOY_STARTERS": "Nightly",
    }
    durable = {
        f"authorization:RoleAssignment orders-{bundle}-{kind}-contributor": grant(f"orders-{bundle}", role)
        for bundle in ("blue", "green")
        for kind, role in (("blob", BLOB_CONTRIBUTOR), ("queue", QUEUE_CONTRIBUTOR), ("table", TABLE_CONTRIBUTOR))
    }
    return {
        "resources:ResourceGroup orders-group": {**GROUP, **TAGS},
        "managedidentity:UserAssignedIdentity orders-identity": {**GROUP, **TAGS, "resourceName": "orders-identity"},
        "web:AppServicePlan orders-plan": {
            **GROUP,
            **TAGS,
            "name": "orders-plan",
            "kind": "linux",
            "reserved": True,
            "sku": {"name": "P0v3", "tier": "Premium0V3", "capacity": 1},
        },
        "operationalinsights:Workspace orders-logs": {
            **GROUP,
            **TAGS,
            "workspaceName": "orders-logs",
            "sku": {"name": "PerGB2018"},
            "retentionInDays": 30,
        },
        "applicationinsights:Component orders-insights": {
            **GROUP,
            **TAGS,
            "resourceName": "orders-insights",
            "kind": "web",
            "applicationType": "web",
            "ingestionMode": "LogAnalytics",
            "workspaceResourceId": f"{SUBSCRIPTION}/orders-logs",
            "disableLocalAuth": True,
            # What the SDK adds by itself:
            "flowType": "Bluefield",
            "requestSource": "rest",
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
        },
        "storage:StorageAccount orders-host": account("ordershost"),
        "storage:StorageAccount orders-blue": account("ordersblue"),
        "storage:StorageAccount orders-green": account("ordersgreen"),
        "storage:StorageAccount orders-packages": account("orderspkgs", keys=True),
        "storage:BlobServiceProperties orders-host-blobs": blobs("ordershost"),
        "storage:BlobServiceProperties orders-blue-blobs": blobs("ordersblue"),
        "storage:BlobServiceProperties orders-green-blobs": blobs("ordersgreen"),
        "storage:BlobServiceProperties orders-packages-blobs": blobs("orderspkgs"),
        "authorization:RoleAssignment orders-host-blob-owner": grant("orders-host", BLOB_OWNER),
        "authorization:RoleAssignment orders-host-table-contributor": grant("orders-host", TABLE_CONTRIBUTOR),
        **durable,
        "authorization:RoleAssignment orders-packages-blob-reader": grant("orders-packages", BLOB_READER),
        "authorization:RoleAssignment orders-insights-metrics-publisher": grant("orders-insights", METRICS_PUBLISHER),
        "storage:BlobContainer orders-packages-container": {
            **GROUP,
            "accountName": "orderspkgs",
            "containerName": "packages",
            "publicAccess": "None",
            "metadata": {"managed": digest, f"h{digest}": "uploaded"},
        },
        f"storage:Blob orders-package-orders-{digest}": {
            **GROUP,
            "accountName": "orderspkgs",
            "containerName": "packages",
            "blobName": blob,
            "contentType": "application/zip",
            "type": "Block",
        },
        "web:WebApp orders-site": site(),
        "web:WebAppSlot orders-staging": site(slot="staging"),
        "web:WebAppFtpAllowed orders-production-ftp": {**SITE, "allow": False},
        "web:WebAppScmAllowed orders-production-scm": {**SITE, "allow": False},
        "web:WebAppFtpAllowedSlot orders-staging-ftp": {**SITE, "slot": "staging", "allow": False},
        "web:WebAppScmAllowedSlot orders-staging-scm": {**SITE, "slot": "staging", "allow": False},
        "web:WebAppSlotConfigurationNames orders-sticky-names": {
            **SITE,
            "appSettingNames": ["AzureFunctionsWebHost__hostid", "AzureWebJobs.Nightly.Disabled"],
        },
        "web:WebAppApplicationSettings orders-production-settings": {**SITE, "properties": {**settings("production", "blue"), **code}},
        "web:WebAppApplicationSettingsSlot orders-staging-settings": {
            **SITE,
            "slot": "staging",
            "properties": {**settings("staging", "green"), "AzureWebJobs.Nightly.Disabled": "true"},
        },
    }


@cache
def standard() -> Deployment:
    """Deployed once for all tests that only look at it."""
    with TemporaryDirectory() as folder:
        app = versions(Path(folder), "1.0.0")
        return deploy(MockedAzure(), arguments(app, tags={"team": "shop"}))


def blob_name() -> str:
    (blob,) = standard().of_type("storage:Blob").values()
    return str(blob.inputs["blobName"])


def test_the_children_are_exactly_these() -> None:
    assert sorted(standard().children) == sorted(expected(blob_name()))
    assert standard().components == [COMPONENT]
    assert standard().warnings == []


@pytest.mark.parametrize("child", expected("orders-0000000000000000.zip"))
def test_a_child_gets_exactly_these_inputs(child: str) -> None:
    name = child.replace("0000000000000000", blob_name().removeprefix("orders-").removesuffix(".zip"))
    inputs = {key: value for key, value in standard().children[name].inputs.items() if key not in ("source", "roleAssignmentName")}
    assert inputs == expected(blob_name())[name]


def test_every_child_has_the_component_as_its_parent() -> None:
    assert {child.parent for child in standard().children.values()} == {COMPONENT}


def test_a_caller_s_parent_is_the_component_s_alone(azure: MockedAzure, app: Path) -> None:
    class Platform(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("test:index:Platform", "platform")

    made = deploy(azure, arguments(app), opts=lambda: pulumi.ResourceOptions(parent=Platform()))
    assert {child.parent for child in made.children.values()} == {COMPONENT}


def test_the_package_has_the_app_s_files_and_the_rendered_host_json() -> None:
    source = standard().of_type("storage:Blob")[f"orders-package-{blob_name().removesuffix('.zip')}"].inputs["source"]
    assert sorted(source.assets) == ["function_app.py", "host.json"]
    assert source.assets["host.json"].text == standard().outputs["host_json"]


def test_role_assignments_have_the_same_distinct_names_every_time(azure: MockedAzure, app: Path) -> None:
    def names(made: Deployment) -> dict[str, str]:
        return {name: child.inputs["roleAssignmentName"] for name, child in made.of_type("authorization:RoleAssignment").items()}

    again = names(deploy(azure, arguments(app)))
    assert again == names(standard())
    assert len(set(again.values())) == len(again) == 10


def test_durable_and_host_accounts_are_protected_and_packages_are_retained() -> None:
    assert {name for name, child in named(standard()).items() if child.protect} == {"orders-host", "orders-blue", "orders-green"}
    assert {name for name, child in named(standard()).items() if child.retain} == {f"orders-package-{blob_name().removesuffix('.zip')}"}


def test_settings_wait_for_sticky_names_slots_roles_and_package() -> None:
    must = {"orders-sticky-names", "orders-site", "orders-staging", "orders-blue-table-contributor", "orders-packages-blob-reader"}
    for slot in ("production", "staging"):
        waits_for = standard().child(f"orders-{slot}-settings").depends_on
        assert must | {f"orders-package-{blob_name().removesuffix('.zip')}"} <= waits_for


def test_production_is_written_after_the_staging_slot() -> None:
    assert "orders-staging-settings" in standard().child("orders-production-settings").depends_on
    assert "orders-production-settings" not in standard().child("orders-staging-settings").depends_on


def test_shared_keys_are_on_in_the_packages_account_alone() -> None:
    accounts = standard().of_type("storage:StorageAccount")
    assert [name for name, child in accounts.items() if child.inputs["allowSharedKeyAccess"]] == ["orders-packages"]
    assert not any(child.inputs["allowBlobPublicAccess"] for child in accounts.values())


def test_what_must_be_absent_is_absent() -> None:
    for child in [*standard().of_type("web:WebApp").values(), *standard().of_type("web:WebAppSlot").values()]:
        assert child.inputs["siteConfig"].keys().isdisjoint({"appSettings", "connectionStrings", "autoSwapSlotName", "experiments"})
    for values in standard().settings.values():
        assert values.keys().isdisjoint(
            {"WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "AzureWebJobsStorage", "DurableManagementStorage"}
        )
        assert not [name for name, value in values.items() if "AccountKey" in value or "SharedAccess" in value]
    sticky = standard().child("orders-sticky-names").inputs
    assert "connectionStringNames" not in sticky
    bundle = ("DurableManagementStorage", "TaskHubName", "DURABLE_DEPLOY_", "WEBSITE_RUN_FROM_PACKAGE", "FUNCTIONS_")
    assert not [name for name in sticky["appSettingNames"] if name.startswith(bundle)]


def test_nothing_that_travels_differs_between_slots_without_being_of_the_bundle() -> None:
    production, staging = standard().settings["production"], standard().settings["staging"]
    sticky = set(standard().child("orders-sticky-names").inputs["appSettingNames"])
    differing = {name for name in production.keys() | staging.keys() if production.get(name) != staging.get(name)} - sticky
    uris = {f"DurableManagementStorage__{service}ServiceUri" for service in ("blob", "queue", "table")}
    assert differing == {*uris, "DURABLE_DEPLOY_BUNDLE", "DURABLE_DEPLOY_VERSION", "DURABLE_DEPLOY_STARTERS", "WEBSITE_RUN_FROM_PACKAGE"}


def test_the_outputs_name_what_lasts_and_say_what_a_swap_makes_stale() -> None:
    outputs = dict(standard().outputs)
    assert '"hubName": "ordersTasks"' in outputs.pop("host_json")
    assert outputs == {
        "site_id": "/subscriptions/11111111-2222-4333-8444-555555555555/orders-site",
        "site_name": "orders",
        "resource_group_name": "orders-rg",
        "slots": ["production", "staging"],
        "host_names": {"production": "orders.azurewebsites.net", "staging": "orders-staging.azurewebsites.net"},
        "bundles": {
            "blue": {"account": "ordersblue", "task_hub": "ordersTasks"},
            "green": {"account": "ordersgreen", "task_hub": "ordersTasks"},
        },
        "connection_setting": "DurableManagementStorage",
        "task_hub_setting": None,
        "sticky_setting_names": ["AzureFunctionsWebHost__hostid", "AzureWebJobs.Nightly.Disabled"],
        "identity_principal_id": "principal-id",
        "packages_url": "https://orderspkgs.blob.core.windows.net/packages",
        "wanted_package_url": f"https://orderspkgs.blob.core.windows.net/packages/{blob_name()}",
        "slots_at_last_update": {
            "production": {"bundle": "blue", "version": "1.0.0"},
            "staging": {"bundle": "green", "version": None},
        },
    }


def test_a_dry_run_declares_the_same_children_with_the_same_known_inputs(azure: MockedAzure, app: Path) -> None:
    deploy(azure, arguments(app, tags={"team": "shop"}))
    shown = deploy(azure, arguments(app, tags={"team": "shop"}), dry_run=True)
    assert shown.children.keys() == standard().children.keys()
    assert shown.stacks == standard().stacks
    assert shown.child("orders-sticky-names").inputs["appSettingNames"] == standard().outputs["sticky_setting_names"]


def named(made: Deployment) -> dict[str, Any]:
    return {child.name: child for child in made.children.values()}
