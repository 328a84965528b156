"""Apps on loopback for the core to forward to, and what the caller gets: shared by the tests of forwarding."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from functions.router.forwarding import Backend, Headers, Inbound, Outbound, forward, open_session
from functions.router.versions import Line

KEY = "fn7Qv+Hk/3mPz9_Yc-2LwXs8Tj4Bd6Rg1Nu5Ae0Zo=="
SYSTEM_KEY = "sy5Wd+Jr/8kTq1_Mb-7VxCz3Lh9Gf2Np6Ou4Ei0Sa=="
LINE = Line(1, 0)
PUBLIC = "https://orders.example.com"

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class App:
    """A running app, and the session that forwards to it."""

    backend: Backend
    session: aiohttp.ClientSession

    async def forward(self, request: Inbound, **options: Any) -> Outbound:
        return await forward(self.session, self.backend, request, public_base=PUBLIC, line=LINE, **options)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[App]:
    """An aiohttp server that answers with `handler`."""
    # Handlers of callers that went away are cancelled, as Kestrel's requests are aborted.
    runner = web.ServerRunner(web.Server(handler, handler_cancellation=True, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with _known(runner.addresses[0][1]) as app:
            yield app
    finally:
        await runner.cleanup()


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[App]:
    """A server that says what no HTTP library would."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        async with _known(server.sockets[0].getsockname()[1]) as app:
            yield app
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def _known(port: int) -> AsyncIterator[App]:
    session = open_session()
    try:
        backend = Backend(f"http://127.0.0.1:{port}", KEY, SYSTEM_KEY, hub="OrdersV1x0", connection="DurableStorage")
        yield App(backend, session)
    finally:
        await session.close()


def asked(
    method: str = "GET", target: str = "/api/orders", headers: Headers | None = None, body: AsyncIterator[bytes] | bytes = b""
) -> Inbound:
    return Inbound(method, target, headers or [], body, "https", "orders.example.com", "203.0.113.7")


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def read(answer: Outbound) -> bytes:
    async with answer:
        return b"".join([chunk async for chunk in answer.chunks()])


async def head_of(reader: asyncio.StreamReader) -> str:
    """Request line and headers, as they came over the wire."""
    return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")


def said(answer: Outbound, name: str) -> list[str]:
    return [value for key, value in answer.headers if key.lower() == name.lower()]


def code_of(body: bytes) -> str:
    """Of the router's own answers."""
    return str(json.loads(body)["error"]["code"])
