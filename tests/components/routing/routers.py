"""A small router's package, and deployments of the component with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components import ApplicationRouting

from ..deploying import Deployment, deploy
from ..mocked_azure import MockedAzure

_APP = """\
import azure.functions as func

app = func.FunctionApp()


@app.route(route="{*path}")
def route(req):
    return "VERSION"
"""


def router(folder: Path, version: str = "1") -> str:
    """A folder with the shape of a router."""
    at = folder / f"router-{version}"
    at.mkdir(parents=True, exist_ok=True)
    (at / "function_app.py").write_text(_APP.replace("VERSION", version))
    (at / "host.json").write_text('{"version": "2.0"}')
    return str(at)


def of(package: str, /, **changes: Any) -> dict[str, Any]:
    return {"site": {"name": "orders"}, "package": {"path": package}, "resource_group": {"location": "westeurope"}, **changes}


def routing(azure: MockedAzure, args: Any, **options: Any) -> Deployment:
    return deploy(azure, args, component=ApplicationRouting, **options)
