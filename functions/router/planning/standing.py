"""Which lines stay active: the newest ones, and the one that requests without a version go to."""

from __future__ import annotations

from collections.abc import Iterable

from ..blueprint import Policy
from ..lines import LineRow, Pins, State
from ..versions import BadVersion, Line

_STANDING = frozenset({State.ACTIVE, State.DRAINING, State.DRAINED, State.CLOSING})


def stands(row: LineRow) -> bool:
    """Whether it has an app that could be (or become) active, and nobody has asked for its end."""
    return row.state in _STANDING and not (row.removing or row.retire_asked or row.retire_forced)


def kept(rows: Iterable[LineRow], pins: Pins, policy: Policy) -> frozenset[Line]:
    """Lines that are not drained: the `keep` newest of those that stand, and the default.

    A line behind them counts only once it is active: while its app is being made, the older ones go on.
    """
    standing = sorted((row.line for row in rows if stands(row)), reverse=True)
    chosen = set(standing[: policy.keep])
    named = _named(pins, policy)
    if named in standing:
        chosen.add(named)
    return frozenset(chosen)


def default_line(rows: Iterable[LineRow], pins: Pins, policy: Policy) -> Line | None:
    """Where requests without a version go: the pinned line, else the policy's, else the newest active one. None: there is none.

    A line that is named is answered with whatever its state is: requests don't wander to another one silently.
    """
    known = {row.line: row for row in rows}
    named = _named(pins, policy)
    if named is not None:
        return named
    active = [line for line, row in known.items() if row.state is State.ACTIVE]
    return max(active) if active else max((line for line, row in known.items() if row.state is State.PROVISIONING), default=None)


def revivable(row: LineRow, policy: Policy) -> bool:
    """Whether a start makes a retired line anew: by policy, and always if it never had an app that answered, so that nothing of it is over."""
    return policy.revive or not any(one.state is State.ACTIVE for one in row.history)


def _named(pins: Pins, policy: Policy) -> Line | None:
    if pins.default is not None:
        return pins.default
    if policy.default == "latest":
        return None
    try:
        return Line.parse(policy.default)
    except BadVersion:
        return None


__all__ = ["default_line", "kept", "revivable", "stands"]
