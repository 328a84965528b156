"""A backend that notes what it gets and answers as a test says, and a service of API Management with its gateway in front of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import requests
from aiohttp import web

from sandbox.arm import ControlPlane, Store
from sandbox.gateway.server import Gateway
from sandbox.resources import all_types
from sandbox.storage import MemoryStorage
from sandbox.storage.certificate import Certificate

GROUP = "/subscriptions/00000000-0000-4000-8000-00000000d0d0/resourceGroups/rg"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/orders"
API = f"{SERVICE}/apis/router"
POLICY = f"{API}/policies/policy"
LIST = f"{SERVICE}/namedValues/direct-lines"
HOST = "orders.azure-api.net"
BARE = ("X-Bare", "yes")
"""Header of an answer that the backend's server adds nothing to: no Content-Type, no Server."""
METHODS = ("GET", "HEAD", "POST", "DELETE")
ROUTED = (
    '<policies><inbound><set-backend-service backend-id="router" /><set-header name="X-Lines"><value>{{direct-lines}}</value></set-header></inbound>'
    "<backend><forward-request /></backend><outbound /><on-error /></policies>"
)


@dataclass(frozen=True)
class Got:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


async def _fine(request: web.Request) -> web.StreamResponse:
    return web.Response(text="fine", headers={"X-From": "backend"})


async def _bare(request: web.Request, response: web.StreamResponse) -> None:
    if response.headers.pop(BARE[0], None):
        for name in ("Content-Type", "Server"):
            response.headers.pop(name, None)


class Backend:
    """`answer` may be set by a test; it runs in the backend's own loop."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = _fine
        self.reads = True
        """False: the request's body is left to `answer`."""
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.url = ""

    def __enter__(self) -> Backend:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self.loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        app.on_response_prepare.append(_bare)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read() if self.reads else b""
        self.got.append(Got(request.method, request.raw_path, {name.lower(): value for name, value in request.headers.items()}, body))
        return await self.answer(request)


class World:
    """The API `router` at the root of the service `orders`, with the backend `router` and the named value `direct-lines`."""

    def __init__(self, backend: Backend, certificate: Certificate, *, delay: float = 0.0) -> None:
        self.now = 1000.0
        self.plane = ControlPlane(Store(), all_types(MemoryStorage()), clock=lambda: self.now)
        self.certificate = certificate
        self.gateway = Gateway(self.plane, certificate, delay=delay)
        self.put(GROUP, location="westeurope")
        publisher = {"publisherEmail": "team@example.org", "publisherName": "team"}
        self.put(SERVICE, location="westeurope", sku={"name": "BasicV2", "capacity": 1}, properties=publisher)
        self.put_backend(backend.url)
        self.put_list("none")
        self.put_api()
        for method in METHODS:
            self.put(f"{API}/operations/{method.lower()}", properties={"displayName": method, "method": method, "urlTemplate": "/*"})
        self.put_policy(ROUTED)

    def __enter__(self) -> World:
        self.gateway.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gateway.stop()

    def put(self, path: str, **body: Any) -> Any:
        return self.plane.request("PUT", path, body).body

    def put_api(self, path: str = "", **properties: Any) -> None:
        self.put(API, properties={"displayName": "router", "path": path, "subscriptionRequired": False, **properties})

    def put_policy(self, text: str) -> None:
        self.put(POLICY, properties={"value": text, "format": "rawxml"})

    def put_list(self, value: str) -> None:
        self.put(LIST, properties={"displayName": "direct-lines", "secret": True, "value": value})

    def put_backend(self, url: str) -> None:
        self.put(f"{SERVICE}/backends/router", properties={"url": url, "protocol": "http"})

    def call(self, method: str, path: str, *, host: str = HOST, **options: Any) -> requests.Response:
        """`path` is sent to the letter."""
        asked = requests.Request(method, f"{self.gateway.url}/", **options).prepare()
        asked.url = f"{self.gateway.url}{path}"
        asked.headers["Host"] = host
        with requests.Session() as session:
            return session.send(asked, verify=str(self.certificate.authority), timeout=30, allow_redirects=False)
