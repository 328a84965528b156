"""The figures of task hubs as tables and goals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

from ..figures import Goal, ratio
from .approaches import LISTING, VERDICT
from .measuring import AZURITE, PAGING, Cost, OnServer
from .situations import NONE, ONE, SITUATIONS

Rows = list[list[str]]
TIMES_FASTER = 300
QUEUES = 6
"""Requests of a pass that are not for the table: the list of queues, and each of five."""


def hub_sections(measured: Mapping[str, OnServer]) -> list[tuple[str, Rows]]:
    costs = [(_title(name, found), _costs(found)) for name, found in measured.items()]
    return [*costs, ("Wrong answers", _wrong(measured))] if measured else []


def hub_goals(measured: Mapping[str, OnServer]) -> Iterable[Goal]:
    if AZURITE in measured:
        costs = measured[AZURITE].costs
        faster = TIMES_FASTER * ratio(costs[VERDICT][NONE.name].timing, costs[LISTING][NONE.name].timing)
        yield Goal(f"{TIMES_FASTER} passes / one listing, Azurite, none active", 1.0, faster)
    if PAGING in measured:
        found = measured[PAGING]
        scan = ceil(found.instances / (found.examined or found.instances))
        most = max(cost.requests - QUEUES for cost in found.costs[VERDICT].values())
        # One more row, where one is active, may need a page of its own.
        yield Goal("table requests of a pass / pages of a scan, paging server", 1.0, most / (scan + 1))
    if measured:
        yield Goal("wrong answers of taskhub", 0.0, sum(len(found.wrong["taskhub"]) for found in measured.values()))


def _title(name: str, found: OnServer) -> str:
    pages = "" if found.examined is None else f", a page ending after {found.examined} rows looked at"
    return f"Task hub of {found.instances} instances, {name}{pages}"


def _costs(found: OnServer) -> Rows:
    head = ["", *(f"{situation.name}: {what}" for situation in (NONE, ONE) for what in ("ms", "requests", "kB", "times faster"))]
    return [
        head,
        *(
            [name, *_cells(costs[NONE.name], found, NONE.name), *_cells(costs[ONE.name], found, ONE.name)]
            for name, costs in found.costs.items()
        ),
    ]


def _cells(cost: Cost, found: OnServer, situation: str) -> list[str]:
    listing = found.costs[LISTING][situation].timing
    return [f"{1000 * cost.timing.median:.0f}", str(cost.requests), f"{cost.bytes / 1000:.1f}", f"{ratio(listing, cost.timing):.0f}"]


def _wrong(measured: Mapping[str, OnServer]) -> Rows:
    rows = [[f"of {len(SITUATIONS)} situations", *measured, "which"]]
    for name in next((found.wrong for found in measured.values()), {}):
        which = dict.fromkeys(situation for found in measured.values() for situation in found.wrong[name])
        rows.append([name, *(str(len(found.wrong[name])) for found in measured.values()), "; ".join(which)])
    return rows


__all__ = ["hub_goals", "hub_sections"]
