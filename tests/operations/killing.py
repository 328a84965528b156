"""Runs `pulumi up` of a small program, kills it right after a chosen request was carried out, and repairs the stack as a person does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from sandbox.arm.faults import Fault
from sandbox.world import Sandbox

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """\
import pulumi
from pulumi_azure_native import authorization, resources, storage, web

group = resources.ResourceGroup("group", resource_group_name="things", tags={"pin": pulumi.Output.secret("hunter2")})
account = storage.StorageAccount(
    "account", account_name="things4711", resource_group_name=group.name, kind="StorageV2", sku={"name": "Standard_LRS"}
)
container = storage.BlobContainer("container", account_name=account.name, container_name="papers", resource_group_name=group.name)
blob = storage.Blob(
    "blob",
    blob_name="letter.txt",
    account_name=account.name,
    container_name=container.name,
    resource_group_name=group.name,
    source=pulumi.StringAsset("hello"),
)
plan = web.AppServicePlan(
    "plan", name="things", resource_group_name=group.name, kind="linux", reserved=True, sku={"name": "P0v3", "tier": "Premium0V3"},
    opts=pulumi.ResourceOptions(depends_on=[blob]),
)
site = web.WebApp(
    "site", name="things", resource_group_name=group.name, server_farm_id=plan.id, kind="functionapp,linux", reserved=True,
    site_config={"linuxFxVersion": "PYTHON|3.11"},
)
settings = web.WebAppApplicationSettings("settings", name=site.name, resource_group_name=group.name, properties={"COLOUR": "blue"})
pulumi.export("url", blob.url)
"""

CREATIONS = {
    "group": "put */resourcegroups/things",
    "account": "put */storageaccounts/things4711",
    "container": "put */containers/papers",
    "blob": "put */blobs/letter.txt",
    "plan": "put */serverfarms/things",
    "site": "put */sites/things",
    "settings": "put */config/appsettings",
}
"""Name -> the request that creates it, in the order of the program: each waits for the one before."""


class Things:
    def __init__(self, sandbox: Sandbox, folder: Path, engine: Path) -> None:
        self.sandbox = sandbox
        self.plane = sandbox.plane
        self.backend = Path(sandbox.environment()["PULUMI_BACKEND_URL"].removeprefix("file://"))
        self.folder = folder
        self._environment = {**sandbox.environment(), "PYTHONDONTWRITEBYTECODE": "1"}
        self._environment["PATH"] = f"{engine}{os.pathsep}{self._environment['PATH']}"
        folder.mkdir(parents=True)
        virtual = Path(sys.prefix).resolve()
        (folder / "Pulumi.yaml").write_text(f"name: things\nruntime:\n  name: python\n  options:\n    virtualenv: {virtual}\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self.pulumi("stack", "init", "test-things")
        self.pulumi("config", "set", "azure-native:location", "westeurope")

    def pulumi(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([*self._words(command)], cwd=self.folder, env=self._environment, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"pulumi {' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def up_killed(self, matching: str, *, after: bool) -> None:
        """`after`: the request is carried out, and the engine killed before it hears of it. Else the kill comes first."""
        started = threading.Event()
        running: subprocess.Popen[bytes] | None = None

        def kill() -> None:
            assert started.wait(30) and running is not None
            os.killpg(running.pid, signal.SIGKILL)

        self.plane.faults.add(Fault(matching=matching, call=kill, after=after, drop=not after))
        running = subprocess.Popen(
            self._words(("up", "--yes", "--skip-preview")),
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.set()
        assert running.wait() == -signal.SIGKILL
        self.plane.faults.clear()

    def repair(self, *flags: str, stack: str = "test-things") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "operations", "repair", "--stack", stack, "--cwd", str(self.folder), *flags]
        return subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def report(self) -> dict[str, dict[str, str]]:
        """What `repair --yes --json` says: verdict -> name -> operation."""
        done = self.repair("--yes", "--json")
        found = json.loads(done.stdout)
        return {key: {one["name"]: one["operation"] for one in found[key]} for key in ("adopted", "dropped", "still_wrong")}

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.pulumi("stack", "export").stdout)
        return found["deployment"]  # type: ignore[no-any-return]

    def creations(self) -> Counter[str]:
        """Id -> how often it was written to when it was not there."""
        return Counter(write.id.lower() for write in self.plane.journal if write.operation == "PUT" and write.before is None)

    def _words(self, command: tuple[str, ...]) -> list[str]:
        return ["pulumi", *command, "--non-interactive", "--color=never"]
