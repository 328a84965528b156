"""Flex Consumption: its plan and site, settings without what it refuses, what is refused, and which code is live there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components import OrchestrationVersioning
from components._hosting import (
    Flex,
    flex_held,
    flex_host_json,
    flex_problems,
    flex_settings,
    flex_warnings,
    hosting,
    live_value,
    package_key,
)
from components._hosting.flex_rules import FORBIDDEN
from components._live.parity import Code, Held
from components._live.settings import BundleKeys
from components._problems import Problem

from .apps import files, folder
from .backend_probe import AzureWithSchedulers, BackendProbe, choice, wanted
from .deploying import Deployment, deploy
from .mocked_azure import SUBSCRIPTION, MockedAzure


def on_flex(flex: Flex | None = None, **groups: Any) -> Deployment:
    arguments = wanted(**{"plan": {"sku": "FC1"}, **groups, "site": {"slots": [], **groups.get("site", {})}})
    return deploy(AzureWithSchedulers(), {"arguments": arguments, "backend": choice(), "flex": flex}, component=BackendProbe)


@pytest.fixture(scope="module")
def standard() -> Deployment:
    return on_flex()


@pytest.mark.parametrize(("sku", "kind"), [("FC1", "flex"), ("fc1", "flex"), ("P0v3", "slots"), ("EP1", "slots"), ("Z9", "slots")])
def test_the_plan_decides_the_hosting(sku: str, kind: str) -> None:
    assert hosting(sku) == kind


def test_the_site_has_its_code_runtime_and_scale_in_function_app_config(standard: Deployment) -> None:
    identity = f"{SUBSCRIPTION}/orders-identity"
    assert standard.child("orders-site").inputs == {
        "name": "orders",
        "resourceGroupName": "orders-rg",
        "kind": "functionapp,linux",
        "serverFarmId": f"{SUBSCRIPTION}/orders-plan",
        "httpsOnly": True,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [identity]},
        "keyVaultReferenceIdentity": identity,
        "siteConfig": {"http20Enabled": True, "minTlsVersion": "1.2", "scmMinTlsVersion": "1.2"},
        "functionAppConfig": {
            "deployment": {
                "storage": {
                    "type": "blobContainer",
                    "value": "https://ordershost.blob.core.windows.net/app-package-orders-production",
                    "authentication": {"type": "UserAssignedIdentity", "userAssignedIdentityResourceId": identity},
                }
            },
            "runtime": {"name": "python", "version": "3.11"},
            "scaleAndConcurrency": {
                "maximumInstanceCount": 100,
                "instanceMemoryMB": 2048,
                "alwaysReady": [{"name": "durable", "instanceCount": 1}],
            },
            "siteUpdateStrategy": {"type": "Recreate"},
        },
        "tags": {},
        # What the SDK fills in by itself; of siteConfig it fills in nothing, of which ARM would refuse netFrameworkVersion.
        "clientAffinityEnabled": False,
        "hyperV": False,
        "isXenon": False,
        "scmSiteAlsoStopped": False,
    }


def test_the_plan_scales_by_itself(standard: Deployment) -> None:
    assert standard.child("orders-plan").inputs == {
        "name": "orders-plan",
        "resourceGroupName": "orders-rg",
        "kind": "functionapp",
        "reserved": True,
        "sku": {"name": "FC1", "tier": "FlexConsumption"},
        "tags": {},
    }


def test_an_existing_plan_is_used() -> None:
    made = on_flex(plan={"sku": "FC1", "existing_id": "/plans/flex"})
    assert made.of_type("web:AppServicePlan") == {}
    assert made.child("orders-site").inputs["serverFarmId"] == "/plans/flex"


def test_the_deployment_container_lies_where_the_identity_owns_the_blobs_already(standard: Deployment) -> None:
    container = standard.child("orders-deployment-container")
    assert container.inputs == {
        "accountName": "ordershost",
        "containerName": "app-package-orders-production",
        "resourceGroupName": "orders-rg",
        "publicAccess": "None",
    }
    owner = standard.child("orders-host-blob-owner").inputs
    assert (owner["scope"], owner["principalId"]) == (f"{SUBSCRIPTION}/orders-host", "principal-id")
    assert {"orders-deployment-container", "orders-host-blob-owner"} <= standard.child("orders-site").depends_on


def test_nothing_is_made_that_belongs_to_slots_or_to_ftp(standard: Deployment) -> None:
    kinds = {child.type for child in standard.children.values()}
    assert not {kind for kind in kinds if "Slot" in kind or "Ftp" in kind}
    assert standard.child("orders-production-scm").inputs["allow"] is False


def test_scale_memory_and_update_strategy_are_as_asked() -> None:
    flex = Flex.model_validate(
        {
            "maximum_instances": 40.0,
            "instance_memory_mb": 4096.0,
            "always_ready": {"http": 2.0, "function:Nightly": 1, "durable": 3},
            "http_concurrency": 16,
            "update_strategy": "RollingUpdate",
        }
    )
    config = on_flex(flex).child("orders-site").inputs["functionAppConfig"]
    assert config["scaleAndConcurrency"] == {
        "maximumInstanceCount": 40,
        "instanceMemoryMB": 4096,
        "alwaysReady": [
            {"name": "durable", "instanceCount": 3},
            {"name": "function:Nightly", "instanceCount": 1},
            {"name": "http", "instanceCount": 2},
        ],
        "triggers": {"http": {"perInstanceConcurrency": 16}},
    }
    assert config["siteUpdateStrategy"] == {"type": "RollingUpdate"}


@pytest.mark.parametrize(("always_ready", "groups"), [({"http": 2}, ["durable", "http"]), ({"durable": 0}, []), ({}, ["durable"])])
def test_one_instance_is_ready_for_orchestrations_unless_asked_otherwise(always_ready: dict[str, int], groups: list[str]) -> None:
    config = on_flex(Flex(always_ready=always_ready)).child("orders-site").inputs["functionAppConfig"]
    assert [one["name"] for one in config["scaleAndConcurrency"]["alwaysReady"]] == groups


@pytest.mark.parametrize(
    ("stack", "runtime"),
    [
        ("NODE|22", {"name": "node", "version": "22"}),
        ("DOTNET-ISOLATED|8.0", {"name": "dotnet-isolated", "version": "8.0"}),
        ("Java|21", {"name": "java", "version": "21"}),
        ("PowerShell|7.4", {"name": "powershell", "version": "7.4"}),
    ],
)
def test_the_runtime_is_read_from_the_stack(stack: str, runtime: dict[str, str]) -> None:
    assert on_flex(package={"runtime": stack}).child("orders-site").inputs["functionAppConfig"]["runtime"] == runtime


def test_a_long_site_name_has_a_deployment_container_with_a_valid_name_of_its_own() -> None:
    one, other = (on_flex(site={"name": f"a-very-long-name-of-an-order-app-{end}"}) for end in ("north", "south"))
    names = {made.child("orders-deployment-container").inputs["containerName"] for made in (one, other)}
    assert len(names) == 2 and all(len(name) <= 63 and "--" not in name for name in names)


# Settings


def test_no_setting_that_flex_refuses_is_left_and_all_others_are() -> None:
    others = {"CURRENCY": "EUR", "START_VERSION": "1.0", "TaskHubName": "Hub", "AzureWebJobsStorage__blobServiceUri": "https://h"}
    slots = {"AzureFunctionsWebHost__hostid": "x", "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": "/id"}
    kept_by_pipelines = {"Enable_Oryx_Build": "false", "scm_do_build_during_deployment": "true"}
    every = {**others, **slots, **kept_by_pipelines, **dict.fromkeys(FORBIDDEN, "x")}
    assert flex_settings(every, "0123456789abcdef") == {**others, "DURABLE_DEPLOY_PACKAGE": "0123456789abcdef"}
    assert flex_settings(every, None) == others


@pytest.mark.parametrize(
    ("backend", "fields"), [("azure_storage", {"max_queue_polling_interval": "00:00:10"}), ("durable_task_scheduler", {})]
)
def test_queues_are_polled_every_ten_seconds_where_there_are_queues(backend: str, fields: dict[str, str]) -> None:
    assert flex_host_json(backend) == fields


# What is refused


def found(flex: dict[str, Any] | None = None, **groups: Any) -> list[Problem]:
    arguments = wanted(**{"plan": {"sku": "FC1"}, **groups, "site": {"slots": [], **groups.get("site", {})}})
    return list(flex_problems(arguments, None if flex is None else Flex.model_validate(flex)))


REFUSED: list[tuple[str, dict[str, Any] | None, dict[str, Any], str, str]] = [
    (
        "a staging slot",
        None,
        {"site": {"slots": ["staging"]}},
        "site.slots",
        "Flex Consumption has no deployment slots. Set it to [] and let new code replace the old in place, or use a plan with slots",
    ),
    ("workers", None, {"plan": {"sku": "FC1", "capacity": 2}}, "plan.capacity", "which scales by itself. Use flex.maximum_instances"),
    (
        "a content share",
        None,
        {"storage": {"content_connection": "AccountName=c"}},
        "storage.content_connection",
        "would be ignored: Flex Consumption has no content share",
    ),
    (
        "a sticky setting",
        None,
        {"sticky_settings": {"production": {"LEVEL": "1"}}},
        "sticky_settings.production",
        "has nothing to stick to: Flex Consumption has no deployment slots. Move it to settings",
    ),
    (
        "the component's record",
        None,
        {"settings": {"DURABLE_DEPLOY_PACKAGE": "x"}},
        "settings.DURABLE_DEPLOY_PACKAGE",
        "is the component's own record",
    ),
    ("a forbidden version setting", None, {"version_settings": {"TZ": "UTC"}}, "version_settings.TZ", "schedules are in UTC there"),
    (
        "a forbidden setting in lower case",
        None,
        {"settings": {"website_content_share".replace("_s", "s"): "x"}},
        "settings.website_contentshare",
        "is refused or ignored on Flex Consumption",
    ),
    (
        "a site property of other plans",
        None,
        {"site": {"config": {"use32BitWorkerProcess": False}}},
        "site.config.use32BitWorkerProcess",
        "ARM refuses the whole site for one wrong property (error 51021)",
    ),
    (
        "runtime scale monitoring",
        None,
        {"site": {"config": {"functionsRuntimeScaleMonitoringEnabled": True}}},
        "site.config.functionsRuntimeScaleMonitoringEnabled",
        "Leave it out",
    ),
    ("FTPS", None, {"site": {"config": {"ftpsState": "Disabled"}}}, "site.config.ftpsState", "error 51021"),
    (".NET in process", None, {"package": {"runtime": "DOTNET|8.0"}}, "package.runtime", "Use DOTNET-ISOLATED"),
    ("odd memory", {"instance_memory_mb": 1024}, {}, "flex.instance_memory_mb", "is no instance size. Choose one of 512, 2048, 4096"),
    (
        "a group that is none",
        {"always_ready": {"queues": 1}},
        {},
        "flex.always_ready.queues",
        "is no function group. Write durable, http, blob, or function:<name>",
    ),
    (
        "more ready instances than there may be",
        {"always_ready": {"durable": 5}, "maximum_instances": 4},
        {},
        "flex.always_ready.durable",
        "is more than flex.maximum_instances, which is 4",
    ),
    (
        "flex on another plan",
        {},
        {"plan": {"sku": "EP1"}},
        "flex",
        "would be ignored: plan.sku is EP1. Leave it out, or set plan.sku to 'FC1'",
    ),
]


@pytest.mark.parametrize(("flex", "groups", "path", "words"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_is_refused(flex: dict[str, Any] | None, groups: dict[str, Any], path: str, words: str) -> None:
    (problem,) = found(flex, **groups)
    assert problem.path == path
    assert words in str(problem)


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_a_setting_that_flex_forbids_is_refused_with_what_to_do_instead(name: str) -> None:
    (problem,) = found(settings={name: "x", "CURRENCY": "EUR"})
    assert str(problem) == f"settings.{name}: is refused or ignored on Flex Consumption. Leave it out: {FORBIDDEN[name]}."


def test_what_works_on_flex_is_not_refused() -> None:
    config = {"healthCheckPath": "/api/health", "cors": {"allowedOrigins": ["https://shop"]}, "minTlsVersion": "1.3"}
    flex = {"always_ready": {"function:Order_v1": 1, "http": 1}, "maximum_instances": 1000}
    assert found(flex, site={"config": config}, settings={"CURRENCY": "EUR"}, version_settings={"FEATURE": "on"}) == []


def test_on_other_plans_nothing_of_flex_is_looked_at() -> None:
    assert found(plan={"sku": "EP1", "capacity": 2}, settings={"TZ": "UTC"}, site={"slots": ["staging"]}) == []
    assert found(plan={"sku": "Z9"}) == []


@pytest.mark.parametrize(
    "given",
    [{"maximum_instances": 0}, {"maximum_instances": 1001}, {"http_concurrency": 0}, {"update_strategy": "BlueGreen"}, {"always_ready": {"http": -1}}, {"memory": 1}],
    ids=["no instances", "too many", "no requests", "an unknown strategy", "fewer than none", "misspelt"],
)  # fmt: skip
def test_a_value_out_of_range_is_refused_by_its_shape(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Flex.model_validate(given)


WARNED: list[tuple[dict[str, Any] | None, list[str]]] = [
    (None, []),
    ({}, []),
    ({"update_strategy": "RollingUpdate"}, ["is in preview, and Azure says nowhere when an update is complete"]),
    ({"always_ready": {"durable": 0}}, ["timers and messages of orchestrations wait for it to start"]),
]


@pytest.mark.parametrize(("flex", "words"), WARNED)
def test_what_works_and_will_surprise_is_warned_about(flex: dict[str, Any] | None, words: list[str]) -> None:
    warned = list(flex_warnings(None if flex is None else Flex.model_validate(flex)))
    assert [word in one for word, one in zip(words, warned, strict=True)] == [True] * len(words)


# A release, through the component


def changed(before: Deployment, after: Deployment) -> dict[str, tuple[Any, Any]]:
    one, other = before.settings["production"], after.settings["production"]
    return {name: (one.get(name), other.get(name)) for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_settings_come_first_code_by_a_release_and_the_start_version_by_the_update_after_that(tmp_path: Path) -> None:
    azure = MockedAzure()

    def up(version: str) -> Deployment:
        host_json = json.dumps({"version": "2.0", "extensions": {"durableTask": {"defaultVersion": version}}})
        path = folder(tmp_path / version, files(version, host__json=host_json))
        args = {"site": {"name": "orders", "slots": []}, "plan": {"sku": "FC1"}, "package": {"path": path, "version": f"build-{version}"}}
        return deploy(azure, args, component=OrchestrationVersioning)

    def released(made: Deployment, version: str) -> None:
        assert azure.metadata is not None
        azure.metadata["live"] = live_value(made.outputs["wanted_package_url"], version)

    first = up("1.0")
    assert (first.settings["production"]["START_VERSION"], first.outputs["hosting"]) == ("1.0", "flex")
    released(first, "1.0")
    assert changed(first, up("1.0")) == {}
    ahead = up("2.0")
    new = {name: after for name, (_, after) in changed(first, ahead).items()}
    assert (new["DURABLE_DEPLOY_VERSION"], new["DURABLE_DEPLOY_VERSIONS"]) == ("build-2.0", "2.0")
    assert new["DURABLE_DEPLOY_PACKAGE"] == package_key(ahead.outputs["wanted_package_url"])
    assert "START_VERSION" not in new and azure.metadata is not None and azure.metadata["live"].endswith(";1.0")
    assert changed(ahead, up("2.0")) == {}
    released(ahead, "2.0")
    raised = up("2.0")
    assert changed(ahead, raised) == {"START_VERSION": ("1.0", "2.0")}
    assert changed(raised, up("2.0")) == {}


# Which code is live

OLD, NEW = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"
KEYS = BundleKeys(
    connection_setting="DurableStorage",
    accounts={},
    secrets={},
    hub_setting="TaskHubName",
    hubs={"hub": "production"},
    records=("DURABLE_DEPLOY_VERSIONS", "DURABLE_DEPLOY_STRATEGIES"),
    start_setting="START_VERSION",
)


def settings_for(key: str, version: str) -> dict[str, str]:
    """What an update writes for a package."""
    return {
        "TaskHubName": "hub",
        "START_VERSION": "1.0",
        "DURABLE_DEPLOY_PACKAGE": key,
        "DURABLE_DEPLOY_VERSION": f"label {version}",
        "DURABLE_DEPLOY_STACK": "PYTHON|3.11",
        "DURABLE_DEPLOY_STARTERS": "Nightly",
        "DURABLE_DEPLOY_VERSIONS": version,
        "DURABLE_DEPLOY_STRATEGIES": "CurrentOrOlder,Reject",
        "DURABLE_DEPLOY_VERSION_SETTINGS": "FEATURE",
        "FEATURE": "on",
    }


def code(key: str, version: str) -> Code:
    return Code(
        package=f"orders-{key}.zip",
        version=f"label {version}",
        stack="PYTHON|3.11",
        starters=("Nightly",),
        settings={"FEATURE": "on"},
        records={"DURABLE_DEPLOY_VERSIONS": version, "DURABLE_DEPLOY_STRATEGIES": "CurrentOrOlder,Reject"},
    )


def live_code(settings: dict[str, str], uploaded: dict[str, str], wanted: Code | None) -> Code | None:
    held = flex_held(settings, uploaded, KEYS, wanted)
    assert (held.bundle, held.starts) == ("production", {"START_VERSION": "1.0"})
    return held.code


def cases() -> Iterator[Any]:
    old, new = settings_for(OLD, "1.0"), settings_for(NEW, "2.0")
    of_old = {"live": f"{OLD};1.0", f"h{OLD}": "uploaded", "managed": OLD}
    yield pytest.param(old, {}, code(OLD, "1.0"), None, id="before the first release there is none, whatever the settings are for")
    yield pytest.param(old, of_old, code(OLD, "1.0"), code(OLD, "1.0"), id="a released package with the settings that are for it")
    yield pytest.param(old, of_old, code(NEW, "2.0"), Code(f"{OLD}.zip", "label 1.0", "PYTHON|3.11", ("Nightly",), {"FEATURE": "on"}, code(OLD, "1.0").records), id="another one is wanted: the live one is known from the settings")  # fmt: skip
    yield pytest.param(new, of_old, code(NEW, "2.0"), Code(f"{OLD}.zip", None, None, records={"DURABLE_DEPLOY_VERSIONS": "1.0"}), id="settings are ahead: of the live one only the version is known")  # fmt: skip
    yield pytest.param(new, {"live": f"{NEW};2.0"}, code(NEW, "2.0"), code(NEW, "2.0"), id="the release is complete")
    yield pytest.param(new, of_old, code(OLD, "1.0"), code(OLD, "1.0"), id="the program went back before the release")
    yield pytest.param(new, of_old, None, Code(f"{OLD}.zip", None, None, records={"DURABLE_DEPLOY_VERSIONS": "1.0"}), id="no package is wanted any more")  # fmt: skip
    yield pytest.param(old, {"live": "something else"}, code(OLD, "1.0"), None, id="metadata that no release wrote")
    yield pytest.param(
        {**old, "WEBSITE_RUN_FROM_PACKAGE": "https://x/orders.zip"}, {}, None, None, id="a setting that says nothing on Flex"
    )
    yield pytest.param(new, {"live": f"{OLD};"}, code(NEW, "2.0"), Code(f"{OLD}.zip", None, None), id="a package without a version")


@pytest.mark.parametrize(("settings", "uploaded", "wanted", "expected"), list(cases()))
def test_the_live_code_is_told_by_the_container(
    settings: dict[str, str], uploaded: dict[str, str], wanted: Code | None, expected: Code | None
) -> None:
    assert live_code(settings, uploaded, wanted) == expected


def test_an_app_that_is_not_there_holds_nothing() -> None:
    assert flex_held({}, {}, KEYS, None) == Held()


@pytest.mark.parametrize(
    ("package", "key"),
    [
        (f"orders-{OLD}.zip", OLD),
        (f"{OLD}.zip", OLD),
        (f"https://pkgs.blob.core.windows.net/packages/orders-{OLD}.zip", OLD),
        (f"https://pkgs.blob.core.windows.net/packages/orders-{OLD}.zip?sv=1&sig=x", OLD),
        ("https://builds.example/orders-1.0.0.zip", "79d7c3826952cb75"),
        ("https://builds.example/orders-1.0.0.zip?sig=other", "79d7c3826952cb75"),
    ],
)
def test_a_package_is_named_by_its_hash_or_by_its_url_s(package: str, key: str) -> None:
    assert package_key(package) == key
    assert live_value(package, "2.0") == f"{key};2.0"


def test_a_package_by_url_is_recognised_as_live() -> None:
    url = "https://builds.example/orders-1.0.0.zip"
    uploaded, asked = {"live": live_value(url, "1.0")}, Code(url, "label 1.0", "PYTHON|3.11")
    live = live_code(settings_for(package_key(url), "1.0"), uploaded, asked)
    assert live is not None and (live.package, live.version) == (url, "label 1.0")
