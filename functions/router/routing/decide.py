"""Where a request goes, by what it asks for and by the state of its line."""

from __future__ import annotations

import re

from ..blueprint import Policy
from ..lines import LineRow, State
from ..planning import default_line, full, revivable
from ..versions import Line
from .asked import Asked, Kind, line_of_id
from .decisions import Decision, ForwardTo, ListInstances, LookUp, MakeLine, Recorded, Refuse, Served, StoreFor
from .snapshot import Snapshot

WAIT_FOR_APP = 15
"""Seconds that a caller is told to wait for an app that is being made."""
_STORED_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def decide(asked: Asked, snapshot: Snapshot, policy: Policy, *, owner: Line | None = None, looked_up: bool = False) -> Decision:
    """`owner`: the line of the instance that `LookUp` asked for; `looked_up` without it: there is no such instance. Never raises."""
    if asked.kind is Kind.NOTHING:
        return Refuse(404, "NotFound", "The router has no such address.")
    if asked.kind is Kind.STORED:
        return _stored(asked)
    if asked.kind is Kind.LIST:
        if asked.method not in ("GET", "HEAD"):
            return Refuse(
                405, "MethodNotAllowed", "Instances are listed with GET. Purging by a filter would mean every line; purge one by one."
            )
        return ListInstances(asked.line)
    line = asked.line or owner
    if line is None and asked.kind is Kind.MANAGEMENT and asked.id is not None:
        return Refuse(404, "InstanceNotFound", "No line knows an instance of that id.") if looked_up else LookUp(asked.id)
    line = line or default_line(snapshot.rows.values(), snapshot.pins, policy) or _newest_deployed(snapshot)
    if line is None:
        return Refuse(404, "NothingDeployed", "No version was deployed yet.")
    row = snapshot.rows.get(line)
    if row is None:
        return _unmade(asked, line, snapshot, policy)
    return _by_state(asked, row, snapshot, policy)


def _by_state(asked: Asked, row: LineRow, snapshot: Snapshot, policy: Policy) -> Decision:
    if row.removing:
        return _closed(asked, row, snapshot)
    match row.state:
        case State.ACTIVE:
            return ForwardTo(row.line)
        case State.DRAINING | State.DRAINED:
            return _leaving(asked, row, snapshot, policy)
        case State.CLOSING:
            return ForwardTo(row.line) if not asked.may_start else _closed(asked, row, snapshot)
        case State.PROVISIONING:
            return StoreFor(row.line) if asked.is_start else _not_yet(row.line)
        case State.FAILED:
            return StoreFor(row.line) if asked.is_start else _failed(row)
        case State.RETIRED:
            return _retired(asked, row, snapshot, policy)


def _unmade(asked: Asked, line: Line, snapshot: Snapshot, policy: Policy) -> Decision:
    if line not in snapshot.deployed:
        known = ", ".join(str(one) for one in snapshot.known[:20]) or "none"
        return Refuse(404, "UnknownVersion", f"No version of {line} was deployed. Lines that there are: {known}.", line)
    if asked.kind is Kind.MANAGEMENT:
        return Refuse(404, "InstanceNotFound", f"Line {line} was never used, so that it has no instances.", line)
    if policy.create == "on_deployment":
        return Refuse(
            503,
            "NotMade",
            f"The app of {line} is made when a version of it is deployed, and that has not happened yet.",
            line,
            WAIT_FOR_APP,
        )
    return _made_for(asked, line, snapshot, policy)


def _made_for(asked: Asked, line: Line, snapshot: Snapshot, policy: Policy) -> Decision:
    cap = full(snapshot.rows.values(), policy, beside=line)
    if cap is not None:
        return Refuse(503, "AtCapacity", f"No app can be made for {line}. {cap}", line, 300)
    return StoreFor(line, make=True) if asked.is_start else MakeLine(line)


def _leaving(asked: Asked, row: LineRow, snapshot: Snapshot, policy: Policy) -> Decision:
    if asked.is_start and policy.draining_starts != "accept":
        other = default_line(snapshot.rows.values(), snapshot.pins, policy)
        may_move = asked.id is None or line_of_id(asked.id) != row.line  # An id that names its line would be looked for there.
        if policy.draining_starts == "redirect" and may_move and other is not None and other != row.line and _is_active(other, snapshot):
            return ForwardTo(other, redirected_from=row.line)
        return Refuse(409, "LineDrains", f"{row.line} takes no new work: {row.reason}. {_active(snapshot)}", row.line)
    return ForwardTo(row.line, note=asked.may_start)


def _closed(asked: Asked, row: LineRow, snapshot: Snapshot) -> Decision:
    if asked.kind is Kind.MANAGEMENT and asked.id is not None and not asked.may_start and asked.method in ("GET", "HEAD"):
        return Recorded(row.line, asked.id)
    return Refuse(503, "LineCloses", f"{row.line} is closing. {_active(snapshot)}", row.line, WAIT_FOR_APP)


def _retired(asked: Asked, row: LineRow, snapshot: Snapshot, policy: Policy) -> Decision:
    if asked.kind is Kind.MANAGEMENT:
        if asked.id is not None and asked.method in ("GET", "HEAD"):
            return Recorded(row.line, asked.id)
        return Refuse(
            410, "LineRetired", f"{row.line} is retired: its instances can be queried, and nothing can be done to them.", row.line
        )
    if revivable(row, policy) and row.line in snapshot.deployed:
        return _made_for(asked, row.line, snapshot, policy)
    return Refuse(410, "LineRetired", f"{row.line} is retired. {_active(snapshot)}", row.line)


def _not_yet(line: Line) -> Refuse:
    return Refuse(503, "LineIsBeingMade", f"The app of {line} is being made.", line, WAIT_FOR_APP)


def _failed(row: LineRow) -> Refuse:
    return Refuse(503, "LineFailed", f"The app of {row.line} could not be made. GET /api/versions says why.", row.line, 300)


def _stored(asked: Asked) -> Decision:
    if asked.method not in ("GET", "HEAD"):
        return Refuse(405, "MethodNotAllowed", "The answer of a stored request is read with GET.")
    if asked.id is None or _STORED_ID.fullmatch(asked.id) is None:
        return Refuse(404, "NotFound", "There is no such request, or not any more.")
    return Served(asked.id)


def _newest_deployed(snapshot: Snapshot) -> Line | None:
    """The very first request of all has no active line to go to."""
    return max(snapshot.deployed, default=None) if not snapshot.active else None


def _is_active(line: Line, snapshot: Snapshot) -> bool:
    return line in snapshot.active


def _active(snapshot: Snapshot) -> str:
    lines = ", ".join(str(line) for line in snapshot.active)
    return f"Active: {lines}." if lines else "No line is active."


__all__ = ["WAIT_FOR_APP", "decide"]
