"""Code in the documentation runs, as it stands there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest
from azure.data.tables import TableServiceClient

from sandbox.arm import ControlPlane
from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.resources import role_ids
from sandbox.world import Sandbox
from tests.components.mocked_azure import MockedAzure

from .pages import ROOT, block

ACTIVE = {"PartitionKey": "o-1", "RowKey": "", "RuntimeStatus": "Suspended"}
ENTITY = {"PartitionKey": "@stock@tea", "RowKey": "", "RuntimeStatus": "Running"}
ENDED = {"PartitionKey": "o-0", "RowKey": "", "RuntimeStatus": "Completed"}


def test_the_program_of_the_readme_declares_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dist").mkdir()
    shutil.make_archive(str(tmp_path / "dist" / "orders"), "zip", ROOT / "examples" / "orders")
    monkeypatch.chdir(tmp_path)
    azure = MockedAzure()
    pulumi.runtime.set_mocks(azure, "orders", "test-docs")

    @pulumi.runtime.test
    def program() -> None:
        exec(block("README.md", "StatusCheckWithSlot("), {"__name__": "__main__"})

    program()
    assert azure.settings["production"]["DURABLE_DEPLOY_VERSION"] == "2.0.0"
    assert {slot: settings["GREETING"] for slot, settings in azure.settings.items()} == {"production": "hello", "staging": "hello"}


def test_the_test_of_the_sandbox_page_passes() -> None:
    exec(block("docs/sandbox.md", "faults.add"), {})


def test_the_policy_of_the_sandbox_page_leads_to_its_host() -> None:
    exec(block("docs/sandbox.md", "Policy.read"), {})


def test_the_swap_of_the_sandbox_page_swaps(tmp_path: Path) -> None:
    with Sandbox(storage="memory") as sandbox:
        site = two_slots(sandbox)
        done = run(tmp_path, sandbox, block("docs/sandbox.md", "begin_swap_slot_with_production"))
        assert done.returncode == 0, done.stderr
        assert {slot: version(sandbox.plane, site, slot) for slot in ("production", "staging")} == {"production": "2", "staging": "1"}


@pytest.mark.azurite
def test_the_look_into_a_task_hub_tells_busy_from_drained_and_counts_no_entities(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        endpoints = storage(sandbox)
        look = [endpoints["table"], endpoints["queue"], "ordersTasks"]
        program = block("docs/operating.md", "RuntimeStatus eq")

        no_table = run(tmp_path, sandbox, program, *look)
        assert no_table.returncode not in (0, None) and "ResourceNotFound" in no_table.stderr

        sandbox.storage.create_table("ordersblue", "ordersTasksInstances")
        sandbox.storage.create_queue("ordersblue", "orderstasks-control-00")
        fill(sandbox, endpoints["table"], ENTITY, ENDED)
        drained = run(tmp_path, sandbox, program, *look)
        assert (drained.returncode, drained.stdout.strip()) == (0, "0 active instances, 0 waiting messages"), drained.stderr

        fill(sandbox, endpoints["table"], ACTIVE)
        busy = run(tmp_path, sandbox, program, *look)
        assert (busy.returncode, busy.stdout.split("\n")[:2]) == (1, ["1 active instances, 0 waiting messages", "  o-1"]), busy.stderr


def run(folder: Path, sandbox: Sandbox, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    file = folder / "program.py"
    file.write_text(program)
    environment = {**sandbox.environment(), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
    return subprocess.run([sys.executable, str(file), *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False)


def two_slots(sandbox: Sandbox) -> str:
    """Version 1 in production, version 2 in staging. Returns the site's id."""
    group = f"/subscriptions/{sandbox.subscription}/resourceGroups/orders-rg"
    plan, site = f"{group}/providers/Microsoft.Web/serverfarms/plan", f"{group}/providers/Microsoft.Web/sites/orders"
    put(sandbox.plane, group, location="westeurope")
    put(sandbox.plane, plan, location="westeurope", kind="linux", sku={"name": "P0v3"}, properties={"reserved": True})
    for slot, label in ((site, "1"), (f"{site}/slots/staging", "2")):
        put(sandbox.plane, slot, location="westeurope", kind="functionapp,linux", properties={"serverFarmId": plan})
        put(sandbox.plane, f"{slot}/config/appsettings", properties={"VERSION": label})
    return site


def storage(sandbox: Sandbox) -> dict[str, str]:
    """An account that the operator may look into. Returns its endpoints."""
    group = f"/subscriptions/{sandbox.subscription}/resourceGroups/orders-rg"
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/ordersblue"
    put(sandbox.plane, group, location="westeurope")
    properties: dict[str, Any] = {"allowSharedKeyAccess": False}
    body = put(sandbox.plane, account, location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"}, properties=properties)
    roles = (role_ids.STORAGE_QUEUE_DATA_READER, role_ids.STORAGE_TABLE_DATA_CONTRIBUTOR)
    for number, role in enumerate(roles, start=1):
        definition = f"/subscriptions/{sandbox.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        name = f"00000000-0000-4000-8000-00000000000{number}"
        grant = {"roleDefinitionId": definition, "principalId": OPERATOR_OBJECT_ID}
        put(sandbox.plane, f"{account}/providers/Microsoft.Authorization/roleAssignments/{name}", properties=grant)
    return dict(body["properties"]["primaryEndpoints"])


def fill(sandbox: Sandbox, endpoint: str, *instances: dict[str, str]) -> None:
    with TableServiceClient(endpoint.rstrip("/"), credential=sandbox.credential(), connection_verify=str(sandbox.ca_bundle)) as tables:
        for instance in instances:
            tables.get_table_client("ordersTasksInstances").create_entity(instance)


def version(plane: ControlPlane, site: str, slot: str) -> str:
    owner = site if slot == "production" else f"{site}/slots/{slot}"
    return str(plane.request("POST", f"{owner}/config/appsettings/list").body["properties"]["VERSION"])


def put(plane: ControlPlane, path: str, **body: Any) -> Any:
    return plane.request("PUT", path, body).body
