"""The four phases. Source: Microsoft docs, "Set up staging environments in Azure App Service", "What happens during a swap?"; refusals as
worded in azure-pipelines-tasks#11384 (in progress), azure-cli#27820 (prepared), azure-pipelines-tasks#13003 (does not start)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.arm import ArmError
from sandbox.web import SwapPhase, processes

from .azure import SITE, STAGING, Azure

OLD, NEW = {"CODE": "old", "STICKY": "production"}, {"CODE": "new", "STICKY": "staging"}


@pytest.fixture
def ready(azure: Azure) -> Azure:
    azure.stick("STICKY")
    azure.set_settings(SITE, **OLD)
    azure.set_settings(STAGING, **NEW)
    return azure


def running(azure: Azure) -> tuple[dict[str, str], dict[str, str]]:
    """The settings of the processes in production and in staging."""
    now = processes(azure.plane, SITE)
    return now["production"].settings, now["staging"].settings


def stored(azure: Azure) -> tuple[dict[str, str], dict[str, str]]:
    return azure.settings(SITE), azure.settings(STAGING)


def test_each_phase_has_its_own_processes_and_stored_settings(ready: Azure) -> None:
    seen = []
    ready.swaps.hooks.append(lambda phase: seen.append((phase.number, running(ready), stored(ready))))
    ready.swap()
    prepared = {"CODE": "new", "STICKY": "production"}
    not_restarted = {"CODE": "old", "STICKY": "production"}
    after = (prepared, {"CODE": "old", "STICKY": "staging"})
    assert seen == [
        (1, (OLD, prepared), (OLD, NEW)),
        (2, (OLD, prepared), (OLD, NEW)),
        (3, (prepared, not_restarted), after),
        (4, after, after),
    ]


def test_a_sticky_hub_lets_the_new_code_run_on_productions_hub_before_the_routing_switches(azure: Azure) -> None:
    """The window behind azure-functions-durable-extension#2696: two codes on one hub. A travelling hub has none, which the second half shows."""
    for path, hub in ((SITE, "HubOne"), (STAGING, "HubTwo")):
        azure.set_settings(path, TaskHubName=hub)
    hubs: dict[str, list[tuple[str, str]]] = {"travelling": [], "sticky": []}
    for kind in hubs:
        azure.swaps.hooks[:] = [lambda _, kind=kind: hubs[kind].append(tuple(one["TaskHubName"] for one in running(azure)))]  # type: ignore[misc]
        azure.swap()
        azure.stick("TaskHubName")
    assert hubs["travelling"] == [("HubOne", "HubTwo"), ("HubOne", "HubTwo"), ("HubTwo", "HubOne"), ("HubTwo", "HubOne")]
    assert hubs["sticky"] == [("HubTwo", "HubTwo"), ("HubTwo", "HubTwo"), ("HubTwo", "HubTwo"), ("HubTwo", "HubOne")]


def test_the_source_restarts_first_and_the_old_code_last_and_production_never(ready: Azure) -> None:
    starts = []
    ready.swaps.hooks.append(lambda phase: starts.append({slot: process.starts for slot, process in processes(ready.plane, SITE).items()}))
    before = {slot: process.starts for slot, process in processes(ready.plane, SITE).items()}
    ready.swap()
    old, new = before["production"], before["staging"] + 1
    assert starts == [{"production": old, "staging": new}] * 2 + [
        {"production": new, "staging": old},
        {"production": new, "staging": old + 1},
    ]


def test_the_journal_shows_the_phases_and_both_slots_settings_next_to_each_other(ready: Azure) -> None:
    begun = len(ready.plane.journal)
    ready.swap()
    writes = [(write.operation, write.id.removeprefix(SITE), write.caller) for write in ready.plane.journal.since(begun)]
    assert writes == [
        ("swap 1 of 4: settings", "/slots/staging", "swap"),
        ("swap 2 of 4: warm-up", "/slots/staging", "swap"),
        ("swap 3 of 4: routing", "/config/appsettings", "swap"),
        ("swap 3 of 4: routing", "/slots/staging/config/appsettings", "swap"),
        ("swap 3 of 4: routing", "", "swap"),
        ("swap 3 of 4: routing", "/slots/staging", "swap"),
        ("swap 4 of 4: restart", "/slots/staging", "swap"),
        ("swap 4 of 4: restart", "", "swap"),
    ]


def test_a_request_in_a_window_never_sees_one_slots_settings_exchanged_and_not_the_others(ready: Azure) -> None:
    seen = []
    ready.plane.journal.subscribe(lambda write: seen.append(stored(ready)))
    ready.swap()
    after = ({"CODE": "new", "STICKY": "production"}, {"CODE": "old", "STICKY": "staging"})
    assert seen == [(OLD, NEW)] * 2 + [after] * 6


@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.parametrize(
    "path", ["", "/config/appsettings", "/config/slotConfigNames", "/slots/staging", "/slots/staging/config/web", "/slots/third"]
)
def test_writes_are_refused_while_a_swap_is_in_progress(number: int, path: str) -> None:
    azure = Azure().with_site("staging", "third")
    azure.post(f"{STAGING}/slotsswap", targetSlot="production")
    for _ in range(number):
        azure.swaps.advance(SITE)
    status, code, message = azure.refusal("PUT", SITE + path, location="westeurope", properties={})
    assert (status, code) == (409, "Conflict")
    assert message.startswith("Cannot modify this site because another operation is in progress. Details: Id: 0000")
    assert "OperationName: SwapSiteSlots" in message


def test_writes_pass_again_when_the_swap_is_over(ready: Azure) -> None:
    ready.swap()
    ready.set_settings(SITE, CODE="newer", STICKY="production")
    assert ready.settings(SITE)["CODE"] == "newer"


def test_another_site_can_be_written_during_the_swap(ready: Azure) -> None:
    other = SITE.replace("orders", "other")
    ready.put_site(other)
    ready.post(f"{STAGING}/slotsswap", targetSlot="production")
    ready.set_settings(other, A="1")
    assert ready.settings(other) == {"A": "1"}


def test_settings_can_be_listed_during_the_swap(ready: Azure) -> None:
    ready.post(f"{STAGING}/slotsswap", targetSlot="production")
    ready.swaps.advance(SITE)
    assert stored(ready) == (OLD, NEW)


def test_a_second_swap_is_refused_while_one_is_in_progress(ready: Azure) -> None:
    ready.post(f"{STAGING}/slotsswap", targetSlot="production")
    assert ready.refusal("POST", f"{SITE}/slotsswap", targetSlot="staging")[:2] == (409, "Conflict")


def test_a_swap_can_be_asked_for_on_production(ready: Azure) -> None:
    phases: list[SwapPhase] = []
    ready.swaps.hooks.append(phases.append)
    ready.swap(SITE, "staging")
    assert {(phase.source, phase.target) for phase in phases} == {("staging", "production")}
    assert ready.settings(SITE)["CODE"] == "new"


def test_two_slots_can_be_swapped_without_production() -> None:
    azure = Azure().with_site("staging", "third")
    for path, code in ((SITE, "p"), (STAGING, "s"), (f"{SITE}/slots/third", "t")):
        azure.set_settings(path, CODE=code)
    azure.swap(STAGING, "third")
    assert [azure.settings(path)["CODE"] for path in (SITE, STAGING, f"{SITE}/slots/third")] == ["p", "t", "s"]


@pytest.mark.parametrize(("target", "status"), [("gone", 404), ("STAGING", 400), (None, 400)])
def test_a_swap_with_no_other_slot_is_refused(ready: Azure, target: str | None, status: int) -> None:
    assert ready.refusal("POST", f"{STAGING}/slotsswap", targetSlot=target)[0] == status


def test_the_result_of_the_operation_is_202_until_the_swap_is_over(ready: Azure) -> None:
    response = ready.post(f"{STAGING}/slotsswap", targetSlot="production")
    location, statuses = response.headers["Location"], []
    assert (response.status, location) == (202, f"{STAGING}/operationresults/00000000-0000-4000-8000-000000000001")
    while True:
        statuses.append(ready.plane.request("GET", location).status)
        if ready.swaps.advance(SITE) is None:
            break
    assert statuses == [202, 202, 202, 202, 200]


def test_both_slots_name_the_swap_under_way_and_the_last_one(ready: Azure) -> None:
    ready.post(f"{STAGING}/slotsswap", targetSlot="production")
    ready.swaps.advance(SITE)
    during = ready.get(STAGING)["properties"]
    assert (during["targetSwapSlot"], during["inProgressOperationId"]) == ("production", "00000000-0000-4000-8000-000000000001")
    while ready.swaps.advance(SITE):
        pass
    for path in (SITE, STAGING):
        after = ready.get(path)["properties"]
        assert after["slotSwapStatus"] == {
            "timestampUtc": "1970-01-01T00:00:00.000000Z",
            "sourceSlotName": "staging",
            "destinationSlotName": "production",
        }
        assert after.keys().isdisjoint({"targetSwapSlot", "inProgressOperationId"})


@pytest.mark.parametrize("number", [1, 2])
def test_a_staged_app_that_does_not_start_reverts_the_swap(ready: Azure, number: int) -> None:
    ready.swaps.hooks.append(_failing_in(number))
    location = ready.swap().headers["Location"]
    assert (running(ready), stored(ready)) == ((OLD, NEW), (OLD, NEW))
    assert "targetSwapSlot" not in ready.get(STAGING)["properties"]
    message = "Cannot swap slots for site 'orders' because the worker process for 'staging' slot could not be started."
    assert ready.refusal("GET", location) == (400, "BadRequest", message)
    ready.set_settings(SITE, CODE="writes pass again")


def test_after_the_routing_switched_nothing_stops_a_swap(ready: Azure) -> None:
    ready.swaps.hooks.append(_failing_in(3))
    location = ready.swap().headers["Location"]
    assert ready.plane.request("GET", location).status == 200
    assert ready.settings(SITE)["CODE"] == "new"
    with pytest.raises(RuntimeError, match="phase 3"):
        ready.swaps.wait(SITE)


def test_a_group_deleted_in_mid_swap_ends_the_swap(ready: Azure) -> None:
    ready.post(f"{STAGING}/slotsswap", targetSlot="production")
    ready.swaps.advance(SITE)
    ready.delete(SITE.split("/providers/")[0])
    assert ready.swaps.advance(SITE) is None


def test_differences_name_what_will_change_places(ready: Azure) -> None:
    ready.put_site(siteConfig={"linuxFxVersion": "PYTHON|3.12", "alwaysOn": True})
    found = [entry["properties"] for entry in ready.post(f"{SITE}/slotsdiffs", targetSlot="staging").body["value"]]
    assert [(one["settingType"], one["settingName"], one["valueInCurrentSlot"], one["valueInTargetSlot"]) for one in found] == [
        ("General", "linuxFxVersion", "PYTHON|3.12", ""),
        ("AppSetting", "CODE", "old", "new"),
    ]


def _failing_in(number: int) -> Callable[[SwapPhase], None]:
    def hook(phase: SwapPhase) -> None:
        if phase.number == number:
            raise RuntimeError(f"phase {number}")

    return hook


def test_unknown_actions_are_refused(ready: Azure) -> None:
    with pytest.raises(ArmError, match="has no action 'selfdestruct'"):
        ready.post(f"{SITE}/selfdestruct")
