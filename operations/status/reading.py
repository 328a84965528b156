"""Everything that `status` shows, read once: slots, verdicts, the record, and whether an update is under way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskhub import Finding

from ..azure.credentials import client_options, sign_in_async
from ..gate import look
from ..lease import Seen, read_record
from ..live import Live, LiveSlot, read_live
from ..problem import OperationProblem
from ..ramp import Ramp, ramp_of
from ..session import Session
from ..updating import in_progress
from .noticing import Kind, Notice, finishing_behind, notices

SETTLE = 1.0
"""Seconds between the two looks at each hub. The gate takes longer: its word counts."""


@dataclass(frozen=True)
class SlotStatus:
    live: LiveSlot
    finding: Finding

    def as_json(self) -> dict[str, Any]:
        one = self.live
        swap = one.last_swap
        return {
            "slot": one.slot,
            "host_name": one.host_name,
            "bundle": one.bundle,
            "version": one.version,
            "contains": list(one.contains),
            "starts": one.starts,
            "package": one.package,
            "state": one.state,
            "hub": one.hub.name if one.hub else None,
            "read_by": one.read_by or None,
            "stack": one.stack,
            "stack_differs": one.stack_differs,
            "last_swap": None if swap is None else {"at": swap.at.isoformat(), "source": swap.source, "target": swap.target},
            "task_hub": self.finding.as_json(),
        }


@dataclass(frozen=True)
class Status:
    stack: str
    site: str
    at: datetime
    live: Live
    slots: tuple[SlotStatus, ...]
    notices: tuple[Notice, ...]
    ramp: Ramp | None = None
    """Orchestration versioning: a share of new instances that starts with another version."""

    def as_json(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "site": self.site,
            "at": self.at.isoformat(),
            "slots": [one.as_json() for one in self.slots],
            "notices": [one.as_json() for one in self.notices],
            "ramp": None if self.ramp is None else self.ramp.as_json(),
        }


def read_status(session: Session, now: datetime) -> Status:
    """Raises OperationProblem if the slots can't be read. A hub that can't be read is a verdict, not an error."""
    deployment, reporter = session.deployment, session.reporter
    reporter.say(f"reading the slots of '{deployment.site}'")
    live = read_live(deployment, session.arm)
    reporter.say("looking at each task hub")
    findings = asyncio.run(_findings(live))
    seen, unread = _record(session)
    found = [
        *unread,
        *notices(live, seen, in_progress(session.pulumi), stack=deployment.stack, now=now),
        *finishing_behind(live, findings),
    ]
    slots = tuple(SlotStatus(live.slots[slot], finding) for slot, finding in findings.items())
    ramp, unread_ramp = _ramp(session, live)
    return Status(deployment.stack, deployment.site, now, live, slots, (*found, *unread_ramp), ramp)


def _ramp(session: Session, live: Live) -> tuple[Ramp | None, list[Notice]]:
    try:
        return ramp_of(session.deployment, live, session.credential), []
    except OperationProblem as problem:
        return None, [Notice(Kind.RAMP_UNKNOWN, str(problem), False)]


def _record(session: Session) -> tuple[Seen, list[Notice]]:
    """Who may not read it sees the rest all the same, and what can't be told."""
    try:
        return read_record(session.deployment.packages_url, session.deployment.site, session.credential), []
    except OperationProblem as problem:
        sentence = f"{problem} So who is at work, and what was swapped since the last release, is not known."
        return Seen({}, held=False), [Notice(Kind.RECORD_UNKNOWN, sentence, True)]


async def _findings(live: Live) -> dict[str, Finding]:
    async with sign_in_async() as credential:
        found = await asyncio.gather(*(look(slot, credential, settle=SETTLE, **client_options()) for slot in live.slots.values()))
    return dict(zip(live.slots, found, strict=True))


__all__ = ["SETTLE", "SlotStatus", "Status", "read_status"]
