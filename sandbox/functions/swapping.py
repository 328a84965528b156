"""What the platform does with the processes in the four phases of a swap, before the next phase may begin.

Source: Microsoft docs, "Set up staging environments in Azure App Service", sections "What happens during a swap?" and "Specify custom
warm-up": 1 the staged process restarts with the target's sticky settings; 2 it gets a request to `/`, and any answer will do, also that of a
host in error, unless WEBSITE_SWAP_WARMUP_PING_PATH and WEBSITE_SWAP_WARMUP_PING_STATUSES say otherwise; 3 routing switches, nothing
restarts; 4 the old code restarts with the staging slot's sticky settings.
"""

from __future__ import annotations

from typing import Protocol

from sandbox.arm import ResourceId
from sandbox.web.swap_phase import SwapPhase

from .fleet import Fleet
from .front_door import forward
from .lane import Lane
from .serving import Call
from .wanted import Slot, Wanted, setting

START_SECONDS = 60.0


class WarmUpFailed(Exception):
    """The swap is reverted."""


class Lanes(Protocol):
    def reconcile(self) -> None: ...
    def lane_of(self, slot: Slot) -> Lane | Fleet | None: ...


def after_phase(phase: SwapPhase, lanes: Lanes) -> None:
    """A hook of the swap engine. Raises WarmUpFailed."""
    lanes.reconcile()
    lane = lanes.lane_of((ResourceId.parse(phase.site).name.lower(), phase.source))
    if lane is None or phase.number == 3:
        return
    status = lane.wait(lambda status: status.state != "Starting", START_SECONDS)
    if phase.number == 2 and lane.wanted is not None and lane.wanted.run_as is not None:
        if status.port is None:
            raise WarmUpFailed(f"the staged process did not start: {'; '.join(status.errors) or 'it took too long'}")
        _warm_up(lane.wanted, status.port)


def _warm_up(wanted: Wanted, port: int) -> None:
    path = setting(wanted.settings, "WEBSITE_SWAP_WARMUP_PING_PATH") or "/"
    good = {status.strip() for status in setting(wanted.settings, "WEBSITE_SWAP_WARMUP_PING_STATUSES").split(",") if status.strip()}
    try:
        answered = forward(Call("GET", path, {"host": wanted.host_name}, b""), port).status
    except OSError as problem:
        raise WarmUpFailed(f"the staged process does not answer: {problem}") from problem
    if good and str(answered) not in good:
        raise WarmUpFailed(f"the warm-up request to {path} was answered {answered}, and only {', '.join(sorted(good))} will do")
