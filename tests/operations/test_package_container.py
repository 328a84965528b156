"""Uploading and pruning against the storage emulator, with Entra ID: no account key is used, and nothing goes that a slot may start from."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.azure import Arm
from operations.packaging import PackageContainer, decide_pruning, prune, upload_package
from operations.packaging.container import Blob
from operations.packaging.naming import mark
from operations.problem import UNKNOWN, OperationProblem
from sandbox.arm.faults import Fault
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION, OPERATOR_OBJECT_ID
from sandbox.world import Sandbox

pytestmark = pytest.mark.azurite

GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/orders-rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/orderspkgs"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/packages"
CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
DIGESTS = [f"{number:016x}" for number in range(5)]


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    with Sandbox(clock=clock, role_delay=300.0) as running:
        put(running, GROUP, {"location": "westeurope"})
        properties = {"allowSharedKeyAccess": False}
        put(running, ACCOUNT, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": properties})
        yield running


def put(sandbox: Sandbox, id: str, body: dict[str, Any]) -> None:
    sandbox.plane.request("PUT", id, body)


def grant(sandbox: Sandbox) -> None:
    id = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    definition = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
    put(sandbox, id, {"properties": {"principalId": OPERATOR_OBJECT_ID, "roleDefinitionId": definition, "principalType": "User"}})


def revoke(sandbox: Sandbox) -> None:
    for id in [id for id, _ in sandbox.plane.store.of_type("Microsoft.Authorization/roleAssignments")]:
        sandbox.plane.request("DELETE", str(id))


@pytest.fixture
def container(sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageContainer]:
    """Empty, as Pulumi has just made it, with the role of an operator."""
    put(sandbox, CONTAINER, {"properties": {"metadata": {"other": "kept", "managed": "none"}}})
    grant(sandbox)
    clock.now += 300.0
    with_it = opened(sandbox, monkeypatch)
    yield with_it
    with_it.close()
    sandbox.plane.faults.clear()
    revoke(sandbox)
    sandbox.plane.request("DELETE", CONTAINER)


def opened(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, **more: Any) -> PackageContainer:
    monkeypatch.setenv("DURABLE_DEPLOY_CA_BUNDLE", str(sandbox.ca_bundle))
    arm = Arm(sandbox.credential(), endpoint=sandbox.arm_endpoint, bundle=str(sandbox.ca_bundle))
    url = f"{sandbox.storage.endpoints('orderspkgs')['blob']}packages"
    return PackageContainer(url, GROUP, arm, credential=sandbox.credential(), **more)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    file = tmp_path / "orders.zip"
    file.write_bytes(b"PK content")
    return file


def metadata(sandbox: Sandbox) -> dict[str, str]:
    return dict(sandbox.plane.request("GET", CONTAINER).body["properties"]["metadata"])


def filled(container: PackageContainer, package: Path) -> None:
    """Five versions, oldest first."""
    for digest in DIGESTS:
        upload_package(package, digest, "orders", container)


def named(*digests: str) -> dict[str, str]:
    return {f"https://elsewhere/packages/orders-{digest}.zip?sig=x": "slot 'staging' runs it" for digest in digests}


def test_a_package_is_uploaded_once_and_noted_where_the_component_looks(
    sandbox: Sandbox, container: PackageContainer, package: Path
) -> None:
    first = upload_package(package, DIGESTS[0], "orders", container)
    again = upload_package(package, DIGESTS[0], "orders", container)
    assert (first.url, first.new, again.new) == (f"{container.url}/orders-{DIGESTS[0]}.zip", True, False)
    assert [(blob.name, blob.size) for blob in container.blobs()] == [(f"orders-{DIGESTS[0]}.zip", 10)]
    assert metadata(sandbox) == {"other": "kept", "managed": "none", mark(DIGESTS[0]): "uploaded"}


def test_a_package_that_lies_there_is_never_written_over(container: PackageContainer, package: Path) -> None:
    upload_package(package, DIGESTS[0], "orders", container)
    before = container.blobs()
    package.write_bytes(b"other content")
    container.upload(f"orders-{DIGESTS[0]}.zip", package)
    assert container.blobs() == before


def test_a_note_that_somebody_elses_write_swept_away_is_written_again(sandbox: Sandbox, container: PackageContainer) -> None:
    """Between this command's write and its look, somebody who had read before puts the old metadata back."""
    before = metadata(sandbox)
    sandbox.plane.faults.add(
        Fault(
            matching="patch */containers/packages", call=lambda: put(sandbox, CONTAINER, {"properties": {"metadata": before}}), after=True
        )
    )
    container.change_metadata(add={"h1": "uploaded"})
    assert metadata(sandbox) == {**before, "h1": "uploaded"}


def test_a_fresh_role_is_waited_for_with_progress(
    sandbox: Sandbox, container: PackageContainer, clock: Clock, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke(sandbox)
    grant(sandbox)
    said: list[str] = []

    def pause(seconds: float) -> None:
        clock.now += 10 * seconds

    waiting = opened(sandbox, monkeypatch, say=said.append, pause=pause)
    assert waiting.has("orders.zip") is False
    assert said == [
        f"looking for the package: not allowed yet; a new role assignment can take ten minutes ({waited} s so far)"
        for waited in (0, 10, 20)
    ]
    waiting.close()


def test_a_role_that_never_comes_is_said_with_its_name(
    sandbox: Sandbox, container: PackageContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke(sandbox)
    waits: list[float] = []
    without = opened(sandbox, monkeypatch, pause=waits.append)
    with pytest.raises(OperationProblem, match=r"It takes Storage Blob Data Contributor on the account") as caught:
        without.blobs()
    assert (caught.value.code, sum(waits)) == (UNKNOWN, 600.0)
    without.close()


def test_pruning_removes_what_nobody_names_with_its_notes(sandbox: Sandbox, container: PackageContainer, package: Path) -> None:
    filled(container, package)
    result = prune(container, "orders", lambda: named(DIGESTS[1]), 1, really=True)
    assert sorted(blob.name for blob in result.removed) == [f"orders-{digest}.zip" for digest in (DIGESTS[0], DIGESTS[2], DIGESTS[3])]
    assert [blob.name for blob in container.blobs()] == [f"orders-{DIGESTS[1]}.zip", f"orders-{DIGESTS[4]}.zip"]
    assert metadata(sandbox) == {"other": "kept", "managed": "none", mark(DIGESTS[1]): "uploaded", mark(DIGESTS[4]): "uploaded"}


def test_pruning_is_a_dry_run_unless_it_is_confirmed(sandbox: Sandbox, container: PackageContainer, package: Path) -> None:
    filled(container, package)
    before = metadata(sandbox)
    result = prune(container, "orders", dict, 1, really=False)
    assert len(result.removed) == 4
    assert (len(container.blobs()), metadata(sandbox)) == (5, before)


def test_what_a_slot_was_given_while_pruning_looked_stays(container: PackageContainer, package: Path) -> None:
    filled(container, package)
    answers = iter([{}, named(DIGESTS[0])])
    result = prune(container, "orders", lambda: next(answers), 1, really=True)
    assert {fate.blob.name: fate.kept for fate in result.fates if fate.kept} == {
        f"orders-{DIGESTS[4]}.zip": "it is one of the newest 1",
        f"orders-{DIGESTS[0]}.zip": "slot 'staging' runs it",
    }
    assert f"orders-{DIGESTS[0]}.zip" in [blob.name for blob in container.blobs()]


def test_killed_between_the_notes_and_the_blobs_no_note_is_left_that_would_be_believed(
    sandbox: Sandbox, container: PackageContainer, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(container, package)

    def killed(_: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(container, "delete", killed)
        prune(container, "orders", dict, 1, really=True)
    assert [name for name in metadata(sandbox) if name.startswith("h")] == [mark(DIGESTS[4])]
    prune(container, "orders", dict, 1, really=True)
    assert [blob.name for blob in container.blobs()] == [f"orders-{DIGESTS[4]}.zip"]


def blob(digest: str, age: int) -> Blob:
    return Blob(f"orders-{digest}.zip", 10, datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=age))


def test_of_the_rest_the_newest_are_kept_and_strangers_are_not_looked_at() -> None:
    blobs = [blob(digest, age) for age, digest in enumerate(DIGESTS)] + [Blob("notes.txt", 1, datetime(2020, 1, 1, tzinfo=UTC))]
    decided = decide_pruning(blobs, "orders", named(DIGESTS[3]), 2, managed=DIGESTS[4])
    assert [(fate.blob.name[7:23], fate.kept) for fate in decided.fates] == [
        (DIGESTS[0], "it is one of the newest 2"),
        (DIGESTS[1], "it is one of the newest 2"),
        (DIGESTS[2], None),
        (DIGESTS[3], "slot 'staging' runs it"),
        (DIGESTS[4], "Pulumi's state holds it"),
    ]
    assert decided.as_json() == {
        "kept": {fate.blob.name: fate.kept for fate in decided.fates if fate.kept},
        "removed": [f"orders-{DIGESTS[2]}.zip"],
        "freed_bytes": 10,
        "others": 1,
    }


def test_a_negative_number_to_keep_is_refused(container: PackageContainer) -> None:
    with pytest.raises(OperationProblem, match=r"--keep -1: give 0 or more\."):
        prune(container, "orders", dict, -1, really=True)
