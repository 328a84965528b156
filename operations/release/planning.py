"""The plan of a release: one pure function from what is live and what is asked for.

Here is the strategy "status check with slot"; the versioning strategies, where the hub stays, have `two_phase.py`. The new version is staged with a
task hub of its own and swapped when nothing runs in production (`idle`), or swapped at once while the old version runs on in the slot that it is swapped into (`drain-behind`). A plan is made from the
live state alone, so after a kill the same command plans what is left. Whatever is unknown stops it.
"""

from __future__ import annotations

from dataclasses import replace

from taskhub import Reason, Verdict

from ..problem import UNKNOWN
from .noticing import notices_of
from .on_flex import on_flex
from .pieces import blocked, first, mended, named, reused, staged, until_the_swap_is_over, verify
from .record import Outcome
from .steps import Kind, Plan, Refusal, Step
from .targeting import NoTarget, Target, choose_target, entities_of
from .two_phase import of_travelling_hubs, two_phase
from .world import PRODUCTION, Options, World


def plan(world: World, options: Options) -> Plan | Refusal:
    """The steps that are left, in order; or why there can be none now. Without any step there is nothing to do."""
    notices = notices_of(world)
    refusal = _contradiction(world, options) or blocked(world)
    if refusal is not None:
        return Refusal(refusal.sentences, refusal.code, notices)
    if world.swap is not None:
        return Plan(until_the_swap_is_over(world), notices, then_plan_again=True)
    if world.versioning is not None and world.versioning.hosting == "flex":
        return replace(on_flex(world, options), notices=notices)
    if not any(slot.package for slot in world.slots):
        return Plan(first(world), notices)
    holder = world.holder()
    if holder is not None and (taken := reused(world, holder)) is not None:
        return Refusal((taken,), notices=notices)
    if world.versioning is not None:
        return replace(two_phase(world, options), notices=notices)
    if holder is world.production:
        return Plan(_left_after_the_swap(world, options), notices)
    if (refusal := _live_hub(world, options)) is not None:
        return Refusal(refusal.sentences, refusal.code, notices)
    if holder is not None:
        return Plan((*mended(world, holder), *staged(world, holder.name), *_into_production(world, options, holder.name)), notices)
    target = choose_target(world, options)
    if isinstance(target, NoTarget):
        return Refusal(target.sentences, target.code, notices)
    return Plan((*_staging(world, target), *_into_production(world, options, target.slot.name)), notices)


def _contradiction(world: World, options: Options) -> Refusal | None:
    """Options that would be ignored are refused."""
    if world.versioning is not None and (idle := of_travelling_hubs(options)):
        return Refusal(
            (
                f"{', '.join(idle)}: with {world.versioning.strategy} the task hub stays with its slot and the new code carries the old versions, so "
                "nothing is waited for or given up. Leave it out.",
            )
        )
    if options.ramp and (world.versioning is None or world.versioning.by_name):
        return Refusal(("--ramp: only with orchestration versioning can a start name a version. Leave it out.",))
    if options.ramp and world.pinned is not None:
        return Refusal(
            (
                f"--ramp: the configuration pins the version that clients start ({world.pinned}), so a release does not end by raising it. Remove the "
                "pin, or go up by `python -m operations ramp`.",
            )
        )
    if options.mode == "drain-behind" and options.late_starters != "report":
        return Refusal(
            (
                f"--late-starters {options.late_starters}: with --mode drain-behind the old version's instances are meant to run on behind. "
                "Leave it out.",
            )
        )
    return None


def _live_hub(world: World, options: Options) -> Refusal | None:
    """What production's task hub forbids before anything is staged: entities stay behind at a swap, and nothing may be guessed."""
    live = world.production.finding
    if live is None or (live.verdict is Verdict.UNKNOWN and live.reason is not Reason.UNSETTLED):
        why = "nobody has looked" if live is None else live.sentence
        return Refusal((f"Whether anything runs in production, and which entities it holds, could not be established: {why}",), UNKNOWN)
    shown, total = entities_of(live)
    if not total or options.abandon_entities:
        return None
    names = ", ".join(shown[:10]) + (", …" if total > len(shown[:10]) else "")
    some = "1 entity" if total == 1 else f"{total} entities"
    return Refusal(
        (
            f"The task hub of production ({world.production.label}) holds {some}: {names}. Entities keep their state in the hub, which leaves "
            f"production with its code: version {world.wanted} would start with none. Choose a versioning strategy for this app, or give them "
            "up with --abandon-entities.",
        )
    )


def _staging(world: World, target: Target) -> tuple[Step, ...]:
    slot = target.slot
    if slot.package is None:
        return (
            Step(Kind.STAGE, f"Put {world.wanted} into {named(slot.name)}, which is empty (pulumi up).", slot.name),
            *staged(world, slot.name),
        )
    if target.abandon is None:
        sentence = f"Make sure that nothing of {slot.label} is left in the task hub of {named(slot.name)}."
    else:
        sentence = f"Make sure that {named(slot.name)} holds exactly the {target.abandon} instances of {slot.label} that are given up."
    return (
        Step(Kind.DRAIN, sentence, slot.name, abandon=target.abandon),
        Step(
            Kind.STAGE,
            f"Put {world.wanted} into {named(slot.name)}, in place of {slot.label} (pulumi up).",
            slot.name,
            replaces=slot.label,
        ),
        *staged(world, slot.name),
    )


def _into_production(world: World, options: Options, slot: str) -> tuple[Step, ...]:
    old = world.production.label
    steps: list[Step] = []
    if options.before_swap is not None:
        steps.append(Step(Kind.BEFORE_SWAP, "Call the before-swap hook; if it fails, nothing is swapped.", slot))
    if options.mode == "idle":
        steps.append(Step(Kind.GATE, f"Wait until nothing runs in production ({old}).", PRODUCTION))
        swap = f"Swap: {world.wanted} goes into production, {old} into {named(slot)}."
    else:
        if not options.abandon_entities:
            steps.append(Step(Kind.ENTITIES, f"Make sure that production ({old}) still holds no entities.", PRODUCTION))
        swap = f"Swap: {world.wanted} goes into production; {old} finishes its instances in {named(slot)} and starts nothing by itself."
    steps.append(Step(Kind.SWAP, swap, slot))
    return (*steps, verify(world), *_after(options, slot))


def _left_after_the_swap(world: World, options: Options) -> tuple[Step, ...]:
    """The wanted version is in production. A release of it that was not finished is; one that somebody else made is looked at once."""
    record = world.record
    ours = record is not None and record.version_to == world.wanted
    if record is None or not ours or record.outcome is Outcome.ROLLED_BACK:
        return (*staged(world, PRODUCTION), verify(world))
    if record.outcome is Outcome.DONE:
        return ()
    if record.swap is None or record.swap.versions.get(PRODUCTION) != world.wanted:
        return (*staged(world, PRODUCTION), verify(world))
    done = {kind for kind in (Kind.AFTER_SWAP, Kind.LATE_STARTERS) if record.has_done(kind)}
    return (verify(world), *(step for step in _after(options, record.swap.slot) if step.kind not in done))


def _after(options: Options, slot: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    if options.after_swap is not None:
        steps.append(Step(Kind.AFTER_SWAP, "Call the after-swap hook; if it fails, swap back.", slot))
    if options.mode == "idle":
        then = {"report": "", "wait": ", and wait until they are finished", "swap-back": "; if there are any that run, swap back"}
        sentence = f"List what was started in the hub of {named(slot)} between the gate and the swap{then[options.late_starters]}."
        steps.append(Step(Kind.LATE_STARTERS, sentence, slot))
    return tuple(steps)


__all__ = ["plan"]
