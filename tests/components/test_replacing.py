"""A change that would replace what a live slot stands on is refused with the argument's name, in a dry run already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest

from .apps import arguments
from .deploying import deploy
from .mocked_azure import MockedAzure

CHANGES: list[tuple[str, dict[str, Any], str, str]] = [
    ("a durable account of production", {"storage": {"durable_accounts": {"blue": "other"}}}, "storage.durable_accounts", "'ordersblue'"),
    ("a durable account of staging", {"storage": {"durable_accounts": {"green": "other"}}}, "storage.durable_accounts", "'ordersgreen'"),
    ("the isolation", {"durable": {"isolation": "task_hub"}}, "durable.isolation", "'ordersblue'"),
    ("the host account", {"storage": {"host_account": "other"}}, "storage.host_account = 'other'", "'ordershost' as its host storage"),
    ("the packages account", {"storage": {"packages_account": "other"}}, "storage.packages_account = 'other'", "runs its code from 'orderspkgs'"),
    ("the region", {"resource_group": {"location": "northeurope"}}, "resource_group.location = 'northeurope'", "is in 'westeurope'"),
]  # fmt: skip


@pytest.mark.parametrize("dry_run", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize(("change", "argument", "found"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_is_refused(deployed: MockedAzure, app: Path, change: dict[str, Any], argument: str, found: str, dry_run: bool) -> None:
    refused = deploy(deployed, arguments(app, **change), dry_run=dry_run, fails=True)
    assert refused.children == {}
    assert argument in str(refused.error) and found in str(refused.error) and "Nothing was written." in str(refused.error)


def test_another_region_by_the_provider_s_configuration_is_refused(
    deployed: MockedAzure, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        pulumi.Config, "get", lambda config, key: "northeurope" if config.name == "azure-native" and key == "location" else None
    )
    refused = deploy(deployed, arguments(app), dry_run=True, fails=True)
    assert "azure-native:location (resource_group.location is left out) = 'northeurope'" in str(refused.error)


def test_the_same_region_in_another_spelling_is_no_change(deployed: MockedAzure, app: Path) -> None:
    assert deploy(deployed, arguments(app, resource_group={"location": "West Europe"})).error is None


def test_state_that_is_not_protected_may_move(deployed: MockedAzure, app: Path) -> None:
    changed = {"resource_group": {"location": "northeurope"}, "storage": {"host_account": "other", "protect_state": False}}
    made = deploy(deployed, arguments(app, **changed))
    assert made.settings["production"]["AzureWebJobsStorage__blobServiceUri"] == "https://other.blob.core.windows.net/"


def test_packages_may_not_move_even_if_state_is_not_protected(deployed: MockedAzure, app: Path) -> None:
    refused = deploy(deployed, arguments(app, storage={"packages_account": "other", "protect_state": False}), fails=True)
    assert "Set storage.packages_account to 'orderspkgs'." in str(refused.error)


def test_task_hubs_in_another_shared_account_are_refused(azure: MockedAzure, app: Path) -> None:
    deploy(azure, arguments(app, durable={"isolation": "task_hub"}))
    for change in ({"storage": {"durable_accounts": {"shared": "other"}}, "durable": {"isolation": "task_hub"}}, {}):
        refused = deploy(azure, arguments(app, **change), fails=True)
        assert "'ordersdurable', which is none of this component's bundles" in str(refused.error)


def test_a_package_from_elsewhere_does_not_tie_the_packages_account(azure: MockedAzure) -> None:
    url = "https://builds.blob.core.windows.net/packages/orders-0123456789abcdef.zip"
    args = {"site": {"name": "orders"}, "package": {"url": url, "version": "1.0.0"}}
    deploy(azure, args)
    assert deploy(azure, args).settings["production"]["WEBSITE_RUN_FROM_PACKAGE"] == url
