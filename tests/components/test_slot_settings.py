"""The whole settings map of one slot, from plain values: what is shared, what stays, what travels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components._children.accounts import Account, Accounts
from components._children.foundation import AppIdentity, Monitor
from components._children.slot_settings import Facts, bundle_settings, slot_settings, sticky_names
from components._live.parity import Code, SlotPlan
from components._wanted import Arguments, read_arguments

from .mocked_azure import MockedAzure, endpoints

PACKAGE = "https://pkgs/packages/orders-1.zip"
OLD = Code("https://pkgs/packages/orders-0.zip", "0.9.0", "NODE|20", ("Old",), {"FEATURE": "off"})
NEW = Code("orders-1.zip", "1.0.0", "PYTHON|3.12", ("Hourly", "Nightly"))


@pytest.fixture(autouse=True)
def runtime(azure: MockedAzure) -> None:
    pulumi.runtime.set_mocks(azure, "orders", "test-orders", preview=False)


def read(**args: Any) -> Arguments:
    return read_arguments("a component", {"site": {"name": "orders"}, **args})


def facts() -> Facts:
    def account(name: str) -> Account:
        return Account(name, pulumi.Output.from_input(f"/{name}"), pulumi.Output.from_input(endpoints(name)))

    durable = {"blue": account("ordersblue"), "green": account("ordersgreen")}
    monitor = Monitor(pulumi.Output.from_input("/insights"), pulumi.Output.from_input("ikey"))
    secrets = {"blue": "blue-secret", "green": "green-secret"}
    return Facts(
        AppIdentity("/id", "client", "principal"),
        Accounts(account("ordershost"), durable, account("orderspkgs")),
        monitor,
        secrets,
        PACKAGE,
    )


def values(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with all outputs resolved."""
    found: dict[str, Any] = {}

    @pulumi.runtime.test
    def resolve() -> Any:
        return pulumi.Output.all(**settings).apply(found.update)

    resolve()
    return found


def of_bundle(slot: SlotPlan, **args: Any) -> dict[str, Any]:
    found = values(bundle_settings(read(**args), slot, facts()))
    return {name: value for name, value in found.items() if not name.startswith("DurableManagementStorage__")}


def plan(code: Code | None, *, new: bool = False, stack: str = "PYTHON|3.11", **deployment: str) -> SlotPlan:
    return SlotPlan("staging", "green", code, new, stack, deployment)


def test_an_empty_slot_has_its_storage_and_no_code() -> None:
    assert values(bundle_settings(read(), plan(None), facts())) == {
        "DURABLE_DEPLOY_BUNDLE": "green",
        "DURABLE_DEPLOY_STACK": "PYTHON|3.11",
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "DurableManagementStorage__blobServiceUri": "https://ordersgreen.blob.core.windows.net/",
        "DurableManagementStorage__queueServiceUri": "https://ordersgreen.queue.core.windows.net/",
        "DurableManagementStorage__tableServiceUri": "https://ordersgreen.table.core.windows.net/",
        "DurableManagementStorage__credential": "managedidentity",
        "DurableManagementStorage__clientId": "client",
    }


def test_a_new_version_has_the_wanted_package_and_the_program_s_version_settings() -> None:
    assert of_bundle(plan(NEW, new=True, stack="PYTHON|3.12"), version_settings={"FEATURE": "on"}) == {
        "DURABLE_DEPLOY_BUNDLE": "green",
        "DURABLE_DEPLOY_STACK": "PYTHON|3.12",
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "WEBSITE_RUN_FROM_PACKAGE": PACKAGE,
        "DURABLE_DEPLOY_VERSION": "1.0.0",
        "DURABLE_DEPLOY_STARTERS": "Hourly,Nightly",
        "DURABLE_DEPLOY_VERSION_SETTINGS": "FEATURE",
        "FEATURE": "on",
    }


def test_a_version_that_stands_keeps_what_it_has_whatever_the_program_says() -> None:
    assert of_bundle(plan(OLD, stack="NODE|20"), version_settings={"FEATURE": "on", "MORE": "x"}) == {
        "DURABLE_DEPLOY_BUNDLE": "green",
        "DURABLE_DEPLOY_STACK": "NODE|20",
        "FUNCTIONS_WORKER_RUNTIME": "node",
        "WEBSITE_RUN_FROM_PACKAGE": "https://pkgs/packages/orders-0.zip",
        "DURABLE_DEPLOY_VERSION": "0.9.0",
        "DURABLE_DEPLOY_STARTERS": "Old",
        "DURABLE_DEPLOY_VERSION_SETTINGS": "FEATURE",
        "FEATURE": "off",
    }


def test_an_adopted_version_has_no_marker_of_a_version() -> None:
    found = of_bundle(plan(Code("https://x/app.zip", None, None)))
    assert found["WEBSITE_RUN_FROM_PACKAGE"] == "https://x/app.zip"
    assert found.keys().isdisjoint({"DURABLE_DEPLOY_VERSION", "DURABLE_DEPLOY_STARTERS", "DURABLE_DEPLOY_VERSION_SETTINGS"})


def test_a_runtime_stack_in_a_spelling_of_its_own_is_kept() -> None:
    assert of_bundle(plan(None, stack="Custom"))["FUNCTIONS_WORKER_RUNTIME"] == "custom"


def test_what_a_pipeline_wrote_is_kept_unless_the_program_declares_it() -> None:
    slot = plan(None, SCM_DO_BUILD_DURING_DEPLOYMENT="true", ENABLE_ORYX_BUILD="true", WEBSITE_CONTENTSHARE="orders-1")
    arguments = read(settings={"scm_do_build_during_deployment": "false"}, sticky_settings={"staging": {"ENABLE_ORYX_BUILD": "false"}})
    found = values(slot_settings(arguments, "staging", bundle_settings(arguments, slot, facts()), (), facts()))
    kept = {name: value for name, value in found.items() if "BUILD" in name.upper() or "SHARE" in name}
    assert kept == {"scm_do_build_during_deployment": "false", "ENABLE_ORYX_BUILD": "false", "WEBSITE_CONTENTSHARE": "orders-1"}


def test_what_was_read_from_live_settings_is_secret_and_what_the_program_says_is_not() -> None:
    live = bundle_settings(read(), plan(OLD, SCM_X="y"), facts())
    new = bundle_settings(read(version_settings={"FEATURE": "on"}), plan(NEW, new=True), facts())
    assert {name for name, value in live.items() if secret(value)} == {"WEBSITE_RUN_FROM_PACKAGE", "FEATURE", "SCM_X"}
    assert not [name for name, value in new.items() if secret(value)]


def secret(value: Any) -> bool:
    answers: list[bool] = []

    @pulumi.runtime.test
    def ask() -> Any:
        return pulumi.Output.from_input(value.is_secret()).apply(answers.append)

    if isinstance(value, pulumi.Output):
        ask()
    return answers == [True]


def test_starters_are_held_off_in_staging_and_left_out_in_production() -> None:
    for slot, expected in (("staging", {"AzureWebJobs.Nightly.Disabled": "true"}), ("production", {})):
        found = values(slot_settings(read(), slot, {}, ("Nightly",), facts()))
        assert {name: value for name, value in found.items() if name.endswith(".Disabled")} == expected


def test_each_slot_has_a_host_id_of_its_own() -> None:
    ids = [
        values(slot_settings(read(), slot, {}, (), facts()))["AzureFunctionsWebHost__hostid"] for slot in ("production", "staging", "a-b")
    ]
    assert len(set(ids)) == 3 and all(len(one) <= 32 for one in ids)


def test_a_slot_s_sticky_settings_win_over_common_ones_nowhere_else() -> None:
    arguments = read(settings={"COMMON": "c"}, sticky_settings={"staging": {"LEVEL": "low"}})
    found = {slot: values(slot_settings(arguments, slot, {}, (), facts())) for slot in ("production", "staging")}
    assert [(one.get("COMMON"), one.get("LEVEL")) for one in found.values()] == [("c", None), ("c", "low")]


def test_sticky_are_host_ids_held_off_starters_and_the_user_s_own() -> None:
    arguments = read(
        sticky_settings={"staging": {"LEVEL": "low"}, "production": {"AREA": "x"}}, settings={"COMMON": "c"}, version_settings={"F": "x"}
    )
    assert sticky_names(arguments, ("Nightly",)) == ["AREA", "AzureFunctionsWebHost__hostid", "AzureWebJobs.Nightly.Disabled", "LEVEL"]
