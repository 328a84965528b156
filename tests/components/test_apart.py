"""Reads of the SDK run beside the program's event loop, and on it where they can't."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from components._apart import Apart


def test_the_answer_of_a_call_is_handed_on() -> None:
    assert Apart().run(lambda: {"a": 1}) == {"a": 1}


def test_the_error_of_a_call_is_handed_on() -> None:
    with pytest.raises(TimeoutError, match="of the call itself"):
        Apart().run(_raises(TimeoutError("of the call itself")))


def test_the_queue_of_the_programs_loop_stays_as_it_is() -> None:
    """What the SDK's own way of waiting does not do: see the module's docstring."""

    async def program() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        for _ in range(100):
            loop.call_soon(lambda: None)
        before = len(loop._ready)  # type: ignore[attr-defined]
        Apart().run(lambda: None)
        return before, len(loop._ready)  # type: ignore[attr-defined]

    before, after = asyncio.run(program())
    assert before == after


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
