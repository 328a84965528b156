"""One request and its answer on the wire: read and written as streams, unless somebody asks for the whole body.

Source: Microsoft docs, "Tutorial: Debug your APIs using request tracing" (X-Forwarded-For is added for the backend).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from .expressions import PolicyFailed
from .headers import Headers
from .messages import Answer, Onward, Request
from .sending import HOP_BY_HOP, chunks, send

GIVEN = web.RequestKey("given", frozenset)
"""Names of the headers that the answer has, in lower case."""
_Result = TypeVar("_Result")


@dataclass
class Exchange:
    """The two connections of one request. `send` is called in another thread than the loop's."""

    incoming: web.Request
    session: aiohttp.ClientSession
    loop: asyncio.AbstractEventLoop
    outgoing: aiohttp.ClientResponse | None = None
    buffered: bool = False

    def request(self) -> Request:
        headers = tuple((name, value) for name, value in self.incoming.headers.items())
        body = (lambda: self._read(self.incoming.read())) if self.incoming.can_read_body else None
        return Request(self.incoming.method, f"https://{self.incoming.host}{self.incoming.raw_path}", headers, body)

    def send(self, onward: Onward) -> Answer:
        return self._await(self._send(onward))

    async def reply(self, answer: Answer) -> web.StreamResponse:
        headers = CIMultiDict((name, value) for name, value in answer.headers if name.lower() not in HOP_BY_HOP)
        self.incoming[GIVEN] = frozenset(name.lower() for name in headers)
        response = web.StreamResponse(status=answer.status, headers=headers)
        await response.prepare(self.incoming)
        if self.incoming.method != "HEAD" and answer.status not in (204, 304):
            await self._write(response, answer)
        await response.write_eof()
        return response

    def close(self) -> None:
        if self.outgoing is not None:
            self.outgoing.close()

    async def _send(self, onward: Onward) -> Answer:
        seen = Headers(onward.headers)
        if self.incoming.remote:
            seen.set("X-Forwarded-For", ", ".join(filter(None, [seen.value("X-Forwarded-For"), self.incoming.remote])))
        onward = Onward(onward.method, onward.url, seen.pairs, onward.body, onward.forward)
        self.outgoing = await send(self.session, onward, self._incoming_chunks())
        self.buffered = onward.forward.buffer_response
        outgoing = self.outgoing
        headers = tuple((name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in outgoing.raw_headers)
        return Answer(outgoing.status, headers, lambda: self._read(outgoing.read()))

    async def _incoming_chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self.incoming.content.iter_any():
            yield chunk

    async def _write(self, response: web.StreamResponse, answer: Answer) -> None:
        if isinstance(answer.body, bytes):
            await response.write(answer.body)
        elif answer.body is not None and self.outgoing is not None:
            async for chunk in chunks(self.outgoing, buffered=self.buffered):
                await response.write(chunk)

    def _read(self, work: Coroutine[Any, Any, bytes]) -> bytes:
        try:
            return self._await(work)
        except (aiohttp.ClientError, OSError) as problem:
            raise PolicyFailed("BackendConnectionFailure", f"the body has ended too early: {problem}") from problem

    def _await(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


__all__ = ["GIVEN", "Exchange"]
