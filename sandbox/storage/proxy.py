"""The HTTPS proxy in front of Azurite: one loopback port per storage service, and Azure's door policy at each.

What it lets through reaches Azurite as it was sent: Azurite verifies signatures over path, query and headers itself. Bodies are
streamed. Faults strike here as they do in the control plane, under the path `/data/<account>/<service>/<rest>`.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import aiohttp
from aiohttp import web
from yarl import URL

from sandbox.arm import ArmError, ConnectionDropped, ControlPlane
from sandbox.problem import PortTaken

from . import answers
from .admission import Admission, Refusal
from .certificate import Certificate
from .tokens import Tokens

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"})
_ADDED_BY_CLIENT = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What aiohttp would add on its own if the caller had not sent it."""
_WAITING = 64
"""Requests that may wait at once in a fault's delay or for the store's lock, without holding up the others."""

_Result = TypeVar("_Result")


class StorageProxy:
    """`ports` are where it listens, `behind` Azurite's own, both per service."""

    def __init__(
        self, plane: ControlPlane, tokens: Tokens, certificate: Certificate, ports: Mapping[str, int], behind: Mapping[str, int]
    ) -> None:
        self._plane, self._tokens, self._certificate = plane, tokens, certificate
        self._admission = Admission(plane, tokens)
        self._ports, self._behind = ports, behind
        self._waiting = ThreadPoolExecutor(_WAITING, thread_name_prefix="storage-door")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="storage-proxy", daemon=True)
        self._servers: list[web.Server] = []
        self._runners: list[web.ServerRunner] = []
        self._client: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Returns when all ports listen. Raises SandboxProblem if one of them is taken."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def stop(self) -> None:
        """Ends connections at once."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        if not self._loop.is_closed():
            self._loop.close()
        self._waiting.shutdown(wait=False, cancel_futures=True)

    async def _listen(self) -> None:
        trust = ssl.create_default_context(cafile=str(self._certificate.authority))
        connector = aiohttp.TCPConnector(ssl=trust, limit=0)
        nothing_limits = aiohttp.ClientTimeout(total=None, sock_connect=10)
        self._client = aiohttp.ClientSession(
            connector=connector, timeout=nothing_limits, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )
        identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        identity.load_cert_chain(self._certificate.chain, self._certificate.key)
        for service, port in self._ports.items():
            self._servers.append(web.Server(_Door(self, service).handle))
            runner = web.ServerRunner(self._servers[-1], shutdown_timeout=0)
            await runner.setup()
            self._runners.append(runner)
            try:
                await web.TCPSite(runner, "127.0.0.1", port, ssl_context=identity).start()
            except OSError as problem:
                raise port_is_taken(port, problem) from problem

    async def _close(self) -> None:
        for connection in [open for server in self._servers for open in server.connections]:
            if connection.transport is not None:
                connection.transport.abort()  # a client that keeps its connection must not hold us up
        for runner in self._runners:
            await runner.cleanup()
        if self._client is not None:
            await self._client.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)  # the turn in which aborted transports close their sockets

    async def answer(self, service: str, request: web.BaseRequest) -> web.StreamResponse:
        account, _, below = request.raw_path.partition("?")[0].lstrip("/").partition("/")
        path = f"/data/{account}/{service}/{below}"
        try:
            garbage = await self._aside(lambda: self._plane.faults.strike(request.method, path, after=False))
            if garbage is not None:
                return web.Response(text=garbage)
            refusal = await self._aside(lambda: self._admission.refusal(service, request.method, request.raw_path, request.headers))
            if refusal is not None:
                return self._refuse(service, request, refusal)
            return await self._forward(service, request, path)
        except ArmError as fault:
            return self._refuse(service, request, Refusal(fault.status, fault.code, fault.message))

    async def _forward(self, service: str, request: web.BaseRequest, path: str) -> web.StreamResponse:
        assert self._client is not None
        url = URL(f"https://127.0.0.1:{self._behind[service]}{request.raw_path}", encoded=True)
        body = request.content if request.body_exists else None
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP]
        async with self._client.request(
            request.method, url, headers=headers, data=body, skip_auto_headers=_ADDED_BY_CLIENT, allow_redirects=False
        ) as behind:
            await self._aside(lambda: self._plane.faults.strike(request.method, path, after=True))
            response = web.StreamResponse(status=behind.status, reason=behind.reason)
            for name, value in behind.headers.items():
                if name.lower() not in _HOP_BY_HOP:
                    response.headers.add(name, value)
            await response.prepare(request)
            async for chunk in behind.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response

    def _refuse(self, service: str, request: web.BaseRequest, refusal: Refusal) -> web.Response:
        return answers.error(service, refusal, tenant=self._tokens.tenant, head=request.method == "HEAD")

    async def _aside(self, work: Callable[[], _Result]) -> _Result:
        """Off the event loop: faults may block on purpose, and the store has a lock."""
        return await self._loop.run_in_executor(self._waiting, work)


class _Door:
    """One service's request handler."""

    def __init__(self, proxy: StorageProxy, service: str) -> None:
        self._proxy, self._service = proxy, service

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._proxy.answer(self._service, request)
        except (ConnectionDropped, aiohttp.ClientError):
            # What a client sees of a dropped connection, and of an emulator that died: no answer at all.
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)


def port_is_taken(port: int, problem: OSError) -> PortTaken:
    return PortTaken(
        f"Port {port} can't be used ({problem.strerror or problem}). This sandbox chose it when it was made, and its stack's outputs name it. End the program that "
        "listens there (lsof -i shows which), or give the ports and everything else up with: python -m sandbox reset"
    )
