"""What the two components declare, exactly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from components._code import record

from ..deploying import Deployment
from ..mocked_azure import SUBSCRIPTION, MockedAzure
from ..test_status_check_with_slot import (
    BLOB_CONTRIBUTOR,
    GROUP,
    QUEUE_CONTRIBUTOR,
    SITE,
    TABLE_CONTRIBUTOR,
    account,
    blobs,
    connection,
    grant,
)
from ..test_status_check_with_slot import expected as of_status_check
from ..test_status_check_with_slot import settings as settings_of_status_check
from .apps import both, by_name, of, orchestration

STRATEGIES = ("orchestration", "by name")
START = {"orchestration": ("START_VERSION", "1.0"), "by name": ("LATEST_VERSION", "v1")}
RECORDS = {
    "orchestration": {"DURABLE_DEPLOY_VERSIONS": "1.0", "DURABLE_DEPLOY_STRATEGIES": "CurrentOrOlder,Reject"},
    "by name": {"DURABLE_DEPLOY_VERSIONS": "v1"},
}


@cache
def standard(strategy: str) -> Deployment:
    """Deployed once for all tests that only look at it."""
    with TemporaryDirectory() as folder:
        app = both(Path(folder))
        if strategy == "orchestration":
            return orchestration(MockedAzure(), of(app, "1.0", tags={"team": "shop"}))
        return by_name(MockedAzure(), of(app, "v1", tags={"team": "shop"}))


def blob_name(strategy: str) -> str:
    (blob,) = standard(strategy).of_type("storage:Blob").values()
    return str(blob.inputs["blobName"])


def slot_settings(strategy: str, slot: str) -> dict[str, str]:
    shared = {
        name: value
        for name, value in settings_of_status_check(slot, "blue").items()
        if not name.startswith("DurableManagementStorage") and name != "DURABLE_DEPLOY_BUNDLE"
    }
    setting, version = START[strategy]
    return {**shared, **connection("DurableStorage", "ordersdurable"), "TaskHubName": f"ordersTasks{slot.capitalize()}", setting: version}


def expected(strategy: str) -> dict[str, dict[str, Any]]:
    """As with a status check, but for one durable account, sticky hubs, and start versions."""
    blob = blob_name(strategy)
    everything = {name: inputs for name, inputs in of_status_check(blob).items() if "-blue" not in name and "-green" not in name}
    code = {
        "WEBSITE_RUN_FROM_PACKAGE": f"https://orderspkgs.blob.core.windows.net/packages/{blob}",
        "DURABLE_DEPLOY_VERSION": {"orchestration": "1.0", "by name": "v1"}[strategy],
        "DURABLE_DEPLOY_STARTERS": "Nightly",
        **RECORDS[strategy],
        "DURABLE_DEPLOY_FUNCTIONS": standard(strategy).settings["production"]["DURABLE_DEPLOY_FUNCTIONS"],
    }
    ramp = {"storage:BlobContainer orders-ramp": {**GROUP, "accountName": "ordershost", "containerName": "ramp", "publicAccess": "None"}}
    return {
        **everything,
        **(ramp if strategy == "orchestration" else {}),
        "storage:StorageAccount orders-durable": account("ordersdurable"),
        "storage:BlobServiceProperties orders-durable-blobs": blobs("ordersdurable"),
        **{
            f"authorization:RoleAssignment orders-durable-{kind}-contributor": grant("orders-durable", role)
            for kind, role in (("blob", BLOB_CONTRIBUTOR), ("queue", QUEUE_CONTRIBUTOR), ("table", TABLE_CONTRIBUTOR))
        },
        "web:WebAppSlotConfigurationNames orders-sticky-names": {
            **SITE,
            "appSettingNames": sorted(
                ["AzureFunctionsWebHost__hostid", "AzureWebJobs.Nightly.Disabled", START[strategy][0], "TaskHubName"]
            ),
        },
        "web:WebAppApplicationSettings orders-production-settings": {
            **SITE,
            "properties": {**slot_settings(strategy, "production"), **code},
        },
        "web:WebAppApplicationSettingsSlot orders-staging-settings": {
            **SITE,
            "slot": "staging",
            "properties": {**slot_settings(strategy, "staging"), "AzureWebJobs.Nightly.Disabled": "true"},
        },
    }


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_children_are_exactly_these_with_exactly_these_inputs(strategy: str) -> None:
    hidden = ("source", "roleAssignmentName")
    made = {
        name: {key: value for key, value in child.inputs.items() if key not in hidden}
        for name, child in standard(strategy).children.items()
    }
    assert made == expected(strategy)
    unchecked = "the package has no versions.lock.json, so whether its frozen versions changed was not checked."
    assert standard(strategy).warnings == ([unchecked] if strategy == "by name" else [])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_that_travels_differs_between_slots_without_being_of_the_code(strategy: str) -> None:
    production, staging = (standard(strategy).settings[slot] for slot in ("production", "staging"))
    sticky = set(standard(strategy).child("orders-sticky-names").inputs["appSettingNames"])
    differing = {name for name in production.keys() | staging.keys() if production.get(name) != staging.get(name)} - sticky
    assert differing == {
        "DURABLE_DEPLOY_VERSION",
        "DURABLE_DEPLOY_STARTERS",
        "WEBSITE_RUN_FROM_PACKAGE",
        "DURABLE_DEPLOY_FUNCTIONS",
        *RECORDS[strategy],
    }


def test_the_record_of_functions_names_them() -> None:
    functions = {strategy: record.read(standard(strategy).settings["production"]["DURABLE_DEPLOY_FUNCTIONS"]) for strategy in STRATEGIES}
    assert {strategy: set(one.orchestrators) for strategy, one in functions.items() if one} == {
        "orchestration": {"Order"},
        "by name": {"Order", "Order_v1"},
    }


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_settings_wait_for_sticky_names_and_production_for_staging(strategy: str) -> None:
    for slot in ("production", "staging"):
        assert {"orders-sticky-names", "orders-durable-table-contributor"} <= standard(strategy).child(f"orders-{slot}-settings").depends_on
    assert "orders-staging-settings" in standard(strategy).child("orders-production-settings").depends_on


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_durable_and_host_accounts_are_protected(strategy: str) -> None:
    assert {child.name for child in standard(strategy).children.values() if child.protect} == {"orders-host", "orders-durable"}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_outputs_name_hubs_and_start_versions(strategy: str) -> None:
    outputs = dict(standard(strategy).outputs)
    host_json = outputs.pop("host_json")
    assert '"hubName": "%TaskHubName%"' in host_json and '"connectionStringName": "DurableStorage"' in host_json
    assert ('"defaultVersion": "1.0"' in host_json) is (strategy == "orchestration")
    setting, version = START[strategy]
    assert outputs == {
        "site_id": f"{SUBSCRIPTION}/orders-site",
        "site_name": "orders",
        "resource_group_name": "orders-rg",
        "slots": ["production", "staging"],
        "host_names": {"production": "orders.azurewebsites.net", "staging": "orders-staging.azurewebsites.net"},
        "hubs": {
            "production": {"account": "ordersdurable", "task_hub": "ordersTasksProduction"},
            "staging": {"account": "ordersdurable", "task_hub": "ordersTasksStaging"},
        },
        "connection_setting": "DurableStorage",
        "task_hub_setting": "TaskHubName",
        "sticky_setting_names": sorted(["AzureFunctionsWebHost__hostid", "AzureWebJobs.Nightly.Disabled", setting, "TaskHubName"]),
        "start_setting": setting,
        "start_versions": {"production": version, "staging": version},
        "wanted_versions": [version],
        "pending": None,
        "hosting": "slots",
        "backend": "azure_storage",
        "identity_principal_id": "principal-id",
        "packages_url": "https://orderspkgs.blob.core.windows.net/packages",
        "wanted_package_url": f"https://orderspkgs.blob.core.windows.net/packages/{blob_name(strategy)}",
        "slots_at_last_update": {
            "production": {"version": version, "contains": [version]},
            "staging": {"version": None, "contains": []},
        },
    }


def test_operators_of_a_ramp_may_write_its_record_and_nothing_else_of_the_host(azure: MockedAzure, app: Path) -> None:
    operator = "11111111-1111-4111-8111-111111111111"
    made = orchestration(azure, of(app, "1.0", access={"operators": [operator]}))
    theirs = {
        name.partition(f"{operator}-")[2]: child.inputs["scope"]
        for name, child in made.of_type("authorization:RoleAssignment").items()
        if operator in name
    }
    assert theirs.pop("ramp-blob-contributor") == f"{SUBSCRIPTION}/orders-ramp"
    assert f"{SUBSCRIPTION}/orders-host" not in theirs.values()


def test_overrides_are_sticky_settings_of_every_slot(azure: MockedAzure, app: Path) -> None:
    made = by_name(azure, of(app, "v1 v2", versioning={"overrides": {"Order": "v1"}}))
    assert "LATEST_VERSION_Order" in made.outputs["sticky_setting_names"]
    for settings in made.settings.values():
        assert (settings["LATEST_VERSION"], settings["LATEST_VERSION_Order"]) == ("v2", "v1")


def test_orchestration_versions_do_without_a_staging_slot(azure: MockedAzure, app: Path) -> None:
    one = {"site": {"slots": []}, "plan": {"sku": "B1"}}
    made = orchestration(azure, of(app, "1.0", **one))
    assert not made.of_type("web:WebAppSlot") and made.outputs["slots"] == ["production"]
    made = orchestration(azure, of(app, "2.0", **one))
    settings = made.settings["production"]
    assert (settings["DURABLE_DEPLOY_VERSIONS"], settings["START_VERSION"]) == ("2.0", "1.0"), "old workers may still be running"
    assert "changed in place" in made.outputs["pending"]
    made = orchestration(azure, of(app, "2.0", **one))
    assert made.settings["production"]["START_VERSION"] == "2.0" and made.outputs["pending"] is None
