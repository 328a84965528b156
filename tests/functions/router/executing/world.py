"""A router's monitor over the embedded control plane, with rows and requests in memory and apps that note what they are sent, all in this process.

Every request to anything is a step; a test may end the process at any of them, or let two routers take turns.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from functions.router.blueprint import Blueprint
from functions.router.executing import Context, PassReport, run_pass
from functions.router.gateway import NamedValue
from functions.router.hosting import Apps
from functions.router.hosting.backends import Backends
from functions.router.keeping import StoredRequest
from functions.router.lines import LineRow, State
from functions.router.observing import Verdicts
from functions.router.planning import Finding
from functions.router.versions import Line, Version
from taskhub import Hub
from tests.functions.router.hosting.world import AT, ONE, Killed, World, line_row
from tests.functions.router.memory import MemoryRequests, MemoryStore

TWO = Line(2, 0)
PUBLIC = "https://orders.example.com"


class Answered:
    """As much of an aiohttp response as the proxy core takes."""

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.status, self._body = status, body
        known = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        self.raw_headers = tuple((name.encode(), value.encode()) for name, value in known.items())
        self.content = self

    def is_eof(self) -> bool:
        return False

    async def read(self) -> bytes:
        return self._body

    def release(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class AppsOnline:
    """All apps together: what each was sent, and the instances that were begun in it. `session.request` of aiohttp leads here."""

    step: Callable[[str], Awaitable[None]]
    exists: Callable[[str], bool]
    got: list[str] = field(default_factory=list)
    """`host METHOD path` of everything that an app was sent, but for questions."""
    ids: list[str] = field(default_factory=list)
    """Idempotency keys, one for each."""
    instances: dict[str, list[str]] = field(default_factory=dict)
    """Id of each instance to the states that it has had: one for each time that it was begun."""
    begins_as: str = "Running"
    answer: Callable[[str], Any] | None = None
    """Of an app that does something else: an answer, or an exception that is raised."""

    async def request(self, method: str, url: Any, *, headers: Any = None, data: Any = None, **_: Any) -> Any:
        parts = urlsplit(str(url))
        what = f"{parts.hostname} {method} {parts.path}"
        await self.step(f"before {what}")
        if not self.exists(str(parts.hostname)):
            raise aiohttp.ClientConnectorError(_Nowhere(), OSError("refused"))  # type: ignore[arg-type]
        if self.answer is not None:
            self.got.append(what)
            found = self.answer(what)
            if isinstance(found, BaseException):
                raise found
            return found
        answer = self._answered(method, parts.path, what, {str(name).lower(): str(value) for name, value in headers.items()})
        await self.step(f"after {what}")
        return answer

    def _answered(self, method: str, path: str, what: str, headers: Mapping[str, str]) -> Answered:
        management = "/runtime/webhooks/durabletask/"
        id = path.rsplit("/", 1)[-1]
        if path.startswith(f"{management}instances/"):
            begun = self.instances.get(id)
            return Answered(404, b"{}") if not begun else Answered(200, json.dumps({"runtimeStatus": begun[-1]}).encode())
        self.got.append(what)
        self.ids.append(headers.get("idempotency-key", ""))
        if path.startswith(f"{management}orchestrators/"):
            if self.instances.get(id, [""])[-1] == "Running":
                return Answered(409, b"{}")
            self.instances.setdefault(id, []).append(self.begins_as)
            return Answered(202, json.dumps({"id": id}).encode())
        return Answered(200, b'{"done": true}')


class _Nowhere:
    host, port, ssl, is_ssl = "nowhere", 443, True, True


@dataclass
class Hubs:
    """Verdicts as a test says: busy with `running`, unknown in `unreadable`, else drained."""

    now: Callable[[], datetime]
    running: Counter[Line] = field(default_factory=Counter)
    unreadable: set[Line] = field(default_factory=set)
    forgotten: list[Line] = field(default_factory=list)
    asked: list[Line] = field(default_factory=list)

    async def verdicts(self, rows: list[LineRow], had_code: Callable[[LineRow], bool]) -> Verdicts:
        self.asked += [row.line for row in rows]
        return {row.line: self._of(row.line) for row in rows}

    def forget(self, line: Line) -> None:
        self.forgotten.append(line)

    def _of(self, line: Line) -> Finding:
        if line in self.unreadable:
            return Finding("unknown", "its storage refuses", self.now())
        count = self.running[line]
        return Finding("busy" if count else "drained", f"{count} run", self.now(), active=count, any_ever=True)


class Monitor:
    """`turn` is awaited before every step of any kind, with a word for it."""

    def __init__(self, wanted: Blueprint | None = None, *rows: LineRow) -> None:
        self.world = World(wanted)
        self.now = AT
        self.store, self.requests = MemoryStore(*rows), MemoryRequests()
        self.online = AppsOnline(self._step, lambda host: self.world.site(host.partition(".")[0]) is not None)
        self.hubs = Hubs(lambda: self.now)
        self.alarms: list[str] = []
        self.purged: list[tuple[str, datetime]] = []
        self.steps = 0
        self.kill_at: int | None = None
        self.seen: list[str] = []
        for part in (self.store, self.requests):
            part._before = self._counted
        self.world.transport.before = lambda _number, what: self._counted(what)
        self.world.transport.after = lambda _number, what: self._counted(f"after {what}")
        self.world.data.step = self._counted

    def deployed(self, text: str) -> None:
        row = self.world.version(text)
        self.store.deployed[row.version] = row

    def run(self, **changes: Any) -> PassReport:
        """One pass, in a process of its own."""
        report: PassReport = asyncio.run(self.inside(lambda context: run_pass(replace(context, **changes))))
        return report

    async def inside(self, work: Callable[[Context], Awaitable[Any]]) -> Any:
        async with self.world.arm() as arm:
            return await work(self.context(self.world.apps(arm)))

    def context(self, apps: Apps) -> Context:
        async def purge(hub: Hub, before: datetime) -> None:
            self._counted("purge")
            self.purged.append((hub.name, before))

        session: Any = self.online
        return Context(
            blueprint=self.world.blueprint,
            store=self.store,
            requests=self.requests,
            apps=apps,
            hubs=self.hubs,
            session=session,
            backend_of=Backends(apps).of,
            purge=purge,
            alarm=self.alarms.append,
            now=lambda: self.now,
            gateway=None if self.world.blueprint.gateway is None else NamedValue(apps.arm, self.world.blueprint.gateway.list_id),
        )

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def row(self, line: Line = ONE) -> LineRow:
        return self.store.rows[line]

    def asks(self, id: str, *, line: Line = ONE, starter: bool = False) -> StoredRequest:
        """A request that is kept until the line's app is there."""
        id = id * 32
        instance = f"{line}-{id}" if starter else None
        target = f"/orchestrators/Order/{instance}" if starter else "/api/orders?a=1"
        request = StoredRequest(
            id, line, "POST", target, (("X-Caller", "c"),), b"{}", instance, self.now, self.now + timedelta(days=1), public_base=PUBLIC
        )
        self.requests.all[id] = self.requests._stamped(request)
        return request

    def killed_at(self, step: int | None) -> None:
        self.steps, self.kill_at = 0, step

    async def _step(self, what: str) -> None:
        self._counted(what)

    def _counted(self, what: str) -> None:
        self.steps += 1
        self.seen.append(what)
        if self.kill_at is not None and self.steps >= self.kill_at:
            raise Killed(what)


def asked_for(*ids: str, starter: str = "") -> Monitor:
    """A line whose first requests have come: nothing of it exists yet."""
    monitor = Monitor(None, line_row())
    monitor.deployed("1.0.0")
    for id in ids:
        monitor.asks(id)
    if starter:
        monitor.asks(starter, starter=True)
    return monitor


def superseded(**changes: Any) -> Monitor:
    """1.0 and 2.0 with an app each, 2.0 is active, and 1.0 as `changes` say."""
    monitor = asked_for()
    monitor.run()
    monitor.deployed("2.0.0")
    monitor.store.rows[TWO] = replace(line_row(TWO, wanted=Version(2, 0, 0)), etag="two")
    monitor.run()
    row = replace(monitor.row(), **{"held": True, **changes})
    monitor.store.rows[ONE] = replace(row, etag="one")
    return monitor


def closing() -> Monitor:
    """1.0 was closed long enough ago, and nothing runs in it."""
    row = asked_for().row().moved(State.ACTIVE, AT, "a").moved(State.CLOSING, AT, "b")
    monitor = superseded(state=State.CLOSING, since=AT, history=row.history, deployed=Version(1, 0, 0))
    monitor.later(hours=1)
    return monitor
