"""What app settings say about a slot's storage and code: a pure reading."""

from __future__ import annotations

from typing import Any

import pytest

from operations.deployment import Bundle, Deployment, Versioning, deployment_of
from operations.live.settings import Connection, account_of, connection_of, held, package_of
from operations.problem import OperationProblem

X = "DurableManagementStorage"
OUTPUTS: dict[str, Any] = {
    "site_id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/orders",
    "slots": ["production", "staging"],
    "bundles": {
        "blue": {"account": "ordersblue", "task_hub": "ordersTasks"},
        "green": {"account": "ordersgreen", "task_hub": "ordersTasks"},
    },
    "connection_setting": X,
    "task_hub_setting": None,
    "packages_url": "https://pkgs.blob.core.windows.net/packages",
    "host_names": {"production": "orders.azurewebsites.net", "staging": "orders-staging.azurewebsites.net"},
}
BY_HUB = {
    **OUTPUTS,
    "task_hub_setting": "TaskHubName",
    "bundles": {"blue": {"account": "ordersdur", "task_hub": "ordersBlue"}, "green": {"account": "ordersdur", "task_hub": "ordersGreen"}},
}


def test_the_outputs_of_a_stack_name_site_slots_and_bundles_and_no_more() -> None:
    made = deployment_of("prod", OUTPUTS)
    assert made == Deployment(
        stack="prod",
        subscription="s",
        group="g",
        site="orders",
        slots=("production", "staging"),
        bundles={"blue": Bundle("ordersblue", "ordersTasks"), "green": Bundle("ordersgreen", "ordersTasks")},
        connection_setting=X,
        task_hub_setting=None,
        packages_url="https://pkgs.blob.core.windows.net/packages",
        host_names=OUTPUTS["host_names"],
    )
    assert made.slot_id("production") == OUTPUTS["site_id"]
    assert made.slot_id("staging") == f"{OUTPUTS['site_id']}/slots/staging"
    assert made.require_slot("Staging") == "staging"
    with pytest.raises(OperationProblem, match=r"--slot amber: 'orders' has no such slot. There are: production, staging."):
        made.require_slot("amber")


def test_a_stack_that_was_never_deployed_is_told_apart_from_a_broken_one() -> None:
    with pytest.raises(OperationProblem, match="Deploy it with: pulumi up --stack prod"):
        deployment_of("prod", {})
    with pytest.raises(OperationProblem, match="no resource id of a site"):
        deployment_of("prod", {**OUTPUTS, "site_id": "[secret]"})


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        (
            {
                f"{X}__tableServiceUri": "https://127.0.0.1:9/ordersblue/",
                f"{X}__queueServiceUri": "https://127.0.0.1:8/ordersblue/",
                f"{X}__blobServiceUri": "https://127.0.0.1:7/ordersblue/",
            },
            Connection(
                "identity",
                "ordersblue",
                queue="https://127.0.0.1:8/ordersblue/",
                table="https://127.0.0.1:9/ordersblue/",
                blob="https://127.0.0.1:7/ordersblue/",
            ),
        ),
        (
            {f"{X}__accountName": "OrdersBlue", f"{X}__tableServiceUri": "https://ordersblue.table.core.usgovcloudapi.net"},
            Connection(
                "identity",
                "ordersblue",
                queue="https://OrdersBlue.queue.core.windows.net",
                table="https://ordersblue.table.core.usgovcloudapi.net",
                blob="https://OrdersBlue.blob.core.windows.net",
            ),
        ),
        (
            {X: "DefaultEndpointsProtocol=https;AccountName=OrdersGreen;AccountKey=a==", f"{X}__accountName": "ordersblue"},
            Connection("connection string", "ordersgreen", text="DefaultEndpointsProtocol=https;AccountName=OrdersGreen;AccountKey=a=="),
        ),
        (
            {X: "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/blue)"},
            Connection("Key Vault reference", None, text="SecretUri=https://v.vault.azure.net/secrets/blue"),
        ),
    ],
    ids=["nothing", "identity", "account name", "an exact setting wins", "key vault"],
)
def test_a_connection_is_a_group_of_settings_or_one_exact_setting(settings: dict[str, str], expected: Connection | None) -> None:
    assert connection_of(settings, X) == expected


def identity(account: str) -> dict[str, str]:
    return {f"{X}__{service}ServiceUri": f"https://{account}.{service}.core.windows.net/" for service in ("table", "queue", "blob")}


@pytest.mark.parametrize(
    ("settings", "bundle", "stranger", "hub"),
    [
        (identity("ordersgreen"), "green", None, "ordersTasks"),
        (identity("ORDERSGREEN"), "green", None, "ordersTasks"),
        ({**identity("ordersgreen"), "DURABLE_DEPLOY_BUNDLE": "blue"}, "green", None, "ordersTasks"),
        (identity("others"), None, "others", None),
        ({}, None, None, None),
        ({X: "@Microsoft.KeyVault(SecretUri=https://v/s)", "DURABLE_DEPLOY_BUNDLE": "green"}, "green", None, "ordersTasks"),
        ({X: "@Microsoft.KeyVault(SecretUri=https://v/s)"}, None, "SecretUri=https://v/s", None),
        ({X: "BlobEndpoint=https://a/;AccountKey=hunter2=="}, None, "a connection string that names no account", None),
    ],
)
def test_a_bundle_is_known_by_its_account(settings: dict[str, str], bundle: str | None, stranger: str | None, hub: str | None) -> None:
    found = held(settings, deployment_of("prod", OUTPUTS), "production")
    assert (found.bundle, found.stranger, found.hub) == (bundle, stranger, hub)


@pytest.mark.parametrize(
    ("settings", "bundle", "stranger", "hub"),
    [
        ({**identity("ordersdur"), "TaskHubName": "ordersGreen"}, "green", None, "ordersGreen"),
        ({**identity("ordersdur"), "TaskHubName": "ORDERSGREEN"}, "green", None, "ORDERSGREEN"),
        ({**identity("ordersdur"), "TaskHubName": "somebodys"}, None, "somebodys", "somebodys"),
        ({**identity("others"), "TaskHubName": "ordersGreen"}, None, "others", "ordersGreen"),
        (identity("ordersdur"), None, None, None),
    ],
)
def test_where_bundles_share_an_account_they_are_known_by_their_hubs(
    settings: dict[str, str], bundle: str | None, stranger: str | None, hub: str | None
) -> None:
    found = held(settings, deployment_of("prod", BY_HUB), "production")
    assert (found.bundle, found.stranger, found.hub) == (bundle, stranger, hub)


STICKY = {
    **{name: value for name, value in BY_HUB.items() if name != "bundles"},
    "strategy": "orchestration-versioning",
    "start_setting": "START_VERSION",
    "hubs": {
        "production": {"account": "ordersdur", "task_hub": "ordersMain"},
        "staging": {"account": "ordersdur", "task_hub": "ordersTrial"},
    },
}


@pytest.mark.parametrize(
    ("slot", "settings", "bundle", "stranger", "hub"),
    [
        (
            "production",
            {**identity("ordersdur"), "TaskHubName": "ordersMain", "DURABLE_DEPLOY_VERSION": "2.0.0"},
            "2.0.0",
            None,
            "ordersMain",
        ),
        ("production", {**identity("ordersdur"), "TaskHubName": "ordersTrial"}, None, "ordersTrial", "ordersTrial"),
        ("staging", {**identity("ordersdur"), "TaskHubName": "ORDERSTRIAL"}, None, None, "ORDERSTRIAL"),
        ("staging", {**identity("others"), "TaskHubName": "ordersTrial"}, None, "others", "ordersTrial"),
        ("staging", {"WEBSITE_RUN_FROM_PACKAGE": "https://p/packages/a.zip?x"}, "a.zip", None, None),
    ],
)
def test_where_a_hub_stays_with_its_slot_another_slot_s_hub_is_a_stranger_and_the_code_names_the_bundle(
    slot: str, settings: dict[str, str], bundle: str | None, stranger: str | None, hub: str | None
) -> None:
    found = held(settings, deployment_of("prod", STICKY), slot)
    assert (found.bundle, found.stranger, found.hub) == (bundle, stranger, hub)


def test_the_outputs_of_a_versioning_strategy_say_which_one_and_which_setting_names_the_version_to_start() -> None:
    made = deployment_of("prod", STICKY)
    assert made.versioning == Versioning("orchestration-versioning", "START_VERSION", "slots", "azure_storage")
    assert made.bundles == {"production": Bundle("ordersdur", "ordersMain"), "staging": Bundle("ordersdur", "ordersTrial")}
    elsewhere = {**STICKY, "backend": "durable_task_scheduler", "connection_setting": None, "hubs": {"production": {"task_hub": "h"}}}
    assert (deployment_of("prod", elsewhere).bundles, deployment_of("prod", OUTPUTS).versioning) == ({}, None)
    with pytest.raises(OperationProblem, match="has no output start_setting"):
        deployment_of("prod", {**STICKY, "start_setting": None})


@pytest.mark.parametrize(
    ("endpoint", "account"),
    [
        ("https://ordersblue.table.core.windows.net/", "ordersblue"),
        ("https://OrdersBlue.table.core.chinacloudapi.cn", "ordersblue"),
        ("https://127.0.0.1:4711/ordersblue/", "ordersblue"),
        ("https://localhost/ordersblue", "ordersblue"),
    ],
)
def test_an_endpoint_names_its_account(endpoint: str, account: str) -> None:
    assert account_of(endpoint) == account


def test_zero_is_no_package() -> None:
    assert [package_of({"WEBSITE_RUN_FROM_PACKAGE": value}) for value in ("", "0", "1", "https://a/b.zip")] == [
        None,
        None,
        "1",
        "https://a/b.zip",
    ]
    assert package_of({}) is None
