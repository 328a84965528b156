"""A line on its way to its app: making, deploying, asking whether it answers; and one whose app could not be made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ..lines import LineRow, State
from ..versions import Version
from .actions import Action, Deploy, Make, Move, Probe, Remove, Save
from .capacity import Room
from .listing import sends_nothing
from .model import World

MAXIMUM_ATTEMPTS = 8
AGAIN = timedelta(hours=1)
"""Between two tries of a line that has failed, while requests wait for it."""
CLEANED_UP_AFTER = timedelta(days=1)
"""Without requests: then what was made of its app is removed."""
UNREAD = "Resource Manager can't be read: it does not answer, or the router may not list the version apps. Each pass tries again"
REDEPLOY_EVERY = 3
"""Failed tries after which the package is deployed again: a deployment may report success, and its app not answer."""


def provisioning(row: LineRow, world: World, room: Room) -> list[Action]:
    if row.retire_asked or row.retire_forced:
        return [Move(row.line, State.FAILED, "an operator has asked for its end before its app was made")]
    refused = _impossible(row, world)
    if refused:
        return [Move(row.line, State.FAILED, refused, {"error": refused})]
    if world.apps is None:
        return said(row, UNREAD)
    if not is_due(row, world):
        return []
    if row.attempts >= MAXIMUM_ATTEMPTS:
        return [Move(row.line, State.FAILED, f"{row.attempts} tries have failed. The last one: {row.error}")]
    if world.is_missing(row) and not room.take(row):
        return said(row, f"{room.why} {row.line} waits for a place.")
    assert row.wanted is not None
    return until_it_answers(row, world, row.wanted)


def until_it_answers(row: LineRow, world: World, version: Version, *, make: bool = True) -> list[Action]:
    """What is missing between what Azure shows and an app that answers with this version. `make` False: an app that is there is not changed."""
    app = world.app(row)
    steps: list[Action] = []
    if app is None or (make and app.blueprint != world.blueprint_version):
        steps.append(Make(row.line, "it has no app" if app is None else "its app was not made to its end, or from another blueprint"))
    again = row.attempts > 0 and row.attempts % REDEPLOY_EVERY == 0
    if app is None or app.deployed != version or again:
        steps.append(
            Deploy(row.line, version, f"{version} is wanted there" if not again else f"it does not answer after {row.attempts} tries")
        )
    return [*steps, Probe(row.line, f"does it answer with {version}?")]


def failed(row: LineRow, world: World) -> list[Action]:
    if world.apps is None:
        return []
    waits, asked = world.waiting.get(row.line, 0), row.retire_asked or row.retire_forced
    if world.is_foreign(row):
        return [Move(row.line, State.RETIRED, "its name belongs to another app, and it was to be removed", ended())] if asked else []
    nobody_asks = not waits and world.now - row.since >= CLEANED_UP_AFTER
    if row.removing or ((asked or nobody_asks) and _nothing_runs(row, world)):
        return removal(row, "its app could not be made, and " + ("it was to be removed" if asked else "nobody asks for it"), world)
    if waits and world.now - row.since >= AGAIN and not _impossible(row, world):
        return [Move(row.line, State.PROVISIONING, "stored requests wait for it: tried again", fresh())]
    return []


def _nothing_runs(row: LineRow, world: World) -> bool:
    """Of a half-made app. Without a package nothing can have run there, nor made a hub, whose absence a verdict takes for a mistake."""
    app, finding = world.app(row), world.findings.get(row.line)
    if app is None or row.retire_forced or (finding is not None and finding.verdict == "drained"):
        return True
    return row.deployed is None and app.deployed is None and not app.busy_deploying and (finding is None or not finding.any_ever)


def _impossible(row: LineRow, world: World) -> str:
    """What no further try can change; empty if there is nothing of the kind."""
    if row.wanted is None:
        return "no version of it was deployed"
    if not world.has_version(row.wanted):
        return f"the package of {row.wanted} is not known any more; deploy it again"
    if world.is_foreign(row):
        return f"an app named {row.app} exists in the resource group and is not the router's. Delete or move it, then retry {row.line}"
    return ""


def is_due(row: LineRow, world: World) -> bool:
    return row.retry_at is None or row.retry_at <= world.now


def said(row: LineRow, error: str) -> list[Action]:
    """Shown with the row; nothing is stored if it is shown already."""
    return [] if row.error == error else [Save(row.line, error, {"error": error})]


def removal(row: LineRow, why: str, world: World) -> list[Action]:
    """The row says first that it has begun, so that nobody sends anything there any more; nor does a gateway."""
    if not is_due(row, world) or not sends_nothing(row, world):
        return []
    marked: list[Action] = [] if row.removing else [Save(row.line, why, {"removing": True, **fresh()})]
    return [*marked, Remove(row.line, why)]


def fresh() -> dict[str, Any]:
    """Fields of a line that begins anew."""
    return {"attempts": 0, "retry_at": None, "error": ""}


def ended() -> dict[str, Any]:
    """Fields of a line that is over: what was asked for is done."""
    return {
        **fresh(),
        "host_name": "",
        "deployed": None,
        "removing": False,
        "retire_asked": False,
        "retire_forced": False,
        "held": False,
        "clean_since": None,
        "last_start": None,
        "active": None,
        "oldest": None,
        "gateway_error": "",
    }


__all__ = ["Room", "ended", "failed", "fresh", "is_due", "provisioning", "removal", "said", "until_it_answers"]
