"""A release with its real hands: Resource Manager over HTTPS, real tables and queues, the lease. Only `pulumi up` is played."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.azure import Arm
from operations.deployment import deployment_of
from operations.lease import Lease, LeaseHeld, read_record
from operations.packaging.needed import needed_packages, prune_stack
from operations.problem import BUSY, ROLLED_BACK, UNKNOWN, OperationProblem
from operations.release import AzureHands, Manner, Options, Result, carry_out
from operations.release.hooks import HookFailed, HookPayload
from operations.reporting import Reporter
from operations.session import Session
from operations.swapping.exchanging import Waits
from sandbox.web import swaps_of
from sandbox.world import Sandbox

from .site import SITE, FakePulumi, OrdersSite

pytestmark = pytest.mark.azurite

SOON = Options(timeout=timedelta(0), settle=timedelta(seconds=0.01))


class Stage:
    def __init__(self, sandbox: Sandbox, site: OrdersSite, pulumi: FakePulumi) -> None:
        self.sandbox, self.site, self.pulumi = sandbox, site, pulumi
        self.notes: list[str] = []
        self.hooks: list[HookPayload] = []

    def release(self, options: Options = SOON, *, dry_run: bool = False, force: bool = False, **more: Any) -> Result:
        manner = Manner(waits=Waits(pause=lambda _: time.sleep(0.02)), update=self.pulumi.update, health_patience=5)
        stage = self

        class Noting(Reporter):
            def note(self, text: str) -> None:
                stage.notes.append(text)

        with Noting() as reporter, AzureHands(self.pulumi, reporter, leased=not dry_run, force_unlock=force, manner=manner) as hands:
            return carry_out(hands, options, reporter, dry_run=dry_run, **more)

    def fails(self, options: Options = SOON, **more: Any) -> tuple[int, str]:
        with pytest.raises(OperationProblem) as caught:
            self.release(options, **more)
        return caught.value.code, str(caught.value)

    def record(self) -> dict[str, Any]:
        return dict(read_record(self.site.packages_url, "orders", self.sandbox.credential()).content)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """1.0.0 in production, staging empty, 2.0.0 wanted."""
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    with Sandbox() as sandbox:
        for name, value in sandbox.environment().items():
            if name.startswith(("DURABLE_DEPLOY_", "IDENTITY_", "AZURE_")) or name.lower() == "no_proxy":
                monkeypatch.setenv(name, value)
        site = OrdersSite(sandbox)
        site.deploy("production", "1.0.0")
        (tmp_path / "state").mkdir()
        pulumi = FakePulumi(tmp_path, site)
        pulumi.version = "2.0.0"
        yield Stage(sandbox, site, pulumi)


def test_a_release_goes_through_and_leaves_what_status_and_rollback_need(stage: Stage) -> None:
    stage.release()
    assert stage.site.versions() == {"production": "2.0.0", "staging": "1.0.0"}
    assert (stage.site.bundle("production"), stage.site.bundle("staging")) == ("green", "blue")
    record = stage.record()
    assert (record["holder"], record["release"]["outcome"]) == (None, "done")
    assert (record["last"]["what"], record["last"]["bundles"]) == ("release of 2.0.0", {"production": "green", "staging": "blue"})
    assert stage.release().plan.steps == ()
    assert stage.pulumi.ups == [None]


def test_a_dry_run_takes_no_lease_and_writes_nothing(stage: Stage) -> None:
    before = len(list(stage.sandbox.plane.journal))
    result = stage.release(dry_run=True)
    assert [step.kind.value for step in result.plan.steps][:1] == ["stage"]
    assert (stage.record(), len(list(stage.sandbox.plane.journal))) == ({}, before)


def test_what_runs_in_production_is_named_and_nothing_is_swapped(stage: Stage) -> None:
    stage.site.instance("blue", "order-7", "Suspended")
    code, text = stage.fails()
    assert (code, "order-7" in text) == (BUSY, True)
    assert stage.site.versions() == {"production": "1.0.0", "staging": "2.0.0"}
    stage.site.instance("blue", "order-7", "Completed")
    stage.release()
    assert stage.site.versions() == {"production": "2.0.0", "staging": "1.0.0"}
    assert stage.pulumi.ups == [None]


def test_a_slot_in_which_something_still_runs_is_not_staged_over(stage: Stage) -> None:
    stage.release()
    stage.pulumi.version = "3.0.0"
    stage.site.instance("blue", "late")
    assert stage.fails()[0] == BUSY
    assert stage.site.versions() == {"production": "2.0.0", "staging": "1.0.0"}
    stage.site.instance("blue", "late", "Terminated")
    stage.release()
    assert (stage.site.versions(), stage.pulumi.ups) == ({"production": "3.0.0", "staging": "2.0.0"}, [None, "1.0.0"])


def test_entities_of_production_are_listed_and_can_be_given_up(stage: Stage) -> None:
    stage.site.instance("blue", "@counter@a")
    code, text = stage.fails()
    assert (code, "holds 1 entity: @counter@a." in text, stage.pulumi.ups) == (2, True, [])
    stage.release(Options(timeout=SOON.timeout, settle=SOON.settle, abandon_entities=True))
    assert stage.site.versions()["production"] == "2.0.0"


def test_late_starters_are_found_in_the_slot_that_they_went_to(stage: Stage) -> None:
    def observer(moment: str, step: Any) -> None:
        if (moment, step.kind.value) == ("after", "gate"):
            stage.site.instance("blue", "late-running")
            stage.site.instance("blue", "late-finished", "Completed")

    result = stage.release(observer=observer)
    assert result.late is not None
    assert (result.late.slot, sorted(one.id for one in result.late.instances)) == ("staging", ["late-finished", "late-running"])
    assert [note for note in stage.notes if "late-running of Order: Running" in note]


def test_late_starters_can_be_a_reason_to_swap_back(stage: Stage) -> None:
    def observer(moment: str, step: Any) -> None:
        if (moment, step.kind.value) == ("after", "gate"):
            stage.site.instance("blue", "late")

    options = Options(timeout=SOON.timeout, settle=SOON.settle, late_starters="swap-back")
    code, _ = stage.fails(options, observer=observer)
    assert (code, stage.site.versions()) == (ROLLED_BACK, {"production": "1.0.0", "staging": "2.0.0"})
    assert (stage.record()["release"]["outcome"], stage.record()["last"]["what"]) == ("rolled back", "rollback")


def test_an_after_swap_hook_that_says_no_brings_the_old_version_back(stage: Stage, tmp_path: Path) -> None:
    got = tmp_path / "got.json"
    hook = f"sh -c 'cat > {got}; exit 3'"
    code, text = stage.fails(Options(timeout=SOON.timeout, settle=SOON.settle, after_swap=hook))
    assert (code, "exit code 3" in text) == (ROLLED_BACK, True)
    payload = HookPayload.model_validate(json.loads(got.read_text()))
    assert (payload.event, payload.version_from, payload.version_to, payload.slot) == ("after-swap", "1.0.0", "2.0.0", "staging")
    assert stage.site.versions()["production"] == "1.0.0"


def test_a_staged_app_that_does_not_come_up_in_the_swap_ends_as_rolled_back(stage: Stage) -> None:
    def refuse(phase: Any) -> None:
        if phase.number == 2:
            stage.site.instance("green", "taken-in-between")
            raise RuntimeError("the app does not start")

    swaps_of(stage.sandbox.plane).hooks.append(refuse)
    code, text = stage.fails()
    assert (code, "Azure took it back" in text, "taken-in-between of Order" in text) == (ROLLED_BACK, True, True)
    assert stage.site.versions() == {"production": "1.0.0", "staging": "2.0.0"}


def test_a_swap_by_somebody_else_is_told_and_the_release_goes_on_from_there(stage: Stage) -> None:
    stage.release()
    stage.site.swap()
    stage.notes.clear()
    result = stage.release()
    assert any("swapped by other means" in notice for notice in result.plan.notices)
    assert stage.site.versions()["production"] == "2.0.0"


def test_two_slots_on_one_hub_stop_everything(stage: Stage) -> None:
    stage.site.deploy("staging", "1.5.0")
    settings = {**stage.site.settings("staging"), **stage.site._storage("blue")}
    stage.site._write("staging", settings)
    code, text = stage.fails()
    assert (code, "name one task hub" in text, stage.pulumi.ups) == (UNKNOWN, True, [])


def test_a_hub_that_is_not_there_though_code_is_opens_nothing(stage: Stage) -> None:
    stage.site.tables("blue").delete_table("ordersTasksInstances")
    stage.site.queues("blue").delete_queue("orderstasks-control-00")
    assert stage.fails()[0] == UNKNOWN
    assert stage.site.versions() == {"production": "1.0.0", "staging": None}


def test_of_two_releases_one_is_told_whose_hands_the_site_is_in(stage: Stage) -> None:
    with Lease(stage.site.packages_url, "orders", stage.sandbox.credential(), "release of 9.9.9"), pytest.raises(LeaseHeld) as caught:
        stage.release()
    assert (caught.value.code, "release of 9.9.9" in str(caught.value)) == (BUSY, True)
    assert stage.pulumi.ups == []
    stage.release()


def test_an_update_in_progress_stops_it(stage: Stage) -> None:
    lock = stage.pulumi.folder / "state" / ".pulumi" / "locks" / "organization" / "orders" / "test-orders" / "x.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"username": "ci", "hostname": "build-7", "pid": 7, "timestamp": "2026-03-01T12:00:00Z"}))
    code, text = stage.fails()
    assert (code, "by ci@build-7" in text, stage.pulumi.ups) == (2, True, [])


def test_a_hub_that_another_than_the_outputs_say_is_in_production_is_the_one_that_is_asked(stage: Stage) -> None:
    """Outputs are of the last update; a swap since makes them stale. The gate looks at the live settings."""
    stage.release()
    stage.pulumi.version = "3.0.0"
    stage.site.instance("green", "running-in-2.0.0")
    code, text = stage.fails()
    assert (code, "running-in-2.0.0" in text) == (BUSY, True)
    assert stage.site.versions() == {"production": "2.0.0", "staging": "3.0.0"}


def test_a_swap_that_is_under_way_is_waited_for(stage: Stage) -> None:
    stage.site.deploy("staging", "2.0.0")
    stage.sandbox.plane.request("POST", f"{SITE}/slotsswap", {"targetSlot": "staging"})
    stage.release()
    assert stage.site.versions() == {"production": "2.0.0", "staging": "1.0.0"}


def test_half_of_a_swap_with_preview_is_cancelled(stage: Stage) -> None:
    stage.site.deploy("staging", "2.0.0")
    stage.sandbox.plane.request("POST", f"{SITE}/applySlotConfig", {"targetSlot": "staging"})
    stage.release()
    assert stage.site.versions() == {"production": "2.0.0", "staging": "1.0.0"}


def test_hooks_that_fail_before_the_swap_leave_production_alone(stage: Stage) -> None:
    with pytest.raises(HookFailed):
        stage.release(Options(timeout=SOON.timeout, settle=SOON.settle, before_swap="false"))
    assert stage.site.versions() == {"production": "1.0.0", "staging": "2.0.0"}


def test_behind_three_releases_three_versions_finish_and_the_fourth_waits_for_the_slot_that_frees_up_first(stage: Stage) -> None:
    site = stage.site = OrdersSite(stage.sandbox, 4)
    stage.pulumi.site = site
    site.deploy("production", "1.0.0")
    behind = Options(mode="drain-behind", timeout=SOON.timeout, settle=SOON.settle)
    for number, version in enumerate(("2.0.0", "3.0.0", "4.0.0"), 1):
        site.instance(site.bundle("production"), f"of-version-{number}")
        stage.pulumi.version = version
        stage.release(behind)
    full = {"production": "4.0.0", "staging": "1.0.0", "second": "2.0.0", "third": "3.0.0"}
    assert site.versions() == full
    stage.pulumi.version = "5.0.0"
    code, text = stage.fails(behind)
    assert (code, "All 3 slots still finish a version. Slot 'staging' (1.0.0) frees up first" in text, site.versions()) == (
        BUSY,
        True,
        full,
    )
    site.instance(site.bundle("second"), "of-version-2", "Completed")
    stage.release(behind)
    assert site.versions() == {**full, "production": "5.0.0", "second": "4.0.0"}
    assert stage.pulumi.ups == [None, None, None, "2.0.0"]


def test_packages_that_a_slot_or_the_last_swap_names_are_never_pruned(stage: Stage, tmp_path: Path) -> None:
    stage.release()
    session = open_session_of(stage)
    named = needed_packages(session, stage.record())
    assert {url.rpartition("/")[2]: why for url, why in named.items()} == {
        "orders-2.0.0.zip": "slot 'production' runs it",
        "orders-1.0.0.zip": "slot 'staging' runs it",
    }
    gone = {"release": {"swap": {"packages": [f"{stage.site.packages_url}/orders-0.9.0.zip"]}}}
    assert needed_packages(session, gone)[f"{stage.site.packages_url}/orders-0.9.0.zip"] == "it could be swapped back to"
    dry = prune_stack(session, lambda record: needed_packages(session, record), 0, really=False)
    done = prune_stack(session, lambda record: needed_packages(session, record), 0, really=True)
    assert (dry.removed, done.removed) == ([], [])
    session.arm.close()


def open_session_of(stage: Stage) -> Session:
    credential = stage.sandbox.credential()
    deployment = deployment_of(stage.pulumi.stack, stage.pulumi.outputs())
    return Session(stage.pulumi, deployment, credential, Arm(credential), Reporter())
