"""`python -m benchmarks.forwarding.servers app`, or `bare <port>`, or `core <port>`: one server on loopback, the latter two in front of the app.

Prints its port, then answers each line that it reads with the processor time that it has taken so far, and with the most memory that it has had
since the last line. The two proxies have the same aiohttp server in front, so
that only what they do with a request differs.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from functions.router.forwarding import Backend, Headers, Inbound, forward, open_session
from functions.router.forwarding.session import CONNECTIONS
from functions.router.versions import Line

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

ANSWER = json.dumps(
    {"id": "1.0-3f2c9d", "state": "accepted", "lines": [{"article": n, "count": n, "price": "9.90"} for n in range(5)]}
).encode()
"""What the app answers: JSON, which the core looks into."""
PIECE = bytes(64 * 1024)
DOWN = "/api/down/"
"""Followed by how many pieces the app shall send."""
SMALL = 64 * 1024
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "host"})


async def app(request: web.BaseRequest) -> web.StreamResponse:
    """Takes any body, and sends a long one where it is asked for."""
    async for _ in request.content.iter_any():
        pass
    if not request.raw_path.startswith(DOWN):
        return web.Response(body=ANSWER, content_type="application/json", headers={"X-Correlation-Id": "7f3a"})
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    await response.prepare(request)
    for _ in range(int(request.raw_path.removeprefix(DOWN))):
        await response.write(PIECE)
    return response


def bare(base_url: str) -> Handler:
    """No checks, no headers of its own, nothing looked into; short bodies in one piece, as is fastest."""
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS), auto_decompress=False)

    async def proxied(request: web.BaseRequest) -> web.StreamResponse:
        short = request.content_length is not None and request.content_length <= SMALL
        data = (await request.read() if short else request.content) if request.can_read_body else None
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP]
        async with session.request(
            request.method, base_url + request.raw_path, headers=headers, data=data, allow_redirects=False
        ) as answer:
            kept = CIMultiDict((name, value) for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP)
            if answer.content_length is not None and answer.content_length <= SMALL:
                return web.Response(status=answer.status, headers=kept, body=await answer.read())
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            return response

    return proxied


def core(base_url: str) -> Handler:
    """The router's, with all that it does."""
    session = open_session()
    backend = Backend(base_url, "k" * 54, "s" * 54, hub="OrdersV1x0", connection="DurableStorage")
    line = Line(1, 0)

    async def forwarded(request: web.BaseRequest) -> web.StreamResponse:
        headers: Headers = list(request.headers.items())
        inbound = Inbound(
            request.method, request.raw_path, headers, request.content.iter_any(), "https", "orders.example.com", request.remote or ""
        )
        answer = await forward(session, backend, inbound, public_base="https://orders.example.com", line=line)
        kept = CIMultiDict(answer.headers)
        if isinstance(answer.body, bytes):
            return web.Response(status=answer.status, headers=kept, body=answer.body)
        async with answer:
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for chunk in answer.chunks():
                await response.write(chunk)
            return response

    return forwarded


async def _serve(what: str, port: str) -> None:
    base_url = f"http://127.0.0.1:{port}"
    handler = app if what == "app" else {"bare": bare, "core": core}[what](base_url)
    runner = web.ServerRunner(web.Server(handler, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "peak": _peak()}), flush=True)


def _peak() -> int:
    """Bytes. Linux alone can begin anew (proc(5): clear_refs, VmHWM); elsewhere it is the most since the process began."""
    try:
        kibibytes = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
        Path("/proc/self/clear_refs").write_text("5")
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return 1024 * int(kibibytes)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
