"""One step of a ramp: a share of new instances gets the new version, and is watched; too many failures end it, without any deployment."""

from __future__ import annotations

from datetime import timedelta

from taskhub import Instance

from ..problem import ROLLED_BACK, OperationProblem
from .hands import Hands
from .steps import Step
from .world import PRODUCTION, Options

LOOKS = 20
"""In one step; but not more often than every ten seconds."""
CLOCKS = timedelta(seconds=60)
"""How far the workers' clocks, which write when an instance failed, may be behind ours."""


def ramp(hands: Hands, options: Options, step: Step) -> None:
    """Raises OperationProblem, with ROLLED_BACK, if the new version fails: clients then start the old one again."""
    version, percent = hands.contents(PRODUCTION).newest, step.percent
    assert version is not None and percent is not None
    found = hands.ramp()
    if found is None or (found.to, found.percent) != (version, percent):
        found = hands.set_ramp(version, percent)
    end = found.since + options.ramp_step
    pause = max(10.0, options.ramp_step.total_seconds() / LOOKS)
    while True:
        failed = hands.failed(version, found.since - CLOCKS)
        if len(failed) > options.ramp_failures:
            hands.set_ramp(version, 0)
            raise OperationProblem(_stopped(version, percent, failed, options), ROLLED_BACK)
        left = (end - hands.now()).total_seconds()
        if left <= 0:
            return
        hands.pause(min(pause, left), f"{percent:g} % of new instances with {version}, {len(failed)} failed")


def _stopped(version: str, percent: float, failed: list[Instance], options: Options) -> list[str]:
    many = "1 instance of it has" if len(failed) == 1 else f"{len(failed)} instances of it have"
    return [
        f"The ramp of {version} was stopped at {percent:g} %: {many} failed since that step began, and {options.ramp_failures} may. Clients start what "
        "they started before; nothing was deployed. Instances of the new version that run go on.",
        *(f"  {one.id} of {one.name}" for one in failed[:20]),
        *([f"  and {len(failed) - 20} more"] if len(failed) > 20 else []),
    ]


__all__ = ["ramp"]
