"""Who asks: so many at once, each on a connection of its own, the next request when the last is answered. Knows as little HTTP as that takes, so
that it is not the caller who is measured."""

from __future__ import annotations

import asyncio
import math
import ssl
import time
from dataclasses import dataclass, field

BODY = b'{"customer": "Ada", "lines": [' + b", ".join(b'{"article": %d, "count": 1}' % n for n in range(8)) + b"]}"
_HEADERS = {
    "Host": "orders.example.com",
    "User-Agent": "benchmark",
    "Accept": "application/json",
    "Accept-Encoding": "gzip, br",
    "Authorization": "Bearer " + "x" * 200,
    "Content-Type": "application/json",
    "Content-Length": str(len(BODY)),
    "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "X-Correlation-Id": "7f3a",
    "X-App-Version": "1.0.1",
}
REQUEST = (
    b"POST /api/orders?expand=lines HTTP/1.1\r\n"
    + "".join(f"{name}: {value}\r\n" for name, value in _HEADERS.items()).encode()
    + b"\r\n"
    + BODY
)
_LENGTH = b"content-length:"
_PATIENCE = 30.0
"""Seconds for the last answers."""


class Unexpected(Exception):
    """An answer that is none, or not 200."""


@dataclass
class Asked:
    seconds: float
    latencies: list[float] = field(default_factory=list)
    """In seconds, of every request that was answered."""

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which that share of the requests was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Caller(asyncio.Protocol):
    def __init__(self, taken: list[float], request: bytes) -> None:
        self._taken, self._request = taken, request
        self._until = math.inf
        self._received = b""
        self._began = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def begin(self, until: float) -> None:
        """Asks until that moment, by `time.perf_counter`."""
        self._until = until
        self._ask()

    def _ask(self) -> None:
        self._received = b""
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not is_whole(self._received):
            return
        now = time.perf_counter()
        self._taken.append(now - self._began)
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None or time.perf_counter() < self._until:
            self.done.set_exception(Unexpected(f"the connection ended: {error}"))
        else:
            self.done.set_result(None)


def is_whole(received: bytes) -> bool:
    """Of an answer with its length. Raises Unexpected unless it is 200."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    if not received.startswith(b"HTTP/1.1 200 "):
        raise Unexpected(received[:200].decode("latin-1"))
    head = received[:end].lower()
    start = head.index(_LENGTH) + len(_LENGTH)
    length = int(head[start : head.find(b"\r\n", start) if b"\r\n" in head[start:] else None])
    return len(received) >= end + 4 + length


async def ask(port: int, concurrent: int, seconds: float, request: bytes = REQUEST, *, tls: ssl.SSLContext | None = None) -> Asked:
    """`tls`: whom to trust; left out, connections are plain. Raises Unexpected, and TimeoutError."""
    asked = Asked(seconds)
    loop = asyncio.get_running_loop()
    callers = [
        (await loop.create_connection(lambda: _Caller(asked.latencies, request), "127.0.0.1", port, ssl=tls))[1] for _ in range(concurrent)
    ]
    began = time.perf_counter()  # once all are connected: with TLS, so many take a while, and would not ask side by side
    for caller in callers:
        caller.begin(began + seconds)
    async with asyncio.timeout(seconds + _PATIENCE):
        await asyncio.gather(*(caller.done for caller in callers))
    asked.seconds = time.perf_counter() - began
    return asked


__all__ = ["REQUEST", "Asked", "Unexpected", "ask", "is_whole"]
