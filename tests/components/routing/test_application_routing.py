"""What the component declares; that the router reads what it says; and how the router's own code is brought on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from components import ArgumentErrors
from components._routing.blueprint import blob_name
from components._routing.live import told
from functions.router.blueprint import Blueprint, Http, Plan, Policy
from functions.router.settings import CONNECTION, WORK_QUEUE, Settings, auth_level
from functions.router.web.packages import check_host_json
from tests.functions.router.planning.worlds import line

from ..deploying import UNKNOWN, Deployment
from ..mocked_azure import FORBIDDEN, MockedAzure
from .routers import of, router, routing

GROUP = "/subscriptions/11111111-2222-4333-8444-555555555555"


@cache
def standard() -> Deployment:
    with TemporaryDirectory() as folder:
        return routing(MockedAzure(), of(router(Path(folder))))


def blueprint_text(deployment: Deployment) -> str:
    text: Any = deployment.child("orders-blueprint").inputs["source"]
    return str(text.text if hasattr(text, "text") else text["text"])


def blueprint(deployment: Deployment) -> Blueprint:
    return Blueprint.read(blueprint_text(deployment))


def grants(deployment: Deployment) -> set[str]:
    return {name for name in deployment.of_type("authorization:RoleAssignment")}


def test_what_is_made_by_its_names() -> None:
    made = {key for key, child in standard().children.items() if not key.startswith("authorization:")}
    assert made == {
        "resources:ResourceGroup orders-group",
        "managedidentity:UserAssignedIdentity orders-identity",
        "web:AppServicePlan orders-plan",
        "operationalinsights:Workspace orders-logs",
        "applicationinsights:Component orders-insights",
        *(f"storage:StorageAccount orders-{one}" for one in ("state", "durable", "apps", "host", "packages")),
        *(f"storage:BlobServiceProperties orders-{one}-blobs" for one in ("state", "durable", "apps", "host", "packages")),
        "storage:Table orders-state-table",
        "storage:Queue orders-work-queue",
        *(f"storage:BlobContainer orders-{one}-container" for one in ("versions", "requests", "packages", "blueprints")),
        "resources:ResourceGroup orders-versions-group",
        "managedidentity:UserAssignedIdentity orders-apps-identity",
        *(key for key in standard().children if key.startswith("storage:Blob orders-package-orders-router-")),
        "web:WebApp orders-site",
        "web:WebAppSlot orders-staging",
        *(f"web:WebApp{kind} orders-production-{one}" for kind, one in (("FtpAllowed", "ftp"), ("ScmAllowed", "scm"))),
        *(f"web:WebApp{kind}Slot orders-staging-{one}" for kind, one in (("FtpAllowed", "ftp"), ("ScmAllowed", "scm"))),
        "web:WebAppSlotConfigurationNames orders-sticky-names",
        "storage:Blob orders-blueprint",
        "web:WebAppApplicationSettings orders-production-settings",
        "web:WebAppApplicationSettingsSlot orders-staging-settings",
    }


def test_every_role_and_no_other() -> None:
    assert grants(standard()) == {
        "orders-host-blob-owner",
        "orders-host-table-contributor",
        "orders-host-queue-contributor",
        "orders-packages-blob-reader",
        "orders-state-table-contributor",
        "orders-state-blob-contributor",
        "orders-state-queue-contributor",
        "orders-durable-queue-contributor",
        "orders-durable-blob-contributor",
        "orders-durable-table-reader",
        "orders-apps-blob-contributor",
        "orders-versions-website-contributor",
        "orders-versions-plan-contributor",
        "orders-apps-identity-operator",
        "orders-insights-metrics-publisher",
        "orders-apps-apps-blob-owner",
        "orders-apps-apps-table-contributor",
        "orders-apps-apps-queue-contributor",
        "orders-apps-durable-blob-contributor",
        "orders-apps-durable-queue-contributor",
        "orders-apps-durable-table-contributor",
        "orders-apps-versions-blob-reader",
        "orders-apps-insights-metrics-publisher",
    }


@pytest.mark.parametrize(
    ("changes", "more", "fewer"),
    [
        ({"policy": {"history_retention_days": 30}}, {"orders-durable-table-contributor"}, {"orders-durable-table-reader"}),
        ({"apps": {"plan": {"kind": "elastic_premium"}}}, set(), {"orders-apps-blob-contributor"}),
        ({"apps": {"subnet_id": "/subnet"}}, {"orders-subnet-contributor"}, set()),
        (
            {"apps": {"plan": {"kind": "existing", "existing_id": "/plan"}}},
            {"orders-plan-contributor"},
            {"orders-apps-blob-contributor"},
        ),
        (
            {"durable": {"scheduling": "account_per_line"}},
            {
                *(f"orders-versions-{one}-contributor" for one in ("storage", "queue", "blob", "table")),
                *(f"orders-apps-versions-{one}-contributor" for one in ("queue", "blob", "table")),
            },
            set(),
        ),
        (
            {"access": {"operators": ["11111111-2222-4333-8444-666666666666"]}},
            {
                f"orders-operator-11111111-2222-4333-8444-666666666666-{one}"
                for one in ("site-contributor", "state-reader", "versions-blob-contributor")
            },
            set(),
        ),
    ],
    ids=["history is purged", "no Flex", "a subnet", "a plan that exists", "an account for each line", "operators"],
)
def test_what_else_a_choice_needs_is_granted_and_nothing_more(
    changes: dict[str, Any], more: set[str], fewer: set[str], tmp_path: Path
) -> None:
    found = grants(routing(MockedAzure(), of(router(tmp_path), **changes)))
    assert found == (grants(standard()) | more) - fewer


def test_the_router_reads_the_blueprint_and_every_value_stands_in_it() -> None:
    """Neither side imports the other: this is where they are held together."""
    found = blueprint(standard())
    assert found.model_dump(mode="json", exclude_unset=True) == found.model_dump(mode="json")
    assert found.gateway is None
    assert (found.app.prefix, found.app.location, found.app.owner, found.durable.hub_prefix) == (
        "orders",
        "westeurope",
        f"{GROUP}/orders-site",
        "orders",
    )
    assert (found.app.runtime_name, found.app.runtime_version, found.app.plan.kind, found.app.plan.sku) == ("python", "3.11", "flex", "FC1")
    assert found.stores.packages_url == "https://ordersstate.blob.core.windows.net/versions"
    assert found.durable.tracking_storage == found.durable.storage


def test_both_sides_have_the_same_defaults() -> None:
    found = blueprint(standard())
    assert found.policy == Policy.model_validate({})
    assert found.http == Http.model_validate({})
    assert found.app.plan == Plan.model_validate({"kind": "flex"})


def test_the_blueprint_is_delivered_under_its_own_hash() -> None:
    version = standard().outputs["blueprint_version"]
    assert json.loads(blueprint_text(standard()))["version"] == version
    name = standard().child("orders-blueprint").inputs["blobName"]
    assert name == blob_name(json.loads(blueprint_text(standard()))) and name.startswith(f"blueprint-{version}-")
    url = f"https://orderspkgs.blob.core.windows.net/blueprints/{name}"
    assert {slot: one["ROUTER_BLUEPRINT_URL"] for slot, one in standard().settings.items()} == {"production": url, "staging": url}


@pytest.mark.parametrize(
    ("change", "of_apps"),
    [({"policy": {"keep": 2}}, False), ({"http": {"version_query": "v"}}, False), ({"apps": {"settings": {"A": "{line}"}}}, True)],
    ids=str,
)
def test_any_change_is_another_blob_and_only_one_of_apps_another_version(change: dict[str, Any], of_apps: bool, tmp_path: Path) -> None:
    changed = routing(MockedAzure(), of(router(tmp_path), **change))
    blobs = [one.child("orders-blueprint").inputs["blobName"] for one in (standard(), changed)]
    versions = [one.outputs["blueprint_version"] for one in (standard(), changed)]
    assert (blobs[0] != blobs[1], versions[0] != versions[1]) == (True, of_apps)


def test_the_router_reads_its_own_settings_and_its_monitor_works_in_production_alone() -> None:
    settings = standard().settings
    found = Settings.of(settings["production"])
    assert (found.client_id, found.arm_endpoint, auth_level(settings["production"])) == (
        "client-id",
        "https://management.azure.com",
        "FUNCTION",
    )
    assert settings["production"][f"{CONNECTION}__queueServiceUri"] == "https://ordersstate.queue.core.windows.net/"
    assert standard().child("orders-work-queue").inputs["queueName"] == WORK_QUEUE
    held = {name: value for name, value in settings["staging"].items() if name.endswith(".Disabled")}
    assert held == {"AzureWebJobs.monitor.Disabled": "true", "AzureWebJobs.work.Disabled": "true"}
    assert not [name for name in settings["production"] if name.endswith(".Disabled")]
    assert set(held) | {"AzureFunctionsWebHost__hostid"} == set(standard().child("orders-sticky-names").inputs["appSettingNames"])


def test_version_apps_read_packages_and_not_the_requests_beside_them() -> None:
    reader = standard().child("orders-apps-versions-blob-reader")
    assert str(reader.inputs["scope"]).endswith("/orders-versions-container")


def test_what_outlives_lines_is_protected() -> None:
    assert {name for name, child in standard().of_type("storage:StorageAccount").items() if child.protect} == {
        "orders-state",
        "orders-durable",
        "orders-host",
    }
    assert standard().child("orders-state-table").protect


def test_outputs_say_where_operators_find_the_router() -> None:
    found = standard().outputs
    assert {name: found[name] for name in ("router_url", "router_id", "packages_url", "versions_group_name", "waiting_for_swap")} == {
        "router_url": "https://orders.azurewebsites.net",
        "router_id": f"{GROUP}/orders-site",
        "packages_url": "https://ordersstate.blob.core.windows.net/versions",
        "versions_group_name": "orders-versions-rg",
        "waiting_for_swap": None,
    }


def test_the_rendered_host_json_is_one_that_the_router_takes(tmp_path: Path) -> None:
    shared = json.loads(standard().outputs["host_json"])
    assert (shared["version"], "extensionBundle" in shared) == ("2.0", True)
    assert check_host_json(shared, blueprint(standard()).durable) == []
    apart = routing(MockedAzure(), of(router(tmp_path), durable={"tracking": "per_line"}, apps={"runtime": "DOTNET-ISOLATED|8.0"}))
    rendered = json.loads(apart.outputs["host_json"])
    assert (check_host_json(rendered, blueprint(apart).durable), "extensionBundle" in rendered) == ([], False)


def packages(deployment: Deployment) -> Mapping[str, str]:
    return {slot: str(one["WEBSITE_RUN_FROM_PACKAGE"]).rpartition("/")[2] for slot, one in deployment.settings.items()}


def test_new_code_of_the_router_waits_in_the_slot_until_it_is_swapped(tmp_path: Path) -> None:
    azure = MockedAzure()
    first = packages(routing(azure, of(router(tmp_path, "1"))))
    second = routing(azure, of(router(tmp_path, "2")))
    staged = packages(second)
    azure.swap("staging")
    after = routing(azure, of(router(tmp_path, "2")))
    assert first["production"] == first["staging"] == staged["production"] != staged["staging"]
    assert second.outputs["waiting_for_swap"] is not None
    assert (packages(after), after.outputs["waiting_for_swap"]) == ({slot: staged["staging"] for slot in ("production", "staging")}, None)


def test_without_a_slot_new_code_goes_into_production(tmp_path: Path) -> None:
    azure = MockedAzure()
    first = packages(routing(azure, of(router(tmp_path, "1"), site={"name": "orders", "slots": []})))
    second = packages(routing(azure, of(router(tmp_path, "2"), site={"name": "orders", "slots": []})))
    assert list(second) == ["production"] and first != second


def test_a_router_that_cant_be_read_is_not_written_over(tmp_path: Path) -> None:
    azure = MockedAzure()
    routing(azure, of(router(tmp_path)))
    azure.failures["production"] = FORBIDDEN
    failed = routing(azure, of(router(tmp_path)), fails=True)
    assert "Which code the router runs is unknown, so nothing is written" in str(failed.error)
    assert failed.settings == {}
    shown = routing(azure, of(router(tmp_path)), dry_run=True)
    assert shown.settings["production"]["WEBSITE_RUN_FROM_PACKAGE"] == UNKNOWN


@pytest.mark.parametrize(
    ("before", "after", "rollout", "expected"),
    [
        (None, "https://p/blueprint-b-1.json", "new_apps", None),
        ("https://p/blueprint-a-1.json", "https://p/blueprint-a-1.json", "all_apps", None),
        ("https://p/blueprint-a-1.json", "https://p/blueprint-a-2.json", "all_apps", None),
        ("https://p/blueprint-a-1.json", "https://p/blueprint-b-2.json", "new_apps", "apps that exist keep what they have"),
        ("https://p/blueprint-a-1.json", "https://p/blueprint-b-2.json", "all_apps", "every version app gets the new settings"),
    ],
)
def test_what_a_changed_blueprint_means_is_said(before: str | None, after: str, rollout: str, expected: str | None) -> None:
    found = told(before, after, rollout)
    assert (found is None) if expected is None else expected in str(found)


def test_a_changed_blueprint_is_told_in_the_preview(tmp_path: Path) -> None:
    azure = MockedAzure()
    routing(azure, of(router(tmp_path)))
    same = routing(azure, of(router(tmp_path)), dry_run=True)
    changed = routing(azure, of(router(tmp_path), apps={"settings": {"A": "b"}}), dry_run=True)
    assert same.warnings == []
    assert [one for one in changed.warnings if "only lines that begin from now on get it" in one] != []


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no region": ({"resource_group": {}}, "apps.location: is required"),
    "the router's own group": ({"apps": {"resource_group": "orders-rg"}}, "apps.resource_group = 'orders-rg': is the router's own group"),
    "a prefix with capitals": ({"apps": {"prefix": "Orders"}}, "apps.prefix = 'Orders': is no valid prefix of version apps name"),
    "a prefix that is too long": ({"apps": {"prefix": "a" * 23}}, "apps.prefix"),
    "an unknown runtime": ({"apps": {"runtime": "COBOL|85"}}, "apps.runtime = 'COBOL|85': is no runtime stack"),
    "a runtime without a version": ({"apps": {"runtime": "PYTHON"}}, "apps.runtime = 'PYTHON'"),
    "an existing plan without an id": ({"apps": {"plan": {"kind": "existing"}}}, "apps.plan.existing_id: goes with kind: existing"),
    "a plan's id without its kind": ({"apps": {"plan": {"existing_id": "/plan"}}}, "apps.plan.existing_id: goes with kind: existing"),
    "an odd size of instances": ({"apps": {"plan": {"instance_memory": 1000}}}, "apps.plan.instance_memory = 1000"),
    "a kind of plan that does not exist": ({"apps": {"plan": {"kind": "spot"}}}, "apps.plan.kind = 'spot': is not one of the choices"),
    "a setting that the router writes": (
        {"apps": {"settings": {"TaskHubName": "x"}}},
        "apps.settings.TaskHubName: is written by the router",
    ),
    "a connection that the router writes": ({"apps": {"settings": {"DurableStorage__queueServiceUri": "x"}}}, "is written by the router"),
    "one connection for both": (
        {"durable": {"tracking_connection_setting": "DurableStorage"}},
        "durable.tracking_connection_setting = 'DurableStorage': is the connection of the lines' queues too",
    ),
    "a hub prefix with a hyphen": ({"durable": {"hub_prefix": "a-b"}}, "durable.hub_prefix = 'a-b'"),
    "an unknown tracking": ({"durable": {"tracking": "both"}}, "durable.tracking = 'both'"),
    "closing shorter than a cache": (
        {"policy": {"closing_seconds": 30, "cache_seconds": 30}},
        "policy.closing_seconds = 30: is no longer than",
    ),
    "closing shorter than half a minute": ({"policy": {"closing_seconds": 29}}, "policy.closing_seconds = 29"),
    "more kept than allowed": ({"policy": {"keep": 5, "maximum_lines": 4}}, "policy.keep = 5: is more than policy.maximum_lines"),
    "a default that is no line": ({"policy": {"default": "1.0.0"}}, "policy.default = '1.0.0': is neither `latest` nor a line"),
    "a deployer that is no id": ({"policy": {"deployers": ["ann"]}}, "policy.deployers[0] = 'ann': is no principal id"),
    "a misspelt policy": ({"policy": {"keeps": 2}}, "policy.keeps: is no argument of this component. Did you mean 'keep'?"),
    "a header with a colon": ({"http": {"version_header": "a:b"}}, "http.version_header = 'a:b'"),
    "more stored than let through": ({"http": {"maximum_stored_bytes": 2, "maximum_body_bytes": 1}}, "http.maximum_stored_bytes = 2"),
    "a public URL with a path": ({"http": {"public_url": "https://a/b"}}, "http.public_url = 'https://a/b'"),
    "a public URL in clear": ({"http": {"public_url": "http://a"}}, "http.public_url = 'http://a'"),
    "a setting of the component's": (
        {"settings": {"ROUTER_BLUEPRINT_URL": "x"}},
        "settings.ROUTER_BLUEPRINT_URL: is written by the component",
    ),
    "a router on Consumption": ({"plan": {"sku": "Y1"}}, "plan.sku = 'Y1': is a Consumption plan"),
    "settings that stay with a slot": ({"sticky_settings": {"staging": {"A": "b"}}}, "sticky_settings: has no meaning for a router"),
    "an operator that is no id": ({"access": {"operators": ["ann"]}}, "access.operators[0] = 'ann'"),
    "a package that is no router": ({"package": {"path": "/nowhere"}}, "package.path"),
    "a package by URL": ({"package": {"url": "https://x/y.zip"}}, "package"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_be_deployed_is_refused_with_path_value_rule_and_way_out(what: str, tmp_path: Path) -> None:
    changes, expected = REFUSED[what]
    failed = routing(MockedAzure(), of(router(tmp_path), **changes), fails=True)
    assert isinstance(failed.error, ArgumentErrors)
    assert expected in str(failed.error)
    assert failed.children == {}


def test_names_of_apps_fit_into_azure_for_the_highest_line() -> None:
    found = blueprint(standard())
    highest = line("65535.65535")
    assert len(f"{found.app.prefix}-{highest.major}-{highest.minor}") <= 40


def test_the_packages_account_takes_its_key_also_where_the_package_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blueprint is uploaded in any case, and Pulumi uploads by the account's key alone."""
    built = shutil.make_archive(str(tmp_path / "router"), "zip", router(tmp_path))
    monkeypatch.setattr("components._routing.code.BUILT", Path(built))
    args = {name: value for name, value in of(built).items() if name != "package"}
    accounts = routing(MockedAzure(), args).of_type("storage:StorageAccount")
    assert {name for name, child in accounts.items() if child.inputs["allowSharedKeyAccess"]} == {"orders-packages"}
