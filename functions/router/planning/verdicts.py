"""What verdicts come to: when one is wanted, when it counts as clean, and what of it is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..lines import LineRow, State
from .actions import Action, Save
from .listing import silent_from
from .model import Finding, World

SHOWN_AGAIN_AFTER = timedelta(minutes=5)
"""A verdict that says the same is stored again after this time, so that rows are not written in every pass; active lines are read as often."""

_ALWAYS = frozenset({State.DRAINING, State.DRAINED, State.CLOSING, State.FAILED})


def wants_verdict(row: LineRow, now: datetime, *, has_app: bool | None) -> bool:
    """Whether its task hub is to be read in this pass. `has_app` None: not known."""
    if row.state is State.ACTIVE:
        return row.judged_at is None or now - row.judged_at >= SHOWN_AGAIN_AFTER or row.judged_at > now
    if row.state is State.RETIRED:
        return bool(has_app)
    return row.state in _ALWAYS and not row.removing


def clean_from(row: LineRow, finding: Finding, world: World) -> datetime:
    """Before this time no verdict counts as clean: a request that was let in may still be under way, and start what is not seen yet.

    Routers that have read the row before it left `active` let starts in for `cache_seconds` more, without noting them; gateways that go by an
    older list do for longer.
    """
    policy = world.policy
    under_way = timedelta(seconds=policy.request_seconds)
    times = [left_active(row) + timedelta(seconds=policy.cache_seconds) + under_way]
    if row.last_start is not None:
        times.append(row.last_start + timedelta(seconds=policy.cache_seconds) + under_way)
    if (silent := silent_from(row, world)) is not None:
        times.append(silent + under_way)
    if finding.newest is not None:
        times.append(finding.newest)
    return max(times)


def left_active(row: LineRow) -> datetime:
    return next(
        (one.at for before, one in zip(row.history[-2::-1], row.history[::-1], strict=False) if before.state is State.ACTIVE), row.since
    )


def seen(row: LineRow, finding: Finding, clean_since: datetime | None, world: World) -> list[Action]:
    changes = told(finding, clean_since)
    same = all(getattr(row, name) == value for name, value in changes.items() if name != "judged_at")
    if same and row.judged_at is not None and finding.at - row.judged_at < SHOWN_AGAIN_AFTER:
        return []
    return [Save(row.line, finding.reason, changes)]


def told(finding: Finding, clean_since: datetime | None) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "verdict": f"{finding.verdict}: {finding.reason}",
        "active": finding.active,
        "oldest": finding.oldest,
        "judged_at": finding.at,
        "clean_since": clean_since,
    }
    return {**changes, "ever_ran": True} if finding.any_ever else changes


__all__ = ["clean_from", "left_active", "seen", "told", "wants_verdict"]
