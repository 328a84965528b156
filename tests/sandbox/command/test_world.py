"""The sandbox as an object, without Azurite."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest
import requests

from sandbox import directory
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION
from sandbox.problem import SandboxProblem
from sandbox.storage import MemoryStorage
from sandbox.world import Sandbox

GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/group"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/kept"


def test_memory_storage_starts_no_emulator_and_the_arm_endpoint_answers_all_the_same() -> None:
    with Sandbox(storage="memory") as sandbox:
        assert isinstance(sandbox.storage, MemoryStorage)
        sandbox.plane.request("PUT", GROUP, {"location": "westeurope"})
        token = sandbox.credential().get_token("https://management.azure.com/.default").token
        answer = requests.get(
            f"{sandbox.arm_endpoint}{GROUP}?api-version=2021-04-01", headers={"Authorization": f"Bearer {token}"}, verify=sandbox.ca_bundle
        )
        assert (answer.status_code, answer.json()["name"]) == (200, "group")


def test_a_directory_keeps_resources_and_accounts_and_without_one_nothing_stays(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "sandbox", storage="memory") as sandbox:
        sandbox.plane.request("PUT", GROUP, {"location": "westeurope"})
        sandbox.plane.request(
            "PUT", ACCOUNT, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {}}
        )
        endpoint = sandbox.arm_endpoint
    with Sandbox(tmp_path / "sandbox", storage="memory") as sandbox:
        assert (sandbox.arm_endpoint, sandbox.plane.request("GET", ACCOUNT).status) == (endpoint, 200)
        sandbox.storage.create_queue("kept", "work")
    with Sandbox(storage="memory") as sandbox:
        bundle = sandbox.ca_bundle
        assert sandbox.plane.store.ids() == []
    assert not bundle.exists()


def test_stopping_twice_is_no_error_and_stopping_ends_every_thread() -> None:
    before = threading.active_count()
    sandbox = Sandbox(storage="memory")
    sandbox.start()
    with pytest.raises(RuntimeError, match="running already"):
        sandbox.start()
    for _ in range(2):
        sandbox.stop()
    assert threading.active_count() == before
    with sandbox:  # and it can be started again
        assert sandbox.provider_port > 0


def test_a_start_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (tmp_path / "ports.json").write_text(json.dumps({"blob": 0, "queue": 0, "table": 0, "arm": taken.getsockname()[1]}))
        with pytest.raises(SandboxProblem, match="can't be used"):
            Sandbox(tmp_path, storage="memory").start()
    assert threading.active_count() == before
    with Sandbox(tmp_path, storage="memory"):  # the lock was given back
        pass


def test_a_new_sandbox_whose_port_somebody_was_quicker_to_take_chooses_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, given = directory._free_ports, []
    with socket.create_server(("127.0.0.1", 0)) as taken:

        def first_a_taken_one() -> dict[str, int]:
            given.append({**real(), **({} if given else {"arm": taken.getsockname()[1]})})
            return given[-1]

        monkeypatch.setattr(directory, "_free_ports", first_a_taken_one)
        with Sandbox(tmp_path / "azure", storage="memory") as sandbox:
            assert sandbox.arm_endpoint == f"https://127.0.0.1:{given[1]['arm']}"
    assert len(given) == 2
