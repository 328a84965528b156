"""A request on its way in, and an answer on its way out. Header values are text of bytes 0 to 255 (latin-1), as ASGI servers hand them over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from .headers import Headers

MAXIMUM_BODY = 100 * 1024 * 1024
"""Bytes. What Azure Functions takes (Microsoft docs "Azure Functions HTTP trigger", limits)."""


@dataclass(slots=True)
class Inbound:
    method: str
    raw_target: str
    """Path and query for the app, as they came: not decoded."""
    headers: Headers
    body: AsyncIterator[bytes] | bytes
    scheme: str
    host: str
    """The router's, as the caller named it."""
    client_ip: str


class Stream(Protocol):
    """A body that is still coming. Raises BackendBroke if it ends too early."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    async def __anext__(self) -> bytes: ...
    async def aclose(self) -> None: ...


class BackendBroke(Exception):
    """The app's answer ended half way, or took too long. Whoever passes it on must end the connection, so that the caller sees it too."""


@dataclass(slots=True)
class Outbound:
    """What the caller gets. Use it as a context (`async with`), or call `aclose`: that lets go of the app if the caller has gone."""

    status: int
    headers: Headers
    """With Content-Length where the length is known. Framing is the server's."""
    body: bytes | Stream
    """Bytes if all of it is there already."""
    sent: bool = True
    """False: nothing of the request has reached the app for certain. It may be sent once more."""
    cause: str = field(default="")
    """What went wrong, for the log. Empty for answers of the app."""

    async def aclose(self) -> None:
        if not isinstance(self.body, bytes):
            await self.body.aclose()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body in one form, whichever it has. Raises BackendBroke."""
        if not isinstance(self.body, bytes):
            async for chunk in self.body:
                yield chunk
        elif self.body:
            yield self.body

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()


__all__ = ["MAXIMUM_BODY", "BackendBroke", "Inbound", "Outbound", "Stream"]
