"""A team whose app carries its old versions: 1.0, and 2.0 which continues what 1.0 has begun."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.world import Sandbox

from ..release.team import ROOT, Team

EXAMPLE = ROOT / "examples" / "versioned_orders"
FIRST = Path(__file__).parent / "apps" / "first"
PACKAGES = {"1.0.0": (EXAMPLE, FIRST), "2.0.0": (EXAMPLE,)}
PATIENCE = 60.0


class VersionedTeam(Team):
    def __init__(self, folder: Path, sandbox: Sandbox, engine: Path, *, config: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, sandbox, engine, config={"strategy": "orchestration-versioning", **(config or {})})

    def wants_package(self, package: str, **durable: str) -> None:
        """`1.0.0` has the orchestration version 1.0, and so on. `durable`: more of its host.json."""
        folder = self.version_of(package, *PACKAGES[package])
        host = json.loads((folder / "host.json").read_text())
        host["extensions"]["durableTask"] = {"defaultVersion": package[:3], **durable}
        (folder / "host.json").write_text(json.dumps(host))
        self.wants(package, folder)

    def order(self, id: str, *, wait: bool = False, version: str | None = None, slot: str = "production", customer: str = "ann") -> None:
        query = f"?version={version}" if version else ""
        body = {"customer": customer, "wait": wait, "items": [{"quantity": 2, "cents": 450}]}
        answer = self.sandbox.functions.request(slot, "POST", f"/api/orders/{id}{query}", body)
        assert answer.status == 202, answer

    def picked_up(self, id: str) -> None:
        answer = self.sandbox.functions.request(
            "production", "POST", f"/runtime/webhooks/durabletask/instances/{id}:ship/raiseEvent/PickedUp", True
        )
        assert answer.status == 202, answer

    def status(self, id: str) -> dict[str, Any]:
        answer = self.sandbox.functions.request("production", "GET", f"/runtime/webhooks/durabletask/instances/{id}")
        found: dict[str, Any] = json.loads(answer.body) if answer.status != 404 else {"runtimeStatus": None}
        return found

    def ended(self, id: str) -> dict[str, Any]:
        return self.reaches(id, lambda one: one["runtimeStatus"] in ("Completed", "Failed", "Terminated"))

    def reaches(self, id: str, told: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while not told(found := self.status(id)):
            assert time.monotonic() < deadline, f"{id}: {found}"
            time.sleep(0.05)
        return found

    def live(self, *names: str) -> dict[str, tuple[str | None, ...]]:
        """Slot -> its package, the version that its clients start, its hub."""
        asked = names or ("DURABLE_DEPLOY_VERSION", "START_VERSION", "TaskHubName")
        return {slot: tuple(self.azure.settings(slot).get(name) for name in asked) for slot in ("production", "staging")}
