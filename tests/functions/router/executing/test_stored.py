"""Stored requests on their way to an app: each once at most, or its caller is told that nobody knows."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import ServiceRequestError

from functions.router.executing.stored import ABANDONED_AFTER, AT_ONCE
from functions.router.keeping import RequestState
from functions.router.lines import State
from tests.functions.router.executing.world import Answered, Monitor, asked_for
from tests.functions.router.hosting.world import AT, ONE, Killed

START = "1.0-" + "b" * 32


def killed_after_sending(monitor: Monitor) -> Monitor:
    """The app has got the request, and the router ends before it has noted the answer. Then it is certainly gone."""
    monitor.requests._before = lambda word: kill() if word == "finish" else None
    with pytest.raises(Killed):
        monitor.run()
    monitor.requests._before = lambda _word: None
    monitor.later(seconds=ABANDONED_AFTER.total_seconds() + 1)
    return monitor


def kill() -> None:
    raise Killed("finish")


def answers(monitor: Monitor) -> list[int | None]:
    return [one.answer.status if one.answer else None for one in monitor.requests.all.values()]


def code_of(monitor: Monitor, id: str = "a") -> Any:
    answer = monitor.requests.all[id * 32].answer
    assert answer is not None
    return json.loads(answer.body)["error"]["code"]


@pytest.mark.parametrize("state", ["Running", "Completed"])
def test_a_start_whose_forwarder_died_is_not_begun_twice_even_if_it_has_ended_since(state: str) -> None:
    """Durable Functions starts an id anew once its instance has ended (host.json reference, overridableExistingInstanceStates)."""
    monitor = asked_for(starter="b")
    monitor.online.begins_as = state
    killed_after_sending(monitor).run()
    assert monitor.online.instances == {START: [state]}
    assert answers(monitor) == [202]
    answer = monitor.requests.all["b" * 32].answer
    assert answer is not None and json.loads(answer.body)["id"] == START
    assert dict(answer.headers)["Location"] == f"https://orders.example.com/api/_durable/1.0/instances/{START}"


def test_a_start_whose_forwarder_died_before_it_was_sent_is_sent() -> None:
    monitor = asked_for(starter="b")
    monitor.online.step = killing("before orders-1-0.azurewebsites.net POST")
    with pytest.raises(Killed):
        monitor.run()
    assert monitor.online.instances == {}
    monitor.online.step = monitor._step
    monitor.later(seconds=ABANDONED_AFTER.total_seconds() + 1)
    monitor.run()
    assert (monitor.online.instances, answers(monitor)) == ({START: ["Running"]}, [202])


@pytest.mark.parametrize(
    ("target", "starter", "status"),
    [("/api/../x", False, 400), ("/admin/x", False, 404), ("/orchestrators/../x", True, 400), ("/makePrimary", True, 404)],
)
def test_a_request_that_the_proxy_refuses_is_answered_so_and_holds_up_no_other(target: str, starter: bool, status: int) -> None:
    monitor = asked_for("a")
    monitor.asks("b", starter=starter)
    request = monitor.requests.all["b" * 32]
    monitor.requests.all["b" * 32] = replace(request, target=target, at=request.at - timedelta(days=1))
    monitor.run()
    assert dict(zip(monitor.requests.all, answers(monitor), strict=True)) == {"a" * 32: 200, "b" * 32: status}


def killing(word: str) -> Any:
    async def step(what: str) -> None:
        if what.startswith(word):
            raise Killed(what)

    return step


def test_anything_else_whose_forwarder_died_is_not_sent_again() -> None:
    monitor = killed_after_sending(asked_for("a"))
    monitor.run()
    assert (len(monitor.online.got), answers(monitor), code_of(monitor)) == (1, [504], "MayHaveRun")


class Breaking(Answered):
    """Ends half way: of JSON all is read before anything leaves, of anything else it streams."""

    def __init__(self, kind: str) -> None:
        super().__init__(202, b"half", {"Content-Length": "200000", "Content-Type": kind})

    async def read(self) -> bytes:
        raise aiohttp.ClientPayloadError("gone")

    async def readany(self) -> bytes:
        raise aiohttp.ClientPayloadError("gone")


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
def test_an_answer_that_ends_half_way_is_an_answer_and_the_next_request_is_sent(kind: str) -> None:
    monitor = asked_for("a", "c")
    given: list[Any] = [Breaking(kind), Answered(200, b"{}")]
    monitor.online.answer = lambda _what: given.pop(0)
    report = monitor.run()
    assert (answers(monitor), code_of(monitor), report.problem) == ([502, 200], "AppBroke", "")


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
@pytest.mark.parametrize("was_begun", [True, False])
def test_a_start_whose_answer_ends_half_way_is_asked_for_and_begun_once(kind: str, was_begun: bool) -> None:
    monitor = asked_for(starter="b")

    def broken(_what: str) -> Any:
        monitor.online.answer = None
        if was_begun:
            monitor.online.instances[START] = ["Completed"]
        return Breaking(kind)

    monitor.online.answer = broken
    monitor.run()
    assert (answers(monitor), monitor.requests.all["b" * 32].state) == ([None], RequestState.WAITING)
    monitor.run()
    assert answers(monitor) == [202]
    assert monitor.online.instances == {START: ["Completed" if was_begun else "Running"]}


@pytest.mark.parametrize("status", [400, 401, 500, 503])
def test_a_start_is_not_sent_again_while_the_app_does_not_say_whether_it_is_begun(status: int) -> None:
    monitor = killed_after_sending(asked_for(starter="b"))
    monitor.online.got.clear()
    monitor.online.answer = lambda _what: Answered(status, b"{}")
    monitor.run()
    assert (len(monitor.online.got), "GET" in monitor.online.got[0], answers(monitor)) == (1, True, [None])
    monitor.online.answer = None
    monitor.run()
    assert (monitor.online.instances, answers(monitor)) == ({START: ["Running"]}, [202])


def test_some_are_sent_side_by_side_and_no_more() -> None:
    monitor = asked_for()
    for number in range(30):
        monitor.asks(f"{number:032x}"[-1:] if number < 10 else "abcdefghijklmnopqrst"[number - 10])
    together, most = 0, 0
    request = monitor.online.request

    async def counted(*args: Any, **options: Any) -> Any:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0)
        together -= 1
        return await request(*args, **options)

    monitor.online.request = counted  # type: ignore[method-assign]
    monitor.run()
    assert (most, answers(monitor)) == (AT_ONCE, [200] * 30)
    assert len(set(monitor.online.ids)) == 30


def test_an_error_of_the_stores_leaves_the_other_lines_alone() -> None:
    monitor = asked_for("a")

    def refuse(word: str) -> None:
        if word == "finish":
            raise ServiceRequestError("no")

    monitor.requests._before = refuse
    report = monitor.run()
    assert monitor.row().state is State.ACTIVE
    assert (report.problem, len(monitor.online.got)) == ("", 1)
    assert monitor.requests.all["a" * 32].state is RequestState.FORWARDING


@pytest.mark.parametrize("error", [ValueError("a mistake of ours"), ServiceRequestError("no token")])
def test_a_request_that_was_certainly_not_sent_waits_on_and_is_sent_later(error: Exception) -> None:
    monitor = asked_for("a")

    async def no(_row: Any) -> Any:
        raise error

    monitor.run(backend_of=no)
    assert monitor.requests.all["a" * 32].state is RequestState.WAITING
    monitor.run()
    assert (len(monitor.online.got), answers(monitor)) == (1, [200])


def retired(*, claimed_for: float) -> Monitor:
    """Three requests for a line that is gone: one waits, one is a start, and another router has claimed two of them so many seconds ago."""
    monitor = asked_for("a", "c", starter="b")
    monitor.store.rows[ONE] = replace(monitor.row().moved(State.ACTIVE, AT, "w").moved(State.RETIRED, AT, "w"), etag="retired")
    for id in "bc":
        request = monitor.requests.all[id * 32]
        monitor.requests.all[id * 32] = replace(request, state=RequestState.FORWARDING, attempts=1, claimed_at=AT)
    monitor.later(seconds=claimed_for)
    return monitor


def test_of_a_line_that_is_gone_only_what_was_never_sent_is_answered_so() -> None:
    monitor = retired(claimed_for=ABANDONED_AFTER.total_seconds() + 1)
    monitor.run()
    assert {id: code_of(monitor, id) for id in "abc"} == {"a": "LineRetired", "b": "MayHaveRun", "c": "MayHaveRun"}
    assert monitor.online.got == []


def test_what_another_router_is_sending_is_not_given_up() -> None:
    monitor = retired(claimed_for=ABANDONED_AFTER.total_seconds() - 1)
    monitor.run()
    assert answers(monitor) == [410, None, None]
