"""The programs that are compared, and the proof that they declare the same."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.world import Sandbox

from .projects import BenchmarkError, Project
from .sameness import declared, differences

ROOT = Path(__file__).resolve().parents[1]

_APP = """\
import azure.durable_functions as df
import azure.functions as func

app = df.DFApp()


@app.timer_trigger(arg_name="timer", schedule="0 0 3 * * *")
def Nightly(timer: func.TimerRequest) -> None: ...


@app.orchestration_trigger(context_name="context")
def Order(context: df.DurableOrchestrationContext):
    yield context.call_activity("Ship", "an order")


@app.activity_trigger(input_name="order")
def Ship(order: str) -> str:
    return order
"""


@dataclass(frozen=True)
class Program:
    name: str
    source: str
    """A file in programs/."""
    means: tuple[str, ...] = ()


FLAT = Program("by hand", "flat")
COMPONENT = Program("component", "component")
STACK = Program("lean component", "component", ("lean",))
ALL_MEANS = Program("component with all means", "component", ("lean", "turns", "no collector"))
EACH_MEANS = tuple(replace(COMPONENT, name=f"component, {means}", means=(means,)) for means in ALL_MEANS.means)


class Bench:
    """Makes projects of the compared programs in `folder`. `constants` are what an author would have written into the flat one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = folder / "app"
        self.app.mkdir(parents=True)
        (self.app / "function_app.py").write_text(_APP)
        (self.app / "requirements.txt").write_text("azure-functions\nazure-functions-durable\n")
        (self.app / "host.json").write_text('{"version": "2.0"}')
        self.constants: Mapping[str, Any] = {}
        self._made = 0

    def project(self, sandbox: Sandbox, program: Program, instances: int, profile: Path | None = None) -> Project:
        self._made += 1
        sites = [f"site{number:02}" for number in range(instances)]
        parameters = {
            "root": str(ROOT),
            "app": str(self.app),
            "sites": sites,
            "means": program.means,
            **self._constants(sandbox, sites),
        }
        return Project(self.folder / f"{program.source}-{self._made}", sandbox.environment(), program.source, parameters, profile)

    def compare(self) -> int:
        """Deploys both programs once. Returns how many azure-native resources an instance has; raises BenchmarkError if they differ."""
        with Sandbox(storage="memory") as sandbox:
            project = self.project(sandbox, COMPONENT, 1)
            project.up()
            state = project.state()
        component = declared(state)
        self.constants = self._learned(state)
        with Sandbox(storage="memory") as sandbox:
            project = self.project(sandbox, FLAT, 1)
            project.up()
            flat = declared(project.state())
        if found := differences(component, flat):
            raise BenchmarkError("the programs declare different things, so that a comparison says nothing:\n" + "\n".join(found))
        return len(component)

    def _learned(self, state: Any) -> Mapping[str, Any]:
        """Names that the component derives; and the host.json that it lays over the package is put into the flat program's package."""
        inputs = {entry["urn"].rpartition("::")[2]: entry["inputs"] for entry in state["deployment"]["resources"] if entry.get("inputs")}
        blob = next(value for value in inputs.values() if "blobName" in value)
        (self.app / "host.json").write_text(blob["source"]["assets"]["host.json"]["text"])
        roles = {name.partition("-")[2]: value["roleAssignmentName"] for name, value in inputs.items() if "roleAssignmentName" in value}
        return {"digest": blob["blobName"].rpartition("-")[2].removesuffix(".zip"), "roles": roles}

    def _constants(self, sandbox: Sandbox, sites: Sequence[str]) -> Mapping[str, Any]:
        """Beyond the first site the names of role assignments are any: only that they differ is needed."""
        first, roles = sites[0], self.constants.get("roles", {})
        assignments = {
            f"{site}-{role}": name if site == first else str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([site, role])))
            for site in sites
            for role, name in roles.items()
        }
        return {"subscription": sandbox.subscription, "digest": self.constants.get("digest"), "assignments": assignments}
