"""Just enough of .NET's tasks to replay the actions of the SDK: coroutines of ours that wait for promises, driven by history events alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Promise:
    """Pending until it is kept or broken; later attempts change nothing."""

    def __init__(self) -> None:
        self.settled = False
        self.failure: Exception | None = None
        self._value: Any = None
        self._waiting: list[Callable[[], None]] = []

    def keep(self, value: Any = None) -> None:
        self._settle(value, None)

    def break_(self, failure: Exception) -> None:
        self._settle(None, failure)

    def then(self, call: Callable[[], None]) -> None:
        if self.settled:
            call()
        else:
            self._waiting.append(call)

    def __await__(self) -> Generator[Promise, None, Any]:
        if not self.settled:
            yield self
        if self.failure is not None:
            raise self.failure
        return self._value

    def _settle(self, value: Any, failure: Exception | None) -> None:
        if not self.settled:
            self.settled, self._value, self.failure = True, value, failure
            waiting, self._waiting = self._waiting, []
            for call in waiting:
                call()


def run(coroutine: Coroutine[Promise, None, Any]) -> Promise:
    """Starts it at once; the promise of its result."""
    result = Promise()

    def advance() -> None:
        try:
            awaited = coroutine.send(None)
        except StopIteration as end:
            result.keep(end.value)
        except Exception as failure:
            result.break_(failure)
        else:
            awaited.then(advance)

    advance()
    return result


def when_all(promises: list[Promise]) -> Promise:
    """Settled when all are, also where one failed before."""
    return _when(promises, lambda settled: settled == len(promises))


def when_any(promises: list[Promise]) -> Promise:
    return _when(promises, lambda settled: settled > 0)


def _when(promises: list[Promise], enough: Callable[[int], bool]) -> Promise:
    both = Promise()

    def look() -> None:
        if enough(sum(one.settled for one in promises)):
            both.keep()

    look()
    for one in promises:
        one.then(look)
    return both
