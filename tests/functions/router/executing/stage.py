"""Passes of the monitor on the embedded Azure, with rows in memory: clocks, verdicts and probes are the test's to say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from functions.router.blueprint import Blueprint
from functions.router.executing import Context, PassReport, run_pass
from functions.router.forwarding import Backend
from functions.router.hosting import Apps, Probe, deployed
from functions.router.keeping import StoredRequest
from functions.router.lines import LineRow, State
from functions.router.planning import Finding
from functions.router.versions import Line, Version
from functions.router.web.lines_begun import begun
from tests.functions.router.forwarding.apps import serving
from tests.functions.router.hosting.world import World, blueprint
from tests.functions.router.memory import MemoryRequests, MemoryStore
from tests.functions.router.planning.worlds import NOW

ONE, TWO = Line(1, 0), Line(2, 0)


class Hubs:
    """Verdicts as the test says; `drained` without a word."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.busy: set[Line] = set()
        self.unknown: set[Line] = set()
        self.asked: list[Line] = []

    async def verdicts(self, rows: list[LineRow], had_code: Callable[[LineRow], bool]) -> dict[Line, Finding]:
        self.asked += [row.line for row in rows]
        return {row.line: self._of(row.line) for row in rows}

    def forget(self, line: Line) -> None:
        pass

    def _of(self, line: Line) -> Finding:
        if line in self.unknown:
            return Finding("unknown", "it can't be read", self._stage.now)
        if line in self.busy:
            return Finding("busy", "1 instance runs", self._stage.now, active=1, any_ever=True)
        return Finding("drained", "nothing runs", self._stage.now, active=0)


class ProbedApps(Apps):
    """The embedded Azure runs no code here: whether an app answers is the test's to say."""

    silent: bool = False

    async def probe(self, row: LineRow) -> Probe:
        found = await super().probe(row)
        if self.silent:
            return Probe(False, None, "its host is 'Error'", found.host_name)
        site = await self.arm.find(f"{self.blueprint.app.resource_group_id}/providers/Microsoft.Web/sites/{row.app}")
        if site is None:
            return Probe(False, None, "there is no app")
        return Probe(True, deployed(site), "its host is 'Running'", str(site["properties"]["defaultHostName"]))


@dataclass
class Stage:
    world: World
    store: MemoryStore
    requests: MemoryRequests
    now: datetime = NOW
    alarms: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    silent: bool = False
    backend: Backend | None = None
    purged: list[tuple[str, datetime]] = field(default_factory=list)
    hubs: Hubs = field(init=False)

    def __post_init__(self) -> None:
        self.hubs = Hubs(self)

    @property
    def blueprint(self) -> Blueprint:
        return self.world.blueprint

    def deployed(self, text: str, wanted: bool = False) -> None:
        row = self.world.version(text)
        self.store.deployed[row.version] = row
        if wanted:
            line = row.version.line
            self.store.rows[line] = begun(self.blueprint, line, row.version, None, self.now, "asked for")
            self.store.rows[line] = _stamped(self.store.rows[line])

    def row(self, line: Line = ONE) -> LineRow:
        return self.store.rows[line]

    def states(self) -> dict[str, str]:
        return {str(line): row.state.value for line, row in sorted(self.store.rows.items())}

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def _stamped(row: LineRow) -> LineRow:
    return replace(row, etag="new")


def policy(**changes: Any) -> Blueprint:
    known = blueprint()
    return known.model_copy(update={"policy": known.policy.model_copy(update=changes)})


def stage(**changes: Any) -> Stage:
    return Stage(World(policy(**changes)), MemoryStore(), MemoryRequests())


@asynccontextmanager
async def opened(on: Stage) -> Any:
    """A context with a real app behind every line."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        on.received.append(f"{request.method} {request.path_qs} {(await request.read()).decode()}")
        on.headers.append(dict(request.headers))
        return web.json_response({"ok": True}, status=201)

    async with serving(answer) as app, on.world.arm() as arm:
        apps = ProbedApps(on.blueprint, arm, on.world.data, lambda: on.now)
        apps.silent = on.silent

        async def backend_of(row: LineRow) -> Backend:
            return on.backend or app.backend

        async def purge(hub: Any, before: datetime) -> None:
            on.purged.append((hub.name, before))

        yield Context(
            on.blueprint,
            on.store,
            on.requests,
            apps,
            on.hubs,
            app.session,
            backend_of,
            purge,
            on.alarms.append,
            lambda: on.now,
        )


def passed(on: Stage, times: int = 1, seconds: float = 0.0) -> PassReport:
    """So many passes, with this much time after each; the last one's report."""

    async def inside() -> PassReport:
        async with opened(on) as context:
            for _ in range(times):
                report = await run_pass(context)
                on.wait(seconds)
            return report

    return asyncio.run(inside())


def ran(on: Stage, work: Callable[[Context], Awaitable[Any]]) -> Any:
    async def inside() -> Any:
        async with opened(on) as context:
            return await work(context)

    return asyncio.run(inside())


def stored(on: Stage, id: str, line: Line = ONE, **changes: Any) -> StoredRequest:
    made = StoredRequest(
        id=id,
        line=line,
        method="POST",
        target="/api/orders?a=1",
        headers=(("X-Tea", "green"),),
        body=b"tea",
        instance_id=None,
        at=NOW,
        expires_at=NOW + timedelta(days=1),
        public_base="https://orders.example.com",
    )
    made = replace(made, **changes)
    on.requests.all[id] = replace(made, etag="1")
    return made


__all__ = ["ONE", "TWO", "Stage", "State", "Version", "passed", "policy", "ran", "stage", "stored"]
