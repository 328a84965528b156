"""Releases that wait for nobody, in a ring of four slots: every version finishes behind what it has begun, by its own code alone."""

from __future__ import annotations

import json
import math
import shutil
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from azure.storage.queue import QueueClient

from sandbox.arm import ResourceId, Write
from sandbox.resources.role_ids import STORAGE_QUEUE_DATA_CONTRIBUTOR
from sandbox.web import SwapPhase, swaps_of
from sandbox.world import Sandbox
from tests.sampling import story

from ..invariants import assert_code_kept_its_storage, assert_no_two_slots_share_a_hub
from .team import Team

pytestmark = story("drain behind")

RING = Path(__file__).parent / "apps" / "ring"
SLOTS = ("staging", "second", "third")
ROUNDS = {"1.0.0": ("a1", "a2"), "2.0.0": ("b1",), "3.0.0": ("c1", "c2"), "4.0.0": ("d1",)}
"""By version. The first is begun by a message, the other one by a request; 2.0.0 has the fewest of all that are behind at last."""
FIFTH = "5.0.0"
ACCOUNTS = {"1.0.0": "ordersblue", "2.0.0": "ordersgreen", "3.0.0": "ordersamber", "4.0.0": "ordersviolet", FIFTH: "ordersgreen"}
EMPTY = {"staging": ("ordersgreen", None), "second": ("ordersamber", None), "third": ("ordersviolet", None)}
BEHIND = {"production": "4.0.0", "staging": "1.0.0", "second": "2.0.0", "third": "3.0.0"}
"""After three releases that waited for nobody."""
PATIENCE = 60.0

Bundles = dict[str, tuple[str, str | None]]


@dataclass
class Ring:
    """Four versions with rounds that wait; a fifth that finds no slot until the second has finished; and a rollback."""

    team: Team
    queue: QueueClient = field(init=False)
    said: dict[str, str] = field(default_factory=dict)
    bundles: dict[str, Bundles] = field(default_factory=dict)
    """What was said, and what each slot held then, at moments of the story: each release, `refused`, `rollback`."""
    waiting: dict[str, dict[str, str]] = field(init=False)
    """Slot -> its instances and their statuses, while every version had rounds that waited."""
    status: dict[str, Any] = field(init=False)
    found: list[dict[str, Any]] = field(init=False)
    unknown_to_production: bool = field(init=False)
    writes: list[tuple[str, str]] = field(init=False)
    """Those of the release that was refused, and of the rollback that was."""
    ended: dict[str, Any] = field(default_factory=dict)
    """Round -> its status and its output at the end."""
    in_production: dict[str, list[list[float]]] = field(default_factory=lambda: {"1.0.0": [[0.0, math.inf]]})
    """Version -> from when to when: phase 1 of the swap that brought it, phase 4 of the one that took it away."""

    def tell(self) -> None:
        self.team.sandbox.plane.journal.subscribe(self.look_at_the_beginning)
        swaps_of(self.team.sandbox.plane).hooks.append(self.look_at_the_end)
        for version in ROUNDS:
            self.release(version)
            self.begin_rounds(version)
        self.look_around()
        before = len(self.team.azure.plane.journal)
        self.release(FIFTH, code=3)
        self.said["no rollback"] = self.team.operations("rollback", "--settle", "1s", code=3).text
        self.writes = self.team.azure.writes_since(before)
        self.finish("b1", "second")
        self.release(FIFTH)
        self.team.sandbox.functions.wait_ready()
        self.wait_for(f"tick-{FIFTH}", "production", is_completed)
        self.told("rollback", self.team.operations("rollback", "--settle", "1s", "--timeout", "1m").text)
        for round, slot in {"a1": "staging", "a2": "staging", "c1": "third", "c2": "third", "d1": "production"}.items():
            self.finish(round, slot)

    def release(self, version: str, code: int = 0) -> None:
        folder = self.team.apps / version
        shutil.copytree(RING, folder, dirs_exist_ok=True)
        (folder / "version.py").write_text(f'VERSION = "{version}"\n')
        self.team.wants(version, folder)
        said = self.team.release("--mode", "drain-behind", code=code).text
        self.told(version if code == 0 else "refused", said)

    def told(self, moment: str, said: str) -> None:
        self.said[moment], self.bundles[moment] = said, self.team.azure.bundles()

    def begin_rounds(self, version: str) -> None:
        self.team.sandbox.functions.wait_ready()
        if version == "1.0.0":
            self.queue = self.make_queue()
        by_message, *by_request = ROUNDS[version]
        self.queue.send_message(b64encode(by_message.encode()).decode())
        for round in by_request:
            answer = self.team.sandbox.functions.request("production", "POST", f"/api/rounds/{round}")
            assert answer.status == 202, answer
        for round in ROUNDS[version]:
            self.wait_for(round, "production", lambda found: found["customStatus"] == "waits")
        self.wait_for(f"tick-{version}", "production", is_completed)

    def make_queue(self) -> QueueClient:
        """The one that every version has a trigger on, in the host's storage. A team gives its app the role for that itself."""
        sandbox, plane = self.team.sandbox, self.team.sandbox.plane
        [(_, identity)] = plane.store.of_type("Microsoft.ManagedIdentity/userAssignedIdentities")
        principal = identity["properties"]["principalId"]
        url = self.team.azure.settings()["AzureWebJobsStorage__queueServiceUri"].rstrip("/")
        [account] = [id for id, _ in plane.store.of_type("Microsoft.Storage/storageAccounts") if id.name == url.rpartition("/")[2]]
        role = f"/subscriptions/{sandbox.subscription}/providers/Microsoft.Authorization/roleDefinitions/{STORAGE_QUEUE_DATA_CONTRIBUTOR}"
        grant = {"properties": {"roleDefinitionId": role, "principalId": principal}}
        plane.request("PUT", f"{account}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}", grant)
        queue = QueueClient(url, "rounds", credential=sandbox.credential(principal), connection_verify=str(sandbox.ca_bundle))
        queue.create_queue()
        return queue

    def look_around(self) -> None:
        for slot in SLOTS:
            self.team.sandbox.functions.wait_ready(slot=slot)
        self.waiting = {slot: self.team.statuses(slot) for slot in ("production", *SLOTS)}
        self.status = answer_of(self.team.operations("status", "--json").text)
        self.found = answer_of(self.team.operations("instances", "b1", "--json").text)["instances"]
        self.unknown_to_production = self.request("production", "GET", "b1").status == 404

    def finish(self, round: str, slot: str) -> None:
        """Raises its event at the address of a slot, and waits there for its end."""
        answer = self.request(slot, "POST", f"{round}/raiseEvent/Finish", True)
        assert answer.status == 202, answer
        ended = self.wait_for(round, slot, lambda found: found["runtimeStatus"] not in ("Pending", "Running"))
        self.ended[round] = (ended["runtimeStatus"], ended["output"])

    def wait_for(self, id: str, slot: str, told: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.request(slot, "GET", id)
            found = None if answer.status == 404 else json.loads(answer.body)
            if found is not None and told(found):
                return dict(found)
            assert time.monotonic() < deadline, f"{id} in {slot}: {found}"
            time.sleep(0.1)

    def request(self, slot: str, method: str, path: str, body: Any = None) -> Any:
        return self.team.sandbox.functions.request(slot, method, f"/runtime/webhooks/durabletask/instances/{path}", body)

    def look_at_the_beginning(self, write: Write) -> None:
        """Of a swap: from here on the new version runs with production's sticky settings, which let its triggers work."""
        if write.operation.startswith("swap 1 "):
            _, version = self.team.azure.bundle(ResourceId.parse(write.id).names[1])
            assert version is not None
            self.in_production.setdefault(version, []).append([time.time(), math.inf])

    def look_at_the_end(self, phase: SwapPhase) -> None:
        """Of a swap: the old version has been restarted with the settings of the slot that it is in now."""
        if phase.number == 4:
            _, version = self.team.azure.bundle(phase.source)
            assert version is not None
            self.in_production[version][-1][1] = time.time()


def is_completed(found: Mapping[str, Any]) -> bool:
    return bool(found["runtimeStatus"] == "Completed")


def answer_of(text: str) -> dict[str, Any]:
    """What `--json` put on standard output, after the progress on standard error."""
    found: dict[str, Any] = json.loads(text[text.index("\n{\n") :])
    return found


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Ring]:
    folder = tmp_path_factory.mktemp("ring")
    slots = {f"site.slots[{number}]": slot for number, slot in enumerate(SLOTS)}
    with Sandbox(folder / "azure", functions=True) as sandbox:
        ring = Ring(Team(folder, sandbox, engine, config=slots))
        ring.tell()
        yield ring
        ring.queue.close()


def test_each_release_puts_the_version_before_behind_without_waiting_for_it(ring: Ring) -> None:
    def has(*versions: str, **rest: tuple[str, str | None]) -> Bundles:
        return {slot: (ACCOUNTS[version], version) for slot, version in zip(BEHIND, versions, strict=False)} | rest

    assert {version: ring.bundles[version] for version in ROUNDS} == {
        "1.0.0": has("1.0.0", **EMPTY),
        "2.0.0": has("2.0.0", "1.0.0", second=("ordersamber", None), third=("ordersviolet", None)),
        "3.0.0": has("3.0.0", "1.0.0", "2.0.0", third=("ordersviolet", None)),
        "4.0.0": has("4.0.0", "1.0.0", "2.0.0", "3.0.0"),
    }
    rounds = {slot: dict.fromkeys(ROUNDS[version], "Running") for slot, version in BEHIND.items()}
    ticks = {slot: {f"tick-{version}": "Completed"} for slot, version in BEHIND.items()}
    assert ring.waiting == {slot: rounds[slot] | ticks[slot] for slot in BEHIND}


def test_status_shows_what_every_slot_still_finishes(ring: Ring) -> None:
    shown = {
        one["slot"]: (one["version"], one["task_hub"]["verdict"], one["task_hub"]["active"], one["task_hub"]["oldest"]["id"][0])
        for one in ring.status["slots"]
    }
    assert shown == {
        "production": ("4.0.0", "busy", 1, "d"),
        "staging": ("1.0.0", "busy", 2, "a"),
        "second": ("2.0.0", "busy", 1, "b"),
        "third": ("3.0.0", "busy", 2, "c"),
    }
    assert [one["kind"] for one in ring.status["notices"]] == ["finishing_behind"] * 3


def test_instances_finds_one_of_an_old_version_where_production_does_not_know_it(ring: Ring) -> None:
    [found] = ring.found
    address = "https://orders-second.azurewebsites.net/runtime/webhooks/durabletask/instances/b1"
    assert (found["slot"], found["hub"], found["status"], found["address"]) == ("second", "ordersTasks", "Running", address)
    assert ring.unknown_to_production


def test_the_fourth_release_is_refused_with_the_slot_that_frees_up_first_and_what_it_waits_for(ring: Ring) -> None:
    [since] = [one["task_hub"]["oldest"]["created"] for one in ring.status["slots"] if one["slot"] == "second"]
    assert (
        "No slot is free. All 3 slots still finish a version. Slot 'second' (2.0.0) frees up first: 1 instance is active on task hub "
        f"'ordersTasks', the oldest being Round 'b1', Running since {since[:10]} {since[11:19]} UTC."
    ) in ring.said["refused"]
    assert ring.bundles["refused"] == ring.bundles["4.0.0"]


def test_a_rollback_waits_for_production_like_any_swap(ring: Ring) -> None:
    assert "Nothing was swapped. 1 instance is active on task hub 'ordersTasks', the oldest being Round 'd1'" in ring.said["no rollback"]
    assert ring.writes == [], "neither of the two refusals has changed anything"


def test_it_passes_into_that_slot_once_the_version_there_has_finished(ring: Ring) -> None:
    second, production = (ACCOUNTS["4.0.0"], "4.0.0"), (ACCOUNTS[FIFTH], FIFTH)
    assert "Put 5.0.0 into slot 'second', in place of 2.0.0 (pulumi up)." in ring.said[FIFTH]
    assert ring.bundles[FIFTH] == ring.bundles["4.0.0"] | {"production": production, "second": second}


def test_a_rollback_brings_back_the_version_before_while_it_still_has_rounds_that_wait(ring: Ring) -> None:
    production, second = ring.bundles[FIFTH]["second"], ring.bundles[FIFTH]["production"]
    assert ring.bundles["rollback"] == ring.bundles[FIFTH] | {"production": production, "second": second}


def test_every_round_was_executed_by_its_own_version_alone_to_its_end(ring: Ring) -> None:
    own = {round: version for version, rounds in ROUNDS.items() for round in rounds}
    assert ring.ended == {round: ("Completed", [f"began by {version}", f"ended by {version}"]) for round, version in own.items()}
    ticks = {f"tick-{version}": version for version in (*ROUNDS, FIFTH)}
    assert ring.team.executed_by() == {instance: {version} for instance, version in (own | ticks).items()}
    assert_code_kept_its_storage(ring.team.azure)
    assert_no_two_slots_share_a_hub(ring.team.azure)


def test_no_version_starts_anything_by_itself_before_it_comes_into_production_or_after_it_left(ring: Ring) -> None:
    started = [one for one in ring.team.sandbox.functions.executions() if one["function"] in ("Tick", "TakeRound")]
    outside = [
        one for one in started if not any(begin <= one["time"] <= end for begin, end in ring.in_production.get(one["app_version"], []))
    ]
    assert outside == []
    assert {one["app_version"] for one in started if one["function"] == "Tick"} == {*ROUNDS, FIFTH}
    assert sorted(one["app_version"] for one in started if one["function"] == "TakeRound") == list(ROUNDS)
    assert {version: len(spans) for version, spans in ring.in_production.items()} == {**dict.fromkeys((*ROUNDS, FIFTH), 1), "4.0.0": 2}
