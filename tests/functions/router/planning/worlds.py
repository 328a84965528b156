"""Worlds to plan in, in few words, and plans as few words. Times are minutes from NOW."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.router.blueprint import Policy
from functions.router.lines import LineRow, Pins, State, Transition, VersionRow
from functions.router.planning import (
    Action,
    Alarm,
    Deploy,
    Expire,
    Finding,
    Front,
    Move,
    ObservedApp,
    Probe,
    Purge,
    Save,
    World,
    plan,
)
from functions.router.versions import Line, Version

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BLUEPRINT = "b1"
HAS_APP = frozenset({State.ACTIVE, State.DRAINING, State.DRAINED, State.CLOSING})
MINE = "router-id"


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def line(text: str) -> Line:
    return Line.parse(text)


def policy(**changes: Any) -> Policy:
    return Policy.model_validate(
        {"removal_delay_seconds": 3600, "quiet_seconds": 300, "closing_seconds": 90, "cache_seconds": 10, **changes}
    )


def row(text: str, state: State, since: float = -600, **fields: Any) -> LineRow:
    """A line in this state for ten hours, which has run its `.0` patch since its app answered the day before."""
    of = line(text)
    version = Version(of.major, of.minor, 0)
    had_app = state in HAS_APP
    history = [Transition(State.PROVISIONING, at(-1441), "asked for")]
    if had_app or state is State.RETIRED:
        history.append(Transition(State.ACTIVE, at(-1440), "it answers"))
    if state not in (State.PROVISIONING, State.ACTIVE):
        history.append(Transition(state, at(since), "so it came"))
    known: dict[str, Any] = {
        "reason": "so it came",
        "app": f"orders-{of.major}-{of.minor}",
        "hub": f"OrdersV{of.major}x{of.minor}",
        "host_name": f"orders-{of.major}-{of.minor}.example.net" if had_app else "",
        "wanted": version,
        "deployed": version if had_app else None,
        "held": state in (State.DRAINING, State.DRAINED, State.CLOSING),
        "judged_at": at(0) if state is State.ACTIVE else None,
        "history": tuple(history),
        "etag": "1",
    }
    return LineRow(of, state, at(since), **{**known, **fields})


def app(of: LineRow, **changes: Any) -> ObservedApp:
    made = ObservedApp(of.app, "Running", f"{of.app}.example.net", MINE, BLUEPRINT, of.deployed or of.wanted)
    return replace(made, **changes)


def drained(minutes: float = 0, **changes: Any) -> Finding:
    return replace(Finding("drained", "nothing runs", at(minutes), active=0), **changes)


def busy(minutes: float = 0, **changes: Any) -> Finding:
    return replace(Finding("busy", "3 instances run", at(minutes), active=3, oldest=at(-900), newest=at(-30), any_ever=True), **changes)


def unknown(minutes: float = 0) -> Finding:
    return Finding("unknown", "the storage refuses", at(minutes))


def world(
    *rows: LineRow,
    apps: Mapping[str, ObservedApp] | str | None = "as rows say",
    foreign: Iterable[str] = (),
    findings: Mapping[str, Finding] | None = None,
    waiting: Mapping[str, int] | None = None,
    pins: Pins | None = None,
    versions: Iterable[str] | None = None,
    now: float = 0,
    front: Front | None = None,
    **policy_changes: Any,
) -> World:
    if isinstance(apps, str):
        seen: dict[Line, ObservedApp] | None = {one.line: app(one) for one in rows if one.state in HAS_APP and one.app not in foreign}
    else:
        seen = None if apps is None else {line(name): found for name, found in apps.items()}
    known = versions if versions is not None else [f"{one.line}.{patch}" for one in rows for patch in range(3)]
    return World(
        lines=rows,
        versions=tuple(VersionRow(Version.parse(text), f"https://packages/{text}.zip", "0" * 64, at(-2000), "") for text in known),
        pins=pins or Pins(),
        apps=seen,
        foreign=frozenset(foreign),
        findings={line(name): found for name, found in (findings or {}).items()},
        waiting={line(name): count for name, count in (waiting or {}).items()},
        policy=policy(**policy_changes),
        blueprint_version=BLUEPRINT,
        now=at(now),
        front=front,
    )


def short(actions: Iterable[Action]) -> list[str]:
    """`move 1.0 drained`, `save 1.0 clean_since verdict`…: what is done, without its sentences. `Expire`, which is always last, is left out."""
    return [_word(action) for action in actions if not isinstance(action, Expire)]


def planned(of: World) -> list[str]:
    return short(plan(of))


def of_line(of: World, text: str) -> list[Action]:
    return [action for action in plan(of) if action.line == line(text)]


def only(of: World, text: str) -> Action:
    (action,) = of_line(of, text)
    return action


def _word(action: Action) -> str:
    name = f"{type(action).__name__.lower()} {action.line if action.line is not None else 'all'}"
    match action:
        case Move(to=to):
            return f"{name} {to}"
        case Save(changes=changes):
            return " ".join([name, *(sorted(set(changes) - _OF_A_VERDICT) or ["verdict"])])
        case Deploy(version=version):
            return f"{name} {version}"
        case Probe(or_make_again=True):
            return f"{name} or make again"
        case Alarm() | Purge():
            return name
        case _:
            return name


_OF_A_VERDICT = {"verdict", "active", "oldest", "judged_at", "clean_since", "ever_ran"}
