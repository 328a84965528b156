"""A line on its way out: draining, drained, closing. Whatever is not known keeps it where it is; whatever runs in it brings it back."""

from __future__ import annotations

from datetime import timedelta

from ..lines import LineRow, State
from .actions import Action, Forward, GiveUp, Hold, Move
from .capacity import Room
from .listing import sends_nothing, silent_from
from .making import fresh, is_due, removal, until_it_answers
from .model import Finding, World
from .serving import not_ours
from .standing import revivable
from .verdicts import clean_from, seen, told


def draining(row: LineRow, world: World, room: Room) -> list[Action]:
    if row.retire_forced:
        return [Move(row.line, State.CLOSING, "an operator has asked for its end, whatever runs in it", {"clean_since": None})]
    if _is_kept(row, world):
        return [_back(row, State.ACTIVE, "it is kept, or the default, again")]
    if world.is_foreign(row):
        return not_ours(row)
    finding = world.findings.get(row.line)
    if world.is_missing(row) and (finding is None or finding.verdict != "drained" or world.waiting.get(row.line, 0)):
        return _made_again(row, world, room)
    steps: list[Action] = _forwarded(row, world)
    if not row.held and world.app(row) is not None and is_due(row, world):
        steps.append(Hold(row.line, "what starts work by itself belongs to the newer line"))
    if finding is None:
        return steps
    if world.waiting.get(row.line, 0) or row.listed or world.is_named(row):
        return [*steps, *seen(row, finding, None, world)]
    if finding.verdict != "drained" or finding.at < clean_from(row, finding, world):
        return [*steps, *seen(row, finding, None, world)]
    first = row.clean_since
    if first is None or first < clean_from(row, finding, world):
        return [*steps, *seen(row, finding, finding.at, world)]
    if finding.at - first < timedelta(seconds=world.policy.quiet_seconds) or finding.at == first:
        return [*steps, *seen(row, finding, first, world)]
    return [*steps, Move(row.line, State.DRAINED, "nothing ran in it, seen twice with a quiet period between", told(finding, first))]


def drained(row: LineRow, world: World) -> list[Action]:
    back = _called_back(row, world)
    if back:
        return back
    finding = world.findings.get(row.line)
    if finding is None or finding.verdict == "unknown":
        return seen(row, finding, row.clean_since, world) if finding else []
    delay = timedelta(0) if row.retire_asked else timedelta(seconds=world.policy.removal_delay_seconds)
    if world.now - row.since < delay or finding.at < row.since or not sends_nothing(row, world):
        return seen(row, finding, row.clean_since, world)
    return [Move(row.line, State.CLOSING, "its delay is over, and nothing runs in it", told(finding, row.clean_since))]


def closing(row: LineRow, world: World) -> list[Action]:
    if row.removing:
        return _removed(row, world)
    back = [] if row.retire_forced else _called_back(row, world)
    if back:
        return back
    shut = row.since + timedelta(seconds=world.policy.closing_seconds)
    if world.now < shut or world.apps is None:
        return []
    if world.is_foreign(row):
        return not_ours(row)
    if not sends_nothing(row, world):
        return []
    if row.retire_forced:
        return removal(row, "an operator has asked for its end, whatever runs in it", world)
    finding = world.findings.get(row.line)
    if finding is None or finding.at < shut or finding.verdict == "unknown":
        return seen(row, finding, row.clean_since, world) if finding else []
    return removal(row, "nothing was let in since it closed, and nothing runs in it", world)


def retired(row: LineRow, world: World) -> list[Action]:
    """An app that is there again was made by somebody who acted on an older row. It is removed if nothing runs in it, else it drains."""
    if world.waiting.get(row.line, 0):
        if revivable(row, world.policy) and not row.removing:
            return [Move(row.line, State.PROVISIONING, "a start came for it", fresh())]
        return [GiveUp(row.line, f"{row.line} is retired")]
    app, finding = world.app(row), world.findings.get(row.line)
    if app is None:
        return []
    if finding is not None and finding.verdict == "drained" and not app.busy_deploying and _surely_clean(row, finding, world):
        return removal(row, "its app is there, though the line is retired", world)
    if finding is not None and finding.verdict == "busy":
        changes = {"deployed": app.deployed, "host_name": app.host_name, **told(finding, None)}
        return [Move(row.line, State.DRAINING, f"its app is there again, and work runs in it: {finding.reason}", changes)]
    return []


def _called_back(row: LineRow, world: World) -> list[Action]:
    """Of a drained or closing line: an operator wants it, a start was let in, or something runs in it after all."""
    finding = world.findings.get(row.line)
    if row.retire_forced and row.state is not State.CLOSING:
        return [Move(row.line, State.CLOSING, "an operator has asked for its end, whatever runs in it", {"clean_since": None})]
    if _is_kept(row, world):
        return [_back(row, State.PROVISIONING if world.is_missing(row) else State.ACTIVE, "it is kept, or the default, again")]
    if row.listed or world.is_named(row):
        return [_back(row, State.DRAINING, "the gateway's list has it")]
    if row.last_start is not None and row.last_start >= row.since:
        return [_back(row, State.DRAINING, "a start was let in")]
    if finding is not None and finding.verdict == "busy":
        return [Move(row.line, State.DRAINING, f"work runs in it: {finding.reason}", told(finding, None))]
    return [_back(row, State.DRAINING, "stored requests wait for it")] if world.waiting.get(row.line, 0) else []


def _is_kept(row: LineRow, world: World) -> bool:
    return row.line in world.kept


def _back(row: LineRow, to: State, why: str) -> Move:
    return Move(row.line, to, why, {"clean_since": None})


def _made_again(row: LineRow, world: World, room: Room) -> list[Action]:
    """Somebody has deleted its app, and nothing says that nothing ran in it: what waits, in its queues or here, goes on only in an app."""
    version = row.deployed or row.wanted
    if version is None or not world.has_version(version) or not is_due(row, world) or not room.take(row):
        return []
    return until_it_answers(row, world, version)


def _forwarded(row: LineRow, world: World) -> list[Action]:
    """Stored while it was being made: older than what superseded it."""
    return [Forward(row.line, "stored requests wait for it")] if world.waiting.get(row.line, 0) and world.app(row) is not None else []


def _surely_clean(row: LineRow, finding: Finding, world: World) -> bool:
    """Of a retired line: whatever a gateway has let in by an older list is to be seen by now."""
    until = silent_from(row, world)
    return until is None or finding.at >= until + timedelta(seconds=world.policy.request_seconds)


def _removed(row: LineRow, world: World) -> list[Action]:
    if world.apps is None:
        return []
    return not_ours(row) if world.is_foreign(row) else removal(row, row.reason, world)


__all__ = ["closing", "drained", "draining", "retired"]
