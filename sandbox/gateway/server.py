"""The gateway as an HTTP server on loopback, for all services of the sandbox: a service is chosen by the Host, `<service>.azure-api.net`.

Two doors: TLS for clients, and a plain one for the sandbox's front door, which passes on what comes for these hosts. Bodies are streamed both ways,
unless the policy reads them. Sources: Microsoft docs, "Forward request"; "Tutorial: Debug your APIs using request tracing" (X-Forwarded-For is added).
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from sandbox.arm import ControlPlane
from sandbox.storage.certificate import Certificate

from .exchange import GIVEN, Exchange
from .handling import Handler
from .live import Live
from .sending import open_session

SUFFIX = ".azure-api.net"
DELAY = 3.0
"""Seconds until a change reaches the gateway, where nothing else is said. Inferred: Azure gives no number."""
_AT_ONCE = 256
"""Requests: each has a thread while it waits for its backend."""
_LAST_SECONDS = 1.0
"""For requests that are under way when the gateway stops."""
_Result = TypeVar("_Result")


class Gateway:
    """`front_door`: the address that goes by the names of apps; None: there are no apps."""

    def __init__(
        self, plane: ControlPlane, certificate: Certificate, *, delay: float = DELAY, front_door: Callable[[], str] | None = None
    ) -> None:
        self._plane, self._certificate, self._front_door = plane, certificate, front_door
        self._live = Live(plane, delay)
        self._handler = Handler(plane, self._live)
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="gateway"))
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateway", daemon=True)
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self.port = self.plain_port = 0

    def start(self) -> None:
        self._live.start()
        self._thread.start()
        self._await(self._start())

    def stop(self) -> None:
        """Stopping twice is no error."""
        if self._loop.is_closed():
            return
        self._live.stop()
        if self._thread.ident is not None:
            self._await(self._stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """Of all services; the request's Host names one."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def addresses(self) -> dict[str, str]:
        """By host name."""
        return dict.fromkeys(self._live.hosts, self.url)

    @property
    def delay(self) -> float:
        """Seconds until a write reaches the gateway, by the control plane's clock. May be set: it counts for the writes that follow."""
        return self._live.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._live.delay = seconds

    @property
    def pending(self) -> float:
        """Seconds until all that has been written so far is in force."""
        return self._live.pending

    @property
    def failures(self) -> list[str]:
        """Why the gateway has answered 500, the latest last: clients are told nothing."""
        return list(self._handler.failures)

    def wait_current(self, timeout: float = 60.0) -> None:
        """Until nothing is pending. Raises TimeoutError after seconds, as it must with a clock that stands still."""
        end = time.monotonic() + timeout
        while (left := self.pending) > 0:
            if time.monotonic() > end:
                raise TimeoutError(f"the gateway would need another {left:g} s")
            time.sleep(min(left, 0.05))

    async def _start(self) -> None:
        app = web.Application(client_max_size=2**40)
        app.router.add_route("*", "/{path:.*}", self._serve)
        app.on_response_prepare.append(_without_additions)
        self._runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=_LAST_SECONDS)
        await self._runner.setup()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self._certificate.chain, self._certificate.key)
        for context in (tls, None):
            await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context).start()
        self.port, self.plain_port = (address[1] for address in self._runner.addresses)
        self._session = open_session(self._certificate.authority, self._front_door)

    async def _stop(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            server = self._runner.server
            left = [one.transport for one in (server.connections if server else ()) if one.transport is not None]
            await self._runner.cleanup()
            for transport in left:
                transport.abort()  # a client that keeps its connection would not answer TLS's good-bye
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def _serve(self, incoming: web.Request) -> web.StreamResponse:
        assert self._session is not None
        exchange = Exchange(incoming, self._session, asyncio.get_running_loop())
        try:
            answer = await asyncio.to_thread(self._handler.handle, exchange.request(), exchange.send)
            return await exchange.reply(answer)
        finally:
            exchange.close()

    def _await(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _without_additions(request: web.Request, response: web.StreamResponse) -> None:
    """A Content-Type and a Server that nobody behind the gateway has named are aiohttp's own."""
    for name in ("Content-Type", "Server"):
        if name.lower() not in request.get(GIVEN, ()):
            response.headers.popall(name, None)


__all__ = ["DELAY", "SUFFIX", "Gateway"]
