"""How many apps there may be at once, and what is said when there are that many."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..blueprint import Policy
from ..lines import LineRow, State
from ..versions import Line
from .model import World

_HAS_NONE = frozenset({State.RETIRED})
_NEAR_ITS_END = (State.CLOSING, State.DRAINED, State.DRAINING)
_SHOWN = 12


def occupied(rows: Iterable[LineRow]) -> tuple[LineRow, ...]:
    """Those that have an app, or are getting one, oldest line first."""
    return tuple(sorted((row for row in rows if row.state not in _HAS_NONE), key=lambda row: row.line))


def full(rows: Iterable[LineRow], policy: Policy, *, beside: Line | None = None) -> str | None:
    """Why no further app may be made; None: one may. `beside`: the line that wants one, and is not counted itself."""
    there = [row for row in occupied(rows) if row.line != beside]
    if len(there) < policy.maximum_lines:
        return None
    return told(there, policy.maximum_lines)


def told(there: Collection[LineRow], maximum: int) -> str:
    """The cap, the lines, and which of them frees its place first."""
    named = ", ".join(f"{row.line} ({row.state})" for row in list(there)[:_SHOWN])
    more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
    return f"{len(there)} of at most {maximum} lines have an app: {named}{more}. {frees_up_first(there)}"


def frees_up_first(there: Collection[LineRow]) -> str:
    """Which one, and what it waits for."""
    for state in _NEAR_ITS_END:
        candidates = [row for row in there if row.state is state]
        if candidates:
            row = min(candidates, key=lambda one: (one.active is None, one.active or 0, one.since, one.line))
            return f"{row.line} frees up first: {_waits_for(row)}."
    return "None of them is draining: raise maximum_lines, keep fewer lines, or retire one."


def alarm(count: int, policy: Policy) -> str | None:
    """From `alarm_at` on."""
    if count < policy.alarm_at * policy.maximum_lines:
        return None
    return f"{count} of at most {policy.maximum_lines} lines have an app"


def _waits_for(row: LineRow) -> str:
    if row.state is State.CLOSING:
        return "it is closing, and is removed after a last look"
    if row.state is State.DRAINED:
        return "nothing runs in it any more, and it is removed after its delay"
    if row.active is None:
        return "it is draining; how much runs in it is not known"
    return f"it is draining; {row.active} instance{'' if row.active == 1 else 's'} of it still run" + ("s" if row.active == 1 else "")


class Room:
    """Places for further apps, as this pass gives them away."""

    def __init__(self, world: World) -> None:
        self._there = set(world.apps or ())
        self._maximum = world.policy.maximum_lines
        self._rows = {row.line: row for row in world.lines}
        self._rolled_out = False

    def take(self, row: LineRow) -> bool:
        if len(self._there) >= self._maximum:
            return False
        self._there.add(row.line)
        return True

    def roll_out(self) -> bool:
        """A changed blueprint reaches one live app in a pass: what is wrong with it is seen before the next one has it."""
        before, self._rolled_out = self._rolled_out, True
        return not before

    @property
    def count(self) -> int:
        return len(self._there)

    @property
    def why(self) -> str:
        return told([self._rows[line] for line in sorted(self._there) if line in self._rows], self._maximum)


__all__ = ["Room", "alarm", "frees_up_first", "full", "occupied", "told"]
