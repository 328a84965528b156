"""What the planner is told: rows, apps, verdicts and requests that wait, as they were read at the beginning of a pass. Times are aware, in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from ..blueprint import Policy
from ..lines import LineRow, Pins, State, VersionRow
from ..versions import Line, Version
from .standing import default_line, kept

Verdict = Literal["busy", "drained", "unknown"]


@dataclass(frozen=True)
class ObservedApp:
    """A function app of ours, as Azure lists it: in the version apps' group, with the router's own mark."""

    name: str
    state: str
    """`Running`, `Stopped`…, as Azure says."""
    host_name: str
    owner: str
    blueprint: str
    """Version of the blueprint that it was made from: its tag. Empty: it is being made."""
    deployed: Version | None
    """What its tag says was put there last; None while that is under way."""
    answering: bool | None = None
    """None: not asked, or not known."""
    busy_deploying: bool = False


@dataclass(frozen=True)
class Finding:
    """The verdict on a line's task hub."""

    verdict: Verdict
    reason: str
    """A sentence."""
    at: datetime
    """When reading began: what started later is not in it."""
    active: int | None = None
    """None: unknown."""
    oldest: datetime | None = None
    """Creation of the oldest active instance."""
    newest: datetime | None = None
    """Creation of the newest instance, active or not."""
    any_ever: bool = False


@dataclass(frozen=True)
class Front:
    """API Management's list of the lines that it sends straight to their apps, and how long gateways may go by an older one."""

    seconds: int
    lines: frozenset[Line] | None
    """None: the list could not be read."""
    default: Line | None = None
    stale: frozenset[Line] = frozenset()
    """Those that it has with another address or key than the app's."""
    problem: str = ""
    """Why it could not be read."""


@dataclass(frozen=True)
class World:
    lines: tuple[LineRow, ...]
    versions: tuple[VersionRow, ...]
    pins: Pins
    apps: Mapping[Line, ObservedApp] | None
    """None: Resource Manager could not be read. Then nothing is made or removed."""
    foreign: frozenset[str]
    """Names of sites in the version apps' group that lack our mark. Nothing is done to them."""
    findings: Mapping[Line, Finding]
    """Of those lines whose verdict was wanted (`wants_verdict`). A line that is missing is unknown."""
    waiting: Mapping[Line, int]
    """Stored requests that are to be forwarded or given up."""
    policy: Policy
    blueprint_version: str
    now: datetime
    front: Front | None = None
    """None: every request passes the router."""

    @cached_property
    def kept(self) -> frozenset[Line]:
        """Lines that stay active, or become so again."""
        return kept(self.lines, self.pins, self.policy)

    @cached_property
    def active(self) -> frozenset[Line]:
        return frozenset(row.line for row in self.lines if row.state is State.ACTIVE)

    @cached_property
    def newest_active(self) -> Line | None:
        return max(self.active, default=None)

    @cached_property
    def default(self) -> Line | None:
        return default_line(self.lines, self.pins, self.policy)

    def has_version(self, version: Version) -> bool:
        """Whether it was ever deployed, so that its package is there."""
        return version in self._deployed

    def is_named(self, row: LineRow) -> bool:
        """The gateway's list, as far as it could be read, has the line."""
        return self.front is not None and self.front.lines is not None and row.line in self.front.lines

    def app(self, row: LineRow) -> ObservedApp | None:
        return self.apps.get(row.line) if self.apps is not None else None

    def is_missing(self, row: LineRow) -> bool:
        """Azure was read, and there is no app of ours under the line's name."""
        return self.apps is not None and row.line not in self.apps

    def is_foreign(self, row: LineRow) -> bool:
        """Somebody else's app has the line's name. Site names are compared as Azure does, without case."""
        return row.app.lower() in self._foreign

    @cached_property
    def _deployed(self) -> frozenset[Version]:
        return frozenset(row.version for row in self.versions)

    @cached_property
    def _foreign(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.foreign)


__all__ = ["Finding", "Front", "ObservedApp", "Verdict", "World"]
