"""The plan of a release where the task hub stays with its slot, and the new code carries the old versions.

Two phases: the new code is staged and swapped while clients go on starting the version that both codes have; when the swap's last phase is over,
one more update tells clients the new version. Nothing is waited for. What is looked at before the swap: that the new code has every version
of which something still runs. So it is with orchestration versioning and with name-based versioning, on slots.
"""

from __future__ import annotations

from .pieces import mended, named, staged, verify
from .record import Outcome
from .steps import Kind, Plan, Step
from .world import PRODUCTION, Options, World


def two_phase(world: World, options: Options) -> Plan:
    """The steps that are left. The world has no swap under way, and some slot has code."""
    holder = world.holder()
    if holder is world.production:
        return Plan(_left_after_the_swap(world, options))
    if holder is not None:
        return Plan((*mended(world, holder), *staged(world, holder.name), *_into_production(world, options, holder.name)))
    if not world.staging:
        return Plan(_in_place(world))
    slot = next((one for one in world.staging if one.package is None), world.staging[0])  # what runs on its hub are trials
    if slot.package is None:
        stage = Step(Kind.STAGE, f"Put {world.wanted} into {named(slot.name)}, which is empty (pulumi up).", slot.name)
    else:
        sentence = f"Put {world.wanted} into {named(slot.name)}, in place of {slot.label} (pulumi up)."
        stage = Step(Kind.STAGE, sentence, slot.name, replaces=slot.label)
    return Plan((stage, *staged(world, slot.name), *_into_production(world, options, slot.name)))


def of_travelling_hubs(options: Options) -> list[str]:
    """The options that only mean something where a hub travels."""
    given = {
        f"--mode {options.mode}": options.mode != "idle",
        f"--abandon-staging {options.abandon_staging}": options.abandon_staging is not None,
        "--abandon-entities": options.abandon_entities,
        f"--late-starters {options.late_starters}": options.late_starters != "report",
    }
    return [name for name, is_given in given.items() if is_given]


def _in_place(world: World) -> tuple[Step, ...]:
    """An app without a slot: its workers restart with the new code."""
    old = world.production.label
    sentence = f"Put {world.wanted} into production, in place of {old}, whose instances it continues (pulumi up)."
    return (Step(Kind.DEPLOY, sentence, PRODUCTION), *staged(world, PRODUCTION), verify(world), *raise_step(world))


def _into_production(world: World, options: Options, slot: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    if options.before_swap is not None:
        steps.append(Step(Kind.BEFORE_SWAP, "Call the before-swap hook; if it fails, nothing is swapped.", slot))
    steps.append(Step(Kind.CONTAINS, f"Make sure that {world.wanted} has every version that still runs in production.", slot))
    old = world.production.label
    swap = f"Swap: {world.wanted} goes into production and continues what {old} has begun; clients still start what both have."
    steps.append(Step(Kind.SWAP, swap, slot))
    return (*steps, verify(world), *_after(options, slot), *ramp_steps(world, options), *raise_step(world))


def _left_after_the_swap(world: World, options: Options) -> tuple[Step, ...]:
    """The wanted code is in production. What its release left open, and the version that clients start."""
    record = world.record
    if record is None or record.version_to != world.wanted or record.outcome is Outcome.ROLLED_BACK:
        return (*staged(world, PRODUCTION), verify(world), *ramp_steps(world, options), *raise_step(world))
    if record.outcome is Outcome.DONE:
        return (*ramp_steps(world, options), *raise_step(world))
    if record.swap is None or record.swap.versions.get(PRODUCTION) != world.wanted:
        return (*staged(world, PRODUCTION), verify(world), *ramp_steps(world, options), *raise_step(world))
    hooks = () if record.has_done(Kind.AFTER_SWAP) else _after(options, record.swap.slot)
    return (verify(world), *hooks, *ramp_steps(world, options), *raise_step(world))


def _after(options: Options, slot: str) -> tuple[Step, ...]:
    if options.after_swap is None:
        return ()
    return (Step(Kind.AFTER_SWAP, "Call the after-swap hook; if it fails, swap back.", slot),)


def ramp_steps(world: World, options: Options) -> tuple[Step, ...]:
    """The shares that are left: one that a killed release has begun is watched once more, those before it are not."""
    if not raise_step(world):
        return ()
    left = [percent for percent in options.ramp if world.ramped is None or percent >= world.ramped]
    minutes = options.ramp_step.total_seconds() / 60
    return tuple(
        Step(
            Kind.RAMP,
            f"Start {percent:g} % of new instances with the new version, and watch them for {minutes:g} min.",
            PRODUCTION,
            percent=percent,
        )
        for percent in left
    )


def raise_step(world: World) -> tuple[Step, ...]:
    """The second phase. Which version that is, is known once the new code is in a slot; none if clients are told it already, or another by configuration."""
    assert world.versioning is not None
    setting, holder = world.versioning.start_setting, world.holder()
    if world.pinned is not None:
        return ()
    newest = None if holder is None or holder.contents is None else holder.contents.newest
    if newest is not None and world.production.starts == newest:
        return ()
    told = f"the newest version of {world.wanted}" if newest is None else newest
    return (Step(Kind.RAISE, f"Tell clients to start {told}: {setting} of production (pulumi up).", PRODUCTION),)


__all__ = ["of_travelling_hubs", "raise_step", "ramp_steps", "two_phase"]
