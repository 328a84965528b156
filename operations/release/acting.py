"""Carries a plan out, step by step. Each step is written down before it begins and after it ended; a kill in between is told and gone on from.

What the steps are, and whether they may be, is the planner's. Here is only what one step does, and what is looked at again right before
something that can't be taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..problem import UNEXPECTED, OperationProblem
from .hands import Hands, Saying
from .journal import Journal
from .late_starters import LateStarters
from .performing import Performing
from .planning import plan
from .record import Outcome
from .steps import Plan, Refusal, Step
from .world import Options, World

Moment = Literal["before", "after"]
Observer = Callable[[Moment, Step], None]
"""Called at every boundary of a step: when its beginning is written down, and when its end is. For tests, which kill the process there."""

_WAITS_AT_MOST = 10
"""Plans that only wait for a swap of somebody else's, one after another."""


@dataclass
class Result:
    """How it went, for people and machines."""

    stack: str
    version: str
    plan: Plan
    release: str | None = None
    """The record's id; None if nothing was done."""
    late: LateStarters | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "version": self.version,
            "release": self.release,
            "plan": self.plan.as_json(),
            "late_starters": None if self.late is None else self.late.as_json(),
        }


def carry_out(
    hands: Hands,
    options: Options,
    report: Saying,
    *,
    dry_run: bool = False,
    show: Callable[[World, Plan], None] = lambda _world, _plan: None,
    observer: Observer = lambda _moment, _step: None,
) -> Result:
    """Plans and acts until nothing is left. `show` gets each plan before anything of it is done.

    Raises OperationProblem: a refusal with its exit code, or what a step ended with.
    """
    for _ in range(_WAITS_AT_MOST):
        report.say("looking at what is live")
        world = hands.look(options)
        decided = plan(world, options)
        if isinstance(decided, Refusal):
            raise OperationProblem((*decided.notices, *decided.sentences), decided.code)
        show(world, decided)
        if dry_run:
            return Result(world.stack, world.wanted, decided)
        if not decided.then_plan_again:
            return _acted(hands, options, report, world, decided, observer)
        _waited(hands, options, report, world, decided, observer)
    raise OperationProblem("Somebody swaps again and again; nothing was done. Run this again when that is over.", UNEXPECTED)


def _waited(hands: Hands, options: Options, report: Saying, world: World, decided: Plan, observer: Observer) -> None:
    """Steps that come before a plan can be made: there is no release yet that could be written down."""
    performing = Performing(hands, options, report, world, None)
    for step in decided.steps:
        report.say(step.sentence)
        observer("before", step)
        performing.perform(step)
        observer("after", step)


def _acted(hands: Hands, options: Options, report: Saying, world: World, decided: Plan, observer: Observer) -> Result:
    result = Result(world.stack, world.wanted, decided)
    if not decided.steps:
        return result
    journal = Journal.of(world, options, hands)
    performing = Performing(hands, options, report, world, journal)
    result.release = journal.record.id
    for number, step in enumerate(decided.steps):
        report.standing(_standing(world, decided, number))
        report.say(step.sentence)
        journal.began(step)
        observer("before", step)
        try:
            performing.perform(step)
        except (OperationProblem, KeyboardInterrupt):
            journal.stopped()
            raise
        journal.finished(step)
        observer("after", step)
    result.late = performing.late
    journal.over(Outcome.DONE)
    return result


def _standing(world: World, decided: Plan, number: int) -> str:
    """What is true if it ends in this step, and what the same command does next."""
    step = decided.steps[number]
    left = f"Run the same command again: it goes on with {step.kind.value!r}, from what is live then."
    swap = next((index for index, one in enumerate(decided.steps) if one.kind == "swap"), None)
    if step.kind in ("stage", "deploy", "settings"):
        return f"`pulumi up` was asked to end what was under way; production keeps its code. {left}"
    if step.kind == "swap":
        return (
            f"The swap goes on in Azure by itself, or was not begun: production has the one version or the other, with its storage. {left}"
        )
    if swap is not None and number < swap:
        return f"Nothing was swapped: production still runs {world.production.label}. {left}"
    return f"{world.wanted} is in production. {left}"


__all__ = ["Moment", "Observer", "Result", "carry_out"]
