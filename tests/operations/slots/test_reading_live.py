"""What each slot runs now, asked of Azure: also right after a swap, in the middle of one, and when an answer is missing."""

from __future__ import annotations

from typing import Any

import pytest

from operations.live import LastSwap, parity_problems, read_live
from operations.problem import UNKNOWN, OperationProblem
from sandbox.arm.faults import Fault
from sandbox.web import swaps_of
from sandbox.world import Sandbox
from taskhub import Hub

from .site import CONNECTION, HUB, Site


def test_a_slot_is_read_from_its_live_settings_and_not_from_outputs(site: Site) -> None:
    site.hold("staging", "green", "2.0.0", DURABLE_DEPLOY_STARTERS="Nightly,OnOrder")
    before = site.live()
    site.swap()
    after = site.live()
    assert {slot: (one.bundle, one.label) for slot, one in before.slots.items()} == {
        "production": ("blue", "1.0.0"),
        "staging": ("green", "2.0.0"),
    }
    assert {slot: (one.bundle, one.label) for slot, one in after.slots.items()} == {
        "production": ("green", "2.0.0"),
        "staging": ("blue", "1.0.0"),
    }
    one = after.production
    green = site.bundles["green"]
    assert one.hub == Hub(
        HUB,
        queue=site.endpoint(green, "queue").rstrip("/"),
        table=site.endpoint(green, "table").rstrip("/"),
        blob=site.endpoint(green, "blob"),
    )
    assert (one.starters, one.stack, one.stack_marker, one.state) == (("Nightly", "OnOrder"), "PYTHON|3.11", "PYTHON|3.11", "Running")
    assert (one.marker, one.package, one.connection_string, one.read_by) == ("green", site.package("2.0.0"), None, "")
    assert (one.swap_target, one.operation, one.stranger, one.stack_differs, one.had_code) == (None, None, None, False, True)
    assert before.last_swap is None
    assert after.last_swap is not None
    assert after.last_swap == LastSwap(after.last_swap.at, "staging", "production")


def test_nothing_secret_shows_when_a_slot_is_printed(site: Site) -> None:
    text = "DefaultEndpointsProtocol=https;AccountName=ordersblue;AccountKey=aHVudGVyMg==;EndpointSuffix=core.windows.net"
    site.settings("production", {CONNECTION: text, "PASSWORD": "hunter2", "DURABLE_DEPLOY_VERSION": "1"})
    one = site.live().production
    assert (one.bundle, one.connection_string) == ("blue", text)
    assert one.hub == Hub.from_connection_string(text, HUB)
    assert "hunter2" not in repr(site.live()) and "aHVudGVyMg" not in repr(site.live())


def test_behind_a_key_vault_reference_the_bundles_account_is_asked_for_its_endpoints_and_that_is_said(site: Site) -> None:
    reference = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/green)"
    site.settings("staging", {CONNECTION: reference, "DURABLE_DEPLOY_BUNDLE": "green", "DURABLE_DEPLOY_VERSION": "2"})
    one = site.live().slots["staging"]
    assert one.hub is not None and one.hub.table == site.endpoint("ordersgreen", "table").rstrip("/")
    assert one.connection_string is None
    assert "Key Vault reference" in one.read_by


def test_an_empty_slot_never_had_code_and_one_that_a_pipeline_filled_did(site: Site) -> None:
    assert not site.live().slots["staging"].had_code
    site.settings("staging", {**site.bundle("green", None), "SCM_DO_BUILD_DURING_DEPLOYMENT": "true"})
    assert site.live().slots["staging"].had_code


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"matching": "post */slots/staging/config/appsettings/list", "status": 403}, "What slot 'staging' of 'orders' runs can't be read"),
        ({"matching": "get */sites/orders", "status": 500, "times": 1000}, "What slot 'production' of 'orders' runs can't be read"),
        ({"matching": "post */config/appsettings/list", "garbage": '{"properties": null}'}, "is no map of texts"),
        ({"matching": "get */slots/staging", "status": 404}, "It may have been deleted, or this sign-in sees another tenant"),
    ],
)
def test_half_an_answer_is_none(site: Site, fault: dict[str, Any], sentence: str) -> None:
    site.plane.faults.add(Fault(**fault))
    with pytest.raises(OperationProblem) as caught:
        read_live(site.deployment(), site.arm(patience=5))
    assert sentence in str(caught.value)
    assert caught.value.code == UNKNOWN


def test_a_swap_between_two_reads_is_not_taken_for_two_slots_on_one_hub(site: Site) -> None:
    site.hold("staging", "green", "2.0.0")
    site.plane.faults.add(Fault(matching="get */slots/staging", call=site.swap))
    live = site.live()
    assert {slot: one.bundle for slot, one in live.slots.items()} == {"production": "green", "staging": "blue"}
    assert parity_problems(live, "prod") == []


def test_contradictions_are_named_with_the_way_out(site: Site) -> None:
    site.hold("staging", "blue", "2.0.0")
    assert parity_problems(site.live(), "prod") == [
        "Slots 'production' and 'staging' name one task hub, that of bundle 'blue': two versions may be at work on it. "
        "Run `pulumi up --stack prod` at once: 'production' keeps the bundle, 'staging' gets the free one."
    ]
    site.settings("staging", {**site.bundle("green", "2.0.0"), "DURABLE_DEPLOY_BUNDLE": "blue"})
    (marker,) = parity_problems(site.live(), "prod")
    assert marker.startswith("Slot 'staging' contradicts itself: its settings name the storage of bundle 'green', its marker says 'blue'.")
    site.settings("staging", {f"{CONNECTION}__tableServiceUri": "https://others.table.core.windows.net"})
    (stranger,) = parity_problems(site.live(), "prod")
    assert stranger.startswith("Slot 'staging' names the durable storage or task hub 'others', which is none of the stack's bundles.")


def test_a_swap_shows_while_it_is_under_way_and_half_of_one_until_it_is_ended() -> None:
    with Sandbox(storage="memory", swapping="manual") as sandbox:
        site, swaps = Site(sandbox), swaps_of(sandbox.plane)
        site.hold("staging", "green", "2.0.0")
        site.arm().post(f"{site.id}/slotsswap", {"targetSlot": "staging", "preserveVnet": True})
        swaps.advance(site.id)
        live = site.live()
        assert live.swap_under_way is not None and live.half_swap is None
        while swaps.advance(site.id):
            pass
        assert (site.live().swap_under_way, site.live().half_swap) == (None, None)
        site.arm().request("POST", f"{site.id}/slots/staging/applySlotConfig", {"targetSlot": "production", "preserveVnet": True})
        swaps.advance(site.id)
        swaps.advance(site.id)
        live = site.live()
        assert live.swap_under_way is None
        assert live.half_swap is not None and (live.half_swap.slot, live.half_swap.swap_target) == ("staging", "production")
