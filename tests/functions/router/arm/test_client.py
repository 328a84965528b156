"""Requests to Resource Manager: what is asked for again, what is not, and what reaches whoever asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError, ServiceResponseError

from functions.router.arm import Answer, ArmClient, ArmProblem, Throttled
from tests.functions.router.arm.transports import ENDPOINT, Credential, Said, Scripted, refused, said

SITE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/orders-1-0"
GOOD = said(200, {"name": "orders-1-0"})


class Waits:
    """Sleeps at once; its clock moves by what was slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def pause(self, seconds: float) -> None:
        self.slept.append(seconds)

    def clock(self) -> float:
        return sum(self.slept)


def asking(transport: Scripted, ask: Callable[[ArmClient], Coroutine[Any, Any, Any]], waits: Waits | None = None) -> Any:
    waits = waits or Waits()

    async def run() -> Any:
        async with ArmClient(Credential(), transport=transport, pause=waits.pause, clock=waits.clock) as arm:
            return await ask(arm)

    return asyncio.run(run())


def problem_of(transport: Scripted, ask: Callable[[ArmClient], Coroutine[Any, Any, Any]], waits: Waits | None = None) -> ArmProblem:
    with pytest.raises(ArmProblem) as caught:
        asking(transport, ask, waits)
    return caught.value


def test_a_path_gets_the_api_version_and_a_body_comes_back_as_data() -> None:
    transport = Scripted(GOOD)
    assert asking(transport, lambda arm: arm.get(SITE)) == {"name": "orders-1-0"}
    assert transport.asked == [f"GET {SITE}?api-version=2024-04-01"]


def test_what_is_not_there_is_none_to_find_and_gone_to_delete() -> None:
    missing = refused(404, "ResourceNotFound", "no")
    assert asking(Scripted(missing), lambda arm: arm.find(SITE)) is None
    assert asking(Scripted(missing), lambda arm: arm.delete(SITE)) == Answer(404)


@pytest.mark.parametrize("code", ["ResourceGroupNotFound", "SubscriptionNotFound"])
def test_a_group_that_is_not_there_is_not_an_app_that_is_not_there(code: str) -> None:
    assert problem_of(Scripted(refused(404, code, "no")), lambda arm: arm.find(SITE)).code == code


@pytest.mark.parametrize(
    "fault",
    [
        refused(429, "TooManyRequests", "slow"),
        refused(500, "InternalServerError", "oops"),
        refused(503, "ServiceUnavailable", "later"),
        refused(408, "RequestTimeout", "slow"),
        refused(409, "Conflict", "Another operation is in progress."),
        ServiceRequestError("no connection"),
        ServiceResponseError("connection reset after the write"),
    ],
)
def test_a_fault_that_passes_is_asked_for_again(fault: Said | Exception) -> None:
    waits, transport = Waits(), Scripted(fault, fault, GOOD)
    assert asking(transport, lambda arm: arm.put(SITE, {}), waits).body == {"name": "orders-1-0"}
    assert (len(transport.asked), waits.slept) == (3, [1.0, 2.0])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_a_refusal_is_asked_once(status: int) -> None:
    waits, transport = Waits(), Scripted(refused(status, "No", "never"))
    assert str(problem_of(transport, lambda arm: arm.put(SITE, {}), waits)) == f"{status}: No: never"
    assert (len(transport.asked), waits.slept) == (1, [])


def test_a_fault_that_stays_ends_after_four_attempts() -> None:
    waits, transport = Waits(), Scripted(refused(500, "Oops", "broken"))
    problem = problem_of(transport, lambda arm: arm.get(SITE), waits)
    assert (problem.status, problem.code, problem.message) == (500, "Oops", "broken")
    assert (len(transport.asked), waits.slept) == (4, [1.0, 2.0, 4.0])


def test_no_answer_at_all_is_a_problem_without_a_status() -> None:
    problem = problem_of(Scripted(ServiceRequestError("cannot resolve")), lambda arm: arm.get(SITE))
    assert problem.status is None and "cannot resolve" in problem.message


def test_retry_after_is_waited_for_instead_of_our_own_guess() -> None:
    waits = Waits()
    asking(Scripted(refused(429, Retry_After="7"), GOOD), lambda arm: arm.get(SITE), waits)
    assert waits.slept == [7.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_retry_after_ends_the_step_and_says_when(status: int) -> None:
    waits = Waits()
    problem = problem_of(Scripted(refused(status, "Slow", Retry_After="120")), lambda arm: arm.get(SITE), waits)
    assert isinstance(problem, Throttled) and problem.seconds == 120.0
    assert waits.slept == []


def test_while_azure_wants_to_be_left_alone_nothing_else_is_asked() -> None:
    transport = Scripted(refused(429, Retry_After="120"), GOOD)

    async def twice(arm: ArmClient) -> None:
        with pytest.raises(Throttled):
            await arm.get(SITE)
        await arm.get(f"{SITE}/other")

    problem = problem_of(transport, twice)
    assert isinstance(problem, Throttled) and problem.seconds == 120.0
    assert len(transport.asked) == 1


def test_afterwards_it_is_asked_again() -> None:
    waits = Waits()

    async def later(arm: ArmClient) -> Any:
        with pytest.raises(Throttled):
            await arm.get(SITE)
        waits.slept.append(121.0)
        return await arm.get(SITE)

    assert asking(Scripted(refused(429, Retry_After="120"), GOOD), later, waits) == {"name": "orders-1-0"}


def test_a_throttled_answer_that_never_ends_is_throttling_and_no_failure() -> None:
    problem = problem_of(Scripted(refused(429, "TooManyRequests", "slow")), lambda arm: arm.get(SITE))
    assert isinstance(problem, Throttled) and problem.seconds == 30.0


def test_all_pages_of_a_list_are_read() -> None:
    transport = Scripted(said(200, {"value": [1, 2], "nextLink": f"{ENDPOINT}/next?page=2"}), said(200, {"value": [3]}))

    async def collected(arm: ArmClient) -> list[Any]:
        return [one async for one in arm.list(SITE)]

    assert asking(transport, collected) == [1, 2, 3]
    assert transport.asked[1] == "GET /next?page=2"


@pytest.mark.parametrize("body", [{}, [], "text", {"value": None}])
def test_half_a_list_is_no_list(body: Any) -> None:
    async def collected(arm: ArmClient) -> list[Any]:
        return [one async for one in arm.list(SITE)]

    assert "has no 'value'" in problem_of(Scripted(said(200, body)), collected).message


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/steal",
        "http://management.azure.com/plain",
        "https://management.azure.com.evil.example/x",
        "https://management.azure.com:8443/x",
        "https://user@management.azure.com/x",
        "https://xmanagement.azure.com/x",
    ],
)
def test_the_token_goes_nowhere_else(address: str) -> None:
    transport = Scripted(GOOD)
    assert "not Resource Manager's" in problem_of(transport, lambda arm: arm.get(address)).message
    assert transport.asked == []


@pytest.mark.parametrize("address", [f"{ENDPOINT}/a", "https://management.azure.com:443/a", "https://westeurope.management.azure.com/a"])
def test_its_own_addresses_are_followed(address: str) -> None:
    assert asking(Scripted(GOOD), lambda arm: arm.get(address)) == {"name": "orders-1-0"}


def test_an_answer_that_is_no_json_is_a_problem() -> None:
    assert "is no JSON" in problem_of(Scripted(Said(200, "<html>")), lambda arm: arm.get(SITE)).message


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ('{"error": {"code": "A", "message": "b"}}', "A", "b"),
        ('{"Code": "A", "Message": "b"}', "A", "b"),
        ("<html>no</html>", "", "<html>no</html>"),
        ("[]", "", "[]"),
    ],
)
def test_the_words_of_a_refusal_are_found_in_every_shape(body: str, code: str, message: str) -> None:
    problem = problem_of(Scripted(Said(400, body)), lambda arm: arm.get(SITE))
    assert (problem.code, problem.message) == (code, message)
