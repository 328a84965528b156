"""The tables of arguments and outputs are complete, and their defaults are those of the code."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired

import pytest
from typing_extensions import is_typeddict

from components import (
    NameBasedVersioning,
    NameBasedVersioningArgs,
    OrchestrationVersioning,
    OrchestrationVersioningArgs,
    StatusCheckWithSlot,
    StatusCheckWithSlotArgs,
)
from components import _defaults as defaults
from components._azure.plans import plan_kind
from components._versioned.floors import FLOORS
from components._versioned.wanted import read_name_based_arguments, read_orchestration_arguments
from components._wanted import read_arguments

from .pages import rows, text

STATUS_CHECK = "docs/status-check-with-slot.md"
ORCHESTRATION = "docs/orchestration-versioning.md"
ONE_ROW = {"access.identity"}
"""Groups that are explained as one."""
ORDERS: Any = {"site": {"name": "orders"}}

OF_ALL: dict[str, str] = {
    "site.slots": json.dumps(list(defaults.SLOTS)),
    "package.runtime": defaults.RUNTIME,
    "plan.sku": defaults.PLAN_SKU,
    "plan.capacity": str(defaults.PLAN_CAPACITY),
    "storage.sku": defaults.STORAGE_SKU,
    "storage.protect_state": "true",
}


@dataclass(frozen=True)
class Page:
    path: str
    component: Any
    arguments: Any
    read: Callable[[str, Any], Any]
    quoted: Mapping[str, str]
    """Argument -> its default, as its row has it."""
    given: Any = None
    """More than the site's name, so that groups which are chosen have defaults at all."""


PAGES = {
    page.component.__name__: page
    for page in (
        Page(
            STATUS_CHECK,
            StatusCheckWithSlot,
            StatusCheckWithSlotArgs,
            read_arguments,
            {
                **OF_ALL,
                "durable.connection_setting": defaults.CONNECTION_SETTING,
                "durable.connection_key": defaults.CONNECTION_KEY,
                "durable.extension": defaults.DURABLE_EXTENSION,
                "durable.functions_version": defaults.FUNCTIONS_VERSION,
                "durable.isolation": "storage",
                "durable.connection": "identity",
                "monitoring.retention_days": str(defaults.LOG_RETENTION_DAYS),
                "resource_group.name": "<site.name>-rg",
            },
        ),
        Page(
            ORCHESTRATION,
            OrchestrationVersioning,
            OrchestrationVersioningArgs,
            read_orchestration_arguments,
            {
                **OF_ALL,
                "versioning.start_setting": defaults.START_SETTING,
                "versioning.allow_older": "false",
                "versioning.two_phase_starts": "true",
                "durable.backend.azure_storage.connection": "identity",
                "durable.backend.durable_task_scheduler.sku": "Consumption",
                "durable.backend.durable_task_scheduler.capacity": "1",
                "durable.backend.durable_task_scheduler.ip_allowlist": '["0.0.0.0/0"]',
                "durable.backend.mssql.create_database": "false",
                "durable.backend.netherite.storage_connection_setting": "NetheriteStorage",
                "flex.maximum_instances": "100",
                "flex.instance_memory_mb": "2048",
                "flex.update_strategy": "Recreate",
            },
            {
                "durable": {"backend": {"azure_storage": {}, "durable_task_scheduler": {}, "mssql": {}, "netherite": {}}},
                "flex": {},
            },
        ),
        Page(
            "docs/name-based-versioning.md",
            NameBasedVersioning,
            NameBasedVersioningArgs,
            read_name_based_arguments,
            {
                **OF_ALL,
                "versioning.latest_setting": defaults.LATEST_SETTING,
                "durable.connection_setting": defaults.SHARED_CONNECTION_SETTING,
            },
        ),
    )
}
each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
each_default = pytest.mark.parametrize(
    ("page", "argument"),
    [pytest.param(page, argument, id=f"{name}: {argument}") for name, page in PAGES.items() for argument in page.quoted],
)


def arguments_of(group: Any, whole: frozenset[str], prefix: str = "") -> Iterator[str]:
    """`whole`: groups with one row."""
    for name, hint in group.__annotations__.items():
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is NotRequired else hint
        path = f"{prefix}{name}"
        if is_typeddict(inner) and path not in whole:
            yield from arguments_of(inner, whole, f"{path}.")
        else:
            yield path


def explained_elsewhere(page: Page) -> frozenset[str]:
    """Groups that the page has in one row, because they are the same ones as on the page of StatusCheckWithSlot."""
    first = StatusCheckWithSlotArgs.__annotations__
    same = {name for name, hint in page.arguments.__annotations__.items() if first.get(name) == hint and page.path != STATUS_CHECK}
    groups = {name for name in same if is_typeddict(typing.get_args(first[name])[0] if typing.get_args(first[name]) else first[name])}
    return frozenset(groups & set(rows(page.path)))


@each_page
def test_every_argument_has_a_row_and_no_row_is_of_an_argument_that_is_gone(page: Page) -> None:
    groups = set(page.arguments.__annotations__)
    tables = {name for name in rows(page.path) if name.split(".")[0] in groups}
    assert tables == set(arguments_of(page.arguments, explained_elsewhere(page) | ONE_ROW))


@each_default
def test_a_default_is_quoted_as_it_is(page: Page, argument: str) -> None:
    assert rows(page.path)[argument] == f"`{page.quoted[argument]}`"


@each_default
def test_a_quoted_default_is_the_one_that_the_argument_gets(page: Page, argument: str) -> None:
    arguments = page.read("test", {**ORDERS, **(page.given or {})})
    found = value_at(arguments, argument)
    if argument == "resource_group.name":
        found = arguments.group_name.replace("orders", "<site.name>")
    elif argument == "durable.connection_setting":
        found = found or arguments.connection_setting
    assert (found if isinstance(found, str) else json.dumps(found)) == page.quoted[argument]


def test_other_values_that_the_page_of_status_check_quotes_are_right() -> None:
    page = " ".join(text(STATUS_CHECK).split())
    arguments = read_arguments("test", ORDERS)
    assert f"{defaults.BLOB_SOFT_DELETE_DAYS} days of blob soft delete" in page
    assert f"else `{defaults.EXTENSION_BUNDLE}`" in page
    assert arguments.hubs["blue"] == "ordersTasks" and "`<site>Tasks`" in page
    assert defaults.BUNDLES[:4] == ("blue", "green", "amber", "violet")
    for sku, slots in {"S1": "Standard 5", "P0v3": "Premium and Isolated v2 20", "EP1": "Elastic Premium 3", "Y1": "Consumption 2"}.items():
        kind = plan_kind(sku)
        assert kind is not None and slots.endswith(f" {kind.slots}") and slots in page


@pytest.mark.parametrize("page", [page for page in PAGES.values() if page.path != STATUS_CHECK], ids=lambda page: page.path)
def test_the_names_of_task_hubs_that_a_page_shows_are_those_of_its_slots(page: Page) -> None:
    hubs = ", ".join(f"`{hub}`" for hub in page.read("test", ORDERS).hubs.values())
    assert f"prefix of the slots' task hubs: {hubs} |" in text(page.path)


@pytest.mark.parametrize(
    ("kind", "name"),
    {
        "azure_storage": "Azure Storage (default)",
        "durable_task_scheduler": "Durable Task Scheduler",
        "mssql": "MSSQL",
        "netherite": "Netherite",
    }.items(),
)
def test_the_table_of_backends_has_their_settings_and_the_extension_bundles_that_they_need(kind: str, name: str) -> None:
    backend = read_orchestration_arguments("test", {**ORDERS, "durable": {"backend": {kind: {}}}}).backend
    assert backend.kind == kind
    assert f"\n| {name} | `{backend.usual_setting}` | {backend.bundle_floor.version} | " in text(ORCHESTRATION)


def test_the_table_of_sdks_has_every_floor() -> None:
    assert {name: rows_of_packages().get(name) for name in FLOORS} == FLOORS
    assert rows_of_packages().keys() == FLOORS.keys()


@each_page
def test_every_output_is_explained(page: Page) -> None:
    assert set(page.component.__annotations__) - set(rows(page.path)) == set()


def rows_of_packages() -> dict[str, str]:
    table = text(ORCHESTRATION).partition("| Package | From |\n")[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[1:]]
    return {name.split("`")[1]: version for name, version in cells}


def value_at(arguments: Any, path: str) -> Any:
    value: Any = arguments
    for name in path.split("."):
        value = getattr(value, name)
    return value
