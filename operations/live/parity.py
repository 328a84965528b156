"""Contradictions between slots, or inside one: what no swap and no release may build on."""

from __future__ import annotations

from collections.abc import Iterator

from .slots import Live, LiveSlot


def sharing(live: Live) -> list[tuple[LiveSlot, LiveSlot]]:
    """Pairs of slots that name one task hub, or one bundle."""
    slots = list(live.slots.values())
    return [(one, other) for index, one in enumerate(slots) for other in slots[index + 1 :] if _share(one, other, stays=live.hubs_stay)]


def _share(one: LiveSlot, other: LiveSlot, *, stays: bool) -> bool:
    if not stays and one.bundle is not None and one.bundle == other.bundle:
        return True
    if one.hub is None or other.hub is None:
        return False
    mine, theirs = ((hub.table.rstrip("/").lower(), hub.name.lower()) for hub in (one.hub, other.hub))
    return mine == theirs


def parity_problems(live: Live, stack: str) -> list[str]:
    """In sentences with the way out; none if every slot holds one whole bundle of its own."""
    return list(_problems(live, stack))


def _problems(live: Live, stack: str) -> Iterator[str]:
    for one, other in sharing(live):
        if live.hubs_stay:
            yield (
                f"Slots '{one.slot}' and '{other.slot}' name one task hub: two versions may be at work on it. Hubs stay with their slots, so somebody "
                f"changed the settings by hand. `pulumi up --stack {stack}` says which setting it is."
            )
            continue
        yield (
            f"Slots '{one.slot}' and '{other.slot}' name one task hub, that of bundle '{one.bundle or one.marker}': two versions may be at work on it. "
            f"Run `pulumi up --stack {stack}` at once: '{one.slot}' keeps the bundle, '{other.slot}' gets the free one."
        )
    for slot in live.slots.values():
        if slot.stranger is not None:
            own = "not its own, and hubs stay with their slots" if live.hubs_stay else "none of the stack's bundles"
            yield (
                f"Slot '{slot.slot}' names the durable storage or task hub '{_shown(slot.stranger)}', which is {own}. "
                "Somebody changed the settings by hand, or the stack's configuration was changed and not deployed."
            )
        elif slot.marker is not None and slot.bundle is not None and slot.marker != slot.bundle:
            yield (
                f"Slot '{slot.slot}' contradicts itself: its settings name the storage of bundle '{slot.bundle}', its marker says '{slot.marker}'. "
                "Set DURABLE_DEPLOY_BUNDLE to the bundle whose storage the running code uses, then run "
                f"`pulumi up --stack {stack}`."
            )


def _shown(stranger: str) -> str:
    return stranger if len(stranger) < 90 else f"{stranger[:87]}…"


__all__ = ["parity_problems", "sharing"]
