"""The examples as packages: what the components find in them without running them agrees with what the SDK indexes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components._code.host_json import HostJsonWanted, render
from components._code.package import read_package

EXAMPLES = Path(__file__).parents[2] / "examples"
BOTH = pytest.mark.parametrize("name", ["orders", "orders_with_entity"])


@BOTH
def test_the_text_gives_the_same_functions_and_triggers_as_the_sdk(name: str, load_app: Callable[[str], Any]) -> None:
    package = read_package(str(EXAMPLES / name))
    indexed = {function: next(one for one in types if one.endswith("Trigger")) for function, types in load_app(name).bindings().items()}
    assert {one.name: one.trigger for one in package.functions} == indexed
    assert (package.starters, package.unnamed, package.python) == (("TakeOrder",), (), True)


def test_only_the_variant_has_an_entity() -> None:
    assert [read_package(str(EXAMPLES / name)).has_entities for name in ("orders", "orders_with_entity")] == [False, True]


@BOTH
def test_a_package_holds_no_notes_and_no_links(name: str) -> None:
    assert [file for file in read_package(str(EXAMPLES / name)).files if not file.endswith((".py", ".json", "requirements.txt"))] == []
    assert [path for path in (EXAMPLES / name).rglob("*") if path.is_symlink()] == []


@BOTH
def test_its_host_json_agrees_with_what_a_deployment_adds(name: str) -> None:
    wanted = HostJsonWanted(connection="DurableManagementStorage", hub_name="%TaskHubName%", bundle="[4.30.0, 5.0.0)")
    assert '"connectionStringName": "DurableManagementStorage"' in render(wanted, read_package(str(EXAMPLES / name)).host_json)
