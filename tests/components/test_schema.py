"""The package's schema as every other Pulumi language sees it. `DURABLE_DEPLOY_WRITE_SCHEMA=1` writes schema.json anew."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.component import ComponentProvider

from components import StatusCheckWithSlot

SNAPSHOT = Path(__file__).with_name("schema.json")
COMPONENT = "durable-deploy:index:StatusCheckWithSlot"


@cache
def provider() -> ComponentProvider:
    return ComponentProvider([StatusCheckWithSlot], "durable-deploy")


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


def shown() -> dict[str, Any]:
    resource = schema()["resources"][COMPONENT]
    outputs = {"properties": resource["properties"], "required": resource["required"]}
    types = {name.rpartition(":")[2]: compact(one) for name, one in sorted(schema()["types"].items())}
    inputs = {"inputProperties": resource["inputProperties"], "requiredInputs": resource["requiredInputs"]}
    return {"inputs": compact(inputs), "outputs": compact(outputs), "types": types}


def test_the_schema_is_the_one_that_was_agreed_on() -> None:
    if os.environ.get("DURABLE_DEPLOY_WRITE_SCHEMA"):
        SNAPSHOT.write_text(json.dumps(shown(), indent=2) + "\n")
    assert shown() == json.loads(SNAPSHOT.read_text())


def test_every_input_has_a_description() -> None:
    resource = schema()["resources"][COMPONENT]
    owners = {
        "StatusCheckWithSlot": resource["inputProperties"],
        **{name.rpartition(":")[2]: one["properties"] for name, one in schema()["types"].items()},
    }
    silent = {f"{owner}.{name}" for owner, properties in owners.items() for name, one in properties.items() if not one.get("description")}
    assert silent == set()


def test_the_component_has_a_description() -> None:
    assert "Whatever travels with the code" in schema()["resources"][COMPONENT]["description"]


def test_there_are_five_to_twelve_arguments_and_no_enum() -> None:
    assert 5 <= len(schema()["resources"][COMPONENT]["inputProperties"]) <= 12
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
