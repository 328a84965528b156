"""The named value behind the list: what is asked of Resource Manager, and what is made of its answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from functions.router.arm import ArmClient, ArmProblem, Throttled
from functions.router.gateway import Entry, Found, Listing, NamedValue, Overtaken
from functions.router.versions import Line
from tests.functions.router.arm.transports import Credential, Said, Scripted, refused, said

LIST = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/orders/namedValues/direct-lines"
TEXT = ";1.0=orders-1-0.azurewebsites.net|secret-key;"
FOUND = Found(Listing({Line(1, 0): Entry("orders-1-0.azurewebsites.net", "secret-key")}), TEXT, '"e1"')


class Noting(Scripted):
    """Keeps the last request whole."""

    last: Any = None

    async def send(self, request: Any, **options: Any) -> Said:
        self.last = request
        return await super().send(request, **options)


def with_value(transport: Scripted, work: Callable[[NamedValue], Awaitable[Any]]) -> Any:
    async def pause(_seconds: float) -> None: ...

    async def run() -> Any:
        async with ArmClient(Credential(), transport=transport, pause=pause, clock=lambda: 0.0) as arm:
            return await work(NamedValue(arm, LIST))

    return asyncio.run(run())


def written(transport: Scripted) -> Any:
    return with_value(transport, lambda value: value.write(TEXT, FOUND))


def test_the_value_of_a_secret_is_asked_for_by_itself_and_comes_with_its_etag() -> None:
    transport = Noting(said(200, {"value": TEXT}, ETag='"e1"'))
    assert with_value(transport, lambda value: value.read()) == FOUND
    assert transport.asked == [f"POST {LIST}/listValue?api-version=2024-05-01"]


@pytest.mark.parametrize("answer", [said(200, {"value": TEXT}), said(200, {}, ETag='"e1"'), said(200, [], ETag='"e1"'), said(200)])
def test_an_answer_without_its_value_or_its_etag_is_unknown_and_no_empty_list(answer: Said) -> None:
    with pytest.raises(ArmProblem, match="without its value or its ETag"):
        with_value(Scripted(answer), lambda value: value.read())


def test_it_is_written_over_what_was_read_and_stays_a_secret() -> None:
    transport = Noting(said(200, {}, ETag='"e2"'))
    written(transport)
    assert transport.asked == [f"PUT {LIST}?api-version=2024-05-01"]
    assert transport.last.headers["If-Match"] == '"e1"'
    assert json.loads(transport.last.content) == {"properties": {"displayName": "direct-lines", "secret": True, "value": TEXT}}


def test_a_list_that_somebody_else_has_written_since_is_left_as_it_is() -> None:
    transport = Noting(refused(412, "PreconditionFailed", "no"))
    with pytest.raises(Overtaken):
        written(transport)
    assert len(transport.asked) == 1


def test_a_write_that_azure_goes_on_with_is_waited_for() -> None:
    waiting = said(202, None, Location="https://management.azure.com/operations/1")
    transport = Noting(waiting, waiting, said(200, {}))
    written(transport)
    assert [one.partition("?")[0] for one in transport.asked] == [f"PUT {LIST}", "GET /operations/1", "GET /operations/1"]


WAITING = said(202, None, Location="https://management.azure.com/operations/1")
FORBIDDEN = refused(403, "AuthorizationFailed", "no right to the operation")


def test_a_write_whose_operation_the_router_may_not_see_is_told_by_the_value() -> None:
    written(Scripted(WAITING, FORBIDDEN, said(200, {"value": TEXT}, ETag='"e2"')))


@pytest.mark.parametrize(("value", "etag"), [("none", '"e2"'), (TEXT, '"e1"')], ids=["another value", "not written yet"])
def test_it_is_not_done_before_the_value_says_so(value: str, etag: str) -> None:
    with pytest.raises(ArmProblem, match="no right to the operation"):
        written(Scripted(WAITING, FORBIDDEN, said(200, {"value": value}, ETag=etag)))


def test_a_write_that_failed_afterwards_has_failed_whatever_the_value_says() -> None:
    waiting = said(202, None, Azure_AsyncOperation="https://management.azure.com/operations/1")
    failed = said(200, {"status": "Failed", "error": {"code": "C", "message": "it broke"}})
    with pytest.raises(ArmProblem, match="it broke"):
        written(Scripted(waiting, failed, said(200, {"value": TEXT}, ETag='"e2"')))


@pytest.mark.parametrize("status", [400, 403, 500])
def test_what_azure_says_of_a_refused_write_is_told_without_the_keys(status: int) -> None:
    with pytest.raises(ArmProblem) as caught:
        written(Scripted(refused(status, "Refused", f"the value {TEXT!r} is not liked")))
    assert caught.value.status == status
    assert "is not liked" in str(caught.value) and "secret-key" not in str(caught.value)


def test_being_asked_to_wait_stays_what_it_is() -> None:
    with pytest.raises(Throttled) as caught:
        written(Scripted(refused(429, "TooMany", "later", Retry_After="60")))
    assert caught.value.seconds == 60.0


def test_no_key_stands_in_what_is_shown_of_a_list_that_was_read() -> None:
    assert "secret-key" not in repr(FOUND)
