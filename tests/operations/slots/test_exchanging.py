"""The swap itself against the embedded Azure: asked for once, waited for, checked, and never taken back by a second request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from operations.problem import UNKNOWN, OperationProblem
from operations.swapping import exchange, reset_preview, wait_for_swap
from sandbox.arm.faults import Fault
from sandbox.web import swaps_of
from sandbox.world import Sandbox

from .site import Quiet, Site, at_once

SWAPPED = {"production": ("green", "2.0.0"), "staging": ("blue", "1.0.0")}
AS_BEFORE = {"production": ("blue", "1.0.0"), "staging": ("green", "2.0.0")}


@pytest.fixture
def staged(site: Site) -> Site:
    site.hold("staging", "green", "2.0.0")
    return site


def swap(site: Site, source: str = "staging", target: str = "production", reporter: Quiet | None = None) -> Any:
    return exchange(site.deployment(), site.arm(patience=30), site.live(), source, target, reporter or Quiet(), at_once())


def requests(site: Site) -> int:
    """How often a swap was begun."""
    return sum(write.operation.startswith("swap 1 of 4") for write in site.plane.journal)


def test_two_slots_change_places_and_what_is_live_then_is_returned(staged: Site) -> None:
    reporter = Quiet()
    live = swap(staged, reporter=reporter)
    assert {slot: (one.bundle, one.version) for slot, one in live.slots.items()} == SWAPPED
    assert live.last_swap is not None and (live.last_swap.source, live.last_swap.target) == ("staging", "production")
    assert requests(staged) == 1


def test_two_staging_slots_can_be_swapped() -> None:
    with Sandbox(storage="memory") as sandbox:
        site = Site(sandbox, ("staging", "next"))
        site.hold("next", "amber", "3.0.0")
        swap(site, "next", "staging")
        assert site.versions() == {"production": ("blue", "1.0.0"), "staging": ("amber", "3.0.0"), "next": ("green", None)}


@pytest.mark.parametrize("after", [True, False], ids=["carried out", "not carried out"])
@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 503}], ids=["lost", "503"])
def test_an_answer_that_got_lost_is_looked_for_and_the_swap_is_never_asked_for_twice(
    staged: Site, fault: dict[str, Any], after: bool
) -> None:
    staged.plane.faults.add(Fault(matching="post */slotsswap", after=after, **fault))
    if after:
        swap(staged)
        assert staged.versions() == SWAPPED
        assert requests(staged) == 1
    else:
        with pytest.raises(OperationProblem, match="there is no sign of one") as caught:
            swap(staged)
        assert caught.value.code == UNKNOWN
        assert (staged.versions(), requests(staged)) == (AS_BEFORE, 0)


def test_another_operation_on_the_site_is_waited_for(staged: Site) -> None:
    message = "Cannot modify this site because another operation is in progress. Details: OperationName: UpdateSite"
    staged.plane.faults.add(Fault(matching="post */slotsswap", times=2, status=409, code="Conflict", message=message))
    reporter = Quiet()
    swap(staged, reporter=reporter)
    assert staged.versions() == SWAPPED
    assert reporter.said.count("waiting for another operation on the site to end") == 2
    assert requests(staged) == 1


def test_a_swap_by_somebody_else_in_between_is_not_taken_back(staged: Site) -> None:
    conflict = {"status": 409, "code": "Conflict", "message": "another operation is in progress"}
    staged.plane.faults.add(Fault(matching="post */slotsswap", call=staged.swap, **conflict))
    with pytest.raises(OperationProblem, match=r"changed meanwhile.*nothing was swapped by this command"):
        swap(staged)
    assert (staged.versions(), requests(staged)) == (SWAPPED, 1)


def test_a_staged_app_that_does_not_start_leaves_everything_as_it_was(staged: Site) -> None:
    def fails(phase: Any) -> None:
        if phase.number == 2:
            raise RuntimeError("no such module")

    swaps_of(staged.plane).hooks.append(fails)
    with pytest.raises(OperationProblem, match="failed, and Azure took it back") as caught:
        swap(staged)
    assert "could not be started" in str(caught.value)
    assert staged.versions() == AS_BEFORE


def test_a_refusal_is_said_and_nothing_was_swapped(staged: Site) -> None:
    staged.plane.faults.add(Fault(matching="post */slotsswap", status=400, code="BadRequest", message="no such slot"))
    with pytest.raises(OperationProblem, match="Azure refused the swap; nothing was swapped"):
        swap(staged)
    assert staged.versions() == AS_BEFORE


def test_settings_that_did_not_change_places_are_found_after_the_swap(staged: Site) -> None:
    before = staged.live()

    def interferes(phase: Any) -> None:
        if phase.number == 4:
            owner = staged.plane.store
            from sandbox.arm import ResourceId

            id = ResourceId.parse(f"{staged.id}/config/web")
            body = owner.get(id)
            assert body is not None
            owner.set(id, {**body, "properties": {**body["properties"], "linuxFxVersion": "PYTHON|3.12"}})

    swaps_of(staged.plane).hooks.append(interferes)
    with pytest.raises(OperationProblem, match=r"Slot 'production' has runtime PYTHON\|3.12, not PYTHON\|3.11"):
        exchange(staged.deployment(), staged.arm(), before, "staging", "production", Quiet(), at_once())


@pytest.fixture
def by_hand() -> Iterator[Site]:
    with Sandbox(storage="memory", swapping="manual") as sandbox:
        site = Site(sandbox)
        site.hold("staging", "green", "2.0.0")
        yield site


def test_a_swap_that_is_under_way_is_waited_for(by_hand: Site) -> None:
    by_hand.arm().post(f"{by_hand.id}/slotsswap", {"targetSlot": "staging", "preserveVnet": True})
    reporter = Quiet()
    waits = at_once()
    moved = type(waits)(pause=lambda _: swaps_of(by_hand.plane).advance(by_hand.id) and None)
    live = wait_for_swap(by_hand.deployment(), by_hand.arm(), reporter, moved)
    assert live.swap_under_way is None
    assert by_hand.versions() == SWAPPED
    assert set(reporter.said) == {"waiting for the swap of 'production' that is under way"}


def test_half_of_a_swap_is_reset_and_the_slot_is_as_before(by_hand: Site) -> None:
    by_hand.arm().request("POST", f"{by_hand.id}/slots/staging/applySlotConfig", {"targetSlot": "production", "preserveVnet": True})
    swaps_of(by_hand.plane).advance(by_hand.id)
    swaps_of(by_hand.plane).advance(by_hand.id)
    assert by_hand.live().half_swap is not None
    reset_preview(by_hand.deployment(), by_hand.arm(), "staging")
    assert by_hand.live().half_swap is None
    assert by_hand.versions() == AS_BEFORE
