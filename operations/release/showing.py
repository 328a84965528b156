"""What a release shows: the plan before anything is done, and how it ended."""

from __future__ import annotations

from ..reporting import Reporter
from .acting import Result
from .steps import Plan
from .world import World


def plan_lines(world: World, plan: Plan) -> list[str]:
    """What happened since, where everything is, and what will be done."""
    where = "; ".join(f"'{slot.name}' has {slot.label}" for slot in world.slots) or "nothing was deployed yet"
    lines = [*plan.notices, f"release of {world.wanted} to '{world.stack}': {where}"]
    if not plan.steps:
        return [*lines, f"{world.wanted} is in production; there is nothing to do. New code needs a new package.version."]
    lines += [f"  {number}. {step.sentence}" for number, step in enumerate(plan.steps, 1)]
    return [*lines, "  Then the rest is planned, from what is live then."] if plan.then_plan_again else lines


def show_plan(reporter: Reporter, world: World, plan: Plan) -> None:
    for line in plan_lines(world, plan):
        reporter.note(line)


def show_result(reporter: Reporter, result: Result, *, dry_run: bool) -> None:
    if reporter.as_json:
        reporter.result({**result.as_json(), "dry_run": dry_run})
        return
    if dry_run:
        reporter.print("Nothing was done: this was a dry run.")
        return
    reporter.print(f"{result.version} is in production of '{result.stack}'.")


__all__ = ["plan_lines", "show_plan", "show_result"]
