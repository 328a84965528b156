"""The two-phase release of both versioning strategies on slots, on the real engine, from a first deployment to a rollback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sampling import story

from .azure import Azure
from .project import COMPONENT_PROGRAM, Project

pytestmark = [pytest.mark.engine, *story("versions")]

_APP = """\
import azure.functions as func
import azure.durable_functions as df

app = df.DFApp()


@app.timer_trigger(arg_name="timer", schedule="0 0 3 * * *")
def Nightly(timer: func.TimerRequest) -> None: ...
"""
_ORCHESTRATOR = """

@app.orchestration_trigger(context_name="context")
def {name}(context: df.DurableOrchestrationContext):
    return context.version
"""
STRATEGIES = {
    "OrchestrationVersioning": ("START_VERSION", "start_version", ("1.0", "2.0")),
    "NameBasedVersioning": ("LATEST_VERSION", "latest", ("v1", "v2")),
}


def write_package(folder: Path, strategy: str, versions: tuple[str, ...]) -> str:
    """The app with these versions in it."""
    folder.mkdir()
    by_name = strategy == "NameBasedVersioning"
    durable = {} if by_name else {"extensions": {"durableTask": {"defaultVersion": versions[-1]}}}
    names = ["Order", *(f"Order_{version}" for version in versions)] if by_name else ["Order"]
    (folder / "host.json").write_text(json.dumps({"version": "2.0", **durable}))
    (folder / "function_app.py").write_text(_APP + "".join(_ORCHESTRATOR.format(name=name) for name in names))
    (folder / "requirements.txt").write_text("azure-functions\nazure-functions-durable>=1.5.0\n")
    return str(folder)


def deployment(path: str, version: str, **versioning: str) -> dict[str, Any]:
    package = {"path": path, "version": version}
    return {"site": {"name": "orders"}, "package": package, "versioning": versioning, "storage": {"protect_state": False}}


def shown_changes(project: Project) -> dict[str, list[str]]:
    """What a preview with a refresh would change: resource -> paths of its inputs."""
    report = json.loads(project.run("preview", "--refresh", "--json", "--stack", project.stack).text)
    return {
        step["urn"].rpartition("::")[2]: [step["op"], *sorted(step.get("detailedDiff") or {})]
        for step in report["steps"]
        if step["op"] not in ("same", "refresh", "read") and "azure-native" in step["urn"]
    }


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_release_in_two_phases_and_its_rollback(azure: Azure, engine: Path, tmp_path: Path, strategy: str) -> None:
    setting, pin, (old, new) = STRATEGIES[strategy]
    program = COMPONENT_PROGRAM.replace("StatusCheckWithSlot", strategy).replace('"bundles"', '"hubs", "start_versions", "pending"')
    project = Project(tmp_path / "project", azure.sandbox.environment(), engine, program)
    before, after = write_package(tmp_path / "old", strategy, (old,)), write_package(tmp_path / "new", strategy, (old, new))

    def live() -> dict[str, tuple[str | None, ...]]:
        names = ("DURABLE_DEPLOY_VERSION", setting, "TaskHubName")
        return {slot: tuple(azure.settings(slot).get(name) for name in names) for slot in ("production", "staging")}

    project.args(deployment(before, old))
    project.up()
    assert live() == {"production": (old, old, "ordersTasksProduction"), "staging": (None, old, "ordersTasksStaging")}
    assert shown_changes(project) == {}

    project.args(deployment(after, new))
    project.up("--refresh")
    assert live() == {"production": (old, old, "ordersTasksProduction"), "staging": (new, old, "ordersTasksStaging")}
    azure.swap()
    assert live() == {"production": (new, old, "ordersTasksProduction"), "staging": (old, old, "ordersTasksStaging")}

    assert shown_changes(project) == {"orders-production-settings": ["update", f"properties.{setting}"]}
    start = len(azure.plane.journal)
    project.up("--refresh")
    assert azure.writes_since(start) == [("PUT", "Microsoft.Web/sites/orders/config/appsettings")]
    assert live() == {"production": (new, new, "ordersTasksProduction"), "staging": (old, old, "ordersTasksStaging")}
    assert shown_changes(project) == {}

    project.args(deployment(after, new, **{pin: old}))
    project.up("--refresh")
    assert live() == {"production": (new, old, "ordersTasksProduction"), "staging": (old, old, "ordersTasksStaging")}
    assert shown_changes(project) == {}
