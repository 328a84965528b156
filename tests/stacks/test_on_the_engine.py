"""The project as it is shipped, run by the real engine: `pulumi stack init`, `config set`, `up` are all that it takes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import Sandbox

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.engine


class Checkout:
    """A copy of the project, so that `config set` does not write into the real one."""

    def __init__(self, folder: Path, sandbox: Sandbox, engine: Path) -> None:
        self.folder = folder
        self.plane = sandbox.plane
        self._environment = {**sandbox.environment(), "PYTHONDONTWRITEBYTECODE": "1"}
        self._environment["PATH"] = f"{engine}{os.pathsep}{self._environment['PATH']}"
        folder.mkdir()
        for name in ("Pulumi.yaml", "__main__.py", "stacks", "components", "examples"):
            copy: Any = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        (folder / ".venv").symlink_to(Path(sys.prefix).resolve())

    def pulumi(self, *command: str, code: int = 0) -> str:
        words = ["pulumi", *command, "--non-interactive", "--color=never"]
        done = subprocess.run(words, cwd=self.folder, env=self._environment, capture_output=True, text=True)
        assert done.returncode == code, f"pulumi {' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def aliases(self, stack: str) -> set[int]:
        """How many aliases the program registers with its azure-native resources, by the engine's own log of its calls."""
        log = self.folder.parent / "calls.json"
        log.unlink(missing_ok=True)
        self._environment["PULUMI_DEBUG_GRPC"] = str(log)
        self.pulumi("preview", "--stack", stack)
        del self._environment["PULUMI_DEBUG_GRPC"]
        calls = [json.loads(line) for line in log.read_text().splitlines()]
        asked = [call["request"] for call in calls if call["method"].endswith("ResourceMonitor/RegisterResource")]
        return {len(one.get("aliases", ())) for one in asked if one["type"].startswith("azure-native:")}


@pytest.fixture
def checkout(tmp_path: Path, engine: Path) -> Iterator[Checkout]:
    with Sandbox(tmp_path / "azure", storage="memory") as sandbox:
        yield Checkout(tmp_path / "project", sandbox, engine)


def test_the_local_stack_comes_up_as_it_is_shipped_and_a_checkout_stays_clean(checkout: Checkout) -> None:
    checkout.pulumi("stack", "select", "--create", "local")
    checkout.pulumi("up", "--yes", "--skip-preview", "--stack", "local")
    outputs = json.loads(checkout.pulumi("stack", "output", "--json", "--stack", "local"))
    assert (outputs["strategy"], outputs["site_name"], outputs["slots"]) == ("status-check-with-slot", "orders", ["production", "staging"])
    assert outputs["slots_at_last_update"]["staging"] == {"bundle": "green", "version": None}
    assert json.loads(outputs["host_json"])["version"] == "2.0"
    checkout.pulumi("preview", "--expect-no-changes", "--stack", "local")
    shipped, now = (folder / "stacks" / "Pulumi.local.yaml" for folder in (ROOT, checkout.folder))
    assert now.read_text() == shipped.read_text()
    checkout.pulumi("destroy", "--yes", "--skip-preview", "--stack", "local")
    assert checkout.plane.store.ids() == []


def test_lean_registers_no_alias_and_turning_it_off_and_on_changes_no_resource(checkout: Checkout) -> None:
    checkout.pulumi("stack", "select", "--create", "local")
    checkout.pulumi("up", "--yes", "--skip-preview", "--stack", "local")
    assert checkout.aliases("local") == {0}
    checkout.pulumi("config", "set", "--stack", "local", "durable-deploy:lean", "false")
    assert max(checkout.aliases("local")) > 20
    checkout.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "local")
    checkout.pulumi("config", "set", "--stack", "local", "durable-deploy:lean", "true")
    checkout.pulumi("preview", "--expect-no-changes", "--stack", "local")


def test_a_stack_of_ones_own_is_told_everything_that_is_missing_and_comes_up_once_it_is_set(checkout: Checkout) -> None:
    checkout.pulumi("stack", "init", "test-mine")
    checkout.pulumi("config", "set", "--stack", "test-mine", "--path", "durable-deploy:plan.capacity", "lots")
    checkout.pulumi("config", "set", "--stack", "test-mine", "durable-deploy:sight", "orders")
    said = checkout.pulumi("preview", "--stack", "test-mine", code=1)
    assert "The configuration of stack 'test-mine' has 3 problems; nothing was registered." in said
    assert "durable-deploy:site.name: is required.\n" in said
    assert "Traceback" not in said
    for command in ("set --path durable-deploy:site.name mine", "rm --path durable-deploy:plan.capacity", "rm durable-deploy:sight"):
        verb, *rest = command.split()
        checkout.pulumi("config", verb, "--stack", "test-mine", *rest)

    checkout.pulumi("config", "set", "--stack", "test-mine", "--path", "durable-deploy:plan.sku", "B1")
    said = checkout.pulumi("preview", "--stack", "test-mine", code=1)
    assert "durable-deploy:plan.sku = 'B1': is a Basic plan, which has no deployment slots." in said
    assert "pulumi config set --stack test-mine --path durable-deploy:plan.sku VALUE" in said

    checkout.pulumi("config", "set", "--stack", "test-mine", "--path", "durable-deploy:plan.sku", "S1")
    checkout.pulumi("config", "set", "--stack", "test-mine", "azure-native:location", "westeurope")
    checkout.pulumi("config", "set", "--stack", "test-mine", "--secret", "--path", "durable-deploy:settings.TOKEN", "hunter2")
    checkout.pulumi("up", "--yes", "--skip-preview", "--stack", "test-mine")
    assert "hunter2" not in checkout.pulumi("stack", "export", "--stack", "test-mine")
    settings = next(body for id, body in checkout.plane.store.of_type("Microsoft.Web/sites/config") if id.name == "appsettings")
    assert settings["properties"]["TOKEN"] == "hunter2"
