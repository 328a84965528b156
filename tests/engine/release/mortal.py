"""`operations release` that kills itself at a boundary between two steps, or not. `killing.py` starts it, in a process group of its own.

    python -m tests.engine.release.mortal '{"cwd": "…", "stack": "…", "options": {"mode": "idle"}, "kill_at": 3}'

It does what operations/commands/release.py does, with short waits. Lines on standard output, each one word and JSON: `plan` with the
kinds of its steps, `boundary` with the number from 0, the moment and the kind, `result`. What people read goes to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from operations.problem import OperationProblem
from operations.pulumi import Pulumi
from operations.release import AzureHands, Manner, Options, Plan, Step, World, carry_out
from operations.release.showing import show_plan
from operations.reporting import Reporter
from operations.swapping.exchanging import Waits

SHORT = 0.05
"""Seconds, in place of those between two questions to Azure."""


class Boundaries:
    """Counts them over all plans of one run."""

    def __init__(self, kill_at: int | None) -> None:
        self._kill_at = kill_at
        self._number = 0

    def __call__(self, moment: str, step: Step) -> None:
        tell("boundary", [self._number, moment, step.kind])
        if self._number == self._kill_at:
            os.killpg(0, signal.SIGKILL)
        self._number += 1


def tell(word: str, facts: Any) -> None:
    print(word, json.dumps(facts), flush=True)


def main(order: dict[str, Any]) -> None:
    options = Options(**order["options"], timeout=timedelta(seconds=10), settle=timedelta(seconds=0.01))
    manner = Manner(waits=Waits(pause=lambda _: time.sleep(SHORT)), health_patience=10.0)

    def show(world: World, plan: Plan) -> None:
        show_plan(reporter, world, plan)
        tell("plan", [step.kind for step in plan.steps])

    dry = bool(order.get("dry_run"))
    with Reporter() as reporter, AzureHands(Pulumi(Path(order["cwd"]), order["stack"]), reporter, leased=not dry, manner=manner) as hands:
        result = carry_out(hands, options, reporter, dry_run=dry, show=show, observer=Boundaries(order.get("kill_at")))
    tell("result", result.as_json())


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]))
    except OperationProblem as problem:
        print(*problem.problems, sep="\n", file=sys.stderr)
        sys.exit(problem.code)
