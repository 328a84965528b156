"""After a look at a task hub: stop with its verdict, or look again, and when. Pure; all times are seconds."""

from __future__ import annotations

from dataclasses import dataclass

from taskhub import Finding, Reason, Verdict

from ..azure.roles import PATIENCE

EVERY = 15.0
"""Between two looks at a hub that is not drained yet; less where `settle` is less."""
_SHARE = 3.0
"""A look that takes long is repeated less often: it costs requests, and the storage is the app's own."""


@dataclass(frozen=True)
class Stop:
    finding: Finding


@dataclass(frozen=True)
class Again:
    after: float
    waits_for: str
    """A clause: "2 instances on task hub 'ordersTasks'"."""


def next_step(finding: Finding, *, hub: str, elapsed: float, timeout: float, unreadable_for: float, every: float = EVERY) -> Stop | Again:
    """`elapsed`: since the first look began. `unreadable_for`: since when no look could read the hub; 0 if this one could.

    A hub that can't be read gets the time that a fresh role needs, then its verdict stands: waiting on would promise something. A hub
    that is not there does not come by waiting either. Everything else may end by itself, so it is waited for until the time-out.
    """
    if finding.verdict is Verdict.DRAINED or finding.reason is Reason.NO_HUB or elapsed >= timeout:
        return Stop(finding)
    if finding.reason is Reason.UNREADABLE and unreadable_for >= PATIENCE:
        return Stop(finding)
    pause = max(every, _SHARE * finding.seconds)
    return Again(min(pause, timeout - elapsed), waits_for(finding, hub))


def waits_for(finding: Finding, hub: str) -> str:
    on = f"on task hub '{hub}'"
    if finding.reason is Reason.ACTIVE:
        return f"{_instances(finding.active)} {on}"
    if finding.reason is Reason.QUEUED:
        return f"{sum(finding.queued.values())} queue messages {on}"
    if finding.reason is Reason.UNSETTLED:
        return f"{sum(finding.queued.values())} queue messages without an instance {on}"
    if finding.reason is Reason.UNREADABLE:
        return f"the right to read task hub '{hub}'" if finding.status == 403 else f"the storage of task hub '{hub}' to answer"
    return f"an answer from task hub '{hub}'"


def _instances(count: int | None) -> str:
    return "running instances" if count is None else f"{count} running instance{'' if count == 1 else 's'}"


__all__ = ["EVERY", "Again", "Stop", "next_step", "waits_for"]
