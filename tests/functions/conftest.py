"""A slot with the function in it: the app as it is packaged, its storage in Azurite, its identity at the embedded token endpoint."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.resources import role_ids as role
from sandbox.world import Sandbox
from tests.functions.slot import HUB, App, Slot
from tests.sandbox.storage.cloud import GROUP, ROLE_DELAY, Clock, Cloud

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_APP = """
import azure.durable_functions as df
from status_check import blueprint

app = df.DFApp()
app.register_functions(blueprint)


@app.orchestration_trigger(context_name="context")
def ProcessOrder(context):
    return (yield context.call_activity("Charge"))
"""
HOST_JSON = {
    "version": "2.0",
    "extensions": {"durableTask": {"hubName": "%TaskHubName%", "storageProvider": {"connectionStringName": "DurableManagementStorage"}}},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "cloud" in getattr(item, "fixturenames", ()):
            item.add_marker("azurite")


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    clock = Clock()
    with Sandbox(clock=clock, role_delay=ROLE_DELAY) as sandbox:
        yield Cloud(sandbox, clock)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app's folder, with `status_check` and `taskhub` where a package has them."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "function_app.py").write_text(FUNCTION_APP)
    (folder / "host.json").write_text(json.dumps(HOST_JSON))
    vendored = folder / ".python_packages" / "lib" / "site-packages"
    for source in (ROOT / "functions" / "status_check", ROOT / "taskhub"):
        shutil.copytree(source, vendored / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def app(cloud: Cloud, package: Path) -> Iterator[App]:
    command = [sys.executable, "-I", str(ROOT / "tests" / "functions" / "app_process.py"), str(package)]
    environment = cloud.sandbox.environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield App(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def identity(cloud: Cloud) -> dict[str, Any]:
    """The app's own, user-assigned."""
    id = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
    found: dict[str, Any] = cloud.put(id, {"location": "westeurope"})["properties"]
    return found


@pytest.fixture
def slot(cloud: Cloud, identity: dict[str, Any]) -> Slot:
    """With an account that the identity may read."""
    account = cloud.account()
    for one in (role.STORAGE_QUEUE_DATA_READER, role.STORAGE_TABLE_DATA_READER):
        cloud.grant(one, account.id, identity["principalId"])
    endpoints = cloud.sandbox.storage.endpoints(account.name)
    settings = {f"DurableManagementStorage__{service}ServiceUri": endpoints[service] for service in ("blob", "queue", "table")}
    settings |= {"DurableManagementStorage__credential": "managedidentity", "DurableManagementStorage__clientId": identity["clientId"]}
    return Slot(account, settings | {"TaskHubName": HUB, "WEBSITE_SITE_NAME": "orders"}, identity["principalId"])
