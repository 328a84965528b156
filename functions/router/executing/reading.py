"""The world at the beginning of a round: rows, Azure's list of apps, verdicts, and how many requests wait."""

from __future__ import annotations

from ..arm import ArmProblem
from ..lines import LineRow
from ..observing import Seen, seen_apps
from ..planning import World, wants_verdict
from .context import Context
from .listing import read_front


async def read_world(context: Context) -> World:
    """Raises azure.core's AzureError if the router's own rows can't be read; whatever else can't be read is unknown in the world."""
    rows = await context.store.lines()
    versions, pins, waiting = await context.store.versions(), await context.store.pins(), await context.requests.counts()
    now = context.now()
    seen = await _seen(context, rows)
    apps = None if seen is None else seen.apps

    def had_code(row: LineRow) -> bool:
        app = apps.get(row.line) if apps is not None else None
        return row.deployed is not None or apps is None or (app is not None and (app.deployed is not None or app.busy_deploying))

    wanted = [row for row in rows if wants_verdict(row, now, has_app=None if apps is None else row.line in apps)]
    findings = await context.hubs.verdicts(wanted, had_code)
    return World(
        lines=rows,
        versions=versions,
        pins=pins,
        apps=apps,
        foreign=frozenset() if seen is None else seen.foreign,
        findings=findings,
        waiting=waiting,
        policy=context.blueprint.policy,
        blueprint_version=context.blueprint.version,
        now=now,
        front=await read_front(context, rows),
    )


async def _seen(context: Context, rows: tuple[LineRow, ...]) -> Seen | None:
    """None: Resource Manager does not say."""
    try:
        return seen_apps(await context.apps.list(), rows, context.blueprint)
    except ArmProblem:
        return None


__all__ = ["read_world"]
