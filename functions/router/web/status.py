"""Lines and versions as operators see them: JSON, from rows alone, so that looking costs Azure nothing and needs no rights there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..blueprint import Blueprint
from ..lines import ROUTABLE, LineRow, Pins, VersionRow
from ..planning import Finding, Front, ObservedApp, World, default_line, next_step
from ..versions import Line


def overview(
    blueprint: Blueprint,
    rows: Iterable[LineRow],
    versions: Iterable[VersionRow],
    pins: Pins,
    waiting: Mapping[Line, int],
    now: datetime,
) -> dict[str, Any]:
    """Newest first. Never a key, never what a caller has sent."""
    rows, versions = tuple(rows), tuple(versions)
    world = _world(blueprint, rows, versions, pins, waiting, now)
    default = default_line(rows, pins, blueprint.policy)
    return {
        "default": None if default is None else str(default),
        "pinned": None if pins.default is None else str(pins.default),
        "at": now.isoformat(),
        "maximum_lines": blueprint.policy.maximum_lines,
        "lines": [line_json(row, world) for row in sorted(rows, key=lambda one: one.line, reverse=True)],
        "versions": [
            {"version": str(one.version), "digest": one.digest, "at": one.at.isoformat(), "by": one.by}
            for one in sorted(versions, key=lambda one: one.version, reverse=True)
        ],
    }


def line_json(row: LineRow, world: World) -> dict[str, Any]:
    step = next_step(row, world)
    return {
        "line": str(row.line),
        "state": row.state.value,
        "since": row.since.isoformat(),
        "reason": row.reason,
        "app": row.app,
        "hub": row.hub,
        "host_name": row.host_name,
        "wanted": None if row.wanted is None else str(row.wanted),
        "deployed": None if row.deployed is None else str(row.deployed),
        "verdict": row.verdict,
        "active": row.active,
        "oldest": _text(row.oldest),
        "judged_at": _text(row.judged_at),
        "error": row.error,
        "attempts": row.attempts,
        "retry_at": _text(row.retry_at),
        "waiting": world.waiting.get(row.line, 0),
        "listed": row.listed,
        "gateway_error": row.gateway_error,
        "removing": row.removing,
        "retire_asked": row.retire_asked,
        "retire_forced": row.retire_forced,
        "next": {"what": step.what, "at": _text(step.at), "why_not_yet": step.why_not_yet},
        "history": [{"state": one.state.value, "at": one.at.isoformat(), "reason": one.reason} for one in row.history],
    }


def world_of(
    blueprint: Blueprint, rows: Iterable[LineRow], versions: Iterable[VersionRow], pins: Pins, waiting: Mapping[Line, int], now: datetime
) -> World:
    return _world(blueprint, tuple(rows), tuple(versions), pins, waiting, now)


def _world(
    blueprint: Blueprint,
    rows: tuple[LineRow, ...],
    versions: tuple[VersionRow, ...],
    pins: Pins,
    waiting: Mapping[Line, int],
    now: datetime,
) -> World:
    """As the monitor saw it last: apps where rows say there are some, verdicts as they were stored."""
    return World(
        lines=rows,
        versions=versions,
        pins=pins,
        apps={row.line: _app(row, blueprint) for row in rows if row.state in ROUTABLE},
        foreign=frozenset(),
        findings={row.line: found for row in rows if (found := _finding(row)) is not None},
        waiting=waiting,
        policy=blueprint.policy,
        blueprint_version=blueprint.version,
        now=now,
        front=None if blueprint.gateway is None else Front(blueprint.gateway.seconds, frozenset(row.line for row in rows if row.listed)),
    )


def _app(row: LineRow, blueprint: Blueprint) -> ObservedApp:
    return ObservedApp(row.app, "", row.host_name, blueprint.app.owner, blueprint.version, row.deployed)


def _finding(row: LineRow) -> Finding | None:
    word, _, reason = row.verdict.partition(": ")
    if row.judged_at is None or word not in ("busy", "drained", "unknown"):
        return None
    return Finding(word, reason, row.judged_at, row.active, row.oldest)  # type: ignore[arg-type]  # is one of the three


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


__all__ = ["line_json", "overview", "world_of"]
