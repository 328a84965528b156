"""The requests to Azure Resource Manager: what is asked for again, when, and what never is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.azure import ArmFailed
from operations.azure.retrying import is_worth_another, retry_after
from operations.problem import UNEXPECTED, UNKNOWN
from sandbox.arm.faults import Fault

from .site import Site

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "text", "repeatable", "expected"),
    [
        (429, "", True, True),
        (429, "", False, True),
        (500, "", True, True),
        (503, "", True, True),
        (503, "", False, False),
        (408, "", True, True),
        (409, "another operation is in progress", True, True),
        (409, "another operation is in progress", False, False),
        (409, "its configuration settings have been prepared for swap", True, False),
        (400, "in progress", True, False),
        (403, "", True, False),
        (404, "", True, False),
    ],
)
def test_only_what_may_come_to_another_end_is_asked_for_again(status: int, text: str, repeatable: bool, expected: bool) -> None:
    assert is_worth_another(status, text, repeatable=repeatable) is expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"Retry-After": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "soon"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def struck(site: Site, **fault: Any) -> tuple[list[float], list[str]]:
    site.plane.faults.add(Fault(**fault))
    pauses: list[float] = []
    said: list[str] = []
    site_arm = site.arm(pause=pauses.append, say=lambda reason, _seconds: said.append(reason))
    assert site_arm.get(site.id)["name"] == "orders"
    return pauses, said


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"drop": True}, {"status": 409, "message": "operation in progress"}])
def test_a_read_goes_through_after_three_failures_and_every_wait_is_told(site: Site, fault: dict[str, Any]) -> None:
    pauses, said = struck(site, matching="get */sites/orders", times=3, **fault)
    assert pauses == [1.0, 2.0, 4.0]
    assert len(said) == 3
    assert said[0].startswith(f"GET {site.id}:")


def test_patience_ends_and_the_last_answer_is_said(site: Site) -> None:
    site.plane.faults.add(Fault(matching="get */sites/orders", times=1000, status=503, message="try later"))
    pauses: list[float] = []
    with pytest.raises(ArmFailed) as caught:
        site.arm(pause=pauses.append, patience=60).get(site.id)
    assert (caught.value.status, caught.value.code) == (503, UNKNOWN)
    assert "503. InjectedFault: try later" in str(caught.value)
    assert 60 <= sum(pauses) < 120


def test_what_azure_refuses_is_said_at_once(site: Site) -> None:
    pauses: list[float] = []
    with pytest.raises(ArmFailed) as caught:
        site.arm(pause=pauses.append).get(f"{site.id}/slots/nowhere")
    assert (caught.value.status, caught.value.azure_code, caught.value.code, pauses) == (404, "ResourceNotFound", UNEXPECTED, [])
    assert site.arm().find(f"{site.id}/slots/nowhere") is None


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"status": 409, "message": "operation in progress"}])
def test_a_swap_is_never_asked_for_twice_by_the_client(site: Site, fault: dict[str, Any]) -> None:
    site.plane.faults.add(Fault(matching="post */slotsswap", times=1, **fault))
    pauses: list[float] = []
    with pytest.raises(ArmFailed):
        site.arm(pause=pauses.append).post(f"{site.id}/slotsswap", {"targetSlot": "staging", "preserveVnet": True})
    assert pauses == []


def test_a_throttled_swap_was_not_begun_and_is_asked_for_again(site: Site) -> None:
    site.plane.faults.add(Fault(matching="post */slotsswap", times=2, status=429))
    answer = site.arm().post(f"{site.id}/slotsswap", {"targetSlot": "staging", "preserveVnet": True})
    assert answer.status == 202
    assert answer.operation is not None and answer.operation.startswith(site.sandbox.arm_endpoint)


def test_an_answer_that_makes_no_sense_is_a_failure_and_no_empty_answer(site: Site) -> None:
    site.plane.faults.add(Fault(matching="get */sites/orders", garbage="<html>"))
    with pytest.raises(ArmFailed, match="the answer is no JSON"):
        site.arm().get(site.id)
