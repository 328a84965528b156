"""What is to be done, as plain data. Each names its line and, in a sentence, why.

Whoever carries them out goes in order and re-reads the line's row before each. A row that somebody else has changed ends that line's actions of
this pass; nothing is lost by it, since the next pass plans anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..lines import State
from ..versions import Line, Version


@dataclass(frozen=True)
class Move:
    """Into another state. At most one for a line in a pass."""

    line: Line
    to: State
    why: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of the row, stored with it."""


@dataclass(frozen=True)
class Save:
    """Fields of the row, without a transition."""

    line: Line
    why: str
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Make:
    """Plan, storage, app and settings, each written again if it is there: one idempotent attempt."""

    line: Line
    why: str


@dataclass(frozen=True)
class Deploy:
    line: Line
    version: Version
    why: str


@dataclass(frozen=True)
class Probe:
    """Does the app answer, and with which version?"""

    line: Line
    why: str
    or_make_again: bool = False
    """If it does not, the line goes back to provisioning: its app seems to be gone."""


@dataclass(frozen=True)
class Forward:
    """Send the line's stored requests to its app."""

    line: Line
    why: str


@dataclass(frozen=True)
class GiveUp:
    """Answer the line's stored requests with an error: there will be no app for them."""

    line: Line
    why: str


@dataclass(frozen=True)
class Hold:
    """Switch off what starts work by itself (timers, queues, blobs…): a line that drains gets nothing new."""

    line: Line
    why: str


@dataclass(frozen=True)
class Release:
    """Switch that on again."""

    line: Line
    why: str


@dataclass(frozen=True)
class Enlist:
    """Have the gateway send the line's requests straight to its app. Only ever planned for a row whose `listed` is stored."""

    line: Line
    default: Line | None
    """Where the gateway sends requests without a version, if that line is in its list too."""
    why: str


@dataclass(frozen=True)
class Delist:
    """Take the line out of the gateway's list; written also if it is not in there, so that whoever is about to put it in finds another list."""

    line: Line
    why: str


@dataclass(frozen=True)
class Strike:
    """Take lines that have no row out of the gateway's list."""

    lines: frozenset[Line]
    why: str
    line: None = None


@dataclass(frozen=True)
class Remove:
    """App, plan, control queues and leases. Large messages and the tracking store stay. May be begun again at any point.

    Only ever planned for a row whose `removing` is stored; whoever finds another row does nothing.
    """

    line: Line
    why: str


@dataclass(frozen=True)
class Purge:
    """Terminal instances older than `before`, in slices, rows and blobs together."""

    line: Line
    before: datetime
    why: str


@dataclass(frozen=True)
class Expire:
    """Stored requests and answers whose time is over."""

    why: str = "stored requests are kept for a limited time"
    line: None = None


@dataclass(frozen=True)
class Alarm:
    """For people, into the log. `line` None: about all of them."""

    line: Line | None
    why: str


Action = (
    Move | Save | Make | Deploy | Probe | Forward | GiveUp | Hold | Release | Enlist | Delist | Strike | Remove | Purge | Expire | Alarm
)

__all__ = [
    "Action",
    "Alarm",
    "Delist",
    "Deploy",
    "Enlist",
    "Expire",
    "Forward",
    "GiveUp",
    "Hold",
    "Make",
    "Move",
    "Probe",
    "Purge",
    "Release",
    "Remove",
    "Save",
    "Strike",
]
