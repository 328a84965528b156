"""Whether two slots may be swapped, and whether they were: pure, from what is live.

A swap exchanges everything that is not sticky. Where durable storage travels with its code, as the component arranges it, no moment comes
in which two versions share a task hub; so what has to be asked is only whether production still has something running that must not be
moved away from its address, and entities that nobody would find any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from taskhub import Finding, Reason, Verdict

from ..deployment import PRODUCTION
from ..live import Live, LiveSlot, parity_problems
from ..problem import BUSY, UNKNOWN, OperationProblem, Unknown
from ..reporting import age
from ..status.last import Last


@dataclass(frozen=True)
class Plan:
    source: str
    target: str
    gated: bool
    """Production's hub has to be drained first."""
    sentences: tuple[str, ...]

    @property
    def touches_production(self) -> bool:
        return PRODUCTION in (self.source, self.target)


def plan_swap(live: Live, source: str, target: str, *, stack: str, drain_behind: bool = False) -> Plan:
    """Raises OperationProblem with everything that is in the way."""
    problems = list(_in_the_way(live, source, target, stack))
    if problems:
        raise OperationProblem(problems)
    one, other = live.slots[source], live.slots[target]
    if live.hubs_stay and drain_behind:
        raise OperationProblem(
            "--drain-behind: the task hub stays with its slot, and the code that comes continues what runs on it. Leave it out."
        )
    gated = PRODUCTION in (source, target) and not drain_behind and not live.hubs_stay and live.production.had_code
    return Plan(source, target, gated, tuple(_described(one, other, gated)))


def plan_rollback(live: Live, last: Last | None, *, stack: str, now: datetime, window: timedelta) -> Plan:
    """Back over production's last swap, which Azure remembers. Raises OperationProblem."""
    swap = live.production.last_swap
    other = None if swap is None else next((slot for slot in swap.slots if slot != PRODUCTION), None)
    if swap is None or other is None or other not in live.slots:
        raise OperationProblem("There is nothing to go back to: Azure remembers no swap of production.")
    if last is not None and last.what == "rollback" and last.swap is not None and swap.at <= last.swap:
        raise OperationProblem(
            f"The last swap of production was a rollback already, {age(swap.at, now)} ago. To bring '{live.slots[other].label}' back to production: "
            f"python -m operations swap --stack {stack} --slot {other}"
        )
    if now - swap.at > window:
        raise OperationProblem(
            f"The last swap of production was {age(swap.at, now)} ago, and the window for going back is {age(now - window, now)}. What the old version "
            "does not know may be in other places meanwhile. If you are sure, widen it with --window."
        )
    left = last.versions.get(other) if last is not None and last.swap == swap.at else None
    if left is not None and left != live.slots[other].label:
        raise OperationProblem(
            f"Slot '{other}' had '{left}' after that swap, and has '{live.slots[other].label}' by now: to go back would bring that into production. If it is "
            f"what you want: python -m operations swap --stack {stack} --slot {other}"
        )
    return plan_swap(live, other, PRODUCTION, stack=stack)


def refuse_verdict(finding: Finding, production: LiveSlot, *, abandon_entities: bool) -> None:
    """Raises OperationProblem unless production's hub may leave production."""
    if finding.verdict is not Verdict.DRAINED:
        code = BUSY if finding.verdict is Verdict.BUSY else UNKNOWN
        raise OperationProblem(
            f"Nothing was swapped. {finding.sentence} Wait with --timeout, or let the old version finish behind, in the other slot, with --drain-behind.",
            code,
        )
    refuse_entities(finding, production, abandon_entities=abandon_entities)


def refuse_entities(finding: Finding, production: LiveSlot, *, abandon_entities: bool) -> None:
    """Entities keep their state in the hub, and the hub leaves production with the old code."""
    if finding.reason in (Reason.UNREADABLE, Reason.DEADLINE) and not abandon_entities:
        raise Unknown(
            f"Nothing was swapped: whether production's task hub holds entities, which would be left behind, isn't known. {finding.sentence}"
        )
    if finding.entities and not abandon_entities:
        total = max(finding.entities_total, len(finding.entities))
        shown = ", ".join(f"'{one}'" for one in finding.entities[:5]) + (", …" if total > min(5, len(finding.entities)) else "")
        raise OperationProblem(
            f"Nothing was swapped. Production's task hub '{production.hub.name if production.hub else ''}' holds {total} entities: {shown}. A swap takes the hub "
            "out of production, and the new version starts without their state. Say --abandon-entities if that may be."
        )


def mismatches(before: Live, after: Live, source: str, target: str) -> list[str]:
    """What a swap should have exchanged and did not: bundle, package and runtime of both slots. Other drift is none of its business."""
    found: list[str] = []
    for slot, origin in ((target, source), (source, target)):
        was, now = before.slots[origin], after.slots[slot]
        facts = (("bundle", was.bundle, now.bundle), ("package", was.package, now.package), ("runtime", was.stack, now.stack))
        found += [f"Slot '{slot}' has {name} {new or 'none'}, not {old or 'none'}." for name, old, new in facts if old != new]
    return found


def is_exchanged(before: Live, after: Live, source: str, target: str) -> bool:
    """Whether the bundles have changed places, whoever did it."""
    return before.slots[source].bundle == after.slots[target].bundle and before.slots[target].bundle == after.slots[source].bundle


def _in_the_way(live: Live, source: str, target: str, stack: str) -> Iterator[str]:
    if source == target:
        yield f"--slot {source}: a slot can't be swapped with itself."
        return
    if live.half_swap is not None:
        yield (
            f"Slot '{live.half_swap.slot}' stands in the middle of a swap with preview with '{live.half_swap.swap_target}'. "
            "Complete it where it was begun, or cancel it with --cancel-preview."
        )
    yield from parity_problems(live, stack)
    for slot in (live.slots[source], live.slots[target]):
        if slot.stack_differs:
            yield (
                f"Slot '{slot.slot}' runs on {slot.stack}, but its code was made for {slot.stack_marker}. Mend it first: pulumi up --stack {stack}"
            )
        if slot.state.lower() != "running":
            yield f"Slot '{slot.slot}' is {slot.state.lower()}: Azure warms it up before it swaps. Start it first."
    into = PRODUCTION if target == PRODUCTION else target
    coming = live.slots[source if into == target else target]
    if coming.package is None and not coming.had_code:
        yield f"Slot '{coming.slot}' has no code to bring to '{into}'. Stage a version there first: pulumi up --stack {stack}"


def _described(one: LiveSlot, other: LiveSlot, gated: bool) -> Iterator[str]:
    if gated:
        yield f"wait until task hub '{_hub(other if other.slot == PRODUCTION else one)}' of production is drained"
    yield f"swap '{one.slot}' ({one.told(',')}) with '{other.slot}' ({other.told(',')})"
    yield f"check that '{other.slot}' then has {one.told()}, and '{one.slot}' the other"


def _hub(slot: LiveSlot) -> str:
    return slot.hub.name if slot.hub else "(none)"


__all__ = ["Plan", "is_exchanged", "mismatches", "plan_rollback", "plan_swap", "refuse_entities", "refuse_verdict"]
