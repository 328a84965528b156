"""Sites on Flex Consumption. Sources: Microsoft docs, "Azure Functions Flex Consumption plan hosting", "App settings reference for Azure
Functions" (Flex Consumption plan deprecations); terraform-azurerm-avm-res-web-site#283 and azure-pipelines-tasks#21032 (code 51021, worded as
here); azure-functions-host#11908 (colons)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sandbox.web import processes

from .azure import FLEX, GROUP, KIND, PLAN, SITE, Azure

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"
INVALID = "for Flex Consumption sites is invalid. Please remove or rename it before retrying."


@pytest.fixture
def flex() -> Azure:
    """The site `orders` on an FC1 plan."""
    return Azure(sku="FC1").with_site()


def config(**changes: Any) -> dict[str, Any]:
    """A functionAppConfig with values changed by their paths, `.` written `__`."""
    changed = copy.deepcopy(FLEX)
    for path, value in changes.items():
        *way, last = path.split("__")
        place = changed
        for name in way:
            place = place[name]
        place[last] = value
    return changed


def put(azure: Azure, *, identity: dict[str, Any] | None = None, **changes: Any) -> tuple[int, str, str]:
    """The refusal of a PUT with that functionAppConfig."""
    properties = {"serverFarmId": PLAN, "functionAppConfig": config(**changes)}
    more = {} if identity is None else {"identity": identity}
    return azure.refusal("PUT", SITE, location="westeurope", kind=KIND, properties=properties, **more)


def test_a_site_shows_its_configuration_as_azure_does(flex: Azure) -> None:
    """Kinds in lower case, defaults filled in: `az functionapp show` of several public projects."""
    flex.put_site(functionAppConfig={key: FLEX[key] for key in ("deployment", "runtime")})
    shown = flex.get(SITE)["properties"]
    assert shown["functionAppConfig"] == {
        "deployment": {
            "storage": {
                "type": "blobcontainer",
                "value": "https://127.0.0.1:1/packages/code",
                "authentication": {"type": "storageaccountconnectionstring", "storageAccountConnectionStringName": "DEPLOYMENT_STORAGE"},
            }
        },
        "runtime": {"name": "python", "version": "3.11"},
        "scaleAndConcurrency": {"alwaysReady": [], "maximumInstanceCount": 100, "instanceMemoryMB": 2048},
        "siteUpdateStrategy": {"type": "Recreate"},
    }
    assert (shown["sku"], shown["reserved"]) == ("FlexConsumption", True)


def test_a_site_without_a_configuration_is_refused_at_first_and_later(flex: Azure) -> None:
    for path in (SITE, f"{SITE}2"):
        properties = {"serverFarmId": PLAN if path == SITE else f"{PLAN}2"}
        if path != SITE:
            flex.put(f"{PLAN}2", location="westeurope", sku={"name": "FC1"}, properties={"reserved": True})
        refused = flex.refusal("PUT", path, location="westeurope", kind=KIND, properties=properties)
        assert refused == (
            400, "BadRequest", "Site.FunctionAppConfig is invalid. The FunctionAppConfig section is required for Flex Consumption sites.",
        )  # fmt: skip


def test_the_configuration_belongs_to_flex_consumption_only(azure: Azure) -> None:
    assert put(azure)[:2] == (400, "BadRequest")
    assert "functionAppConfig" not in azure.get(SITE)["properties"]


def test_a_plan_that_is_not_linux_has_no_flex_consumption_sites(flex: Azure) -> None:
    flex.put(f"{PLAN}2", location="westeurope", sku={"name": "FC1"})
    properties = {"serverFarmId": f"{PLAN}2", "functionAppConfig": FLEX}
    refused = flex.refusal("PUT", f"{SITE}2", location="westeurope", kind=KIND, properties=properties)
    assert (refused[0], "must be 'reserved'" in refused[2]) == (400, True)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("deployment__storage__type", "files", "Deployment.Storage.Type"),
        ("deployment__storage__value", "https://127.0.0.1:1/", "Deployment.Storage.Value"),
        ("deployment__storage__authentication__type", "Password", "Authentication.Type"),
        ("deployment__storage__authentication", {"type": "UserAssignedIdentity"}, "Authentication.UserAssignedIdentityResourceId"),
        ("deployment__storage__authentication", {"type": "SystemAssignedIdentity"}, "Authentication.Type"),
        ("runtime__name", "cobol", "Runtime.Version"),
        ("runtime__version", "", "Runtime.Version"),
        ("scaleAndConcurrency__instanceMemoryMB", 1024, "InstanceMemoryMB"),
        ("scaleAndConcurrency__maximumInstanceCount", 1001, "MaximumInstanceCount"),
        ("scaleAndConcurrency__alwaysReady", [{"name": "queues", "instanceCount": 1}], "AlwaysReady"),
        ("scaleAndConcurrency__alwaysReady", [{"name": "durable"}], "AlwaysReady"),
        ("siteUpdateStrategy", {"type": "Rolling"}, "SiteUpdateStrategy.Type"),
    ],
)
def test_a_value_against_the_rules_is_refused_by_its_path(flex: Azure, path: str, value: Any, named: str) -> None:
    status, code, message = put(flex, **{path: value})
    assert (status, code) == (400, "BadRequest")
    assert message.startswith("Site.FunctionAppConfig.")
    assert f"{named} is invalid." in message


def test_the_identity_of_the_deployment_storage_must_be_the_sites_own(flex: Azure) -> None:
    flex.put(IDENTITY, location="westeurope")
    authentication = {"type": "UserAssignedIdentity", "userAssignedIdentityResourceId": IDENTITY}
    changes = {"deployment__storage__authentication": authentication}
    assert "not assigned to the site" in put(flex, **changes)[2]
    own = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY.upper().replace("/SUBSCRIPTIONS", "/subscriptions"): {}}}
    properties = {"serverFarmId": PLAN, "functionAppConfig": config(**changes)}
    flex.put(SITE, location="westeurope", kind=KIND, identity={**own, "userAssignedIdentities": {IDENTITY: {}}}, properties=properties)


@pytest.mark.parametrize("group", ["http", "blob", "durable", "function:Orders"])
def test_instances_are_always_ready_by_group_or_by_function(flex: Azure, group: str) -> None:
    ready = [{"name": group, "instanceCount": 1}]
    flex.put_site(functionAppConfig=config(scaleAndConcurrency__alwaysReady=ready))
    assert flex.get(SITE)["properties"]["functionAppConfig"]["scaleAndConcurrency"]["alwaysReady"] == ready


def test_the_worker_runtime_is_refused_as_azure_words_it(flex: Azure) -> None:
    refused = flex.refusal("PUT", f"{SITE}/config/appsettings", properties={"FUNCTIONS_WORKER_RUNTIME": "python"})
    assert refused == (400, "BadRequest", f"The following app setting (Site.SiteConfig.AppSettings.FUNCTIONS_WORKER_RUNTIME) {INVALID}")
    inline = {"appSettings": [{"name": "FUNCTIONS_WORKER_RUNTIME", "value": "python"}]}
    properties = {"serverFarmId": PLAN, "functionAppConfig": FLEX, "siteConfig": inline}
    assert flex.refusal("PUT", SITE, location="westeurope", kind=KIND, properties=properties) == refused


@pytest.mark.parametrize("name", ["WEBSITE_RUN_FROM_PACKAGE", "website_contentshare", "WEBSITE_TIME_ZONE", "Service:Key"])
def test_a_setting_that_flex_consumption_does_not_have_is_refused(flex: Azure, name: str) -> None:
    refused = flex.refusal("PUT", f"{SITE}/config/appsettings", properties={name: "1", "MINE": "2"})
    assert refused[2] == f"The following app setting (Site.SiteConfig.AppSettings.{name}) {INVALID}"
    assert flex.settings(SITE) == {}


def test_settings_are_listed_and_replaced_as_on_every_plan(flex: Azure) -> None:
    """FUNCTIONS_EXTENSION_VERSION is deprecated, and taken: azure-functions-host#10714."""
    flex.set_settings(SITE, A="1", FUNCTIONS_EXTENSION_VERSION="~4")
    flex.set_settings(SITE, B="2", AzureFunctionsJobHost__logging="x")
    assert flex.settings(SITE) == {"B": "2", "AzureFunctionsJobHost__logging": "x"}


def test_configuration_that_the_runtime_section_replaces_is_refused(flex: Azure) -> None:
    refused = flex.refusal("PUT", f"{SITE}/config/web", properties={"linuxFxVersion": "PYTHON|3.11"})
    assert refused[2] == f"The following site configuration property (Site.SiteConfig.LinuxFxVersion) {INVALID}"
    two = flex.refusal(
        "PATCH", f"{SITE}/config/web", properties={"ftpsState": "Disabled", "functionAppScaleLimit": 4, "minTlsVersion": "1.3"}
    )
    assert two[2].startswith("The following list of 2 site configuration properties (Site.SiteConfig.FtpsState, Site.SiteConfig.Function")
    assert flex.put(f"{SITE}/config/web", properties={"minTlsVersion": "1.3", "linuxFxVersion": ""})["properties"]["minTlsVersion"] == "1.3"


def test_code_settings_and_every_other_change_start_the_app_anew_each_and_what_changes_nothing_does_not(flex: Azure) -> None:
    starts = []
    for change in (
        lambda: flex.set_settings(SITE, A="1"),
        lambda: flex.put_site(functionAppConfig=config(scaleAndConcurrency__maximumInstanceCount=41)),
        lambda: flex.put_site(functionAppConfig=config(scaleAndConcurrency__maximumInstanceCount=41)),
        lambda: flex.put_site(functionAppConfig=config(siteUpdateStrategy={"type": "RollingUpdate"})),
    ):
        change()
        starts.append(processes(flex.plane, SITE)["production"].starts)
    assert starts == [2, 3, 3, 4]
    assert processes(flex.plane, SITE)["production"].stack == "PYTHON|3.11"


def test_always_on_and_slots_are_refused(flex: Azure) -> None:
    assert flex.refusal("PUT", f"{SITE}/config/web", properties={"alwaysOn": True})[:2] == (409, "Conflict")
    assert flex.refusal("PUT", f"{SITE}/slots/staging", location="westeurope")[:2] == (409, "Conflict")
