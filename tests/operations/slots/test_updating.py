"""Whether somebody is updating the stack: by lock files, by Pulumi Cloud, or not to be told."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from operations.problem import OperationProblem
from operations.pulumi import Pulumi
from operations.updating import Updating, in_progress, of_locks, of_stacks, refuse_while_updating

LOCK = json.dumps({"pid": 77, "username": "ann", "hostname": "runner", "timestamp": "2026-01-01T12:00:00Z"}).encode()
SAID = Updating(True, "by ann@runner, process 77, since 2026-01-01T12:00:00Z")


@pytest.mark.parametrize(
    ("locks", "expected"),
    [
        ({}, Updating(False, "")),
        ({"organization/orders/prod/1.json": LOCK}, SAID),
        ({"prod/1.json": LOCK}, SAID),
        ({"organization/orders/dev/1.json": LOCK}, Updating(False, "")),
        ({"organization/others/prod/1.json": LOCK}, Updating(False, "")),
        ({"organization/orders/prod/1.json.attrs": LOCK}, Updating(False, "")),
        ({"organization/orders/prod/1.json": b""}, Updating(True, "a lock is there, which says not whose")),
    ],
)
def test_a_lock_of_this_stack_and_project_counts(locks: dict[str, bytes], expected: Updating) -> None:
    assert of_locks(locks, "orders", "prod") == expected
    assert of_locks(locks, "orders", "organization/orders/prod") == expected


@pytest.mark.parametrize(
    ("listed", "state"),
    [
        ([{"name": "prod", "updateInProgress": True}], True),
        ([{"name": "acme/orders/prod", "updateInProgress": False}], False),
        ([{"name": "prod"}], None),
        ([{"name": "dev", "updateInProgress": True}], None),
    ],
)
def test_pulumi_cloud_tells_by_itself(listed: list[dict[str, Any]], state: bool | None) -> None:
    assert of_stacks(listed, "prod").state is state


def stub(folder: Path, backend: str) -> Pulumi:
    """A `pulumi` that knows only where the state lies."""
    script = folder / "bin" / "pulumi"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\necho '{json.dumps({'url': backend})}'\n")
    script.chmod(0o755)
    (folder / "Pulumi.yaml").write_text("name: orders\nruntime: python\n")
    return Pulumi(folder, "prod", {**os.environ, "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}"})


def test_on_a_file_backend_the_lock_lies_beside_the_state(tmp_path: Path) -> None:
    pulumi = stub(tmp_path, "file://./state")
    assert in_progress(pulumi) == Updating(False, "")
    lock = tmp_path / "state" / ".pulumi" / "locks" / "organization" / "orders" / "prod" / "1.json"
    lock.parent.mkdir(parents=True)
    lock.write_bytes(LOCK)
    assert in_progress(pulumi) == SAID


def test_a_backend_that_does_not_tell_is_said_to_be_so_and_stops_nobody(tmp_path: Path) -> None:
    found = in_progress(stub(tmp_path, "s3://state?token=hunter2"))
    assert found == Updating(None, "the backend s3://state does not tell")
    note = refuse_while_updating(found, "prod")
    assert note is not None and "Make sure that nobody does" in note


def test_an_update_under_way_is_refused_with_the_ways_out() -> None:
    with pytest.raises(OperationProblem) as caught:
        refuse_while_updating(SAID, "prod")
    assert str(caught.value) == (
        "Stack 'prod' is being updated: by ann@runner, process 77, since 2026-01-01T12:00:00Z. Wait for its end. If that update was killed, "
        "`python -m operations repair --stack prod` puts the stack in order."
    )
    assert refuse_while_updating(Updating(False, ""), "prod") is None
