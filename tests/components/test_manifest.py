"""`durable-deploy.json`: what a package says of itself, in languages that are not read here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components._code.package import CALLS, SIGNATURES, SOURCES, Call, Inventory, PackageProblem, inventory, read_package

from .apps import folder

HOST = '{"version": "2.0"}'
APP = "import azure.durable_functions as df\napp = df.DFApp()\n@app.orchestration_trigger(context_name='c')\ndef Order(c): ...\n"
FILES = {"host.json": HOST, "function_app.py": APP}

MANIFEST = {
    "format": 1,
    "orchestrators": {"Order": "sha256:0123456789abcdef"},
    "activities": {"Charge": "89abcdef01234567"},
    "entities": ["Stock"],
    "files": {"src/order.ts": "fedcba9876543210"},
    "calls_without_version": ["src/order.ts:12 (Ship)", "C:/x.ts:1"],
    "starts_without_version": [],
    "undeclared": [],
}


def described(root: Path, manifest: object) -> Inventory:
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    return inventory(read_package(folder(root / "app", {**FILES, "durable-deploy.json": text})))


def test_a_manifest_is_taken_at_its_word(tmp_path: Path) -> None:
    assert described(tmp_path, MANIFEST) == Inventory(
        orchestrators={"Order": "01234567"},
        activities={"Charge": "89abcdef"},
        entities=("Stock",),
        files={"src/order.ts": "fedcba98"},
        calls_without_version=(Call("C:/x.ts", 1, "?"), Call("src/order.ts", 12, "Ship")),
    )


def test_what_a_manifest_does_not_say_was_not_checked(tmp_path: Path) -> None:
    assert described(tmp_path, {"format": 1, "orchestrators": {}}).unchecked == {SOURCES, SIGNATURES, CALLS}


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("{", "not valid JSON"),
        ([], 'must be an object with "format": 1 and "orchestrators"'),
        ({"format": 2, "orchestrators": {}}, 'must be an object with "format": 1 and "orchestrators"'),
        ({"format": 1, "orchestrators": {"Order": 1}}, "'orchestrators' must be an object of texts"),
        ({"format": 1, "orchestrators": {}, "entities": "Stock"}, "'entities' must be a list of texts"),
        ({"format": 1, "orchestrators": {}, "undeclared": ["Gone"]}, "'undeclared': 'Gone' must be like 'src/orders.ts:12 (Ship)'"),
        ({"format": 1, "orchestrators": {}, "orchestrations": {}}, "'orchestrations' is not known: leave it out"),
    ],
)
def test_a_manifest_that_can_t_be_understood_is_a_problem(tmp_path: Path, manifest: object, problem: str) -> None:
    with pytest.raises(PackageProblem) as caught:
        described(tmp_path, manifest)
    assert len(caught.value.problems) == 1
    assert "durable-deploy.json: " in caught.value.problems[0] and problem in caught.value.problems[0]
