"""What a slot's live settings say about its bundle and its code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components._live.parity import Code, Held
from components._live.settings import BundleKeys, account_of, held

SETTING = "DurableManagementStorage"
BY_ACCOUNT = BundleKeys(SETTING, {"ordersblue": "blue", "ordersgreen": "green"}, {}, "TaskHubName", {})
BY_SECRET = replace(BY_ACCOUNT, secrets={"https://v.vault.azure.net/secrets/green": "green"})
BY_HUB = BundleKeys(SETTING, {}, {}, "TaskHubName", {"shopblue": "blue", "shopgreen": "green"}, "shop")
IN_SHOP = {f"{SETTING}__tableServiceUri": "https://shop.table.core.windows.net/"}
PACKAGE = "https://pkgs.blob.core.windows.net/packages/orders-1111.zip"

BUNDLES = [
    ("the table endpoint names the account", BY_ACCOUNT, {f"{SETTING}__tableServiceUri": "https://ordersgreen.table.core.windows.net"}, "green"),
    ("the queue endpoint does as well", BY_ACCOUNT, {f"{SETTING}__queueServiceUri": "https://ordersgreen.queue.core.chinacloudapi.cn/"}, "green"),
    ("and the blob endpoint", BY_ACCOUNT, {f"{SETTING}__blobServiceUri": "https://ORDERSGREEN.blob.core.windows.net/"}, "green"),
    ("and the account's name", BY_ACCOUNT, {f"{SETTING}__accountName": "OrdersGreen"}, "green"),
    ("an address without account names has it in its path", BY_ACCOUNT, {f"{SETTING}__tableServiceUri": "https://127.0.0.1:4711/ordersgreen/"}, "green"),
    ("a connection string names it", BY_ACCOUNT, {SETTING: "DefaultEndpointsProtocol=https;AccountName=ordersgreen;AccountKey=x"}, "green"),
    (
        "a connection string wins over the group beside it",
        BY_ACCOUNT,
        {SETTING: "AccountName=ordersgreen;AccountKey=x", f"{SETTING}__accountName": "ordersblue"},
        "green",
    ),
    ("a Key Vault reference names the secret", BY_SECRET, {SETTING: "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/Green/)"}, "green"),
    ("a group is understood while secrets are wanted", BY_SECRET, {f"{SETTING}__accountName": "ordersgreen"}, "green"),
    ("a task hub's name tells the bundle in any case", BY_HUB, {"TaskHubName": "SHOPGREEN", **IN_SHOP}, "green"),
    ("a task hub's name behind a secret", BY_HUB, {"TaskHubName": "ShopGreen", SETTING: "@Microsoft.KeyVault(SecretUri=https://v/secrets/s)"}, "green"),
    ("no durable storage at all", BY_ACCOUNT, {"OTHER": "x"}, None),
    ("no task hub at all", BY_HUB, {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "settings", "bundle"), [case[1:] for case in BUNDLES], ids=[case[0] for case in BUNDLES])
def test_the_bundle(keys: BundleKeys, settings: dict[str, str], bundle: str | None) -> None:
    found = held(settings, keys)
    assert (found.bundle, found.stranger) == (bundle, None)


STRANGERS = [
    ("another account", BY_ACCOUNT, {f"{SETTING}__accountName": "other"}, "other"),
    ("a connection string of another account", BY_ACCOUNT, {SETTING: "AccountName=other;AccountKey=x"}, "other"),
    ("a connection string without an account", BY_ACCOUNT, {SETTING: "UseDevelopmentStorage=true"}, "UseDevelopmentStorage=true"),
    ("another secret", BY_SECRET, {SETTING: "@Microsoft.KeyVault(SecretUri=https://v/secrets/other)"}, "https://v/secrets/other"),
    ("another task hub", BY_HUB, {"TaskHubName": "Theirs", **IN_SHOP}, "Theirs"),
    ("our task hub's name in another account", BY_HUB, {"TaskHubName": "ShopGreen", f"{SETTING}__accountName": "other"}, "other"),
    ("another account and no task hub", BY_HUB, {f"{SETTING}__accountName": "ordersblue"}, "ordersblue"),
]


@pytest.mark.parametrize(("keys", "settings", "stranger"), [case[1:] for case in STRANGERS], ids=[case[0] for case in STRANGERS])
def test_a_storage_that_is_none_of_ours(keys: BundleKeys, settings: dict[str, str], stranger: str) -> None:
    found = held(settings, keys)
    assert (found.bundle, found.stranger) == (None, stranger)


def test_everything_that_a_slot_holds_is_read() -> None:
    settings = {
        f"{SETTING}__accountName": "ordersblue",
        "WEBSITE_RUN_FROM_PACKAGE": PACKAGE,
        "DURABLE_DEPLOY_BUNDLE": "blue",
        "DURABLE_DEPLOY_VERSION": "1.0.0",
        "DURABLE_DEPLOY_STACK": "PYTHON|3.11",
        "DURABLE_DEPLOY_STARTERS": "Hourly,Nightly",
        "DURABLE_DEPLOY_VERSION_SETTINGS": "AREA,FEATURE,GONE",
        "FEATURE": "on",
        "AREA": "north",
        "CURRENCY": "EUR",
        "SCM_DO_BUILD_DURING_DEPLOYMENT": "true",
    }
    code = Code(PACKAGE, "1.0.0", "PYTHON|3.11", ("Hourly", "Nightly"), {"AREA": "north", "FEATURE": "on"})
    assert held(settings, BY_ACCOUNT) == Held("blue", None, "blue", code, "PYTHON|3.11", {"SCM_DO_BUILD_DURING_DEPLOYMENT": "true"})


def test_an_adopted_app_has_code_without_our_markers() -> None:
    found = held({"WEBSITE_RUN_FROM_PACKAGE": PACKAGE}, BY_ACCOUNT)
    assert found.code == Code(PACKAGE, None, None)
    assert found.code is not None and found.code.label == "orders-1111.zip"


@pytest.mark.parametrize("value", ["", "0"])
def test_a_slot_that_runs_from_no_package_has_no_code_and_keeps_the_setting(value: str) -> None:
    found = held({"WEBSITE_RUN_FROM_PACKAGE": value}, BY_ACCOUNT)
    assert (found.code, found.deployment) == (None, {"WEBSITE_RUN_FROM_PACKAGE": value})


def test_what_a_pipeline_or_the_platform_wrote_is_kept() -> None:
    kept = {
        "WEBSITE_CONTENTSHARE": "orders-1a",
        "WEBSITE_ENABLE_SYNC_UPDATE_SITE": "true",
        "SCM_COMMAND_IDLE_TIMEOUT": "60",
        "ENABLE_ORYX_BUILD": "false",
    }
    assert held({**kept, "OTHER": "x", "WEBSITE_TIME_ZONE": "UTC"}, BY_ACCOUNT).deployment == kept


@pytest.mark.parametrize(
    ("endpoint", "account"),
    [
        ("https://orders.blob.core.windows.net/", "orders"),
        ("https://orders.z6.blob.storage.azure.net", "orders"),
        ("https://127.0.0.1:4711/orders/", "orders"),
        ("http://localhost:10000/devstoreaccount1", "devstoreaccount1"),
        ("https://[::1]:4711/orders/", "orders"),
    ],
)
def test_the_account_of_an_endpoint(endpoint: str, account: str) -> None:
    assert account_of(endpoint) == account
