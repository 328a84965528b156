"""The tables of arguments and outputs are complete, and their defaults are those of the code."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from typing import Any, NotRequired

import pytest
from typing_extensions import is_typeddict

from components import StatusCheckWithSlot, StatusCheckWithSlotArgs
from components import _defaults as defaults
from components._azure.plans import plan_kind
from components._wanted import Arguments, read_arguments

from .pages import rows, text

PAGE = "docs/status-check-with-slot.md"
ONE_ROW = {"access.identity"}
"""Groups that are explained as one."""

QUOTED: dict[str, str] = {
    "site.slots": json.dumps(list(defaults.SLOTS)),
    "package.runtime": defaults.RUNTIME,
    "durable.connection_setting": defaults.CONNECTION_SETTING,
    "durable.connection_key": defaults.CONNECTION_KEY,
    "durable.extension": defaults.DURABLE_EXTENSION,
    "durable.functions_version": defaults.FUNCTIONS_VERSION,
    "durable.isolation": "storage",
    "durable.connection": "identity",
    "plan.sku": defaults.PLAN_SKU,
    "plan.capacity": str(defaults.PLAN_CAPACITY),
    "storage.sku": defaults.STORAGE_SKU,
    "storage.protect_state": "true",
    "monitoring.retention_days": str(defaults.LOG_RETENTION_DAYS),
    "resource_group.name": "<site.name>-rg",
}


def arguments_of(group: Any, prefix: str = "") -> Iterator[str]:
    for name, hint in group.__annotations__.items():
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is NotRequired else hint
        path = f"{prefix}{name}"
        if is_typeddict(inner) and path not in ONE_ROW:
            yield from arguments_of(inner, f"{path}.")
        else:
            yield path


def test_every_argument_has_a_row_and_no_row_is_of_an_argument_that_is_gone() -> None:
    groups = set(StatusCheckWithSlotArgs.__annotations__)
    tables = {name for name in rows(PAGE) if name.split(".")[0] in groups}
    assert tables == set(arguments_of(StatusCheckWithSlotArgs))


@pytest.mark.parametrize(("argument", "value"), QUOTED.items(), ids=list(QUOTED))
def test_a_default_is_quoted_as_it_is(argument: str, value: str) -> None:
    assert rows(PAGE)[argument] == f"`{value}`"


def test_the_quoted_defaults_are_those_that_arguments_get() -> None:
    arguments = read_arguments("test", {"site": {"name": "orders"}})
    for path, value in QUOTED.items():
        found = value_at(arguments, path)
        if path == "resource_group.name":
            found = arguments.group_name.replace("orders", "<site.name>")
        assert (found if isinstance(found, str) else json.dumps(found)) == value, path


def test_other_values_that_the_page_quotes_are_right() -> None:
    page = " ".join(text(PAGE).split())
    arguments = read_arguments("test", {"site": {"name": "orders"}})
    assert f"{defaults.BLOB_SOFT_DELETE_DAYS} days of blob soft delete" in page
    assert f"else `{defaults.EXTENSION_BUNDLE}`" in page
    assert arguments.hubs["blue"] == "ordersTasks" and "`<site>Tasks`" in page
    assert defaults.BUNDLES[:4] == ("blue", "green", "amber", "violet")
    for sku, slots in {"S1": "Standard 5", "P0v3": "Premium and Isolated v2 20", "EP1": "Elastic Premium 3", "Y1": "Consumption 2"}.items():
        kind = plan_kind(sku)
        assert kind is not None and slots.endswith(f" {kind.slots}") and slots in page


def test_every_output_is_explained() -> None:
    outputs = set(StatusCheckWithSlot.__annotations__)
    assert outputs - set(rows(PAGE)) == set()


def value_at(arguments: Arguments, path: str) -> Any:
    value: Any = arguments
    for name in path.split("."):
        value = getattr(value, name)
    return value
