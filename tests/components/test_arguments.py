"""The arguments with their defaults, and what is derived from them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pulumi
import pytest

import components._args
from components import _defaults
from components._wanted import Arguments, read_arguments


def read(**args: Any) -> Arguments:
    return read_arguments("a component", {"site": {"name": "orders"}, **args})


def test_a_name_is_all_that_is_needed() -> None:
    assert read().model_dump() == {
        "site": {"name": "orders", "slots": ["staging"], "config": {}},
        "package": {"path": None, "url": None, "version": None, "replace": None, "starters": [], "runtime": "PYTHON|3.11"},
        "durable": {
            "hub_name": None,
            "task_hubs": {},
            "isolation": "storage",
            "connection": "identity",
            "key_vault_secrets": {},
            "connection_setting": "DurableManagementStorage",
            "connection_key": "connectionStringName",
            "extension": "3.1",
            "functions_version": "~4",
            "extension_bundle": None,
            "initial_bundle": None,
        },
        "settings": {},
        "sticky_settings": {},
        "version_settings": {},
        "resource_group": {"existing": None, "name": None, "location": None},
        "plan": {"existing_id": None, "sku": "P0v3", "capacity": 1},
        "storage": {
            "host_account": None,
            "existing_host_account": None,
            "durable_accounts": {},
            "packages_account": None,
            "sku": "Standard_ZRS",
            "content_connection": None,
            "protect_state": True,
        },
        "access": {"identity": None, "operators": []},
        "monitoring": {"workspace_id": None, "retention_days": 30},
        "tags": {},
    }


def test_names_derive_from_the_site() -> None:
    wanted = read()
    assert (wanted.group_name, wanted.host_account, wanted.packages_account) == ("orders-rg", "ordershost", "orderspkgs")
    assert wanted.durable_accounts == {"blue": "ordersblue", "green": "ordersgreen"}
    assert wanted.hubs == {"blue": "ordersTasks", "green": "ordersTasks"}


def test_a_long_site_name_still_gives_valid_names_that_differ() -> None:
    wanted = read(site={"name": "a-very-long-name-of-a-function-app-that-takes-orders", "slots": ["s1", "s2", "s3"]})
    accounts = [wanted.host_account, wanted.packages_account, *wanted.durable_accounts.values()]
    assert len(set(accounts)) == 6 and all(3 <= len(name) <= 24 and name.isalnum() for name in accounts)
    assert all(len(hub) <= 45 for hub in wanted.hubs.values())


def test_there_is_one_bundle_per_slot_and_production_is_first() -> None:
    wanted = read(site={"name": "orders", "slots": ["one", "two", "three"]})
    assert wanted.slots == ("production", "one", "two", "three")
    assert wanted.bundles == ("blue", "green", "amber", "violet")


def test_task_hubs_get_their_bundle_s_name_unless_they_are_named() -> None:
    wanted = read(
        durable={"isolation": "task_hub", "hub_name": "Shop", "task_hubs": {"green": "Other"}},
        storage={"durable_accounts": {"shared": "one"}},
    )
    assert wanted.hubs == {"blue": "ShopBlue", "green": "Other"}
    assert wanted.durable_accounts == {"blue": "one", "green": "one"}


def test_whole_numbers_may_come_as_floats_as_they_do_from_other_languages() -> None:
    wanted = read(plan={"capacity": 2.0}, monitoring={"retention_days": 60.0})
    numbers = (wanted.plan.capacity, wanted.monitoring.retention_days)
    assert numbers == (2, 60) and [type(number) for number in numbers] == [int, int]


@pulumi.runtime.test
def test_what_is_wired_from_other_resources_passes_through_unchanged() -> None:  # an output needs an event loop
    output = pulumi.Output.from_input("later")
    wanted = read(
        settings={"A": output},
        sticky_settings={"staging": {"B": output}},
        version_settings={"C": output},
        plan={"existing_id": output},
        access={"identity": {"id": output, "client_id": output, "principal_id": output}},
        monitoring={"workspace_id": output},
        storage={"content_connection": output},
    )
    assert wanted.access.identity is not None
    passed = [wanted.settings["A"], wanted.sticky_settings["staging"]["B"], wanted.version_settings["C"], wanted.plan.existing_id]
    passed += [wanted.access.identity.id, wanted.access.identity.client_id, wanted.access.identity.principal_id]
    passed += [wanted.monitoring.workspace_id, wanted.storage.content_connection]
    assert all(value is output for value in passed)


def test_the_defaults_of_one_reading_are_not_shared_with_another() -> None:
    read().site.slots.append("another")
    assert read().site.slots == ["staging"]


def documented() -> dict[str, str]:
    """`Group.argument` -> its docstring, from the source."""
    found: dict[str, str] = {}
    for group in ast.parse(Path(components._args.__file__).read_text()).body:
        if isinstance(group, ast.ClassDef):
            for field, text in zip(group.body, group.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
                    found[f"{group.name}.{field.target.id}"] = ast.literal_eval(text.value)
    return found


@pytest.mark.parametrize(
    ("argument", "default"),
    [
        ("PlanArgs.sku", _defaults.PLAN_SKU),
        ("PlanArgs.capacity", str(_defaults.PLAN_CAPACITY)),
        ("MonitoringArgs.retention_days", str(_defaults.LOG_RETENTION_DAYS)),
        ("SiteArgs.slots", _defaults.SLOTS[0]),
        ("StorageArgs.sku", _defaults.STORAGE_SKU),
        ("DurableArgs.connection_setting", _defaults.CONNECTION_SETTING),
        ("DurableArgs.connection_key", _defaults.CONNECTION_KEY),
        ("DurableArgs.extension", _defaults.DURABLE_EXTENSION),
        ("DurableArgs.functions_version", _defaults.FUNCTIONS_VERSION),
        ("DurableArgs.extension_bundle", _defaults.EXTENSION_BUNDLE),
        ("PackageArgs.runtime", _defaults.RUNTIME),
    ],
)
def test_the_documentation_quotes_the_default(argument: str, default: str) -> None:
    assert default in documented()[argument].partition("Left out:")[2]


def test_every_argument_that_may_be_left_out_says_what_that_does() -> None:
    silent = {name for name, text in documented().items() if "Left out" not in text}
    assert silent == {
        "IdentityArgs.id",
        "IdentityArgs.client_id",
        "IdentityArgs.principal_id",
        "SiteArgs.name",
        "StatusCheckWithSlotArgs.site",
        "PackageArgs.path",
        "DurableArgs.key_vault_secrets",
    }
