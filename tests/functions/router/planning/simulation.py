"""An Azure, a state table and routers in memory, in which plans are carried out: what must never happen is an assertion here.

Routers act on what they have read up to `cache_seconds` ago, starts are seen in a hub only while or after their request is under way, and a pass
may be cut off after any step. Time is told by the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from functions.router.blueprint import Policy
from functions.router.lines import ROUTABLE, LineRow, Pins, State, VersionRow
from functions.router.planning import (
    Action,
    Answered,
    Delist,
    Delisted,
    Deploy,
    Deployed,
    Enlist,
    Enlisted,
    Failed,
    Finding,
    Forward,
    Front,
    GiveUp,
    Held,
    Hold,
    Made,
    Make,
    Move,
    NotEnlisted,
    ObservedApp,
    Outcome,
    Probe,
    Release,
    Released,
    Remove,
    Removed,
    Save,
    World,
    plan,
    revivable,
    settle,
    wants_verdict,
)
from functions.router.versions import Line, Version

from .worlds import MINE, NOW, policy


@dataclass
class Instance:
    created: datetime
    visible_at: datetime
    done_at: datetime


@dataclass
class Azure:
    apps: dict[Line, ObservedApp] = field(default_factory=dict)
    made: dict[Line, int] = field(default_factory=dict)
    instances: dict[Line, list[Instance]] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    silent: bool = False
    """Resource Manager can't be read, and takes nothing."""
    unreadable: bool = False
    """No hub can be read."""
    broken: bool = False
    """Apps don't answer."""
    locked: bool = False
    """The gateway's list can be neither read nor written."""


@dataclass
class Gateway:
    """Sends starts straight to apps, by any list of the last `seconds`."""

    seconds: int = 120
    listed: frozenset[Line] = frozenset()
    older: list[tuple[datetime, frozenset[Line]]] = field(default_factory=list)
    """Lists that were, and until when."""
    default: Line | None = None
    room: int = 9
    """Lines that the list has room for: the newest ones."""
    is_on: bool = True

    def write(self, lines: frozenset[Line], default: Line | None, now: datetime) -> None:
        self.older.append((now, self.listed))
        self.listed = frozenset(sorted(lines, reverse=True)[: self.room])
        self.default = default if default in self.listed else None

    def may_send_to(self, line: Line, now: datetime) -> bool:
        lists = [self.listed, *(lines for until, lines in self.older if now - until < timedelta(seconds=self.seconds))]
        return any(line in lines for lines in lists)


class Simulation:
    def __init__(self, policy_: Policy | None = None, gateway: Gateway | None = None) -> None:
        self.gateway = gateway
        self.policy = policy_ or policy(removal_delay_seconds=600)
        self.now = NOW
        self.rows: dict[Line, LineRow] = {}
        self.versions: dict[Version, VersionRow] = {}
        self.pins = Pins()
        self.azure = Azure()
        self.waiting: dict[Line, int] = {}
        self.cached: dict[Line, LineRow] = {}
        self.cached_at = NOW
        self.blueprint = "b1"
        self.refused = 0

    # What people and clients do

    def deploy(self, version: Version) -> None:
        self.versions.setdefault(version, VersionRow(version, "https://p", "0" * 64, self.now, ""))
        row = self.rows.get(version.line)
        if row is None:
            return
        known = row.wanted is None or version > row.wanted
        if row.state in (State.RETIRED, State.FAILED) and not row.removing:
            self._store(replace(row.moved(State.PROVISIONING, self.now, "deployed"), wanted=version, attempts=0, retry_at=None))
        elif known:
            self._store(replace(row, wanted=version))

    def start(self, line: Line, lasts: float, under_way: float) -> None:
        """A start through a router that may have read its rows a while ago."""
        if self.now - self.cached_at >= timedelta(seconds=self.policy.cache_seconds):
            self.cached, self.cached_at = dict(self.rows), self.now
        row = self.cached.get(line)
        if row is not None and row.state in (State.DRAINING, State.DRAINED) and not row.removing:
            if self.rows[line].etag != row.etag:  # the write that notes the start is refused: read again, decide again
                self.cached, self.cached_at = dict(self.rows), self.now
                self.start(line, lasts, under_way)
                return
            self._store(replace(row, last_start=max(self.now, row.since)))
            self.cached[line] = self.rows[line]
        row = self.cached.get(line)
        if row is None:
            self._first(line)
        elif row.state in (State.ACTIVE, State.DRAINING, State.DRAINED) and not row.removing:
            self._let_in(line, lasts, under_way)
        elif row.state in (State.PROVISIONING, State.FAILED) and not row.removing:
            self.waiting[line] = self.waiting.get(line, 0) + 1
        elif row.state is State.RETIRED and revivable(row, self.policy) and self.rows[line].etag == row.etag:
            self._store(replace(row.moved(State.PROVISIONING, self.now, "a start"), attempts=0, retry_at=None))
            self.waiting[line] = self.waiting.get(line, 0) + 1
        else:
            self.refused += 1

    def direct(self, line: Line, lasts: float, under_way: float) -> None:
        """A start that comes by the gateway, which sends it to the app if any list that it may go by has the line, and else to the router."""
        if self.gateway is not None and self.gateway.may_send_to(line, self.now):
            assert not self.rows[line].removing, f"a start of {line} came to an app that is being removed"
            self._let_in(line, lasts, under_way)
        else:
            self.start(line, lasts, under_way)

    def turn_gateway(self, on: bool) -> None:
        if self.gateway is not None:
            self.gateway.write(frozenset(), None, self.now)
            self.gateway.is_on = on

    def write_by_hand(self, lines: frozenset[Line]) -> None:
        """An update that sets the list back, or a person who knows better."""
        if self.gateway is not None:
            self.gateway.write(lines, None, self.now)

    def _first(self, line: Line) -> None:
        versions = [one for one in self.versions if one.line == line]
        if not versions or line in self.rows:
            return
        row = LineRow(
            line, State.PROVISIONING, self.now, "a request", f"orders-{line.major}-{line.minor}", f"Orders{line.major}x{line.minor}"
        )
        self._store(replace(row, wanted=max(versions)))
        self.waiting[line] = 1

    def _let_in(self, line: Line, lasts: float, under_way: float) -> None:
        assert line in self.azure.apps or self.rows[line].state is not State.RETIRED, (
            f"a start of {line} was sent to an app that was removed"
        )
        seen = self.now + timedelta(seconds=min(under_way, self.policy.request_seconds))
        self.azure.instances.setdefault(line, []).append(Instance(seen, seen, seen + timedelta(seconds=lasts)))

    def operate(self, line: Line, what: str) -> None:
        row = self.rows.get(line)
        match what:
            case "pin":
                self.pins = Pins(line)
            case "unpin":
                self.pins = Pins()
            case "retire" if row is not None and row.state is not State.RETIRED:
                self._store(replace(row, retire_asked=True))
            case "retry" if row is not None and row.state is State.FAILED and not row.removing:
                self._store(replace(row.moved(State.PROVISIONING, self.now, "retry"), attempts=0, retry_at=None, error=""))
            case "delete app":
                self.azure.apps.pop(line, None)

    # A pass

    def world(self) -> World:
        apps = None if self.azure.silent else dict(self.azure.apps)
        findings = {
            line: self._finding(line)
            for line, row in self.rows.items()
            if wants_verdict(row, self.now, has_app=apps is not None and line in apps)
        }
        rows = tuple(self.rows.values())
        foreign = frozenset(self.azure.foreign)
        counted = {line: count for line, count in self.waiting.items() if count}
        front = None
        if self.gateway is not None and self.gateway.is_on:
            silent = self.azure.silent or self.azure.locked
            listed = None if silent else self.gateway.listed
            front = Front(self.gateway.seconds, listed, self.gateway.default, problem="403" if silent else "")
        versions = tuple(self.versions.values())
        return World(rows, versions, self.pins, apps, foreign, findings, counted, self.policy, self.blueprint, self.now, front)

    def _finding(self, line: Line) -> Finding:
        if self.azure.unreadable:
            return Finding("unknown", "refused", self.now)
        seen = [one for one in self.azure.instances.get(line, []) if one.visible_at <= self.now]
        running = [one for one in seen if one.done_at > self.now]
        newest = max((one.created for one in seen), default=None)
        oldest = min((one.created for one in running), default=None)
        return Finding("busy" if running else "drained", "as seen", self.now, len(running), oldest, newest, bool(seen))

    def carry_out(self, actions: tuple[Action, ...], *, of: World, at_most: int = 1_000, half: bool = False) -> None:
        """As the executor does, up to a step at which it is killed: before it or, `half`, before its outcome is stored."""
        done = 0
        etags = {row.line: row.etag for row in of.lines}
        over: set[Line] = set()
        moved: set[Line] = set()
        for action in actions:
            if done >= at_most and not half:
                return
            line = action.line
            if line is None or line in over or line not in etags:
                continue
            row = self.rows[line]
            if row.etag != etags[line]:
                over.add(line)
                continue
            if isinstance(action, Move):
                assert line not in moved, f"two transitions of {line} in a pass"
                moved.add(line)
            after, goes_on = self._step(row, action)
            if done >= at_most:
                return
            done += 1
            if after != row:
                self._store(after)
                etags[line] = self.rows[line].etag
            if not goes_on:
                over.add(line)

    def _step(self, row: LineRow, action: Action) -> tuple[LineRow, bool]:
        match action:
            case Move(to=to, why=why, changes=changes):
                return replace(row.moved(to, self.now, why), **changes), True
            case Save(changes=changes):
                return replace(row, **changes), True
            case Forward():
                assert row.state in ROUTABLE and not row.removing
                for _ in range(self.waiting.pop(row.line, 0)):
                    self._let_in(row.line, 60, 1)
                return row, True
            case GiveUp():
                self.waiting.pop(row.line, None)
                return row, True
        does = _DOES.get(type(action))
        if does is None:
            return row, True
        outcome: Outcome = Failed("Azure does not answer") if self.azure.silent else does(self, row, action)
        return settle(row, action, outcome, self.now), not isinstance(outcome, Failed) and outcome != Answered(False, None, "silent")

    def _make(self, row: LineRow, action: Action) -> Outcome:
        if row.app in self.azure.foreign:
            return Failed("taken", not_ours=True)
        if row.line not in self.azure.apps:
            assert not any(one.name == row.app for one in self.azure.apps.values()), f"two apps for {row.line}"
            self.azure.apps[row.line] = ObservedApp(row.app, "Running", f"{row.app}.net", MINE, self.blueprint, None)
            self.azure.made[row.line] = self.azure.made.get(row.line, 0) + 1
        self.azure.apps[row.line] = replace(self.azure.apps[row.line], blueprint=self.blueprint)
        return Made(f"{row.app}.net")

    def _deploy(self, row: LineRow, action: Action) -> Outcome:
        assert isinstance(action, Deploy) and row.app not in self.azure.foreign
        if row.line not in self.azure.apps:
            return Failed("there is no app")
        self.azure.apps[row.line] = replace(self.azure.apps[row.line], deployed=action.version)
        return Deployed()

    def _probe(self, row: LineRow, action: Action) -> Outcome:
        app = self.azure.apps.get(row.line)
        if app is None or self.azure.broken:
            return Answered(False, None, "silent")
        return Answered(True, app.deployed, "runs", app.host_name)

    def _hold(self, row: LineRow, action: Action) -> Outcome:
        return Held() if row.line in self.azure.apps else Failed("there is no app")

    def _release(self, row: LineRow, action: Action) -> Outcome:
        return Released() if row.line in self.azure.apps else Failed("there is no app")

    def _enlist(self, row: LineRow, action: Action) -> Outcome:
        assert row.listed, f"{row.line} is listed without a mark"
        assert isinstance(action, Enlist)
        if self.gateway is None or not self.gateway.is_on or self.azure.locked:
            return Failed("there is no gateway")
        self.gateway.write(self.gateway.listed | {row.line}, action.default, self.now)
        return Enlisted() if row.line in self.gateway.listed else NotEnlisted("there is no room")

    def _delist(self, row: LineRow, action: Action) -> Outcome:
        if self.gateway is None or not self.gateway.is_on or self.azure.locked:
            return Failed("there is no gateway")
        self.gateway.write(self.gateway.listed - {row.line}, self.gateway.default, self.now)
        return Delisted()

    def _remove(self, row: LineRow, action: Action) -> Outcome:
        assert row.removing, f"{row.line} is removed without a mark"
        assert row.app not in self.azure.foreign, f"{row.app} is somebody else's"
        assert not self.azure.unreadable or row.line not in self.azure.apps or row.attempts or row.deployed is None or self._was_clean(row)
        if not row.retire_forced and row.line in self.azure.apps:
            lost = [one for one in self.azure.instances.get(row.line, []) if one.done_at > self.now]
            assert not lost, f"{row.line} is removed under {len(lost)} instances"
        self.azure.apps.pop(row.line, None)
        return Removed()

    def _was_clean(self, row: LineRow) -> bool:
        return row.verdict.startswith("drained") or row.state is not State.CLOSING

    def _store(self, row: LineRow) -> None:
        self.rows[row.line] = replace(row, etag=str(int(row.etag or "0") + 1))

    def one_pass(self, at_most: int = 1_000, *, half: bool = False) -> tuple[Action, ...]:
        of = self.world()
        actions = plan(of)
        self.carry_out(actions, of=of, at_most=at_most, half=half)
        assert len({app.name for app in self.azure.apps.values()}) == len(self.azure.apps)
        return actions

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


_Does = Callable[[Simulation, LineRow, Action], Outcome]
_DOES: dict[type, _Does] = {
    Make: Simulation._make,
    Deploy: Simulation._deploy,
    Probe: Simulation._probe,
    Hold: Simulation._hold,
    Release: Simulation._release,
    Enlist: Simulation._enlist,
    Delist: Simulation._delist,
    Remove: Simulation._remove,
}
