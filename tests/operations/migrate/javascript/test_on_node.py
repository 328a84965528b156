"""The frozen apps as Node runs them: loaded by their own `main`, with the real packages, and every orchestrator replayed to its end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .apps import APPS, HERE, app, frozen

NODE = HERE / "node"
MODULES = NODE / "node_modules"
VERSIONS = ("v1", "v1.10")

Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Told]:
    """What an app with its two versions has, once for all tests that ask."""
    known: dict[str, Told] = {}

    def ask(name: str) -> Told:
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            _write(folder, name)
            if name.startswith("ts"):
                _run("node", str(MODULES / "typescript/bin/tsc"), "--project", str(folder))
            known[name] = {one["name"]: one for one in json.loads(_run("node", str(NODE / "load.cjs"), str(folder)))}
        return known[name]

    return ask


@pytest.mark.parametrize("name", APPS)
def test_node_loads_every_function_of_every_version(name: str, loaded: Callable[[str], Told]) -> None:
    told = loaded(name)
    own = {one for one in told if not one.endswith(("_v1", "_v1_10"))}
    copied = {one for one in own if not {"entityTrigger", "durableClient", "orchestrationClient", "timerTrigger"} & set(told[one]["types"])}
    assert set(told) == own | {f"{one}{ending}" for one in copied for ending in ("_v1", "_v1_10")}
    for one in copied:
        assert told[f"{one}_v1"]["types"] == told[f"{one}_v1_10"]["types"] == told[one]["types"]


@pytest.mark.parametrize(
    ("name", "uses"),
    [
        (
            "js_v4",
            {
                "Order": ["Orders", "Thank"],
                "OrderItem": ["Ship"],
                "Orders": ["@stock@tea", "Dynamic", "Invoice", "OrderItem", "Pay", "Ship", "Thank"],
            },
        ),
        ("esm_v4", {"Orders": ["@counter@Orders", "Invoice", "Pay", "Ship", "hello"]}),
        ("ts_v4", {"OrderItem": ["Ship"], "Orders": ["@counter@1", "OrderItem", "Pay", "Ship", "Thank"]}),
        ("js_v3", {"Orders": ["@counter@Orders", "Pay", "Refunds", "Ship"], "Refunds": ["Pay"]}),
    ],
)
def test_every_orchestrator_uses_what_belongs_to_its_own_version(
    name: str, uses: dict[str, list[str]], loaded: Callable[[str], Told]
) -> None:
    """`Dynamic` comes from the input: what can't be told is left as it is. Entities, `@name@key`, are one for all versions."""
    expected = dict(uses)
    for ending in ("_v1", "_v1_10"):
        expected |= {
            f"{one}{ending}": [target if target.startswith("@") or target == "Dynamic" else f"{target}{ending}" for target in targets]
            for one, targets in uses.items()
        }
    assert {one: told["uses"] for one, told in loaded(name).items() if told["uses"]} == expected


def _write(folder: Path, name: str) -> None:
    assert MODULES.is_dir(), f"the packages of {NODE.name} are not installed: run `make setup`"
    files = app(name)
    for version in VERSIONS:
        files = frozen(files, version)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    packages = folder / "node_modules"
    packages.mkdir()
    for one in MODULES.iterdir():
        (packages / one.name).symlink_to(one)
    if name == "js_v3":  # the last line of releases with that model
        (packages / "durable-functions").unlink()
        (packages / "durable-functions").symlink_to(MODULES / "durable-functions-2")


def _run(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
