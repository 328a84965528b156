"""An app with its versions side by side, written as text: `Orders_v1`, `Orders_v2`, each with an activity of its own, and one client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from sandbox.world import Sandbox

from .team import VersionedTeam

CLIENT = '''\
"""Starts the version that the setting names."""

import os

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.function_name("StartOrder")
@app.route(route="orders/{id}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start_order(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    name = f"Orders_{os.environ['LATEST_VERSION'].replace('.', '_')}"
    await client.start_new(name, req.route_params["id"], req.get_json())
    return client.create_check_status_response(req, req.route_params["id"])
'''
VERSION = """

@app.function_name("Orders_{version}")
@app.orchestration_trigger(context_name="context")
def orders_{version}(context: df.DurableOrchestrationContext):
    charged = yield context.call_activity("Charge_{version}", context.get_input())
    return {{"version": "{version}", "charged": charged}}


@app.function_name("Charge_{version}")
@app.activity_trigger(input_name="order")
def charge_{version}(order: dict) -> str:
    return "by {version}"
"""


class NamedTeam(VersionedTeam):
    def __init__(self, folder: Path, sandbox: Sandbox, engine: Path, *, config: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, sandbox, engine, config={"strategy": "name-based-versioning", **(config or {})})

    def wants_versions(self, package: str, *versions: str) -> None:
        folder = self.apps / package
        folder.mkdir(parents=True)
        (folder / "host.json").write_text(json.dumps({"version": "2.0"}))
        (folder / "requirements.txt").write_text("azure-functions>=1.21,<2\nazure-functions-durable>=1.5,<2\n")
        (folder / "function_app.py").write_text(CLIENT + "".join(VERSION.format(version=version) for version in versions))
        self.wants(package, folder)
