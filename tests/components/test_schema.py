"""The package's schema as every other Pulumi language sees it. `DURABLE_DEPLOY_WRITE_SCHEMA=1` writes schema.json anew."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental.component import ComponentProvider

from components import ApplicationRouting, NameBasedVersioning, OrchestrationVersioning, StatusCheckWithSlot

SNAPSHOT = Path(__file__).with_name("schema.json")
COMPONENTS = (ApplicationRouting, NameBasedVersioning, OrchestrationVersioning, StatusCheckWithSlot)
NAMES = [component.__name__ for component in COMPONENTS]


@cache
def provider() -> ComponentProvider:
    return ComponentProvider([*COMPONENTS], "durable-deploy")


@cache
def schema() -> dict[str, Any]:
    return json.loads(provider().schema)  # type: ignore[arg-type, no-any-return]


def compact(spec: dict[str, Any]) -> dict[str, str]:
    """`name` -> `type`, with `plain` and `required` behind it."""
    required = spec.get("required", spec.get("requiredInputs", []))
    properties = spec.get("inputProperties", spec.get("properties", {}))
    return {name: _type(one) + (" required" if name in required else "") for name, one in sorted(properties.items())}


def _type(spec: dict[str, Any]) -> str:
    inner = spec.get("items") or spec.get("additionalProperties")
    name = spec.get("$ref", "").rpartition(":")[2] or spec.get("type", "any")
    return f"{name}{f'({_type(inner)})' if inner else ''}{' plain' if spec.get('plain') else ''}"


def resource(component: str) -> dict[str, Any]:
    return schema()["resources"][f"durable-deploy:index:{component}"]  # type: ignore[no-any-return]


def shown() -> dict[str, Any]:
    types = {name.rpartition(":")[2]: compact(one) for name, one in sorted(schema()["types"].items())}
    return {**{name: _shown(resource(name)) for name in NAMES}, "types": types}


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    inputs = {"inputProperties": one["inputProperties"], "requiredInputs": one["requiredInputs"]}
    return {"inputs": compact(inputs), "outputs": compact({"properties": one["properties"], "required": one["required"]})}


def test_the_schema_is_the_one_that_was_agreed_on() -> None:
    if os.environ.get("DURABLE_DEPLOY_WRITE_SCHEMA"):
        SNAPSHOT.write_text(json.dumps(shown(), indent=2) + "\n")
    assert shown() == json.loads(SNAPSHOT.read_text())


def test_every_input_has_a_description() -> None:
    owners = {
        **{name: resource(name)["inputProperties"] for name in NAMES},
        **{name.rpartition(":")[2]: one["properties"] for name, one in schema()["types"].items()},
    }
    silent = {f"{owner}.{name}" for owner, properties in owners.items() for name, one in properties.items() if not one.get("description")}
    assert silent == set()


@pytest.mark.parametrize(
    ("component", "words"),
    [
        ("StatusCheckWithSlot", "Whatever travels with the code"),
        ("OrchestrationVersioning", "A release has two phases"),
        ("NameBasedVersioning", "under names that carry the version"),
        ("ApplicationRouting", "Destroying it destroys the version"),
    ],
)
def test_a_component_has_a_description(component: str, words: str) -> None:
    assert words in " ".join(resource(component)["description"].split())


def test_what_a_versioning_component_publishes_has_the_same_names_in_both() -> None:
    by_name, orchestration = (resource(name) for name in ("NameBasedVersioning", "OrchestrationVersioning"))
    assert by_name["properties"].keys() == orchestration["properties"].keys()
    assert orchestration["inputProperties"].keys() - by_name["inputProperties"].keys() == {"flex"}
    assert by_name["inputProperties"].keys() < orchestration["inputProperties"].keys()


@pytest.mark.parametrize(("component", "most"), [("StatusCheckWithSlot", 12), ("OrchestrationVersioning", 14), ("NameBasedVersioning", 13)])
def test_there_are_few_arguments(component: str, most: int) -> None:
    """Versioning adds one group to what every strategy takes, and hosting without slots another."""
    assert 5 <= len(resource(component)["inputProperties"]) <= most


def test_there_is_no_enum() -> None:
    assert not [name for name, one in schema()["types"].items() if one.get("enum")]


def test_arguments_of_another_language_arrive_as_those_of_python() -> None:
    """Numbers come as floats; see also `test_whole_numbers_may_come_as_floats_as_they_do_from_other_languages`."""
    sent = {
        "site": {"name": "orders"},
        "plan": {"existingId": "/plans/x", "capacity": 2.0},
        "stickySettings": {"staging": {"LEVEL_ONE": "x"}},
    }
    definition = provider()._component_defs["StatusCheckWithSlot"]
    assert provider().map_inputs(sent, definition) == {
        "site": {"name": "orders"},
        "plan": {"existing_id": "/plans/x", "capacity": 2.0},
        "sticky_settings": {"staging": {"LEVEL_ONE": "x"}},
    }
