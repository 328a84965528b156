"""Small function apps, one folder per version, and the arguments that deploy them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_APP = """\
import azure.functions as func
import azure.durable_functions as df

app = df.DFApp()
VERSION = {version!r}


@app.timer_trigger(arg_name="timer", schedule="0 0 3 * * *")
def Nightly(timer: func.TimerRequest) -> None: ...


@app.orchestration_trigger(context_name="context")
def Order(context: df.DurableOrchestrationContext):
    yield context.call_activity("Ship", VERSION)


@app.activity_trigger(input_name="version")
def Ship(version: str) -> str:
    return version
"""


def write_app(folder: Path, version: str) -> None:
    folder.mkdir(parents=True)
    (folder / "function_app.py").write_text(_APP.format(version=version))
    (folder / "host.json").write_text(json.dumps({"version": "2.0"}))
    (folder / "requirements.txt").write_text("azure-functions\nazure-functions-durable\n")


def deployment(app: Path, version: str = "1.0.0", *, slots: list[str] | None = None, **package: Any) -> dict[str, Any]:
    """The component's arguments for one version of the app. `package` adds to `package`, such as `replace=` or `runtime=`."""
    site: dict[str, Any] = {"name": "orders"} if slots is None else {"name": "orders", "slots": slots}
    return {"site": site, "package": {"path": str(app / version), "version": version, **package}, "storage": {"protect_state": False}}
