"""A router in memory with one real app on loopback behind all lines: what clients and operators ask, and what was stored and sent."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from azure.core.exceptions import ServiceRequestError

from functions.router.blueprint import Blueprint
from functions.router.forwarding import Backend, Inbound, Outbound
from functions.router.lines import LineRow, VersionRow
from functions.router.versions import Line, Version
from functions.router.web import Known, Operators, PackageProblem, Service
from functions.router.web.instances import Found
from functions.router.web.packages import Package, package_of
from tests.functions.router.forwarding.apps import App, serving
from tests.functions.router.hosting.world import blueprint
from tests.functions.router.memory import MemoryRequests, MemoryStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PUBLIC = "https://orders.example.com"
HOST_JSON = {
    "version": "2.0",
    "extensions": {
        "durableTask": {
            "hubName": "%TaskHubName%",
            "storageProvider": {
                "connectionStringName": "DurableStorage",
                "trackingStoreConnectionStringName": "DurableTracking",
                "trackingStoreNamePrefix": "Durable",
            },
        }
    },
}


def zipped(**files: str) -> bytes:
    """`host_json="..."` becomes host.json."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_json", ".json"), text)
    return out.getvalue()


class FakeInstances:
    """Who owns which id, and what was recorded."""

    def __init__(self) -> None:
        self.owned: dict[str, tuple[Line, str]] = {}
        self.asked: list[str] = []
        self.broken = False

    async def owner(self, id: str, rows: Any) -> Line | None:
        self._ask(f"owner {id}")
        return self.owned[id][0] if id in self.owned else None

    async def find(self, id: str, rows: Any) -> Found | None:
        self._ask(f"find {id}")
        if id not in self.owned:
            return None
        line, status = self.owned[id]
        return Found(
            line,
            {"PartitionKey": id, "Name": "Order", "RuntimeStatus": status, "Output": '"done"', "CreatedTime": NOW, "LastUpdatedTime": NOW},
        )

    async def elsewhere(self, id: str, line: Line, rows: Any) -> Line | None:
        self._ask(f"elsewhere {id}")
        owner, status = self.owned.get(id, (line, ""))
        return owner if owner != line and status == "Running" else None

    async def page(self, query: str, token: str | None, rows: Any, line: Line | None) -> tuple[list[Found], str | None]:
        self._ask(f"page {query} {token} {line}")
        found = [await self.find(id, rows) for id in self.owned]
        return [one for one in found if one is not None], "more" if token is None else None

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.broken:
            raise ServiceRequestError("no")


class FakePackages:
    def __init__(self, of: Blueprint) -> None:
        self._of = of
        self.at: dict[str, bytes] = {}

    async def read(self, url: str) -> Package:
        if url not in self.at:
            raise PackageProblem(404, "PackageMissing", "There is no such blob.")
        return package_of(url, self.at[url], self._of.durable)


@dataclass
class Stage:
    blueprint: Blueprint
    store: MemoryStore
    requests: MemoryRequests
    service: Service
    operators: Operators
    instances: FakeInstances
    packages: FakePackages
    app: App
    received: list[web.BaseRequest]
    bodies: list[bytes]
    pokes: list[str]
    storage: list[str]
    """Requests to the state table and the request store, by their names."""
    clock: list[datetime] = field(default_factory=lambda: [NOW])
    stale: set[str] = field(default_factory=set)

    def wait(self, seconds: float) -> None:
        self.clock[0] += timedelta(seconds=seconds)

    async def ask(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Outbound:
        given = [(name, value) for name, value in (headers or {}).items()]
        given += [("Content-Length", str(len(body)))] if body else []
        return await self.service.handle(Inbound(method, target, given, body, "https", "orders.example.com", "203.0.113.7"), PUBLIC)

    async def told(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> tuple[int, Any]:
        """Status and JSON."""
        answer = await self.ask(method, target, headers, body)
        return answer.status, await decoded(answer)

    def deployed(self, *versions: str) -> None:
        for text in versions:
            version = Version.parse(text)
            self.store.deployed[version] = VersionRow(version, f"https://p/{text}", "0" * 64, NOW, "", "1")

    @property
    def sent(self) -> list[str]:
        """Method and target of what the app has got."""
        return [f"{one.method} {one.raw_path if hasattr(one, 'raw_path') else one.path_qs}" for one in self.received]


async def decoded(answer: Outbound) -> Any:
    async with answer:
        text = b"".join([part async for part in answer.chunks()])
    return json.loads(text) if text else None


def on_stage(work: Callable[[Stage], Awaitable[Any]], *rows: LineRow, handler: Any = None, **policy: Any) -> Any:
    """Runs the scene, and gives what it returns."""

    async def inside() -> Any:
        received: list[web.BaseRequest] = []
        bodies: list[bytes] = []

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            received.append(request)
            bodies.append(await request.read())
            if handler is not None:
                return await handler(request)  # type: ignore[no-any-return]
            return web.json_response({"line": request.headers["x-durable-deploy-line"]})

        async with serving(answer) as app:
            return await work(_stage(app, rows, received, bodies, policy))

    return asyncio.run(inside())


def _stage(app: App, rows: tuple[LineRow, ...], received: list[web.BaseRequest], bodies: list[bytes], policy: dict[str, Any]) -> Stage:
    known_blueprint = blueprint()
    http = {name: policy.pop(name) for name in list(policy) if name in ("maximum_stored_bytes", "maximum_body_bytes")}
    known_blueprint = known_blueprint.model_copy(
        update={
            "policy": known_blueprint.policy.model_copy(update=policy),
            "http": known_blueprint.http.model_copy(update=http),
        }
    )
    storage: list[str] = []
    clock = [NOW]
    store, requests = MemoryStore(*rows, before=storage.append), MemoryRequests(before=storage.append)
    instances, packages, pokes = FakeInstances(), FakePackages(known_blueprint), list[str]()

    async def poke() -> None:
        pokes.append("poke")

    async def backend_of(row: LineRow) -> Backend:
        return app.backend

    ids = (f"{n:032x}" for n in itertools.count(1))
    known = Known(store, known_blueprint.policy.cache_seconds, lambda: clock[0])
    service = Service(
        known_blueprint,
        store,
        requests,
        known,
        instances,  # type: ignore[arg-type]
        app.session,
        backend_of,
        poke,
        lambda: clock[0],
        lambda: next(ids),
    )
    operators = Operators(known_blueprint, store, requests, packages, known, poke, lambda: clock[0])
    return Stage(known_blueprint, store, requests, service, operators, instances, packages, app, received, bodies, pokes, storage, clock)


Session = aiohttp.ClientSession
