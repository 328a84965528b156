"""`operations versions` on hubs in the storage emulator: what it counts, and that it says nothing of what it could not read to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.cli import app
from operations.problem import DONE, UNKNOWN
from sandbox.arm.faults import Fault
from sandbox.resources import role_ids
from sandbox.resources.roles import _TYPE as ROLE_ASSIGNMENTS
from sandbox.world import Sandbox
from tests.operations.slots.hub import TaskHub, inside
from tests.operations.slots.site import Site

pytestmark = pytest.mark.azurite

ACCOUNT = "ordersblue"
HUBS = {"production": "ordersTasksProduction", "staging": "ordersTasksStaging"}
STRATEGIES = ("orchestration-versioning", "name-based-versioning")
NOT_KNOWN = "What can be deleted is not known."


class Shell:
    """Two slots whose hubs stay with them, in one account: 2.0.0 in production, which has 1.0 to 2.0, and 1.0.0 in staging."""

    def __init__(self, sandbox: Sandbox, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.site, self.folder = Site(sandbox), folder
        self.hubs = {slot: TaskHub(self.site, "blue", name) for slot, name in HUBS.items()}
        inside(self.site, folder, patch)

    def hold(self, strategy: str, **production: str) -> None:
        by_name = strategy == "name-based-versioning"
        versions = {"production": "v1,v2,v3" if by_name else "2.0", "staging": "v1,v2" if by_name else "1.0"}
        starts = {"LATEST_VERSION": "v3"} if by_name else {"START_VERSION": "2.0"}
        outputs = {
            **self.site.outputs(),
            "strategy": strategy,
            "hubs": {slot: {"account": ACCOUNT, "task_hub": hub} for slot, hub in HUBS.items()},
            "start_setting": next(iter(starts)),
            "task_hub_setting": "TaskHubName",
        }
        (self.folder / "outputs.json").write_text(json.dumps(outputs))
        host = {"AzureWebJobsStorage__blobServiceUri": self.site.endpoint(ACCOUNT, "blob")}
        for slot, label in (("production", "2.0.0"), ("staging", "1.0.0")):
            code = {"DURABLE_DEPLOY_VERSIONS": versions[slot], "TaskHubName": HUBS[slot], **starts, **host}
            self.site.hold(slot, "blue", label, **{**code, **(production if slot == "production" else {})})

    def outputs(self, **changes: Any) -> None:
        known = json.loads((self.folder / "outputs.json").read_text())
        (self.folder / "outputs.json").write_text(json.dumps({**known, **changes}))

    def run(self, *flags: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["versions", *flags, "--stack", "test-orders", "--cwd", str(self.folder)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout

    def answers(self) -> tuple[int, Any]:
        code, text = self.run("--json")
        return code, json.loads(text)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    with Sandbox(storage="azurite") as sandbox, pytest.MonkeyPatch.context() as patch:
        yield Shell(sandbox, tmp_path_factory.mktemp("versions"), patch)


@pytest.fixture(autouse=True)
def nothing_active(shell: Shell) -> Iterator[None]:
    yield
    shell.site.plane.faults.clear()
    for hub in shell.hubs.values():
        for id in ("a", "b", "c", "d", "e"):
            hub.has(id, "Completed")


def test_active_instances_are_counted_by_orchestrator_and_version_over_both_slots(shell: Shell) -> None:
    shell.hold("orchestration-versioning")
    shell.hubs["production"].has("a", "Running", version="1.0")
    shell.hubs["production"].has("b", "Pending", version="1.0")
    shell.hubs["production"].has("c", "Running", version="2.0")
    shell.hubs["production"].has("d", "Failed", version="0.9")
    shell.hubs["staging"].has("a", "Suspended", version="1.0")
    code, text = shell.run()
    lines = [line.split() for line in text.splitlines() if line]
    assert (code, lines[0]) == (DONE, ["orchestrator", "version", "active", "oldest", "in"])
    assert [(line[:3], line[-4:]) for line in lines[1:3]] == [
        (["Order", "1.0", "3"], ["production", "2,", "staging", "1"]),
        (["Order", "2.0", "1"], [*lines[2][-4:-2], "production", "1"]),
    ]
    assert "Clients start: 2.0" in text
    assert "Order: branches for versions below 1.0 can go; 3 of 1.0 are active." in text

    shell.hubs["staging"].has("e", "Running", version="")
    code, found = shell.answers()
    created = "2026-01-01T08:00:00+00:00"
    assert (code, found) == (
        DONE,
        {
            "active": [
                {"slot": "production", "orchestrator": "Order", "version": "1.0", "count": 2, "oldest": created},
                {"slot": "production", "orchestrator": "Order", "version": "2.0", "count": 1, "oldest": created},
                {"slot": "staging", "orchestrator": "Order", "version": None, "count": 1, "oldest": created},
                {"slot": "staging", "orchestrator": "Order", "version": "1.0", "count": 1, "oldest": created},
            ],
            "started": ["2.0"],
            "answers": [
                {
                    "orchestrator": "Order",
                    "deletable": [],
                    "below": None,
                    "sentence": "Order: nothing can go. 1 instance without a version is active, older than every version.",
                },
                {
                    "orchestrator": "",
                    "deletable": [],
                    "below": "2.0",
                    "sentence": "All other orchestrators: nothing is active; branches for versions below 2.0, which clients start, can go.",
                },
            ],
            "unknown": [],
        },
    )


def test_versions_by_name_that_nothing_runs_and_no_client_starts_can_go(shell: Shell) -> None:
    shell.hold("name-based-versioning")
    shell.hubs["staging"].has("a", "Running", name="Orders_v1", version="")
    code, found = shell.answers()
    assert (code, [one["deletable"] for one in found["answers"]]) == (DONE, [["v2"]])
    shell.hold("name-based-versioning", LATEST_VERSION_Orders="v2")
    code, found = shell.answers()
    assert (code, [one["deletable"] for one in found["answers"]]) == (DONE, [[]])


def test_the_version_of_a_ramp_is_one_that_clients_start_until_it_is_over_or_overtaken(shell: Shell) -> None:
    shell.hold("orchestration-versioning", START_VERSION="1.2")
    storage = shell.site.sandbox.storage
    storage.create_container(ACCOUNT, "ramp")
    record = {"format": 1, "to": "1.5", "percent": 10, "since": "2026-01-01T08:00:00Z", "by": "ann", "history": []}
    try:
        storage.put_blob(ACCOUNT, "ramp", "orders.json", json.dumps(record).encode())
        code, found = shell.answers()
        assert (code, found["started"], found["answers"][0]["below"]) == (DONE, ["1.2", "1.5", "2.0"], "1.2")
        for over in ({**record, "percent": 0}, {**record, "to": "1.1"}):
            storage.put_blob(ACCOUNT, "ramp", "orders.json", json.dumps(over).encode())
            code, found = shell.answers()
            assert (code, found["started"], found["answers"][0]["below"]) == (DONE, ["1.2", "2.0"], "1.2")
    finally:
        storage.delete_blob(ACCOUNT, "ramp", "orders.json")


def refuse_staging(shell: Shell) -> None:
    path = f"get /data/{ACCOUNT}/table/{HUBS['staging']}*"
    shell.site.plane.faults.add(Fault(matching=path, status=403, code="AuthorizationPermissionMismatch", times=1000))


def lose_tables(shell: Shell) -> None:
    shell.site.settings("staging", {**shell.site.has("staging"), "TaskHubName": "wrongTasks"})


def lose_setting(shell: Shell) -> None:
    shell.site.settings("staging", {name: value for name, value in shell.site.has("staging").items() if name != "TaskHubName"})


def take_the_role_away(shell: Shell) -> None:
    scope = shell.site.account_id(ACCOUNT)
    for id, body in shell.site.plane.store.of_type(ROLE_ASSIGNMENTS):
        if str(id).lower().startswith(scope.lower()) and role_ids.STORAGE_TABLE_DATA_CONTRIBUTOR in body["properties"]["roleDefinitionId"]:
            shell.site.plane.request("DELETE", str(id))


def move_elsewhere(shell: Shell) -> None:
    hubs = {slot: {"account": None, "task_hub": hub} for slot, hub in HUBS.items()}
    shell.outputs(hubs=hubs, backend="durable_task_scheduler")


UNREADABLE = {
    "a hub that refuses": (refuse_staging, "Task hub 'ordersTasksStaging' of slot 'staging' can't be counted: "),
    "a hub that is not there": (lose_tables, "Task hub 'wrongTasks' of slot 'staging' can't be counted: it has no tables, though the slot has code."),
    "a slot that names no hub": (lose_setting, "The settings of slot 'staging' name no task hub that can be read, though it has code."),
    "a role that is missing": (take_the_role_away, "Task hub 'ordersTasksProduction' of slot 'production' can't be counted: "),
}  # fmt: skip


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("case", UNREADABLE)
def test_what_can_t_be_read_ends_with_4_and_nothing_is_called_deletable(shell: Shell, strategy: str, case: str) -> None:
    break_it, said = UNREADABLE[case]
    shell.hold(strategy)
    shell.hubs["production"].has("a", "Running", name="Orders_v2", version="1.0")
    break_it(shell)
    try:
        code, text = shell.run()
        again, found = shell.answers()
    finally:
        shell.site.grant()
    assert (code, again, found["answers"]) == (UNKNOWN, UNKNOWN, None)
    assert [one for one in found["unknown"] if one.startswith(said)], found["unknown"]
    assert NOT_KNOWN in text and "can go" not in text


def test_a_backend_that_is_no_storage_account_and_can_t_be_asked_ends_with_4_too(shell: Shell) -> None:
    shell.hold("orchestration-versioning")
    move_elsewhere(shell)
    code, text = shell.run()
    again, found = shell.answers()
    assert (code, again, found["active"], found["answers"]) == (UNKNOWN, UNKNOWN, [], None)
    assert NOT_KNOWN in text and "can go" not in text
