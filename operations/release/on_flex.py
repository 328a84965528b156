"""The plan of a release on Flex Consumption: no slots; settings first, code by OneDeploy once no update of the settings is under way any more.

Every change of settings or code is an update of its own, and two that overlap let three generations of instances run at once (Microsoft docs, "Site
update strategies in Flex Consumption"). Clients are told the new version by a third update, when every instance has the code.
"""

from __future__ import annotations

from .pieces import verify
from .record import Outcome
from .steps import Kind, Plan, Step
from .two_phase import raise_step, ramp_steps
from .world import PRODUCTION, Options, World


def on_flex(world: World, options: Options) -> Plan:
    """The steps that are left."""
    production = world.slots[0] if world.slots else None
    if production is not None and production.package is not None and production.label == world.wanted and production.ahead is None:
        return Plan(_left(world, options))
    return Plan((*_settings(world), *_code(world, options), *_last(world, options)))


def _settings(world: World) -> tuple[Step, ...]:
    """Settings that an `up` has written already are waited for if that was this release, or one before it that was killed."""
    settle = Step(Kind.SETTLE, "Wait until every instance has these settings: Azure does not tell, so the app is asked.", PRODUCTION)
    if not world.slots:
        return (Step(Kind.SETTINGS, f"Make the app with the settings of {world.wanted} (pulumi up); it has no code yet.", PRODUCTION),)
    production = world.production
    if production.ahead == world.wanted:
        record = world.record
        begun = record is not None and record.version_to == world.wanted and any(kept.kind is Kind.SETTINGS for kept in record.steps)
        settled = record is not None and record.has_done(Kind.SETTLE)
        return (settle,) if begun and not settled and production.package is not None else ()
    step = Step(Kind.SETTINGS, f"Give the app the settings of {world.wanted} (pulumi up); it still runs {production.label}.", PRODUCTION)
    return (step, settle) if production.package is not None else (step,)


def _code(world: World, options: Options) -> tuple[Step, ...]:
    steps: list[Step] = []
    runs = bool(world.slots) and world.production.package is not None
    if options.before_swap is not None and runs:
        steps.append(Step(Kind.BEFORE_SWAP, "Call the before-swap hook; if it fails, no code is deployed.", PRODUCTION))
    if runs:
        steps.append(Step(Kind.CONTAINS, f"Make sure that {world.wanted} has every version that still runs.", PRODUCTION))
    sentence = f"Deploy the code of {world.wanted} (OneDeploy), and wait until every instance has it."
    return (
        *steps,
        Step(Kind.ONE_DEPLOY, sentence, PRODUCTION),
        Step(Kind.SYNC, f"Make Azure read which triggers {world.wanted} has.", PRODUCTION),
    )


def _last(world: World, options: Options) -> tuple[Step, ...]:
    first = not world.slots or world.production.package is None
    raising = () if first else (*ramp_steps(world, options), *raise_step(world))
    return (verify(world), *_after(options), *raising)


def _left(world: World, options: Options) -> tuple[Step, ...]:
    record = world.record
    if record is not None and record.version_to == world.wanted and record.outcome is not Outcome.DONE:
        hooks = () if record.has_done(Kind.AFTER_SWAP) else _after(options)
        return (verify(world), *hooks, *ramp_steps(world, options), *raise_step(world))
    return (*ramp_steps(world, options), *raise_step(world))


def _after(options: Options) -> tuple[Step, ...]:
    if options.after_swap is None:
        return ()
    return (Step(Kind.AFTER_SWAP, "Call the after-swap hook; if it fails, clients are not told the new version.", PRODUCTION),)


__all__ = ["on_flex"]
