"""Swap with preview, swaps in the background, and swaps that a stopped sandbox left behind. Sources: Microsoft docs, "Set up staging
environments", "Swap with preview (multi-phase swap)"; azure-cli#27820 for what is refused between the halves."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from sandbox.arm import ResourceId
from sandbox.web import SwapPhase, processes

from .azure import SITE, STAGING, Azure


def prepare(azure: Azure) -> Azure:
    azure.stick("STICKY")
    azure.set_settings(SITE, CODE="old", STICKY="production")
    azure.set_settings(STAGING, CODE="new", STICKY="staging")
    return azure


def pause(azure: Azure) -> Azure:
    assert azure.post(f"{SITE}/applySlotConfig", targetSlot="staging").status == 200
    assert [phase.number for phase in iter(lambda: azure.swaps.advance(SITE), None) if phase] == [1, 2]
    return azure


def test_a_preview_runs_the_staged_code_with_productions_sticky_settings_and_waits(azure: Azure) -> None:
    pause(prepare(azure))
    now = processes(azure.plane, SITE)
    assert now["staging"].settings == {"CODE": "new", "STICKY": "production"}
    assert now["production"].settings == {"CODE": "old", "STICKY": "production"}
    assert azure.settings(STAGING) == {"CODE": "new", "STICKY": "staging"}
    assert azure.get(STAGING)["properties"]["targetSwapSlot"] == "production"


def test_the_settings_are_applied_when_apply_slot_config_has_answered(azure: Azure) -> None:
    prepare(azure).post(f"{SITE}/applySlotConfig", targetSlot="staging")
    assert processes(azure.plane, SITE)["staging"].settings == {"CODE": "new", "STICKY": "production"}


def test_a_swap_completes_a_preview_with_phases_three_and_four(azure: Azure) -> None:
    pause(prepare(azure))
    begun = len(azure.plane.journal)
    azure.swap()
    assert {write.operation for write in azure.plane.journal.since(begun)} == {"swap 3 of 4: routing", "swap 4 of 4: restart"}
    assert azure.settings(SITE) == {"CODE": "new", "STICKY": "production"}


def test_a_reset_gives_the_staged_code_its_own_settings_back(azure: Azure) -> None:
    pause(prepare(azure))
    starts = processes(azure.plane, SITE)["staging"].starts
    azure.post(f"{SITE}/resetSlotConfig")
    after = processes(azure.plane, SITE)["staging"]
    assert (after.settings, after.starts) == ({"CODE": "new", "STICKY": "staging"}, starts + 1)
    assert "targetSwapSlot" not in azure.get(STAGING)["properties"]
    azure.set_settings(STAGING, CODE="writes pass again")


def test_a_reset_with_nothing_prepared_changes_nothing(azure: Azure) -> None:
    begun = len(azure.plane.journal)
    assert azure.post(f"{SITE}/resetSlotConfig").status == 200
    assert azure.plane.journal.since(begun) == []


@pytest.mark.parametrize(
    "path", ["", "/config/appsettings", "/config/slotConfigNames", "/slots/staging", "/slots/staging/config/appsettings"]
)
def test_a_prepared_slot_can_not_be_changed(azure: Azure, path: str) -> None:
    pause(azure)
    refused = azure.refusal("PUT", SITE + path, location="westeurope", properties={})
    assert refused == (409, "Conflict", "The slot cannot be changed because its configuration settings have been prepared for swap.")


def test_a_preview_with_another_slot_is_refused_until_the_first_is_over() -> None:
    azure = pause(Azure().with_site("staging", "third"))
    assert azure.refusal("POST", f"{SITE}/slotsswap", targetSlot="third")[:2] == (409, "Conflict")
    assert azure.refusal("POST", f"{SITE}/slots/third/slotsswap", targetSlot="production")[:2] == (409, "Conflict")


def test_a_swap_runs_in_the_background_and_waits_for_the_hooks() -> None:
    azure = prepare(Azure(manual=False).with_site("staging"))
    entered, go_on = threading.Event(), threading.Event()

    def stop_in_phase_two(phase: SwapPhase) -> None:
        if phase.number == 2:
            entered.set()
            assert go_on.wait(30)

    azure.swaps.hooks.append(stop_in_phase_two)
    location = azure.post(f"{STAGING}/slotsswap", targetSlot="production").headers["Location"]
    assert entered.wait(30)
    assert azure.plane.request("GET", location).status == 202
    assert azure.refusal("PUT", f"{SITE}/config/appsettings", properties={})[0] == 409
    go_on.set()
    azure.swaps.wait(SITE)
    assert azure.plane.request("GET", location).status == 200
    assert azure.settings(SITE)["CODE"] == "new"


def test_a_preview_can_be_completed_before_its_warm_up_has_ended() -> None:
    azure = prepare(Azure(manual=False).with_site("staging"))
    azure.post(f"{SITE}/applySlotConfig", targetSlot="staging")
    azure.post(f"{SITE}/slotsswap", targetSlot="staging")
    azure.swaps.wait(SITE)
    assert azure.settings(SITE)["CODE"] == "new"
    assert azure.swaps.state(ResourceId.parse(SITE)) is None


@pytest.mark.parametrize("done", [0, 1, 2, 3, 4])
def test_a_swap_that_a_killed_sandbox_left_behind_is_finished_at_the_next_start(tmp_path: Path, done: int) -> None:
    azure = prepare(Azure(disk=tmp_path / "store.json").with_site("staging"))
    location = azure.post(f"{STAGING}/slotsswap", targetSlot="production").headers["Location"]
    azure.swaps.hooks.append(_killed_in_phase_four)
    for _ in range(min(done, 3)):
        azure.swaps.advance(SITE)
    if done == 4:
        with pytest.raises(KeyboardInterrupt):
            azure.swaps.advance(SITE)
    again = Azure(disk=tmp_path / "store.json", manual=False)
    assert again.refusal("PUT", f"{SITE}/config/appsettings", properties={})[0] == 409
    again.swaps.resume()
    again.swaps.wait(SITE)
    assert again.plane.request("GET", location).status == 200
    assert again.settings(SITE) == {"CODE": "new", "STICKY": "production"}
    assert again.settings(STAGING) == {"CODE": "old", "STICKY": "staging"}


def test_a_sandbox_killed_at_any_write_leaves_no_half_of_an_exchange_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, seen, replace = tmp_path / "store.json", [], os.replace

    def look(aside: Path, path: Path) -> None:
        replace(aside, path)
        kept = Azure(disk=disk)
        seen.append((kept.settings(SITE)["CODE"], kept.settings(STAGING)["CODE"]))

    azure = prepare(Azure(disk=disk).with_site("staging"))
    monkeypatch.setattr("sandbox.arm.store.os.replace", look)
    azure.swap()
    assert set(seen) == {("old", "new"), ("new", "old")}
    assert seen == sorted(seen, reverse=True)


def test_half_of_a_swap_with_preview_survives_a_restart_of_the_sandbox(tmp_path: Path) -> None:
    pause(prepare(Azure(disk=tmp_path / "store.json").with_site("staging")))
    again = Azure(disk=tmp_path / "store.json", manual=False)
    again.swaps.resume()
    again.swaps.wait(SITE)
    assert processes(again.plane, SITE)["staging"].settings == {"CODE": "new", "STICKY": "production"}
    assert again.settings(STAGING) == {"CODE": "new", "STICKY": "staging"}
    assert again.get(STAGING)["properties"]["targetSwapSlot"] == "production"


def test_a_closed_engine_ends_its_phase_and_leaves_the_rest_for_later(tmp_path: Path) -> None:
    azure = prepare(Azure(disk=tmp_path / "store.json", manual=False).with_site("staging"))
    azure.swaps.hooks.append(lambda phase: azure.swaps._closing.set() if phase.number == 2 else None)
    azure.post(f"{STAGING}/slotsswap", targetSlot="production")
    azure.swaps.close()
    assert azure.settings(SITE)["CODE"] == "old"
    again = Azure(disk=tmp_path / "store.json", manual=False)
    again.swaps.resume()
    again.swaps.wait(SITE)
    assert again.settings(SITE)["CODE"] == "new"


def _killed_in_phase_four(phase: SwapPhase) -> None:
    if phase.number == 4:
        raise KeyboardInterrupt
