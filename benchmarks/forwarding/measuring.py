"""Requests per second, latency and processor time of each way to an app, by turns; and the memory that long bodies take on their way."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import aiohttp

from ..comparison import ROOT
from ..figures import by_turns
from ..projects import BenchmarkError
from .callers import Unexpected, ask
from .servers import DOWN, PIECE

DIRECT, BARE, CORE = "the app itself", "bare proxy", "forwarding core"
CONCURRENT = (1, 50, 200)
MEBIBYTES = 64
WARM_UP = 0.3
"""Seconds before each measurement, thrown away: connections are opened then."""


@dataclass
class Load:
    """Of one way at one concurrency; a figure per round."""

    rate: list[float] = field(default_factory=list)
    """Requests per second."""
    p50: list[float] = field(default_factory=list)
    """Milliseconds."""
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Milliseconds of processor time per request, of the process that was asked."""

    def rate_of(self, other: Load) -> float:
        """How many times as many requests as `other`, round by round: the two were taken one after the other, so that a disturbance hits both."""
        return statistics.median(one / another for one, another in zip(self.rate, other.rate, strict=True))

    def median(self, figure: str) -> float:
        values: list[float] = getattr(self, figure)
        return statistics.median(values)


@dataclass
class Forwarding:
    loads: dict[str, dict[int, Load]] = field(default_factory=dict)
    """Way -> concurrency -> what it took."""
    held: dict[str, dict[str, float]] = field(default_factory=dict)
    """Way -> direction -> mebibytes by which its process grew beyond what it had taken before, while one long body went through."""
    hosted: dict[int, Load] = field(default_factory=dict)
    """Concurrency -> what the whole path through the embedded host took, without processor time."""


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[str]

    def taken(self) -> dict[str, float]:
        """`cpu` in seconds since it began, `peak` of memory in bytes since it was asked last."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))


def forwarding(seconds: float, rounds: int, tell: Callable[[str], None], concurrent: Sequence[int] = CONCURRENT) -> Forwarding:
    """`seconds` of each measurement. Raises BenchmarkError if anything but the expected answers comes back."""
    found = Forwarding()
    try:
        with ExitStack() as stack:
            app = stack.enter_context(_server("app"))
            ways = {
                DIRECT: app,
                BARE: stack.enter_context(_server("bare", str(app.port))),
                CORE: stack.enter_context(_server("core", str(app.port))),
            }
            for number in concurrent:
                for name in by_turns(list(ways), rounds):
                    tell(f"forwarding, {number} at once: {name}")
                    _measure(ways[name], number, seconds, found.loads.setdefault(name, {}).setdefault(number, Load()))
            for name in (BARE, CORE):
                tell(f"forwarding {MEBIBYTES} MiB: {name}")
                found.held[name] = asyncio.run(_held(ways[name]))
    except (Unexpected, OSError, aiohttp.ClientError) as problem:
        raise BenchmarkError(f"forwarding can't be measured: {problem!r}") from problem
    return found


def _measure(server: Server, concurrent: int, seconds: float, load: Load) -> None:
    asyncio.run(ask(server.port, concurrent, min(WARM_UP, seconds)))
    before = server.taken()["cpu"]
    asked = asyncio.run(ask(server.port, concurrent, seconds))
    spent = server.taken()["cpu"] - before
    load.rate.append(asked.rate)
    load.p50.append(1000 * asked.percentile(0.50))
    load.p99.append(1000 * asked.percentile(0.99))
    load.cpu.append(1000 * spent / len(asked.latencies))


async def _held(server: Server) -> dict[str, float]:
    """After a body of one mebibyte in each direction, which buffers and code paths are made for."""
    grown = {}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        for direction, move in (("up", _up), ("down", _down)):
            await move(session, 1)
            server.taken()
            before = server.taken()["peak"]
            await move(session, MEBIBYTES)
            grown[direction] = (server.taken()["peak"] - before) / 2**20
    return grown


async def _up(session: aiohttp.ClientSession, mebibytes: int) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(16 * mebibytes):
            yield PIECE

    async with session.post("/api/up", data=body()) as answer:
        _expect(answer.status == 200, f"{answer.status} to a long body")


async def _down(session: aiohttp.ClientSession, mebibytes: int) -> None:
    async with session.get(f"{DOWN}{16 * mebibytes}") as answer:
        seen = sum([len(chunk) async for chunk in answer.content.iter_any()])
        _expect(seen == mebibytes * 2**20, f"{seen} bytes of a long answer")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unexpected(otherwise)


@contextmanager
def _server(*arguments: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.forwarding.servers", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            if not line:
                raise BenchmarkError(f"the server {arguments[0]!r} did not start")
            yield Server(int(line), process)
        finally:
            process.kill()


__all__ = ["BARE", "CONCURRENT", "CORE", "DIRECT", "MEBIBYTES", "WARM_UP", "Forwarding", "Load", "forwarding"]
