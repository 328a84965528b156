"""The commands as people and pipelines call them, against real storage and the embedded control plane."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from operations.cli import app
from operations.lease import Lease
from operations.problem import BUSY, DONE, UNKNOWN, USAGE, OperationProblem
from operations.repair import slots_to_mend
from sandbox.arm.faults import Fault
from sandbox.web import swaps_of
from sandbox.world import Sandbox

from .hub import TaskHub, inside
from .site import Site

pytestmark = pytest.mark.azurite


class Shell:
    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.blue, self.green = TaskHub(site, "blue"), TaskHub(site, "green")

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--stack", "test-orders", "--cwd", str(self.folder)])

    def json(self, *words: str) -> tuple[int, Any]:
        done = self.run(*words, "--json")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.stdout)

    def gate(self, *words: str) -> tuple[int, Any]:
        return self.json("gate", "--settle", "0.1", *words)

    def refused(self, *words: str) -> OperationProblem:
        done = self.run(*words)
        assert isinstance(done.exception, OperationProblem), (done.exception, done.output)
        return done.exception


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    with Sandbox(storage="azurite") as sandbox:
        site = Site(sandbox)
        site.hold("staging", "green", "2.0.0")
        inside(site, tmp_path, monkeypatch)
        monkeypatch.setattr("operations.swapping.exchanging.POLL", 0.05)
        yield Shell(site, tmp_path)


def test_the_gate_follows_the_code_over_a_swap_though_outputs_are_stale(shell: Shell) -> None:
    shell.blue.has("a1", "Suspended")
    code, found = shell.gate("--timeout", "0", "--slot", "production")
    assert (code, found["verdict"], found["reason"], found["active"], found["oldest"]["id"]) == (BUSY, "busy", "active", 1, "a1")
    assert shell.gate("--timeout", "0", "--slot", "staging")[0] == DONE
    shell.site.swap()
    assert shell.gate("--timeout", "0", "--slot", "production")[0] == DONE
    assert shell.gate("--timeout", "0", "--slot", "staging")[0] == BUSY


def test_the_gate_waits_until_the_last_instance_ends(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.gate.deciding.EVERY", 0.01)
    shell.blue.has("a1", "Running")

    def ends() -> None:
        shell.blue.has("a1", "Completed")

    shell.site.plane.faults.add(Fault(matching="get /data/ordersblue/table/ordersTasksInstances*", call=ends, after=True))
    done = shell.run("gate", "--timeout", "1h", "--settle", "0.1")
    assert done.exit_code == DONE, done.output
    assert "slot 'production' has version 1.0.0; its task hub is 'ordersTasks'" in done.stderr
    assert "waiting for 1 running instance on task hub 'ordersTasks' since" in done.stderr
    assert "oldest: Order 1.0.0 'a1', Running since 2026-01-01 08:00:00 UTC" in done.stderr
    assert done.stdout.startswith("drained: ")


def test_a_slot_that_never_had_a_package_is_drained_and_one_whose_hub_is_missing_is_not(shell: Shell) -> None:
    shell.site.hold("staging", "green", None)
    code, found = shell.gate("--slot", "staging", "--timeout", "0")
    assert (code, found["verdict"]) == (DONE, "drained")
    outputs = shell.site.outputs()
    outputs["bundles"]["blue"]["task_hub"] = "wrongTasks"
    (shell.folder / "outputs.json").write_text(json.dumps(outputs))
    code, found = shell.gate("--timeout", "0")
    assert (code, found["reason"]) == (UNKNOWN, "no_hub")
    assert "Its account has 'ordersTasks'." in found["sentence"]


def test_messages_without_an_instance_pass_only_with_their_exact_number(shell: Shell) -> None:
    shell.blue.message()
    assert shell.gate("--timeout", "0")[0] in (BUSY, UNKNOWN)
    code, found = shell.gate("--timeout", "0", "--accept-unsettled", "2")
    assert code != DONE, found
    code, found = shell.gate("--timeout", "0", "--accept-unsettled", "1")
    assert (code, found["verdict"]) == (DONE, "drained")


def test_what_is_excluded_may_run_on_and_is_said(shell: Shell) -> None:
    shell.blue.has("monitor", "Running", name="Monitor")
    assert shell.gate("--timeout", "0")[0] == BUSY
    code, found = shell.gate("--timeout", "0", "--exclude", "Monitor")
    assert (code, found["excluded"], found["excluded_instances"]) == (DONE, ["Monitor"], 1)


def test_storage_that_refuses_is_unknown_and_never_drained(shell: Shell) -> None:
    shell.site.plane.faults.add(Fault(matching="get /data/ordersblue/*", status=403, code="AuthorizationPermissionMismatch", times=1000))
    code, found = shell.gate("--timeout", "0")
    assert (code, found["verdict"], found["reason"], found["status"]) == (UNKNOWN, "unknown", "unreadable", 403)


def test_a_role_that_was_granted_just_now_is_waited_for(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.gate.deciding.EVERY", 0.01)
    shell.site.plane.faults.add(Fault(matching="get /data/ordersblue/*", status=403, code="AuthorizationPermissionMismatch", times=3))
    done = shell.run("gate", "--timeout", "1h", "--settle", "0.1")
    assert done.exit_code == DONE, done.output
    assert "waiting for the right to read task hub 'ordersTasks' since" in done.stderr


def test_what_can_not_be_asked_is_refused_before_anything_is_looked_at(shell: Shell) -> None:
    assert "--slot amber: 'orders' has no such slot" in str(shell.refused("gate", "--slot", "amber"))
    assert "--timeout soon: is no duration" in str(shell.refused("gate", "--timeout", "soon"))
    assert shell.refused("gate", "--slot", "amber").code == USAGE


def test_status_shows_the_slots_also_to_somebody_who_may_not_read_the_record(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise OperationProblem("The record of releases can't be read (Forbidden).", UNKNOWN)

    monkeypatch.setattr("operations.status.reading.read_record", refused)
    code, found = shell.json("status")
    assert (code, [slot["version"] for slot in found["slots"]]) == (DONE, ["1.0.0", "2.0.0"])
    assert found["notices"][0] == {
        "kind": "record_unknown",
        "sentence": "The record of releases can't be read (Forbidden). So who is at work, and what was swapped since the last release, is "
        "not known.",
        "blocks": True,
    }


def test_status_shows_every_slot_and_what_is_in_the_way(shell: Shell) -> None:
    shell.blue.has("a1", "Running")
    shell.blue.has("@counter@1", "Running")
    shell.site.swap()
    done = shell.run("status")
    assert done.exit_code == DONE, done.output
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0][:4] == ["slot", "version", "bundle", "task"]
    assert lines[1][:5] == ["production", "2.0.0", "green", "ordersTasks", "drained"]
    assert lines[2][:5] == ["staging", "1.0.0", "blue", "ordersTasks", "busy"]
    code, found = shell.json("status")
    assert (code, [one["kind"] for one in found["notices"]]) == (DONE, ["finishing_behind"])
    assert "Slot 'staging' (1.0.0) finishes 1 instance outside of production" in done.stdout.replace("\n", " ")
    assert [one["slot"] for one in found["slots"]] == ["production", "staging"]
    assert found["slots"][1]["task_hub"]["entities"] == ["@counter@1"]


def test_swap_is_refused_while_something_runs_and_then_done_and_rolled_back(shell: Shell) -> None:
    shell.blue.has("a1", "Running")
    problem = shell.refused("swap", "--slot", "staging", "--settle", "0.1")
    assert problem.code == BUSY and "Nothing was swapped." in str(problem)
    shell.blue.has("a1", "Completed")
    code, found = shell.json("swap", "--slot", "staging", "--settle", "0.1", "--dry-run")
    assert (code, found) == (DONE, {"done": False, "slots": None})
    assert shell.site.versions() == {"production": ("blue", "1.0.0"), "staging": ("green", "2.0.0")}
    code, found = shell.json("swap", "--slot", "staging", "--settle", "0.1")
    assert (code, found["slots"]["production"]) == (DONE, {"version": "2.0.0", "bundle": "green"})
    assert shell.json("status")[1]["notices"] == []
    code, found = shell.json("rollback", "--settle", "0.1")
    assert (code, found["slots"]["production"]) == (DONE, {"version": "1.0.0", "bundle": "blue"})
    assert "was a rollback already" in str(shell.refused("rollback", "--settle", "0.1"))


def test_swaps_and_updates_by_others_are_noticed_after_a_swap_of_ours(shell: Shell) -> None:
    assert shell.run("swap", "--slot", "staging", "--settle", "0.1").exit_code == DONE
    green, blue = shell.site.has("production"), shell.site.has("staging")
    shell.site.settings("production", blue)
    shell.site.settings("staging", green)
    assert [one["kind"] for one in shell.json("status")[1]["notices"]] == ["reverted_swap"]
    shell.site.swap()
    assert [one["kind"] for one in shell.json("status")[1]["notices"]] == ["foreign_swap"]


def test_with_drain_behind_the_old_version_goes_on_in_the_other_slot_and_its_instances_are_found_there(shell: Shell) -> None:
    shell.blue.has("a1", "Running")
    assert shell.run("swap", "--slot", "staging", "--settle", "0.1", "--drain-behind").exit_code == DONE
    code, found = shell.json("instances", "a1")
    (one,) = found["instances"]
    assert (code, one["slot"], one["hub"], one["status"]) == (DONE, "staging", "ordersTasks", "Running")
    assert one["address"] == "https://orders-staging.azurewebsites.net/runtime/webhooks/durabletask/instances/a1"
    assert [found["id"] for found in shell.json("instances", "--active")[1]["instances"]] == ["a1"]
    assert "No slot's task hub has an instance 'zz'" in shell.run("instances", "zz").stdout


def test_an_id_in_two_hubs_is_found_twice_and_a_hub_that_can_not_be_read_is_said(shell: Shell) -> None:
    shell.blue.has("a1", "Completed")
    shell.green.has("a1", "Running", version="2.0.0")
    found = shell.json("instances", "a1")[1]["instances"]
    assert [(one["slot"], one["version"]) for one in found] == [("production", "1.0.0"), ("staging", "2.0.0")]
    shell.site.plane.faults.add(Fault(matching="get /data/ordersblue/*", status=403, code="AuthorizationPermissionMismatch", times=1000))
    code, found = shell.json("instances", "a1")
    assert (code, len(found["instances"])) == (UNKNOWN, 1)
    assert found["unreadable"][0].startswith("Task hub 'ordersTasks' of slot 'production' can't be read")


def test_entities_keep_their_hub_in_production_unless_abandoned(shell: Shell) -> None:
    shell.blue.has("@counter@1", "Running")
    problem = shell.refused("swap", "--slot", "staging", "--settle", "0.1")
    assert "holds 1 entities: '@counter@1'" in str(problem)
    assert "entities" in str(shell.refused("swap", "--slot", "staging", "--settle", "0.1", "--drain-behind"))
    assert shell.run("swap", "--slot", "staging", "--settle", "0.1", "--abandon-entities").exit_code == DONE


def test_a_swap_is_refused_while_the_stack_is_updated(shell: Shell) -> None:
    lock = shell.folder / "state" / ".pulumi" / "locks" / "organization" / "orders" / "test-orders" / "1.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": 77, "username": "ann", "hostname": "runner", "timestamp": "now"}))
    assert "Stack 'test-orders' is being updated: by ann@runner" in str(shell.refused("swap", "--slot", "staging"))
    assert shell.json("status")[1]["notices"][0]["kind"] == "updating"


def test_half_of_a_swap_with_preview_is_cancelled_on_request_only(shell: Shell) -> None:
    body = {"targetSlot": "production", "preserveVnet": True}
    shell.site.plane.request("POST", f"{shell.site.id}/slots/staging/applySlotConfig", body)
    assert "--cancel-preview" in str(shell.refused("swap", "--slot", "staging", "--settle", "0.1"))
    assert shell.run("swap", "--slot", "staging", "--settle", "0.1", "--cancel-preview").exit_code == DONE
    assert shell.site.versions()["production"] == ("green", "2.0.0")


def test_a_swap_whose_command_was_killed_is_not_taken_back_by_the_same_command(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(Exception):
        pass

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("operations.swapping.exchanging._follow", dies)
        patch.setattr("operations.lease.Lease.release", lambda self: self._over.set())
        assert isinstance(shell.run("swap", "--slot", "staging", "--settle", "0.1").exception, Killed)
    swaps_of(shell.site.plane).wait(shell.site.id)
    assert shell.site.versions()["production"] == ("green", "2.0.0")
    done = shell.run("swap", "--slot", "staging", "--settle", "0.1", "--force-unlock")
    assert done.exit_code == DONE, done.output
    assert "it is not made again, which would take it back" in done.stderr
    assert shell.site.versions()["production"] == ("green", "2.0.0")
    assert shell.json("status")[1]["notices"] == []
    assert shell.run("swap", "--slot", "staging", "--settle", "0.1").exit_code == DONE
    assert shell.site.versions()["production"] == ("blue", "1.0.0")


def test_history_is_counted_first_and_purged_when_told_to(shell: Shell) -> None:
    shell.blue.has("old", "Completed")
    shell.blue.has("open", "Running")
    code, found = shell.json("history", "purge", "--older-than", "1d", "--slot", "production")
    assert (code, found["dry_run"], [one["instances"] for one in found["slots"]]) == (DONE, True, [1])
    assert shell.json("instances", "old")[1]["instances"] != []
    code, found = shell.json("history", "purge", "--older-than", "1d", "--yes")
    assert (code, found["dry_run"]) == (DONE, False)
    assert shell.json("instances", "old")[1]["instances"] == []
    assert shell.json("instances", "open")[1]["instances"] != []
    assert "at least a day" in str(shell.refused("history", "purge", "--older-than", "1h"))


def test_nothing_is_swapped_by_one_while_another_holds_the_lease(shell: Shell) -> None:
    url, credential = shell.site.deployment().packages_url, shell.site.sandbox.credential()
    with Lease(url, "orders", credential, "release of 3.0.0"):
        problem = shell.refused("swap", "--slot", "staging")
        assert problem.code == BUSY and "(release of 3.0.0, for" in str(problem)
        assert shell.json("status")[1]["notices"][0]["kind"] == "running"


def test_a_repair_says_what_has_to_be_mended_in_the_slots_and_with_which_command(shell: Shell) -> None:
    assert slots_to_mend(shell.folder, "test-orders") == []
    shell.site.hold("staging", "blue", "2.0.0")
    (sentence,) = slots_to_mend(shell.folder, "test-orders")
    assert sentence.startswith("Slots 'production' and 'staging' name one task hub") and "`pulumi up --stack test-orders`" in sentence
    shell.site.plane.faults.add(Fault(matching="get */sites/orders", status=403))
    (sentence,) = slots_to_mend(shell.folder, "test-orders")
    assert sentence.startswith("The slots could not be looked at. What slot 'production' of 'orders' runs can't be read")
    (shell.folder / "outputs.json").write_text("{}")
    assert slots_to_mend(shell.folder, "test-orders") == []


def test_help_teaches_the_exit_codes_and_what_each_refusal_is_about() -> None:
    def told(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--help"])
        assert done.exit_code == 0
        return " ".join(done.stdout.split())

    assert [
        code for code in ("0 done", "2 what", "3 something still runs", "4 something", "5 the release", "1 anything") if code not in told()
    ] == []
    assert "The hub is the one that the slot's LIVE settings name" in told("gate")
    assert "Exit code 0 drained" in told("gate") and "3 busy" in told("gate") and "4 unknown" in told("gate")
    assert "--drain-behind lets it finish in the other slot" in told("swap")
    assert "the version before, with its own storage, is in production again" in told("rollback")
    assert "Without --yes it only counts" in told("history", "purge")
