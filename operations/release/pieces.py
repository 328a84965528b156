"""Steps and refusals that every strategy's release has."""

from __future__ import annotations

from ..problem import UNKNOWN
from .steps import Kind, Refusal, Step
from .world import PRODUCTION, Slot, World


def blocked(world: World) -> Refusal | None:
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


def reused(world: World, holder: Slot) -> str | None:
    """A version whose package is uploaded by Pulumi is compared by `pulumi up`; what a URL names can be compared here."""
    if world.wanted_url is None or (holder.package or "").partition("?")[0] == world.wanted_url.partition("?")[0]:
        return None
    return (
        f"Version '{world.wanted}' stands in {named(holder.name)} with another package than package.url names. A version never changes: "
        "give the new code a new package.version."
    )


def until_the_swap_is_over(world: World) -> tuple[Step, ...]:
    assert world.swap is not None
    slot = world.swap.slot
    if world.swap.paused:
        sentence = f"Cancel the half of a swap with preview that {named(slot)} stands in: it would never end by itself."
        return (Step(Kind.RESET_PREVIEW, sentence, slot),)
    return (Step(Kind.WAIT_FOR_SWAP, f"Wait until the swap of {named(slot)} with production is over; it goes on in Azure.", slot),)


def first(world: World) -> tuple[Step, ...]:
    return (
        Step(Kind.DEPLOY, f"Deploy {world.wanted} straight into production: nothing runs there yet (pulumi up).", PRODUCTION),
        *staged(world, PRODUCTION),
        verify(world),
    )


def mended(world: World, holder: Slot) -> tuple[Step, ...]:
    if holder.stack_differs:
        return (Step(Kind.STAGE, f"Mend {named(holder.name)}, whose runtime stack does not fit its code (pulumi up).", holder.name),)
    record = world.record
    if record is not None and record.version_to == world.wanted and record.has_left_open(Kind.STAGE):
        return (Step(Kind.STAGE, f"Finish the update that put {world.wanted} into {named(holder.name)} (pulumi up).", holder.name),)
    return ()


def staged(world: World, slot: str) -> tuple[Step, ...]:
    return (
        Step(Kind.SYNC, f"Make Azure read which triggers {world.wanted} has.", slot),
        Step(Kind.HEALTH, f"Wait until {world.wanted} runs in {named(slot)}.", slot),
    )


def verify(world: World) -> Step:
    return Step(Kind.VERIFY, f"Verify that production has the package, the storage and the runtime stack of {world.wanted}.", PRODUCTION)


def named(slot: str) -> str:
    return "production" if slot == PRODUCTION else f"slot '{slot}'"


__all__ = ["blocked", "first", "mended", "named", "reused", "staged", "until_the_swap_is_over", "verify"]
