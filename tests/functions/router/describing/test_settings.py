"""The whole map of settings, and the names that follow from the blueprint and the row."""

from __future__ import annotations

import re

import pytest

from functions.router.blueprint import Blueprint, Storage
from functions.router.describing import names, settings_of
from functions.router.describing.starters import starters_of
from functions.router.lines import VersionRow
from functions.router.versions import Line, Version
from tests.functions.router.hosting.world import AT, IDENTITY, blueprint, line_row

FLEX = blueprint()
PREMIUM = blueprint(plan={"kind": "elastic_premium", "sku": "EP1"})
ROW = line_row()
CODE = VersionRow(Version(1, 0, 3), "https://packages/1.0.3.zip", "d" * 64, AT, "")


def identity(name: str, account: str) -> dict[str, str]:
    uris = {
        f"{name}__{service}ServiceUri": f"https://127.0.0.1:{port}/{account}/" for port, service in enumerate(("blob", "queue", "table"), 1)
    }
    return {**uris, f"{name}__credential": "managedidentity", f"{name}__clientId": "client"}


COMMON = {
    "GREETING": "line 1.0 of orders-1-0, {hub OrdersV1x0}",
    **identity("AzureWebJobsStorage", "hosts"),
    **identity("DurableStorage", "queues"),
    **identity("DurableTracking", "tracking"),
    "TaskHubName": "OrdersV1x0",
    "DURABLE_DEPLOY_LINE": "1.0",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=k",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "ClientId=client;Authorization=AAD",
}


def test_on_flex_without_code() -> None:
    assert settings_of(FLEX, ROW, None) == COMMON


def test_on_flex_with_code() -> None:
    assert settings_of(FLEX, ROW, CODE) == {**COMMON, "DURABLE_DEPLOY_VERSION": "1.0.3"}


def test_elsewhere_with_code() -> None:
    assert settings_of(PREMIUM, ROW, CODE) == {
        **COMMON,
        "DURABLE_DEPLOY_VERSION": "1.0.3",
        "WEBSITE_RUN_FROM_PACKAGE": "https://packages/1.0.3.zip",
        "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": IDENTITY,
        "FUNCTIONS_EXTENSION_VERSION": "~4",
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "AzureFunctionsWebHost__hostid": "orders-1-0",
    }


def test_tracking_per_line_has_no_tracking_connection() -> None:
    found = settings_of(blueprint(durable={"tracking": "per_line"}), ROW, None)
    assert not any(name.startswith("DurableTracking") for name in found)


def test_shared_tracking_without_an_account_of_its_own_is_where_the_queues_are() -> None:
    found = settings_of(blueprint(durable={"tracking_storage": None}), ROW, None)
    assert found["DurableTracking__tableServiceUri"] == "https://127.0.0.1:3/queues/"


def test_a_lines_own_account_takes_the_queues_and_not_the_tracking() -> None:
    own = Storage(account="own", blob="https://own.blob/", queue="https://own.queue/", table="https://own.table/")
    found = settings_of(FLEX, ROW, None, own)
    assert (found["DurableStorage__queueServiceUri"], found["DurableTracking__tableServiceUri"]) == (
        "https://own.queue/",
        "https://127.0.0.1:3/tracking/",
    )


@pytest.mark.parametrize(
    "name", ["TaskHubName", "TASKHUBNAME", "azurewebjobsstorage__clientid", "WEBSITE_RUN_FROM_PACKAGE", "durable_deploy_version"]
)
def test_a_users_setting_never_overrides_what_the_line_lives_on(name: str) -> None:
    found = settings_of(blueprint(settings={name: "theirs"}), ROW, None)
    assert "theirs" not in found.values()


@pytest.mark.parametrize(
    ("given", "set"),
    [
        ("{line}", "1.0"),
        ("{hub}/{app}", "OrdersV1x0/orders-1-0"),
        ("{{line}}", "{line}"),
        ("{unknown}", "{unknown}"),
        ('{"a": 1}', '{"a": 1}'),
        ("@Microsoft.KeyVault(SecretUri=https://v/secrets/{app})", "@Microsoft.KeyVault(SecretUri=https://v/secrets/orders-1-0)"),
    ],
)
def test_placeholders_are_replaced_and_other_braces_stay(given: str, set: str) -> None:
    assert settings_of(blueprint(settings={"X": given}), ROW, None)["X"] == set


def longest() -> tuple[Blueprint, Line]:
    return blueprint(app={"prefix": "a" * 22}), Line(99999, 99999)


def test_the_longest_names_fit_into_azures_limits() -> None:
    wanted, line = longest()
    row = line_row(line, app=f"{wanted.app.prefix}-99999-99999")
    assert len(row.app) <= 40
    assert len(names.plan_id(wanted, row).rpartition("/")[2]) <= 40
    assert len(names.deployment_container(row)) <= 63
    assert len(names.host_id(row)) <= 32
    assert re.fullmatch(r"[a-z0-9]{3,24}", names.account_name(wanted, line))


def test_host_ids_and_containers_are_others_for_every_app_and_have_no_double_hyphens() -> None:
    apps = ["a" * 22 + "-10000-10000", "a" * 22 + "-10000-10001", "a--b-1-0", "a-b-1-0", "orders-1-0"]
    for made in (names.host_id, names.deployment_container):
        found = [made(line_row(app=app)) for app in apps]
        assert len({*found}) == len(apps) and not any("--" in one for one in found)


def test_account_names_are_others_for_every_line_group_and_prefix() -> None:
    group = FLEX.app.resource_group_id + "2"
    found = [
        names.account_name(one, line)
        for one in (FLEX, blueprint(app={"resource_group_id": group}), blueprint(app={"prefix": "shop"}))
        for line in (Line(1, 0), Line(1, 1))
    ]
    assert len({*found}) == 6


@pytest.mark.parametrize(
    "function",
    [
        {},
        {"properties": None},
        {"properties": {"config": None}},
        {"properties": {"config": {"bindings": "x"}}},
        {"properties": {"config": {"bindings": [3]}}},
    ],
)
def test_a_function_that_can_not_be_read_is_left_alone(function: dict[str, object]) -> None:
    assert starters_of([function]) == ()
