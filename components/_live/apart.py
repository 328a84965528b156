"""Runs the SDK's blocking functions in a thread, where they use an event loop of their own.

On the program's loop, the SDK lets everything that is ready run while it waits, and afterwards puts as many empty entries into the
loop's queue as there were before (`pulumi/runtime/sync_await.py`). They go when the program has ended. So each call costs time for all
that was declared before it, by any component, and the next call again: in a program of 50 components, two thirds of a preview.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

PATIENCE = 10.0
"""Seconds until the program's loop is used after all."""

_threads = ThreadPoolExecutor(4, thread_name_prefix="reading")


class Apart:
    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._works = True

    def run(self, call: Callable[[], Any]) -> Any:
        """What `call` returns or raises. It must not wait for a resource of the program: nothing happens on the program's loop meanwhile.

        It may still need that loop, where the program registered an invoke transform: the engine calls the program back. Then patience
        ends, and the call is made again the ordinary way, as are all later ones.
        """
        if not self._works:
            return call()
        answer = _threads.submit(contextvars.copy_context().run, call)
        if wait([answer], self._patience).done:
            return answer.result()
        self._works = False
        try:
            return call()
        finally:
            wait([answer], self._patience)  # at its end, the program awaits every request, and can't await one of another loop


__all__ = ["Apart"]
