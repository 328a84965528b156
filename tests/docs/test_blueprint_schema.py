"""docs/blueprint.schema.json is what the router reads a blueprint by."""

from __future__ import annotations

import json

from functions.router.blueprint import FORMAT, Blueprint

from .pages import ROOT

FILE = ROOT / "docs" / "blueprint.schema.json"


def test_the_schema_of_the_blueprint_is_the_router_s_own() -> None:
    wanted = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Blueprint of ApplicationRouting, format {FORMAT}",
        **{name: value for name, value in Blueprint.model_json_schema().items() if name != "title"},
    }
    text = json.dumps(wanted, indent=2, sort_keys=True) + "\n"
    assert FILE.read_text() == text, f"write this into {FILE.name}:\n{text}"
