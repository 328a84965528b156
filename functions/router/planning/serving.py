"""An active line: its patches, what waits for it, and whether a newer line has taken its place."""

from __future__ import annotations

from ..lines import LineRow, State
from .actions import Action, Alarm, Forward, Make, Move, Probe, Release, Save
from .capacity import Room
from .making import is_due, said, until_it_answers
from .model import World
from .verdicts import seen


def active(row: LineRow, world: World, room: Room) -> list[Action]:
    if row.retire_forced:
        return [Move(row.line, State.CLOSING, "an operator has asked for its end, whatever runs in it", {"clean_since": None})]
    if row.line not in world.kept:
        return [Move(row.line, State.DRAINING, _superseded(row, world), {"clean_since": None, "last_start": None})]
    if world.is_foreign(row):
        return not_ours(row)
    if world.is_missing(row):
        return [Probe(row.line, "Azure does not list its app", or_make_again=True)] if is_due(row, world) else []
    steps: list[Action] = [Forward(row.line, "stored requests wait for it")] if world.waiting.get(row.line, 0) else []
    if is_due(row, world) and world.apps is not None:
        steps += _in_line(row, world, room)
    finding = world.findings.get(row.line)
    return [*(seen(row, finding, None, world) if finding else []), *steps]


def not_ours(row: LineRow) -> list[Action]:
    why = f"the app named {row.app} does not carry the router's mark any more: it is left alone. Put its tag durable-deploy-owner back"
    return [*said(row, why), Alarm(row.line, why)]


def _in_line(row: LineRow, world: World, room: Room) -> list[Action]:
    """With the wanted patch, with its starters on, and with the blueprint, in this order, one thing in a pass."""
    app = world.app(row)
    assert app is not None
    if row.wanted is not None and row.wanted != row.deployed:
        if not world.has_version(row.wanted):
            return said(row, f"the package of {row.wanted} is not known any more; deploy it again")
        return until_it_answers(row, world, row.wanted, make=False)
    if row.held:
        return [Release(row.line, "it is active again")]
    if world.policy.rollout == "all_apps" and app.blueprint != world.blueprint_version and room.roll_out():
        return [Make(row.line, "the blueprint has changed, and goes to all apps"), Probe(row.line, "does it answer with the new settings?")]
    return [Save(row.line, "what was wrong is over", {"error": "", "attempts": 0, "retry_at": None})] if row.error else []


def _superseded(row: LineRow, world: World) -> str:
    if row.retire_asked:
        return "an operator has asked for its end"
    newest = world.newest_active
    if newest is None or newest <= row.line:
        return "it is not kept any more"
    return f"{newest} is active, and the policy keeps {world.policy.keep}"


__all__ = ["active", "not_ours"]
