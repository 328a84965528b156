"""Which slot gets the new version: one that is empty, one whose task hub is drained, or the one that is worth waiting for.

The component makes the same choice from `package.replace`: the first slot that holds that version, or without it the first empty one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from taskhub import Finding, Reason, Verdict

from ..problem import BUSY, UNKNOWN, USAGE
from .world import Options, Slot, World

_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Target:
    slot: Slot
    abandon: int | None = None
    """How many active instances are given up with it."""


@dataclass(frozen=True)
class NoTarget:
    sentences: tuple[str, ...]
    code: int


def choose_target(world: World, options: Options) -> Target | NoTarget:
    """The slot for a version that no slot holds. `idle` may choose one that is busy: the release then waits for it."""
    for slot in world.staging:
        if slot.package is None:
            return Target(slot)
    # Of two slots with one version the component takes the first, whichever is meant: so only the first may be chosen.
    slots = [slot for index, slot in enumerate(world.staging) if slot.label not in [one.label for one in world.staging[:index]]]
    for slot in slots:
        if slot.finding is not None and slot.finding.verdict is Verdict.DRAINED:
            return Target(slot)
    if not slots:
        return NoTarget((f"{world.site} has no slot beside production, so there is nowhere to stage {world.wanted}.",), USAGE)
    if options.abandon_staging is not None:
        return _abandoned(slots, options.abandon_staging)
    first = frees_up_first(slots)
    if first.finding is None or (first.finding.verdict is Verdict.UNKNOWN and first.finding.reason is not Reason.UNSETTLED):
        return NoTarget(tuple(_unknown(slot) for slot in slots), UNKNOWN)
    if options.mode == "idle":
        return Target(first)
    return NoTarget((_no_slot_free(slots, first),), BUSY if first.finding.verdict is Verdict.BUSY else UNKNOWN)


def frees_up_first(slots: Sequence[Slot]) -> Slot:
    """Known before unknown, fewer instances before more, and of as many the one whose oldest has run longest."""

    def key(slot: Slot) -> tuple[int, int, datetime]:
        finding = slot.finding
        if finding is None or finding.verdict is Verdict.UNKNOWN:
            return (1 if finding is not None and finding.reason is Reason.UNSETTLED else 2, 0, _FAR)
        created = finding.oldest.created if finding.oldest is not None else None
        return (0, finding.active if finding.active is not None else 1_000_000_000, created or _FAR)

    return min(slots, key=key)


def entities_of(finding: Finding) -> tuple[Sequence[str], int]:
    """The ids that are shown, and how many there are."""
    return finding.entities, max(len(finding.entities), finding.entities_total)


def gives_up(finding: Finding, count: int) -> bool:
    """Whether exactly `count` instances are active: what is typed must be what is lost. 0 passes a slot whose code never made its hub."""
    if finding.verdict is Verdict.UNKNOWN:
        return (finding.reason is Reason.NO_HUB and count == 0) or (finding.reason is Reason.UNSETTLED and count == waiting(finding))
    return finding.verdict is Verdict.DRAINED or finding.active == count


def waiting(finding: Finding) -> int:
    """Messages in the hub's queues."""
    return sum(finding.queued.values())


def _abandoned(slots: Sequence[Slot], count: int) -> Target | NoTarget:
    for slot in slots:
        if slot.finding is not None and gives_up(slot.finding, count):
            return Target(slot, count)
    return NoTarget((f"--abandon-staging {count}: {'; '.join(_what_it_holds(slot) for slot in slots)}.",), USAGE)


def _what_it_holds(slot: Slot) -> str:
    finding = slot.finding
    if finding is None or finding.active is None or finding.verdict is Verdict.UNKNOWN:
        why = "nobody has looked" if finding is None else finding.sentence.rstrip(".")
        return f"what slot '{slot.name}' ({slot.label}) holds is not known for certain: {why}"
    return f"slot '{slot.name}' ({slot.label}) holds {_instances(finding.active)}; only that number gives them up"


def _unknown(slot: Slot) -> str:
    why = "nobody has looked" if slot.finding is None else slot.finding.sentence
    way_out = (
        " If its code never ran, --abandon-staging 0 lets it go."
        if slot.finding is not None and slot.finding.reason is Reason.NO_HUB
        else ""
    )
    return f"Whether anything of {slot.label} is left in slot '{slot.name}' could not be established: {why}{way_out}"


def _no_slot_free(slots: Sequence[Slot], first: Slot) -> str:
    others = f" All {len(slots)} slots still finish a version." if len(slots) > 1 else ""
    assert first.finding is not None
    return f"No slot is free.{others} Slot '{first.name}' ({first.label}) frees up first: {first.finding.sentence}"


def _instances(count: int) -> str:
    return "1 active instance" if count == 1 else f"{count} active instances"


__all__ = ["NoTarget", "Target", "choose_target", "entities_of", "frees_up_first", "gives_up", "waiting"]
