"""Time, requests and bytes of each way to ask, by turns, and what each of them answers wrongly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from taskhub import Hub

from ..figures import Timing, by_turns
from .approaches import ANSWERING, TIMED, Place
from .emulator import emulator
from .paging_server import PagingServer
from .rows import rows
from .situations import NONE, ONE, SITUATIONS, OnAzurite, OnPagingServer, Stage, played

AZURITE, PAGING = "Azurite", "paging server"


@dataclass
class Cost:
    timing: Timing
    requests: int
    bytes: int


@dataclass
class OnServer:
    instances: int
    examined: int | None = None
    """Rows after which the server ends a page; None: it does not."""
    costs: dict[str, dict[str, Cost]] = field(default_factory=dict)
    """Way to ask -> situation -> what it costs."""
    wrong: dict[str, list[str]] = field(default_factory=dict)
    """Way to ask -> the situations in which it gives the wrong answer, of all of them."""


def hubs(folder: Path, instances: int, rounds: int, tell: Callable[[str], None]) -> dict[str, OnServer]:
    measured = {}
    for name, server in ((AZURITE, _azurite), (PAGING, _paging)):
        tell(f"task hub of {instances} instances on {name}")
        with server(folder, instances) as (place, stage, examined):
            measured[name] = _on(place, stage, OnServer(instances, examined), rounds)
    return measured


def _on(place: Place, stage: Stage, found: OnServer, rounds: int) -> OnServer:
    answered: dict[tuple[str, str], bool] = {}
    for situation in (NONE, ONE):
        with played(situation, stage):
            seconds: dict[str, list[float]] = {name: [] for name in TIMED}
            for name in by_turns(list(TIMED), rounds):
                began = time.perf_counter()
                asked = asyncio.run(TIMED[name](place))
                seconds[name].append(time.perf_counter() - began)
                answered[name, situation.name] = asked.drained
                cost = Cost(Timing(tuple(seconds[name])), asked.requests, asked.bytes)
                found.costs.setdefault(name, {})[situation.name] = cost
    for name, ask in ANSWERING.items():
        found.wrong[name] = []
        for situation in SITUATIONS:
            if (name, situation.name) not in answered:
                with played(situation, stage):
                    answered[name, situation.name] = asyncio.run(ask(place)).drained
            if answered[name, situation.name] is not situation.drained:
                found.wrong[name].append(situation.name)
    return found


@contextmanager
def _azurite(folder: Path, instances: int) -> Iterator[tuple[Place, Stage, int | None]]:
    with emulator(folder / "azurite", {"OrdersInstances": rows(instances)}) as running:
        running.make_queues("Orders")
        text = running.connection_string()
        yield Place(Hub.from_connection_string(text, "Orders"), text, running.client_options), OnAzurite(running), None


@contextmanager
def _paging(_folder: Path, instances: int) -> Iterator[tuple[Place, Stage, int | None]]:
    server = PagingServer()
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    server.tables["OrdersInstances"] = [{"Timestamp": long_ago, **each} for each in rows(instances)]
    server.queues = {f"orders-{name}": 0 for name in (*(f"control-{number:02}" for number in range(4)), "workitems")}
    with server.running():
        text = server.connection_string
        yield Place(Hub.from_connection_string(text, "Orders"), text, {}), OnPagingServer(server), server.examined


__all__ = ["AZURITE", "PAGING", "Cost", "OnServer", "hubs"]
