"""What the router remembers of a line and of a version: the rows of its state table, as plain data. Times are aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from .versions import Line, Version

REMEMBERED = 40
"""Transitions kept in a line's row, the newest last: a table row holds 1 MiB, a property 64 KiB (Microsoft docs, "Understanding the Table
service data model")."""


class State(StrEnum):
    PROVISIONING = "provisioning"
    """Its app is being made. Requests wait, or are told when to come again."""
    ACTIVE = "active"
    DRAINING = "draining"
    """A newer line is active. What runs goes on; starts as the policy says."""
    DRAINED = "drained"
    """Nothing runs, seen twice, a quiet period apart. Still reachable."""
    CLOSING = "closing"
    """No start is let in any more, for longer than any router remembers another state. Then a last verdict."""
    RETIRED = "retired"
    """Its app is gone; its history stays."""
    FAILED = "failed"
    """Its app could not be made. Tried again later, or by an operator."""


ROUTABLE = frozenset({State.ACTIVE, State.DRAINING, State.DRAINED, State.CLOSING})
"""States in which the app exists and may be asked about its instances."""


@dataclass(frozen=True)
class Transition:
    state: State
    at: datetime
    reason: str
    """A sentence for people."""


@dataclass(frozen=True)
class LineRow:
    line: Line
    state: State
    since: datetime
    reason: str
    app: str
    """Name of its function app. Decided when the line is made and never changed, so that there is one app at most."""
    hub: str
    """Its task hub; the same."""
    host_name: str = ""
    """Where the app answers; empty until Azure has told."""
    wanted: Version | None = None
    """The patch that should run there: the newest deployed, or what a rollback names."""
    deployed: Version | None = None
    """The patch whose deployment was completed last."""
    attempts: int = 0
    """Failed tries of the step under way, in a row; 0 again after one that succeeded."""
    retry_at: datetime | None = None
    """Not before this time is the next try due."""
    error: str = ""
    """Of the last failed try, without secrets."""
    clean_since: datetime | None = None
    """When the first of the clean verdicts in a row was given; None after any other verdict."""
    verdict: str = ""
    """The last verdict on its hub, as a sentence, such as `busy: 3 instances, the oldest since …`."""
    active: int | None = None
    """Instances that ran at the last verdict; None: unknown."""
    oldest: datetime | None = None
    """When the oldest of them was created."""
    judged_at: datetime | None = None
    last_start: datetime | None = None
    """A start that was let into a draining or drained line; noted before it is forwarded. Active lines don't note starts."""
    retire_forced: bool = False
    """An operator has typed the count of what still runs, and wants it removed nevertheless."""
    retire_asked: bool = False
    """An operator wants it removed as soon as nothing runs in it: it is not kept, and not waited for once it is drained."""
    held: bool = False
    """What starts work by itself in its app is switched off."""
    listed: bool = False
    """API Management may send requests straight to its app: stored before the gateway's list is written, taken back after it was."""
    delisted_at: datetime | None = None
    """When the list was last written without it; gateways go by an older one for a while."""
    gateway_error: str = ""
    """Why its app is not, or is still, in the gateway's list."""
    removing: bool = False
    """Its removal has begun: the app may be gone in part, and nothing may be sent there any more."""
    purged_at: datetime | None = None
    """When its old history was purged last."""
    ever_ran: bool = False
    """A verdict has seen at least one instance, active or not."""
    history: tuple[Transition, ...] = ()
    etag: str = field(default="", compare=False)
    """Of the stored row. Empty: not stored yet, so that storing it is an insert."""

    def moved(self, state: State, at: datetime, reason: str) -> LineRow:
        """The row after a transition; `history` keeps the newest ones."""
        kept = (*self.history, Transition(state, at, reason))[-REMEMBERED:]
        return replace(self, state=state, since=at, reason=reason, history=kept)


@dataclass(frozen=True)
class VersionRow:
    """One deployed version. It stays when its line is retired."""

    version: Version
    package: str
    """URL of its package in the router's own container."""
    digest: str
    """SHA-256 of the package, in hexadecimal."""
    at: datetime
    by: str
    """Principal id of who deployed it; empty if the router can't tell."""
    etag: str = field(default="", compare=False)


@dataclass(frozen=True)
class Pins:
    """What operators have decided against the policy; one row."""

    default: Line | None = None
    """The line for requests without a version. None: as the policy says."""
    etag: str = field(default="", compare=False)
