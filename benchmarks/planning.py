"""How long the router's monitor thinks: one plan for all lines, at a few numbers of them, a mix of all states."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from functions.router.blueprint import Policy
from functions.router.lines import LineRow, Pins, State, Transition, VersionRow
from functions.router.planning import Finding, ObservedApp, World, plan
from functions.router.versions import Line, Version

from .figures import Timing

LINES = (10, 100, 1_000)
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_STATES = (State.RETIRED, State.RETIRED, State.CLOSING, State.DRAINED, State.DRAINING, State.DRAINING, State.ACTIVE, State.PROVISIONING)


def plannings(repetitions: int, tell: Callable[[str], None]) -> dict[int, Timing]:
    """Number of lines -> how long a plan takes. The worlds are made before; the first plan of each is thrown away."""
    taken: dict[int, list[float]] = {lines: [] for lines in LINES}
    worlds = {lines: world(lines) for lines in LINES}
    for turn in range(repetitions + 1):
        for lines, known in worlds.items():
            tell(f"planning {lines} lines")
            began = time.perf_counter()
            plan(known)
            if turn:
                taken[lines].append(time.perf_counter() - began)
    return {lines: Timing(tuple(times)) for lines, times in taken.items()}


def world(lines: int) -> World:
    """Every kind of line; each with a history as long as it is kept, and a verdict."""
    rows = tuple(_row(number) for number in range(lines))
    return World(
        lines=rows,
        versions=tuple(VersionRow(row.wanted, "https://p", "0" * 64, _NOW, "") for row in rows if row.wanted is not None),
        pins=Pins(),
        apps={row.line: _app(row) for row in rows if row.state not in (State.RETIRED, State.PROVISIONING)},
        foreign=frozenset(f"other-{number}" for number in range(20)),
        findings={row.line: Finding("busy", "3 instances run", _NOW, 3, _NOW, _NOW, True) for row in rows if row.state is State.DRAINING},
        waiting={row.line: 2 for row in rows if row.state is State.PROVISIONING},
        policy=Policy.model_validate({"maximum_lines": 2 * lines, "keep": 2}),
        blueprint_version="b",
        now=_NOW,
    )


def _row(number: int) -> LineRow:
    line = Line(number // 100, number % 100)
    state = _STATES[number % len(_STATES)]
    since = _NOW - timedelta(hours=number % 50)
    history = tuple(Transition(State.ACTIVE if n % 2 else State.DRAINING, since, "it went on") for n in range(40))
    wanted = Version(line.major, line.minor, 1)
    row = LineRow(line, state, since, "it went on", f"orders-{line.major}-{line.minor}", f"OrdersV{line.major}x{line.minor}", wanted=wanted)
    return replace(row, history=history, deployed=wanted, held=state is State.DRAINING, etag="1")


def _app(row: LineRow) -> ObservedApp:
    return ObservedApp(row.app, "Running", f"{row.app}.example.net", "me", "b", row.deployed)


__all__ = ["LINES", "plannings", "world"]
