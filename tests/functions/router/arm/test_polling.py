"""Operations that go on after the answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from functions.router.arm import Answer, ArmClient, OperationFailed, StillRunning, finished
from tests.functions.router.arm.test_client import Waits
from tests.functions.router.arm.transports import ENDPOINT, Credential, Said, Scripted, said

OPERATION = f"{ENDPOINT}/operations/1"


def ending(begun: Answer, *answers: Said, patience: float = 90.0, waits: Waits | None = None) -> Answer:
    waits = waits or Waits()

    async def run() -> Answer:
        async with ArmClient(Credential(), transport=Scripted(*answers), pause=waits.pause, clock=waits.clock) as arm:
            return await finished(arm, begun, "making the app", patience=patience)

    return asyncio.run(run())


def test_an_answer_that_is_complete_is_not_asked_after() -> None:
    begun = Answer(200, {"properties": {"provisioningState": "Succeeded"}}, {})
    assert ending(begun, Said(500)) is begun


def test_a_location_is_asked_until_it_has_ended() -> None:
    waits = Waits()
    ended = ending(Answer(202, None, {"Location": OPERATION}), said(202, Retry_After="5"), said(202), said(200, {"name": "x"}), waits=waits)
    assert (ended.status, ended.body) == (200, {"name": "x"})
    assert waits.slept == [2.0, 5.0, 2.0]


def test_a_status_is_asked_until_it_says_succeeded() -> None:
    begun = Answer(201, None, {"azure-asyncoperation": OPERATION})
    ended = ending(begun, said(200, {"status": "InProgress"}), said(200, {"status": "Succeeded"}))
    assert ended.body == {"status": "Succeeded"}


@pytest.mark.parametrize(
    ("headers", "last"),
    [
        ({"Azure-AsyncOperation": OPERATION}, {"status": "Failed", "error": {"code": "NoRoom", "message": "no capacity"}}),
        ({"Location": OPERATION}, {"properties": {"provisioningState": "Failed"}, "error": {"code": "NoRoom", "message": "no capacity"}}),
    ],
)
def test_an_operation_that_fails_says_so_in_azures_words(headers: dict[str, str], last: dict[str, Any]) -> None:
    with pytest.raises(OperationFailed) as caught:
        ending(Answer(202, None, headers), said(200, last))
    assert (caught.value.code, caught.value.message) == ("NoRoom", "making the app failed: no capacity")


def test_an_answer_that_carries_its_failure_is_one() -> None:
    with pytest.raises(OperationFailed, match="Azure gives no reason"):
        ending(Answer(200, {"properties": {"provisioningState": "Canceled"}}, {}), Said(500))


def test_a_step_waits_only_so_long_and_the_next_one_finds_it() -> None:
    waits = Waits()
    with pytest.raises(StillRunning, match="making the app goes on in Azure"):
        ending(Answer(202, None, {"Location": OPERATION}), said(202), patience=5.0, waits=waits)
    assert waits.slept == [2.0, 2.0]
