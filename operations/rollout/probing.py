"""When is an update of a Flex Consumption app complete? When every probe is answered by a process that began after it, for a quiet period.

Azure gives no signal (Microsoft docs, "Site update strategies in Flex Consumption"). What can be asked is the host's own status, which says how
long its process has run (azure-functions-host, HostStatus.ProcessUptime, in milliseconds); each request may be answered by another
instance. An instance that is being drained gets no new requests, and may run for up to an hour more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..azure import Arm, ArmFailed
from ..problem import Unknown

GRACE = timedelta(minutes=60)
"""How long an instance that is drained may go on (docs, the same page). What is not complete by then is not known."""


@dataclass(frozen=True)
class Probe:
    at: datetime
    """When it was asked, by our clock."""
    began: datetime | None
    """When the process that answered began, not later than it did; None: no answer, or not this one."""
    detail: str = ""


@dataclass(frozen=True)
class Manner:
    """How, not what: replaced in tests."""

    quiet: timedelta = timedelta(seconds=60)
    every: float = 2.0
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def is_complete(probes: Sequence[Probe], since: datetime, quiet: timedelta) -> bool:
    """Whether the last quiet period has no probe but those that processes younger than the update have answered. Pure."""
    clean: list[Probe] = []
    for probe in reversed(probes):
        if probe.began is None or probe.began < since:
            break
        clean.append(probe)
    return bool(clean) and clean[0].at - clean[-1].at >= quiet


def wait_until_rolled(
    ask: Callable[[datetime], Probe],
    since: datetime,
    manner: Manner,
    waiting: Callable[[str, datetime, str], None] = lambda _what, _since, _detail: None,
) -> None:
    """`since`: right before the update was asked for. Raises Unknown if it is not complete within the grace period."""
    probes: list[Probe] = []
    while not is_complete(probes, since, manner.quiet):
        now = manner.now()
        if now - since > GRACE + manner.quiet:
            old = sum(probe.began is not None and probe.began < since for probe in probes[-30:])
            why = f"{old} of the last {min(30, len(probes))} answers came from processes older than it" if old else probes[-1].detail
            raise Unknown(f"Whether every instance has the update of {since:%Y-%m-%d %H:%M:%S} UTC isn't known after an hour: {why}.")
        probe = ask(now)
        probes.append(probe)
        waiting("every instance to have the update", since, probe.detail)
        if not is_complete(probes, since, manner.quiet):
            manner.pause(manner.every)


def prober(arm: Arm, site_id: str) -> Callable[[datetime], Probe]:
    """Asks through Resource Manager, which hands the request on to the app, and the platform chooses the instance."""

    def ask(at: datetime) -> Probe:
        try:
            return read_probe(at, arm.request("GET", f"{site_id}/hostruntime/admin/host/status", repeatable=False).body)
        except ArmFailed as error:
            if error.status in (401, 403, 404) and "host runtime" not in error.message:
                raise
            return Probe(at, None, f"no answer ({error.message})")

    return ask


def read_probe(at: datetime, status: object) -> Probe:
    """From the host's status, asked at `at`."""
    uptime = status.get("processUptime") if isinstance(status, dict) else None
    state = str(status.get("state")) if isinstance(status, dict) else "no status"
    if state != "Running" or not isinstance(uptime, int | float):
        return Probe(at, None, f"its host is '{state}'")
    return Probe(at, at - timedelta(milliseconds=uptime), f"a process that has run for {uptime / 1000:.0f} s")


__all__ = ["GRACE", "Manner", "Probe", "is_complete", "prober", "read_probe", "wait_until_rolled"]
