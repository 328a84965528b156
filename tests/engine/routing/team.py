"""A team whose app runs in versions side by side, behind the router: its stack, its deployments, its customers."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.functions.serving import Answer
from sandbox.world import Sandbox

from ..release.team import ROOT, Team

PATIENCE = 120.0
ROUTER = "orders"
GROUP = "orders-versions-rg"
BASICS = {
    "strategy": "application-routing",
    "apps.location": "westeurope",
    "apps.plan.kind": "elastic_premium",
    "policy.removal_delay_seconds": "0",
    "policy.quiet_seconds": "1",
    "policy.closing_seconds": "30",
    "policy.cache_seconds": "1",
    "policy.request_seconds": "1",
}


def router_folder(into: Path) -> Path:
    """As `make package` builds it, without the libraries that this interpreter has."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "functions" / "router_app", into, ignore=ignored)
    shutil.copytree(ROOT / "functions" / "router", into / "durable_deploy_router", ignore=ignored)
    shutil.copytree(ROOT / "taskhub", into / "taskhub", ignore=ignored)
    return into


class RoutedTeam(Team):
    def __init__(self, folder: Path, sandbox: Sandbox, engine: Path, *, config: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, sandbox, engine, config={})
        self.folder = folder
        endpoint = {"settings.ROUTER_ARM_ENDPOINT": sandbox.arm_endpoint}
        path = {"package.path": str(router_folder(folder / "router"))}
        self.project.configure({**BASICS, **endpoint, **path, **(config or {})})

    def up(self) -> str:
        """Twice: under which address people reach it is known once it is there, as with a domain of one's own."""
        self.project.pulumi("up", "--yes", "--stack", self.project.stack)
        self.project.configure({"http.public_url": self.sandbox.functions.url("orders", "production")})
        return self.project.pulumi("up", "--yes", "--stack", self.project.stack)

    def package(self, version: str) -> Path:
        """The example's order app as that version, with the host.json that the stack renders."""
        folder = self.version_of(version, ROOT / "examples" / "orders")
        (folder / "version.txt").write_text(version)
        rendered, made = self.folder / "rendered.json", self.folder / f"{version}.zip"
        rendered.write_text(self.project.pulumi("stack", "output", "host_json", "--stack", self.project.stack))
        self.bare("package", str(folder), "--host-json", str(rendered), "--output", str(made), "--no-vendor")
        return made

    def deploy(self, version: str, *flags: str, code: int = 0) -> str:
        return self.operations("versions", "deploy", version, str(self.package(version)), *flags, code=code).text

    def bare(self, *command: str) -> None:
        """A command that is about no stack."""
        import subprocess
        import sys

        subprocess.run(
            [sys.executable, "-m", "operations", *command], cwd=ROOT, check=True, capture_output=True, env=self.project.environment
        )

    def ask(self, method: str, path: str, body: Any = None, version: str = "", **headers: str) -> Answer:
        told = {**headers, **({"x-app-version": version} if version else {})}
        return self.sandbox.functions.request("production", method, path, body, site="orders", headers=told)

    def order(self, id: str, version: str = "", *, cents: int = 450) -> Answer:
        """Above 1,000.00 it waits for an approval."""
        body = {"id": id, "customer": "ann", "items": [{"sku": "tea", "quantity": 1, "cents": cents}]}
        return self.ask("POST", "/api/orders", body, version)

    def lines(self) -> dict[str, dict[str, Any]]:
        answer = self.ask("GET", "/api/versions")
        assert answer.status == 200, answer
        return {one["line"]: one for one in json.loads(answer.body)["lines"]}

    def states(self) -> dict[str, str]:
        return {line: one["state"] for line, one in self.lines().items()}

    def until(self, what: Callable[[], Any], *, patience: float = PATIENCE, poke: bool = False) -> Any:
        """What it says as soon as it says anything. `poke`: the monitor is asked to look each time, instead of each 30 s."""
        deadline = time.monotonic() + patience
        while not (found := what()):
            assert time.monotonic() < deadline, (self.states(), self.lines())
            if poke:
                self.poke()
            time.sleep(0.5)
        return found

    def poke(self) -> None:
        """A retry of a line that needs none does nothing else."""
        newest = max(self.lines(), key=lambda text: [int(part) for part in text.split(".")])
        assert self.ask("POST", f"/api/versions/{newest}/retry", {}).status == 202

    def status(self, id: str, line: str = "") -> dict[str, Any]:
        path = f"/api/_durable/{line}/instances/{id}" if line else f"/api/_durable/instances/{id}"
        answer = self.ask("GET", path)
        return {"code": answer.status, **(json.loads(answer.body) if answer.body else {})}

    def reaches(self, id: str, *statuses: str, line: str = "") -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            found = self.status(id, line)
            return found if found.get("runtimeStatus") in statuses else None

        found: dict[str, Any] = self.until(reached)
        return found

    def sites(self) -> list[str]:
        """Of the version apps' group."""
        store = self.azure.plane.store
        return sorted(id.name for id, _ in store.of_type("Microsoft.Web/sites") if f"/resourcegroups/{GROUP}/" in id.key)
