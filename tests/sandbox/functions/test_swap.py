"""The processes of two slots in the four phases of a swap."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.arm import ArmError
from sandbox.web import SwapPhase
from tests.sandbox.functions.apps import HTTP_APP, QUEUE_APP, QUEUE_CONTRIBUTOR, Azure, Site, Wait, is_alive

STICKY = "STICKY"


def two_versions(azure: Azure, code: str = HTTP_APP, **settings: str) -> Site:
    """Old code in production, new in staging, and a sticky setting that names the slot."""
    site = azure.site("staging")
    site.stick(STICKY)
    site.run("production", code, CODE="old", STICKY="production", **settings)
    site.run("staging", code, CODE="new", STICKY="staging", **settings)
    return site


def seen(site: Site, slot: str) -> tuple[str, str]:
    """Code and sticky setting of what answers at a slot, as that process sees them."""
    return site.get("/api/setting/CODE", slot).text, site.get("/api/setting/STICKY", slot).text


def pids(site: Site) -> tuple[str, str]:
    return site.get("/api/pid").text, site.get("/api/pid", "staging").text


def advance(site: Site) -> SwapPhase:
    phase = site.azure.swaps.advance(site.id)
    assert phase is not None
    return phase


def test_each_phase_finds_the_processes_that_azure_promises(manual: Azure) -> None:
    site = two_versions(manual)
    old, staged = pids(site)
    manual.post(f"{site.slot('staging')}/slotsswap", targetSlot="production")
    assert (pids(site), seen(site, "production"), seen(site, "staging")) == ((old, staged), ("old", "production"), ("new", "staging"))

    assert advance(site).number == 1
    prepared = pids(site)[1]
    assert prepared != staged
    assert (pids(site)[0], seen(site, "production"), seen(site, "staging")) == (old, ("old", "production"), ("new", "production"))

    assert advance(site).number == 2
    assert pids(site) == (old, prepared)

    assert advance(site).number == 3
    assert (pids(site), seen(site, "production"), seen(site, "staging")) == ((prepared, old), ("new", "production"), ("old", "production"))

    assert advance(site).number == 4
    assert is_alive(int(old)) is False
    assert (pids(site)[0], seen(site, "production"), seen(site, "staging")) == (prepared, ("new", "production"), ("old", "staging"))
    assert pids(site)[1] != old
    assert manual.swaps.advance(site.id) is None


def test_a_process_keeps_its_identity_and_its_starts_through_a_swap(manual: Azure) -> None:
    site = two_versions(manual)
    manual.post(f"{site.slot('staging')}/slotsswap", targetSlot="production")
    while manual.swaps.advance(site.id) is not None:
        pass
    assert [manual.functions.starts(site.name, slot) for slot in ("production", "staging")] == [2, 2]
    site.set("production", {**site.process().settings, "CODE": "newer"})
    site.ready()
    assert [manual.functions.starts(site.name, slot) for slot in ("production", "staging")] == [3, 2]
    assert seen(site, "production") == ("newer", "production")


def test_a_swap_in_the_background_ends_with_both_codes_running_in_their_new_places(azure: Azure) -> None:
    site = two_versions(azure)
    before = pids(site)
    site.swap()
    assert (seen(site, "production"), seen(site, "staging")) == (("new", "production"), ("old", "staging"))
    site.swap()
    assert (seen(site, "production"), seen(site, "staging")) == (("old", "production"), ("new", "staging"))
    assert set(pids(site)).isdisjoint(before)


def test_the_address_of_a_slot_stays_and_leads_to_the_new_code(azure: Azure) -> None:
    site = two_versions(azure)
    before = azure.functions.url(site.name)
    site.swap()
    assert azure.functions.url(site.name) == before
    assert seen(site, "production")[0] == "new"


def refused_swap(site: Site) -> str:
    """What the operation ended with."""
    location = site.azure.post(f"{site.slot('staging')}/slotsswap", targetSlot="production").headers["Location"]
    site.azure.swaps.wait(site.id, 120)
    with pytest.raises(ArmError) as failed:
        site.azure.sandbox.plane.request("GET", location)
    return failed.value.message


def test_a_staged_process_that_does_not_start_reverts_the_swap(azure: Azure) -> None:
    site = two_versions(azure)
    name = site.process("staging").settings["WEBSITE_RUN_FROM_PACKAGE"].rsplit("/", 1)[1]
    content = azure.sandbox.storage.get_blob(azure.packages, "packages", name)
    assert content is not None
    azure.sandbox.storage.delete_blob(azure.packages, "packages", name)
    old = site.get("/api/pid").text
    assert "could not be started" in refused_swap(site)
    assert (site.get("/api/pid").text, seen(site, "production")) == (old, ("old", "production"))
    azure.sandbox.storage.put_blob(azure.packages, "packages", name, content)
    site.ready("staging")
    assert seen(site, "staging") == ("new", "staging")


def test_a_warm_up_that_is_not_answered_as_asked_reverts_the_swap(azure: Azure) -> None:
    asked = {"WEBSITE_SWAP_WARMUP_PING_PATH": "/api/nowhere", "WEBSITE_SWAP_WARMUP_PING_STATUSES": "200,202"}
    site = two_versions(azure, **asked)
    old = site.get("/api/pid").text
    assert "could not be started" in refused_swap(site)
    site.ready("staging")
    assert (site.get("/api/pid").text, seen(site, "production"), seen(site, "staging")) == (old, ("old", "production"), ("new", "staging"))


def test_a_host_in_error_answers_and_so_is_swapped_as_in_azure(azure: Azure) -> None:
    site = azure.site("staging")
    site.run("production", HTTP_APP, CODE="old")
    site.run("staging", "x = 1", ready=False)
    site.swap()
    assert azure.functions.status(site.name).state == "Error"
    assert site.get("/api/setting/CODE", "staging").text == "old"


def test_half_of_a_swap_that_is_taken_back_restarts_the_staged_process_alone(azure: Azure) -> None:
    site = two_versions(azure)
    old = site.get("/api/pid").text
    azure.post(f"{site.id}/applySlotConfig", targetSlot="staging")
    azure.swaps.wait(site.id, 120)
    assert seen(site, "staging") == ("new", "production")
    azure.post(f"{site.id}/resetSlotConfig")
    assert (seen(site, "staging"), site.get("/api/pid").text) == (("new", "staging"), old)


def keys(site: Site, slot: str) -> dict[str, Any]:
    return dict(site.azure.post(f"{site.slot(slot)}/host/default/listkeys").body)


def test_keys_stay_with_their_slot_and_open_what_runs_there(azure: Azure) -> None:
    site = two_versions(azure)
    before = {slot: keys(site, slot) for slot in ("production", "staging")}
    site.swap()
    assert {slot: keys(site, slot) for slot in before} == before
    for slot, other in (("production", "staging"), ("staging", "production")):
        statuses = [site.get("/admin/host/status", slot, key=before[whose]["masterKey"]).status for whose in (slot, other)]
        assert statuses == [200, 401]


def test_a_starter_of_the_staged_code_takes_production_s_messages_from_phase_1_to_phase_3_only(manual: Azure, eventually: Wait) -> None:
    account = manual.account()
    manual.grant(QUEUE_CONTRIBUTOR, manual.account_id(account))
    queue = manual.queue(account, "incoming")
    queue.create_queue()
    site = manual.site("staging")
    disabled = "AzureWebJobs.Take.Disabled"
    site.stick(disabled)
    settings = {"AzureWebJobsStorage__queueServiceUri": manual.sandbox.storage.endpoints(account)["queue"]}
    settings["AzureWebJobsStorage__clientId"] = manual.client_id()
    site.run("production", QUEUE_APP, DURABLE_DEPLOY_VERSION="old", **settings)
    site.run("staging", QUEUE_APP, DURABLE_DEPLOY_VERSION="new", **{disabled: "true"}, **settings)

    def takers(count: int) -> set[str]:
        """Who takes so many messages: sent one by one, so that both have their chance."""
        told = len(site.executions())
        for number in range(count):
            queue.send_message("bWVzc2FnZQ==")
            eventually(lambda wanted=told + number + 1: len(site.executions()) == wanted)
        return {one["app_version"] for one in site.executions()[told:]}

    def until_taken_by(who: str) -> None:
        eventually(lambda: who in takers(1))

    assert takers(6) == {"old"}
    manual.post(f"{site.slot('staging')}/slotsswap", targetSlot="production")
    advance(site)
    until_taken_by("new")
    advance(site)
    advance(site)
    until_taken_by("old")
    until_taken_by("new")
    advance(site)
    assert takers(6) == {"new"}
    assert not [one for one in queue.peek_messages()]
