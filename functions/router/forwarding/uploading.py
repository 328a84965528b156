"""The caller's body on its way to the app: counted as it passes, never held."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

_SLICE = 256 * 1024


class TooLarge(Exception):
    """More bytes came than are let through."""


class Incomplete(Exception):
    """The body is not as long as the caller said."""


class BadFraming(Exception):
    """Content-Length makes no sense."""


def said_length(noted: Iterable[tuple[str, str]]) -> int | None:
    """Bytes; None: only the body tells. A request that says nothing of a body has none (RFC 9112 6.3). `noted`: its headers, names in lower
    case. Raises BadFraming."""
    said: set[str] = set()
    for name, value in noted:
        if name == "transfer-encoding":
            return None
        if name == "content-length":
            said.add(value)
    if not said:
        return 0
    value = said.pop()
    if said or not (value.isascii() and value.isdigit() and len(value) < 16):
        raise BadFraming
    return int(value)


class Upload:
    """An async iterator for the client to send. `problem` tells why it stopped, since the client wraps what is raised in here."""

    def __init__(self, source: AsyncIterator[bytes], limit: int, length: int | None) -> None:
        """`length`: what the caller's Content-Length says, if he sent one."""
        self._source, self._limit, self._length = source, limit, length
        self.seen = 0
        self.problem: Exception | None = None
        self._broken: Callable[[], None] | None = None

    def when_broken(self, then: Callable[[], None]) -> None:
        """`then` is called once the body has a problem. The client tells nobody of it when the answer has begun, and both sides would wait."""
        self._broken = then
        if self.problem is not None:
            then()

    def _stop(self, problem: Exception) -> None:
        self.problem = problem
        if self._broken is not None:
            self._broken()

    def __aiter__(self) -> Upload:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._source)
            self.seen += len(chunk)
            if self._length is not None and self.seen > self._length:
                raise Incomplete
            if self.seen > self._limit:
                raise TooLarge
            return chunk
        except StopAsyncIteration:
            if self._length is not None and self.seen != self._length:
                problem: Exception = Incomplete()
                self._stop(problem)
                raise problem from None
            raise
        except Exception as problem:
            self._stop(problem)
            raise


async def read_short(source: AsyncIterator[bytes], length: int) -> bytes:
    """All of a body that says to be short. Raises Incomplete, and what `source` raises."""
    chunks = []
    seen = 0
    async for chunk in source:
        seen += len(chunk)
        if seen > length:
            raise Incomplete
        chunks.append(chunk)
    if seen != length:
        raise Incomplete
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def sliced(body: bytes) -> AsyncIterator[bytes]:
    """A long body in pieces, so that sending it does not hold up the others."""
    for start in range(0, len(body), _SLICE):
        yield body[start : start + _SLICE]


__all__ = ["BadFraming", "Incomplete", "TooLarge", "Upload", "read_short", "said_length", "sliced"]
