"""What the versioning components refuse before anything is registered. Rules that all strategies share are tested with the first one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components import ArgumentErrors, Problem

from ..apps import folder
from ..deploying import Deployment
from ..mocked_azure import MockedAzure
from ..test_guards import laid_over
from .apps import by_name, names, of, orchestration, orchestrations

Deploy = Callable[..., Deployment]


def problems(deploy: Deploy, args: Any) -> tuple[Problem, ...]:
    """The refusal of a deployment, of which nothing was asked and nothing registered."""
    azure = MockedAzure()
    refused = deploy(azure, args, fails=True)
    assert isinstance(refused.error, ArgumentErrors), refused.error
    assert (refused.children, refused.components, azure.asked) == ({}, [], [])
    return refused.error.problems


URL = {"package": {"path": None, "url": "https://pkgs.blob.core.windows.net/packages/app.zip", "version": "1"}}

BOTH: list[tuple[str, dict[str, Any], str, str]] = [
    ("a durable account that is the host's", {"storage": {"durable_account": "ordershost"}}, "storage.host_account", "is the same account as storage.durable_account"),
    ("a durable account in capitals", {"storage": {"durable_account": "Durable"}}, "storage.durable_account", "3 to 24 lower-case letters"),
    ("an account per bundle", {"storage": {"durable_accounts": {"blue": "x"}}}, "storage.durable_accounts", "is no argument of this component. Did you mean 'durable_account'?"),
    ("a task hub with a hyphen", {"durable": {"task_hubs": {"staging": "my-hub"}}}, "durable.task_hubs.staging", "is no valid task hub name"),
    ("a task hub of a slot that is not there", {"durable": {"task_hubs": {"green": "Hub"}}}, "durable.task_hubs.green", "is no slot of this site. Slots here: production, staging"),
    ("a task hub with Durable's own name", {"durable": {"task_hubs": {"staging": "Orders"}}}, "durable.task_hubs.staging", "a slot does not start with it"),
    ("two slots on one task hub", {"durable": {"task_hubs": {"production": "Shop", "staging": "shop"}}}, "durable.task_hubs.staging", "two slots would work on one hub"),
    ("the host's storage as connection", {"durable": {"connection_setting": "AzureWebJobsStorage"}}, "durable.connection_setting", "is the host's storage"),
    ("the host's storage as connection, without its prefix", {"durable": {"connection_setting": "Storage"}}, "durable.connection_setting", "is the host's storage"),
    ("the hub's setting as connection", {"durable": {"connection_setting": "TaskHubName"}}, "durable.connection_setting", "writes for another purpose"),
    ("a connection setting with a space", {"durable": {"connection_setting": "my storage"}}, "durable.connection_setting", "is no valid app setting name"),
    ("the connection among the user's settings", {"settings": {"DurableStorage__accountName": "x"}}, "settings.DurableStorage__accountName", "is the connection to the task hubs, which the component writes"),
    ("the task hub among the user's settings", {"sticky_settings": {"staging": {"taskhubname": "x"}}}, "sticky_settings.staging.taskhubname", "which stays with the slot"),
    ("a record of the package among the user's settings", {"settings": {"DURABLE_DEPLOY_VERSIONS": "9"}}, "settings.DURABLE_DEPLOY_VERSIONS", "own record of what a slot holds"),
    ("a bundle that is no range", {"durable": {"extension_bundle": "four"}}, "durable.extension_bundle", "is no version range"),
    ("a swap without waiting", {"site": {"config": {"autoSwapSlotName": "production"}}}, "site.config.autoSwapSlotName", "swaps without waiting"),
    ("a share of production's traffic in a slot with another hub", {"site": {"config": {"experiments": {}}}}, "site.config.experiments", "a slot with another task hub"),
    ("a Free plan", {"plan": {"sku": "F1"}}, "plan.sku", "no deployment slots"),
]  # fmt: skip

ORCHESTRATION: list[tuple[str, dict[str, Any], str, str]] = [
    ("a start version among the user's settings", {"settings": {"START_VERSION": "2.0"}}, "settings.START_VERSION", "it is raised only after a swap. Leave it out; to pin it, use versioning.start_version"),
    ("the user's name for it among the settings", {"versioning": {"start_setting": "NEXT"}, "settings": {"next": "2.0"}}, "settings.next", "tells clients which version to start"),
    ("a start setting with a hyphen", {"versioning": {"start_setting": "start-version"}}, "versioning.start_setting", "is no name that code can read it by"),
    ("a start setting that has another purpose", {"versioning": {"start_setting": "TaskHubName"}}, "versioning.start_setting", "writes for another purpose"),
    ("a connection called after the start setting", {"durable": {"connection_setting": "START_VERSION"}}, "durable.connection_setting", "writes for another purpose"),
    ("a version with a space before it", {"versioning": {"start_version": " 1.0"}}, "versioning.start_version", "is no version"),
    ("an unknown strategy", {"versioning": {"match": "Newer"}}, "versioning.match", "Choose 'None', 'Strict' or 'CurrentOrOlder'"),
    ("another version in host.json", {"versioning": {"default_version": "9.0"}}, "package.path", 'defaultVersion is "1.0", but this deployment sets "9.0"'),
    ("a package elsewhere, of unknown version", URL, "versioning.default_version", "is required with package.url"),
    ("a version without a package", {"package": {"path": None, "version": None}, "versioning": {"default_version": "1.0"}}, "versioning.default_version", "would be ignored: no package is given"),
    ("an extension bundle before orchestration versioning", {"durable": {"extension_bundle": "[4.0.0, 5.0.0)"}}, "durable.extension_bundle", "is too old for orchestration versioning. Write [4.30.0, 5.0.0)."),
]  # fmt: skip

BY_NAME: list[tuple[str, dict[str, Any], str, str]] = [
    ("no staging slot", {"site": {"slots": []}}, "site.slots", "needs at least one staging slot"),
    ("a Basic plan", {"plan": {"sku": "B1"}}, "plan.sku", "no deployment slots"),
    ("a latest version among the user's settings", {"sticky_settings": {"staging": {"LATEST_VERSION_Order": "v1"}}}, "sticky_settings.staging.LATEST_VERSION_Order", "use versioning.latest"),
    ("a latest version without a v", {"versioning": {"latest": "1"}}, "versioning.latest", "is no version label. Write it like v1, v10 or v1.2"),
    ("an override without a v", {"versioning": {"overrides": {"Order": "one"}}}, "versioning.overrides.Order", "is no version"),
    ("an override of an orchestrator that is not there", {"versioning": {"overrides": {"Orders": "v1"}}}, "versioning.overrides.Orders", "names no orchestrator of the package that has versions. There are: Order"),
    ("an override to a version that is not there", {"versioning": {"overrides": {"Order": "v9"}}}, "versioning.overrides.Order", "is no version of Order in the package. There are: v1"),
    ("versions of a package that can be read", {"versioning": {"contains": ["v1"]}}, "versioning.contains", "would be ignored: versions are read from the names"),
    ("a package elsewhere, of unknown versions", URL, "versioning.contains", "is required with package.url"),
    ("an extension bundle without identity", {"durable": {"extension_bundle": "[2.0.0, 5.0.0)"}}, "durable.extension_bundle", "is too old for an identity-based connection. Write [3.3.0, 4.0.0)."),
]  # fmt: skip

CASES = [
    *((f"{kind}: {case[0]}", deploy, version, *case[1:]) for kind, deploy, version in (("orchestration", orchestration, "1.0"), ("by name", by_name, "v1")) for case in BOTH),
    *((f"orchestration: {case[0]}", orchestration, "1.0", *case[1:]) for case in ORCHESTRATION),
    *((f"by name: {case[0]}", by_name, "v1", *case[1:]) for case in BY_NAME),
]  # fmt: skip


@pytest.mark.parametrize(("deploy", "version", "change", "path", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_is_refused(app: Path, deploy: Deploy, version: str, change: dict[str, Any], path: str, words: str) -> None:
    (problem,) = problems(deploy, laid_over(of(app, version), change))
    assert problem.path == path
    assert words in str(problem)


def test_orchestrations_without_a_version_are_refused(tmp_path: Path) -> None:
    (problem,) = problems(orchestration, {"site": {"name": "orders"}, "package": {"path": orchestrations(tmp_path, None)}})
    assert problem.path == "versioning.default_version" and "its instances would have no version" in str(problem)


def test_an_sdk_without_orchestration_versions_is_refused_and_does_for_versions_in_names(tmp_path: Path) -> None:
    folder(tmp_path / "1.0", {"requirements.txt": "azure-functions-durable==1.2.9\n"})
    path = orchestrations(tmp_path / "1.0", "1.0")
    (problem,) = problems(orchestration, {"site": {"name": "orders"}, "package": {"path": path}})
    assert problem.path == "package.path" and "orchestration versions need 1.5.0 or newer" in str(problem)
    folder(tmp_path / "v1", {"requirements.txt": "azure-functions-durable==1.2.9\n"})
    path = names(tmp_path / "v1", "Order_v1")
    assert by_name(MockedAzure(), {"site": {"name": "orders"}, "package": {"path": path}}).error is None


def test_a_package_without_a_frozen_version_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(by_name, {"site": {"name": "orders"}, "package": {"path": names(tmp_path, "Order", "Ship")}})
    assert problem.path == "package.path" and "operations migrate freeze v1" in str(problem)


def test_an_orchestrator_without_the_version_that_clients_will_be_told_is_refused(tmp_path: Path) -> None:
    args: Any = {"site": {"name": "orders"}, "package": {"path": names(tmp_path, "Order", "Order_v1", "Order_v2", "Ship_v1", "New")}}
    (problem,) = problems(by_name, args)
    assert str(problem).endswith(
        "has no Ship_v2, and clients will be told to start 'v2'. Freeze Ship as v2 too, or set versioning.overrides.Ship to one of v1."
    )
    for versioning in ({"overrides": {"Ship": "v1"}}, {"latest": "v1"}):
        assert by_name(MockedAzure(), {**args, "versioning": versioning}).error is None


def test_versions_in_names_may_have_many_digits_and_dots(tmp_path: Path) -> None:
    path = names(tmp_path, "Order_v9", "Order_v10", "Order_v1_2_10", "Order_view", "v1")
    made = by_name(MockedAzure(), {"site": {"name": "orders"}, "package": {"path": path}})
    assert made.outputs["wanted_versions"] == ["v1.2.10", "v9", "v10"]


def test_all_problems_come_at_once(app: Path) -> None:
    found = problems(
        orchestration,
        of(app, "1.0", site={"name": "x_"}, storage={"durable_account": "X"}, durable={"task_hubs": {"red": "Red"}}, settings={"START_VERSION": "2"}, access={"operators": ["me"]}),
    )  # fmt: skip
    assert [problem.path for problem in found] == [
        "site.name",
        "storage.durable_account",
        "durable.task_hubs.red",
        "settings.START_VERSION",
        "access.operators[0]",
    ]


def test_a_package_elsewhere_is_taken_at_its_word() -> None:
    package = {"url": "https://pkgs.blob.core.windows.net/packages/app.zip?sig=x", "version": "7"}
    made = orchestration(MockedAzure(), {"site": {"name": "orders"}, "package": package, "versioning": {"default_version": "2.0"}})
    assert made.outputs["wanted_versions"] == ["2.0"]
    made = by_name(MockedAzure(), {"site": {"name": "orders"}, "package": package, "versioning": {"contains": ["v10", "v9"]}})
    assert made.outputs["wanted_versions"] == ["v9", "v10"]
