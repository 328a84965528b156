"""A task hub in the emulator, written as the Durable extension lays it out, and a `pulumi` that only knows outputs."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from .site import HUB, OPERATOR, Site

CREATED = datetime(2026, 1, 1, 8, tzinfo=UTC)


class TaskHub:
    """Of one bundle: queues, Instances and History, empty. Written by `principal`: the app's identity, or whoever has its rights."""

    def __init__(self, site: Site, bundle: str, name: str = HUB, principal: str = OPERATOR) -> None:
        account, options = site.bundles[bundle], {"connection_verify": str(site.sandbox.ca_bundle)}
        self.name, credential = name, site.sandbox.credential(principal)
        self._tables = TableServiceClient(site.endpoint(account, "table").rstrip("/"), credential=credential, **options)
        self._queues = QueueServiceClient(site.endpoint(account, "queue").rstrip("/"), credential=credential, **options)
        for table in ("Instances", "History", "Partitions"):
            self._tables.create_table(f"{name}{table}")
        for queue in ("control-00", "control-01", "workitems"):
            self._queues.create_queue(f"{name.lower()}-{queue}")

    def has(self, id: str, status: str, name: str = "Order", version: str = "1.0.0") -> None:
        """An instance in that status; written again, it changes its status."""
        row: dict[str, Any] = {
            "PartitionKey": id,
            "RowKey": "",
            "Name": name,
            "Version": version,
            "RuntimeStatus": status,
            "CreatedTime": CREATED,
            "LastUpdatedTime": CREATED,
            "TaskHubName": self.name,
            "ExecutionId": "1",
        }
        self._tables.get_table_client(f"{self.name}Instances").upsert_entity(row)

    def message(self) -> None:
        self._queues.get_queue_client(f"{self.name.lower()}-control-01").send_message("{}")


def inside(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on this process is a shell in the sandbox, with a project whose stack was deployed before anything was swapped."""
    script = folder / "bin" / "pulumi"
    script.parent.mkdir()
    (folder / "outputs.json").write_text(json.dumps(site.outputs()))
    (folder / "Pulumi.yaml").write_text("name: orders\nruntime: python\n")
    (folder / "state").mkdir()
    backend = json.dumps({"url": (folder / "state").as_uri()})
    script.write_text(
        f'#!/bin/sh\ncase "$1" in\n  stack) cat {folder / "outputs.json"} ;;\n  whoami) echo \'{backend}\' ;;\n  *) echo "no $1 here" >&2; exit 1 ;;\nesac\n'
    )
    script.chmod(0o755)
    for key, value in site.sandbox.environment().items():
        monkeypatch.setenv(key, value)
    for key in ("MSI_ENDPOINT", "MSI_SECRET"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "220")
