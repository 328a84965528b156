"""The figures of forwarding as tables and goals."""

from __future__ import annotations

from collections.abc import Iterable

from ..figures import Goal
from .measuring import BARE, CORE, DIRECT, MEBIBYTES, Forwarding

Rows = list[list[str]]
ADDED = 1.0
"""Milliseconds that the core may add to the median of a request that is alone."""
SHARE = 0.8
"""Of the bare proxy's requests per second."""
NO_GOAL = "no goal: the embedded host, not Azure's"
HELD = 8.0
"""Mebibytes that a long body may take, whatever its length."""


def forwarding_sections(found: Forwarding) -> list[tuple[str, Rows]]:
    sections = [(f"Forwarding, {number} at once", _loads(found, number)) for number in found.loads.get(CORE, {})]
    hosted = ("Forwarding, client to app through the embedded host", _hosted(found))
    return [*sections, hosted, (f"Memory that a body of {MEBIBYTES} MiB takes on its way", _held(found))]


def forwarding_goals(found: Forwarding) -> Iterable[Goal]:
    core, bare, direct = (found.loads.get(name, {}) for name in (CORE, BARE, DIRECT))
    if 1 in core:
        yield Goal("ms that forwarding adds to the median, 1 at once", ADDED, core[1].median("p50") - direct[1].median("p50"))
    for number in core:
        yield Goal(f"requests per second, bare proxy / forwarding core, {number} at once", 1 / SHARE, bare[number].rate_of(core[number]))
    for direction, grown in found.held.get(CORE, {}).items():
        yield Goal(f"MiB held while {MEBIBYTES} MiB are forwarded {direction}", HELD, grown)


def _loads(found: Forwarding, number: int) -> Rows:
    rows = [["", "requests/s", "/ bare proxy", "p50, ms", "p50 added, ms", "p99, ms", "processor time per request, ms"]]
    for name, loads in found.loads.items():
        load, bare, direct = loads[number], found.loads[BARE][number], found.loads[DIRECT][number]
        p50 = load.median("p50")
        rows.append(
            [
                name,
                f"{load.median('rate'):.0f}",
                f"{load.rate_of(bare):.2f}",
                f"{p50:.2f}",
                "" if name == DIRECT else f"{p50 - direct.median('p50'):.2f}",
                f"{load.median('p99'):.2f}",
                f"{load.median('cpu'):.3f}",
            ]
        )
    return rows


def _hosted(found: Forwarding) -> Rows:
    rows = [["", "requests/s", "p50, ms", "p99, ms", "goal"]]
    for number, load in found.hosted.items():
        rows.append([f"{number} at once", f"{load.median('rate'):.0f}", f"{load.median('p50'):.2f}", f"{load.median('p99'):.2f}", NO_GOAL])
    return rows


def _held(found: Forwarding) -> Rows:
    return [["", "up, MiB", "down, MiB"], *([name, f"{grown['up']:.1f}", f"{grown['down']:.1f}"] for name, grown in found.held.items())]


__all__ = ["forwarding_goals", "forwarding_sections"]
