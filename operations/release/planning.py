"""The plan of a release: one pure function from what is live and what is asked for.

Strategy "status check with slot": the new version is staged with a task hub of its own and swapped when nothing runs in production
(`idle`), or swapped at once while the old version runs on in the slot that it is swapped into (`drain-behind`). A plan is made from the
live state alone, so after a kill the same command plans what is left. Whatever is unknown stops it.
"""

from __future__ import annotations

from taskhub import Reason, Verdict

from ..problem import UNKNOWN
from .noticing import notices_of
from .record import Outcome
from .steps import Kind, Plan, Refusal, Step
from .targeting import NoTarget, Target, choose_target, entities_of
from .world import PRODUCTION, Options, Slot, World


def plan(world: World, options: Options) -> Plan | Refusal:
    """The steps that are left, in order; or why there can be none now. Without any step there is nothing to do."""
    notices = notices_of(world)
    refusal = _contradiction(options) or _blocked(world)
    if refusal is not None:
        return Refusal(refusal.sentences, refusal.code, notices)
    if world.swap is not None:
        return Plan(_until_the_swap_is_over(world), notices, then_plan_again=True)
    if not any(slot.package for slot in world.slots):
        return Plan(_first(world), notices)
    holder = world.holder()
    if holder is not None and (reused := _reused(world, holder)) is not None:
        return Refusal((reused,), notices=notices)
    if holder is world.production:
        return Plan(_left_after_the_swap(world, options), notices)
    if (refusal := _live_hub(world, options)) is not None:
        return Refusal(refusal.sentences, refusal.code, notices)
    if holder is not None:
        return Plan((*_mended(world, holder), *_staged(world, holder.name), *_into_production(world, options, holder.name)), notices)
    target = choose_target(world, options)
    if isinstance(target, NoTarget):
        return Refusal(target.sentences, target.code, notices)
    return Plan((*_staging(world, target), *_into_production(world, options, target.slot.name)), notices)


def _contradiction(options: Options) -> Refusal | None:
    """Options that would be ignored are refused."""
    if options.mode == "drain-behind" and options.late_starters != "report":
        return Refusal(
            (
                f"--late-starters {options.late_starters}: with --mode drain-behind the old version's instances are meant to run on behind. "
                "Leave it out.",
            )
        )
    return None


def _blocked(world: World) -> Refusal | None:
    if world.update is not None:
        return Refusal(
            (
                f"The stack '{world.stack}' is being updated ({world.update}). Wait until that is over. If it was killed: "
                f"python -m operations repair --stack {world.stack}",
            ),
        )
    if world.problems and world.swap is None:  # in the middle of a swap slots may look as if they contradicted each other
        return Refusal(world.problems, UNKNOWN)
    return None


def _reused(world: World, holder: Slot) -> str | None:
    """A version whose package is uploaded by Pulumi is compared by `pulumi up`; what a URL names can be compared here."""
    if world.wanted_url is None or (holder.package or "").partition("?")[0] == world.wanted_url.partition("?")[0]:
        return None
    return (
        f"Version '{world.wanted}' stands in {_named(holder.name)} with another package than package.url names. A version never changes: "
        "give the new code a new package.version."
    )


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


def _until_the_swap_is_over(world: World) -> tuple[Step, ...]:
    assert world.swap is not None
    slot = world.swap.slot
    if world.swap.paused:
        sentence = f"Cancel the half of a swap with preview that {_named(slot)} stands in: it would never end by itself."
        return (Step(Kind.RESET_PREVIEW, sentence, slot),)
    return (Step(Kind.WAIT_FOR_SWAP, f"Wait until the swap of {_named(slot)} with production is over; it goes on in Azure.", slot),)


def _first(world: World) -> tuple[Step, ...]:
    return (
        Step(Kind.DEPLOY, f"Deploy {world.wanted} straight into production: nothing runs there yet (pulumi up).", PRODUCTION),
        *_staged(world, PRODUCTION),
        _verify(world),
    )


def _staging(world: World, target: Target) -> tuple[Step, ...]:
    slot = target.slot
    if slot.package is None:
        return (
            Step(Kind.STAGE, f"Put {world.wanted} into {_named(slot.name)}, which is empty (pulumi up).", slot.name),
            *_staged(world, slot.name),
        )
    if target.abandon is None:
        sentence = f"Make sure that nothing of {slot.label} is left in the task hub of {_named(slot.name)}."
    else:
        sentence = f"Make sure that {_named(slot.name)} holds exactly the {target.abandon} instances of {slot.label} that are given up."
    return (
        Step(Kind.DRAIN, sentence, slot.name, abandon=target.abandon),
        Step(
            Kind.STAGE,
            f"Put {world.wanted} into {_named(slot.name)}, in place of {slot.label} (pulumi up).",
            slot.name,
            replaces=slot.label,
        ),
        *_staged(world, slot.name),
    )


def _mended(world: World, holder: Slot) -> tuple[Step, ...]:
    if holder.stack_differs:
        return (Step(Kind.STAGE, f"Mend {_named(holder.name)}, whose runtime stack does not fit its code (pulumi up).", holder.name),)
    record = world.record
    if record is not None and record.version_to == world.wanted and record.has_left_open(Kind.STAGE):
        return (Step(Kind.STAGE, f"Finish the update that put {world.wanted} into {_named(holder.name)} (pulumi up).", holder.name),)
    return ()


def _staged(world: World, slot: str) -> tuple[Step, ...]:
    return (
        Step(Kind.SYNC, f"Make Azure read which triggers {world.wanted} has.", slot),
        Step(Kind.HEALTH, f"Wait until {world.wanted} runs in {_named(slot)}.", slot),
    )


def _into_production(world: World, options: Options, slot: str) -> tuple[Step, ...]:
    old = world.production.label
    steps: list[Step] = []
    if options.before_swap is not None:
        steps.append(Step(Kind.BEFORE_SWAP, "Call the before-swap hook; if it fails, nothing is swapped.", slot))
    if options.mode == "idle":
        steps.append(Step(Kind.GATE, f"Wait until nothing runs in production ({old}).", PRODUCTION))
        swap = f"Swap: {world.wanted} goes into production, {old} into {_named(slot)}."
    else:
        if not options.abandon_entities:
            steps.append(Step(Kind.ENTITIES, f"Make sure that production ({old}) still holds no entities.", PRODUCTION))
        swap = f"Swap: {world.wanted} goes into production; {old} finishes its instances in {_named(slot)} and starts nothing by itself."
    steps.append(Step(Kind.SWAP, swap, slot))
    return (*steps, _verify(world), *_after(options, slot))


def _left_after_the_swap(world: World, options: Options) -> tuple[Step, ...]:
    """The wanted version is in production. A release of it that was not finished is; one that somebody else made is looked at once."""
    record = world.record
    ours = record is not None and record.version_to == world.wanted
    if record is None or not ours or record.outcome is Outcome.ROLLED_BACK:
        return (*_staged(world, PRODUCTION), _verify(world))
    if record.outcome is Outcome.DONE:
        return ()
    if record.swap is None or record.swap.versions.get(PRODUCTION) != world.wanted:
        return (*_staged(world, PRODUCTION), _verify(world))
    done = {kind for kind in (Kind.AFTER_SWAP, Kind.LATE_STARTERS) if record.has_done(kind)}
    return (_verify(world), *(step for step in _after(options, record.swap.slot) if step.kind not in done))


def _verify(world: World) -> Step:
    return Step(Kind.VERIFY, f"Verify that production has the package, the storage and the runtime stack of {world.wanted}.", PRODUCTION)


def _after(options: Options, slot: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    if options.after_swap is not None:
        steps.append(Step(Kind.AFTER_SWAP, "Call the after-swap hook; if it fails, swap back.", slot))
    if options.mode == "idle":
        then = {"report": "", "wait": ", and wait until they are finished", "swap-back": "; if there are any that run, swap back"}
        sentence = f"List what was started in the hub of {_named(slot)} between the gate and the swap{then[options.late_starters]}."
        steps.append(Step(Kind.LATE_STARTERS, sentence, slot))
    return tuple(steps)


def _named(slot: str) -> str:
    return "production" if slot == PRODUCTION else f"slot '{slot}'"


__all__ = ["plan"]
