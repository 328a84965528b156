"""Rows of lines that begin: by a first request, by a deployment, or anew after retirement. Who writes the row first makes the line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..blueprint import Blueprint
from ..keeping import Store
from ..lines import LineRow, State
from ..versions import Line, Version


def app_name(blueprint: Blueprint, line: Line) -> str:
    return f"{blueprint.app.prefix}-{line.major}-{line.minor}"


def hub_name(blueprint: Blueprint, line: Line) -> str:
    return f"{blueprint.durable.hub_prefix}V{line.major}x{line.minor}"


def begun(blueprint: Blueprint, line: Line, wanted: Version, before: LineRow | None, now: datetime, why: str) -> LineRow:
    """Its names are decided here, once, and kept for good: two apps for a line can't be."""
    if before is not None:
        again = before.moved(State.PROVISIONING, now, why)
        return replace(again, wanted=wanted, attempts=0, retry_at=None, error="", retire_asked=False, retire_forced=False)
    row = LineRow(line, State.PROVISIONING, now, why, app_name(blueprint, line), hub_name(blueprint, line), wanted=wanted)
    return row.moved(State.PROVISIONING, now, why)


async def begin(
    store: Store, blueprint: Blueprint, line: Line, wanted: Version, before: LineRow | None, now: datetime, why: str
) -> LineRow:
    """Raises Conflict: somebody was first, and what was decided may be wrong now."""
    return await store.save(begun(blueprint, line, wanted, before, now, why))


__all__ = ["app_name", "begin", "begun", "hub_name"]
