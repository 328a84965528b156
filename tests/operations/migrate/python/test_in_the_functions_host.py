"""An app whose code has changed since it was frozen, in the sandbox's functions host: each version runs its own code."""

from __future__ import annotations

import io
import shutil
import time
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.world import Sandbox
from tests.sandbox.functions.apps import Azure

from .apps import Files, frozen

APP = """import azure.durable_functions as df
import azure.functions as func
from greeting import words

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="start/{name}")
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return client.create_check_status_response(req, await client.start_new(req.route_params["name"]))


@app.orchestration_trigger(context_name="context")
def Greet(context: df.DurableOrchestrationContext):
    said = yield context.call_activity(Say, words.HELLO)
    inner = yield context.call_sub_orchestrator(words.PART)
    return [said, inner]


@app.function_name(words.PART)
@app.orchestration_trigger(context_name="context")
def part(context: df.DurableOrchestrationContext):
    return (yield context.call_activity("Say", "inside"))


@app.activity_trigger(input_name="what")
def Say(what: str) -> str:
    return f"{what} {words.WHO}"
"""
WORDS = 'PART = "Part"\nHELLO = "hello"\nWHO = "{who}"\n'
HUB = b'{"version": "2.0", "extensions": {"durableTask": {"hubName": "%HUB%"}}}'
FUNCTIONS = ("Greet", "Part", "Say")


@pytest.fixture
def azure() -> Iterator[Azure]:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    with Sandbox(functions=True) as sandbox:
        yield Azure(sandbox)


def zipped(files: Files) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return content.getvalue()


@pytest.mark.azurite
def test_a_frozen_version_runs_the_code_it_was_frozen_with_beside_the_working_copys(azure: Azure) -> None:
    then = {"function_app.py": APP.encode(), "greeting/words.py": WORDS.format(who="then").encode()}
    later = {**frozen(then, "v1", *FUNCTIONS), "greeting/words.py": WORDS.format(who="now").encode(), "host.json": HUB}
    site, storage = azure.site(), azure.connection_string(azure.account())
    site.run("production", zipped(later), AzureWebJobsStorage=storage, HUB="hubfrozen")

    links = {name: site.get(f"/api/start/{name}").json() for name in ("Greet_v1", "Greet")}

    assert _output(site, links["Greet_v1"]) == ["hello then", "inside then"]
    assert _output(site, links["Greet"]) == ["hello now", "inside now"]


def _output(site: Any, links: dict[str, str]) -> Any:
    deadline = time.monotonic() + 60
    parts = urlsplit(links["statusQueryGetUri"])
    while True:
        status = site.get(f"{parts.path}?{parts.query}").json()
        if status["runtimeStatus"] == "Completed":
            return status["output"]
        assert status["runtimeStatus"] in ("Pending", "Running"), status
        assert time.monotonic() < deadline, "it did not end within a minute"
        time.sleep(0.05)
