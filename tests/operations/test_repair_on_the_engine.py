"""`pulumi up` killed by SIGKILL, `operations repair`, `pulumi up`: nothing is created twice, and nothing is left to do."""

from __future__ import annotations

import json

import pytest

from sandbox.arm.faults import Fault
from tests.sampling import sampled

from .killing import CREATIONS, Things

pytestmark = pytest.mark.engine

_SINGLETONS = {"settings"}


@pytest.mark.parametrize("name", ["blob", *sampled([name for name in CREATIONS if name != "blob"], count=1)])
def test_what_was_created_before_the_kill_is_adopted_and_created_once(things: Things, name: str) -> None:
    things.up_killed(CREATIONS[name], after=True)
    expected = {"adopted": {name: "creating"}, "dropped": {}, "still_wrong": {}}
    if name in _SINGLETONS:
        expected = {"adopted": {}, "dropped": {name: "creating"}, "still_wrong": {}}
    assert things.report() == expected
    things.pulumi("up", "--yes", "--skip-preview")
    assert set(things.creations().values()) == {1}
    assert "DELETE" not in [write.operation for write in things.plane.journal], "an adopted resource is never replaced"
    things.pulumi("preview", "--expect-no-changes")
    things.pulumi("preview", "--refresh", "--expect-no-changes")
    assert "hunter2" not in json.dumps(things.state())


@pytest.mark.parametrize("name", sampled([name for name in CREATIONS if name != "group"], count=1))
def test_what_was_not_created_before_the_kill_is_dropped_and_created_by_the_next_update(things: Things, name: str) -> None:
    things.up_killed(CREATIONS[name], after=False)
    assert things.report() == {"adopted": {}, "dropped": {name: "creating"}, "still_wrong": {}}
    things.pulumi("up", "--yes", "--skip-preview")
    assert set(things.creations().values()) == {1}
    things.pulumi("preview", "--refresh", "--expect-no-changes")


def test_without_a_repair_the_stack_is_locked_and_then_creates_a_second_time(things: Things) -> None:
    things.up_killed(CREATIONS["account"], after=True)
    assert "currently locked" in things.pulumi("up", "--yes", "--skip-preview", check=False).stderr
    things.pulumi("cancel", "--yes")
    done = things.pulumi("up", "--yes", "--skip-preview", check=False)
    assert "cannot create already existing resource" in done.stdout + done.stderr


def test_an_update_of_settings_that_was_killed_is_finished_by_the_next_one(things: Things) -> None:
    things.pulumi("up", "--yes", "--skip-preview")
    program = things.folder / "__main__.py"
    program.write_text(program.read_text().replace('"COLOUR": "blue"', '"COLOUR": "green"'))
    things.up_killed(CREATIONS["settings"], after=True)
    assert things.report() == {"adopted": {}, "dropped": {"settings": "updating"}, "still_wrong": {}}
    things.pulumi("preview", "--expect-no-changes")


def test_a_stack_in_order_is_said_to_be_so_and_left_as_it_is(things: Things) -> None:
    things.pulumi("up", "--yes", "--skip-preview")
    before, written = things.state(), len(things.plane.journal)
    done = things.repair("--yes")
    assert (done.returncode, done.stdout) == (
        0,
        "'test-things' is in order: no operation is pending. Nothing was changed but a lock, if there was one.\n",
    )
    assert (things.state(), len(things.plane.journal)) == (before, written)


@pytest.mark.parametrize(
    "fault",
    sampled(
        [pytest.param({"status": 403, "code": "AuthorizationFailed"}, id="forbidden"), pytest.param({"drop": True}, id="dropped")], count=1
    ),
)
def test_while_azure_can_not_be_read_the_exit_code_is_4_and_the_state_stays_as_it_was(things: Things, fault: dict[str, object]) -> None:
    things.up_killed(CREATIONS["account"], after=True)
    before, written = things.state(), len(things.plane.journal)
    things.plane.faults.add(Fault(matching="get */storageaccounts/things4711", times=100, **fault))  # type: ignore[arg-type]
    done = things.repair("--yes")
    assert (done.returncode, done.stdout) == (4, "")
    assert "operations: Azure can't be read, so what exists there isn't known." in done.stderr
    after = things.state()
    assert {**after, "manifest": None} == {**before, "manifest": None}
    assert len(things.plane.journal) == written
    things.plane.faults.clear()
    assert things.report()["adopted"] == {"account": "creating"}


def test_the_report_is_a_table_for_people_and_a_second_repair_finds_nothing_to_do(things: Things) -> None:
    things.up_killed(CREATIONS["container"], after=True)
    done = things.repair("--yes")
    assert done.returncode == 0
    assert [word for word in ("adopted", "storage:BlobContainer", "it was created after all") if word not in done.stdout] == []
    assert done.stdout.endswith("'test-things' is in order. Go on with: pulumi up --stack test-things\n")
    assert "is in order: no operation is pending" in things.repair("--yes").stdout


def test_a_state_that_the_kill_left_unreadable_is_readable_again(things: Things) -> None:
    things.up_killed(CREATIONS["account"], after=True)
    (sidecar,) = things.backend.rglob("test-things.json.attrs")
    sidecar.write_text("")
    assert "failed to load checkpoint: EOF" in things.pulumi("stack", "export", check=False).stderr
    assert things.report()["adopted"] == {"account": "creating"}


def test_nobody_is_asked_where_nobody_can_answer(things: Things) -> None:
    things.up_killed(CREATIONS["account"], after=True)
    done = things.repair()
    assert done.returncode == 2
    assert "Use --yes when you know that nobody is deploying this stack." in done.stderr
    assert "currently locked" in things.pulumi("refresh", "--yes", check=False).stderr


def test_a_stack_that_does_not_exist_is_a_mistake_in_the_command(things: Things) -> None:
    done = things.repair("--yes", stack="test-nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no stack named 'test-nothing' found" in done.stderr
