"""Small apps with versions: of the orchestration kind in host.json, of the other in the functions' names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from components import NameBasedVersioning, OrchestrationVersioning

from ..apps import folder
from ..deploying import Deployment, deploy
from ..mocked_azure import MockedAzure

_HEAD = """\
import azure.durable_functions as df

app = df.DFApp()
VERSION = "{version}"


@app.timer_trigger(arg_name="timer", schedule="0 0 3 * * *")
def Nightly(timer): ...
"""
_ORCHESTRATOR = """

@app.orchestration_trigger(context_name="context")
def {name}(context): ...
"""


def orchestrations(root: Path, version: str | None, **durable: Any) -> str:
    """The folder of an app with `defaultVersion` in its host.json; None: without one."""
    durable = {**({"defaultVersion": version} if version is not None else {}), **durable}
    host_json = {"version": "2.0", "extensions": {"durableTask": durable}} if durable else {"version": "2.0"}
    text = _HEAD.format(version=version) + _ORCHESTRATOR.format(name="Order")
    return folder(root, {"host.json": json.dumps(host_json), "function_app.py": text})


def names(root: Path, *orchestrators: str) -> str:
    """The folder of an app with these orchestrators."""
    text = _HEAD.format(version=" ".join(orchestrators)) + "".join(_ORCHESTRATOR.format(name=name) for name in orchestrators)
    return folder(root, {"host.json": '{"version": "2.0"}', "function_app.py": text})


def both(root: Path) -> Path:
    """Folders `1.0`, `2.0`, `3.0` of one kind, and `v1`, `v1 v2`, `v1 v2 v3` of the other."""
    for version in ("1.0", "2.0", "3.0"):
        orchestrations(root / version, version)
    for versions in ("v1", "v1 v2", "v1 v2 v3"):
        names(root / versions, "Order", *(f"Order_{version}" for version in versions.split()))
    return root


def of(app: Path, version: str, *, replace: str | None = None, **others: Any) -> dict[str, Any]:
    """What deploys one of `both`; its label is the folder's name without spaces."""
    package = {"path": str(app / version), "version": version.replace(" ", "-"), **({"replace": replace} if replace else {})}
    return {**others, "site": {"name": "orders", **others.get("site", {})}, "package": {**package, **others.get("package", {})}}


def orchestration(azure: MockedAzure, args: Any, **options: Any) -> Deployment:
    return deploy(azure, args, component=OrchestrationVersioning, **options)


def by_name(azure: MockedAzure, args: Any, **options: Any) -> Deployment:
    return deploy(azure, args, component=NameBasedVersioning, **options)


def told(azure: MockedAzure, setting: str = "START_VERSION") -> dict[str, tuple[str | None, str | None]]:
    """Slot -> versions that its package contains, and the one that its clients start: live."""
    return {slot: (settings.get("DURABLE_DEPLOY_VERSIONS"), settings.get(setting)) for slot, settings in azure.settings.items()}
