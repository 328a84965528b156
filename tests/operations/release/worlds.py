"""Worlds for tables: one valid world, of which each case changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.release.record import Outcome, Record, StepKept, SwapKept
from operations.release.steps import Kind, Plan, Refusal
from operations.release.world import Slot, World
from taskhub import Finding, Instance, Reason, Verdict

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def finding(verdict: Verdict, reason: Reason, sentence: str, **facts: Any) -> Finding:
    """Every field that a case does not name is that of a look that found nothing."""
    values: dict[str, Any] = {
        "active": 0,
        "queued": {},
        "oldest": None,
        "by_orchestrator": [],
        "entities": [],
        "entities_total": 0,
        "excluded": (),
        "excluded_instances": 0,
        "passes": 2,
        "requests": 4,
        "seconds": 1.0,
    }
    known = Finding.__dataclass_fields__
    return Finding(verdict=verdict, reason=reason, sentence=sentence, **{k: v for k, v in {**values, **facts}.items() if k in known})


def drained(**facts: Any) -> Finding:
    return finding(Verdict.DRAINED, Reason.EMPTY, "Nothing is running.", **facts)


def never_deployed() -> Finding:
    return finding(Verdict.DRAINED, Reason.NEVER_DEPLOYED, "It never had a package.")


def busy(active: int = 1, *, hours: int = 1, **facts: Any) -> Finding:
    oldest = Instance(
        id="order-7",
        name="Order",
        version=None,
        status="Running",
        created=NOW - timedelta(hours=hours),
        updated=NOW,
        hub="ordersTasks",
    )
    return finding(Verdict.BUSY, Reason.ACTIVE, f"{active} running.", active=active, oldest=oldest, **facts)


def unknown(reason: Reason = Reason.UNREADABLE, **facts: Any) -> Finding:
    return finding(Verdict.UNKNOWN, reason, f"Not known: {reason}.", active=None, **facts)


def slot(name: str, version: str | None, seen: Finding | None = None, bundle: str | None = None) -> Slot:
    url = None if version is None else f"https://pkgs.blob.core.windows.net/packages/orders-{version}.zip"
    return Slot(name, version, url, bundle, seen if seen is not None else (never_deployed() if version is None else drained()))


def world(*slots: Slot, wanted: str = "2.0.0", **changes: Any) -> World:
    """Production with 1.0.0, nothing running in it; staging empty; 2.0.0 wanted."""
    slots = slots or (slot("production", "1.0.0"), slot("staging", None))
    return replace(World("prod", "orders", wanted, slots, NOW), **changes)


def record(to: str = "2.0.0", outcome: Outcome | None = Outcome.DONE, *, swap: SwapKept | None = None, **changes: Any) -> Record:
    began = NOW - timedelta(hours=3)
    ended = None if outcome is None else began + timedelta(minutes=5)
    made = Record(
        id="r1", stack="prod", version_from="1.0.0", version_to=to, mode="idle", started=began, outcome=outcome, swap=swap, ended=ended
    )
    return made.model_copy(update=changes)


def swapped(*, production: str = "2.0.0", staging: str = "1.0.0", complete: bool = True, minutes: int = 4) -> SwapKept:
    at = NOW - timedelta(hours=3) + timedelta(minutes=minutes)
    return SwapKept(at=at, complete=complete, slot="staging", versions={"production": production, "staging": staging}, packages=[])


def kept(kind: Kind, *, minutes: int, ended: bool = True, slot: str | None = "staging") -> StepKept:
    at = NOW - timedelta(hours=3) + timedelta(minutes=minutes)
    return StepKept(kind=kind, slot=slot, started=at, ended=at if ended else None)


def kinds(decided: Plan | Refusal) -> list[str]:
    """`stage staging`, `swap staging`, …: what is done, and where."""
    assert isinstance(decided, Plan), decided
    return [f"{step.kind} {step.slot}" for step in decided.steps]


def refusal(decided: Plan | Refusal) -> tuple[int, str]:
    assert isinstance(decided, Refusal), decided
    return decided.code, "\n".join(decided.sentences)
