"""Reads of the SDK run beside the program's event loop, and on it where they can't."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from pulumi.runtime.sync_await import _sync_await

from components._live.apart import Apart


def test_the_answer_of_a_call_is_handed_on() -> None:
    assert Apart().run(lambda: {"a": 1}) == {"a": 1}


def test_the_error_of_a_call_is_handed_on() -> None:
    with pytest.raises(TimeoutError, match="of the call itself"):
        Apart().run(_raises(TimeoutError("of the call itself")))


def test_a_wait_leaves_nothing_behind_in_the_queue_of_the_programs_loop() -> None:
    assert asyncio.run(_left_behind(Apart().run)) == 0


def test_the_ordinary_way_leaves_an_empty_entry_for_each_that_was_ready() -> None:
    """If this fails, the SDK was mended, and `_apart.py` can go."""
    assert asyncio.run(_left_behind(lambda call: call())) >= 100


async def _left_behind(way: Callable[[Callable[[], None]], None]) -> int:
    loop = asyncio.get_running_loop()
    for _ in range(100):
        loop.call_soon(lambda: None)
    way(lambda: _sync_await(asyncio.sleep(0)))
    return sum(entry.cancelled() for entry in loop._ready)  # type: ignore[attr-defined]


def test_a_call_that_gets_no_answer_there_is_made_once_more_in_the_programs_thread() -> None:
    released = threading.Event()
    callers: list[bool] = []

    def call() -> str:
        is_program = threading.current_thread() is threading.main_thread()
        callers.append(is_program)
        if is_program:
            released.set()
            return "answered by the program's loop"
        released.wait()
        return "answered late"

    apart = Apart(patience=0.05)
    assert apart.run(call) == "answered by the program's loop"
    assert callers == [False, True]
    assert apart.run(call) == "answered by the program's loop"
    assert callers == [False, True, True]


def _raises(error: Exception) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call
