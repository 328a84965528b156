"""The whole answer of `versions`: reads once, then decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..azure.credentials import client_options, sign_in_async
from ..deployment import PRODUCTION
from ..live import Live, read_live
from ..problem import OperationProblem, Unknown
from ..ramp import ramp_of
from ..session import Session
from .containing import contents_of
from .counting import Active, Counted, count
from .deleting import Answer, floors, started_versions, unused
from .over_http import count_over_http, pages_of


@dataclass(frozen=True)
class Answers:
    active: tuple[Active, ...]
    started: frozenset[str]
    """What clients are told to start, in any slot."""
    answers: tuple[Answer, ...]
    """None where something is unknown: half an answer reads as a whole one."""
    unknown: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "active": [one.as_json() for one in self.active],
            "started": sorted(self.started),
            "answers": [one.as_json() for one in self.answers] if not self.unknown else None,
            "unknown": list(self.unknown),
        }


async def answer_of(session: Session) -> Answers:
    """Raises OperationProblem if the stack has no versioning strategy, or its slots can't be read."""
    deployment = session.deployment
    if deployment.versioning is None:
        raise OperationProblem(
            f"'{deployment.site}' has no versioning strategy: each version works on a task hub of its own. `python -m operations status` shows them."
        )
    live = read_live(deployment, session.arm)
    session.reporter.say("counting what is active in each task hub")
    ramp = ramp_of(deployment, live, session.credential)
    started = started_versions(live, deployment.versioning.start_setting, None if ramp is None or ramp.is_over else ramp.to)
    counted = await _counted(session, live)
    if counted.unknown:
        return Answers(counted.active, started, (), counted.unknown)
    production = contents_of(live.production, by_name=deployment.versioning.by_name)
    decided = [unused(counted.active, production, started)] if production.by_name else floors(counted.active, production, started)
    return Answers(counted.active, started, tuple(decided), ())


async def _counted(session: Session, live: Live) -> Counted:
    deployment = session.deployment
    if deployment.bundles:
        async with sign_in_async() as credential:
            return await count(live, credential, **client_options())
    active: list[Active] = []
    unknown: list[str] = []
    assert deployment.versioning is not None
    for slot in (one for one in live.slots.values() if one.had_code or one.slot == PRODUCTION):
        try:
            active += count_over_http(
                pages_of(session.arm, deployment.slot_id(slot.slot), slot.host_name), slot.slot, deployment.versioning.backend
            )
        except Unknown as problem:
            unknown += problem.problems
    return Counted(tuple(active), tuple(unknown))


__all__ = ["Answers", "answer_of"]
