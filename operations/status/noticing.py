"""What a person has to know before the next step: who works, what somebody else did, what contradicts itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from taskhub import Finding, Verdict

from ..deployment import PRODUCTION
from ..holder import Holder
from ..lease import Seen
from ..live import Live, LiveSlot, parity_problems
from ..reporting import age
from ..updating import Updating
from .last import Last


class Kind(StrEnum):
    RUNNING = "running"
    LEFT_BEHIND = "left_behind"
    UPDATING = "updating"
    UPDATING_UNKNOWN = "updating_unknown"
    SWAPPING = "swapping"
    HALF_SWAP = "half_swap"
    CONTRADICTION = "contradiction"
    STACK_DIFFERS = "stack_differs"
    STOPPED = "stopped"
    FINISHING_BEHIND = "finishing_behind"
    FOREIGN_SWAP = "foreign_swap"
    REVERTED_SWAP = "reverted_swap"
    RECORD_UNKNOWN = "record_unknown"
    RAMP_UNKNOWN = "ramp_unknown"


@dataclass(frozen=True)
class Notice:
    kind: Kind
    sentence: str
    blocks: bool
    """Nothing should be released before it is over or mended."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def notices(live: Live, seen: Seen, updating: Updating, *, stack: str, now: datetime) -> list[Notice]:
    """`seen` is the blob of `operations.lease`. In the order in which one deals with them."""
    return list(_notices(live, seen, updating, stack, now))


def _notices(live: Live, seen: Seen, updating: Updating, stack: str, now: datetime) -> Iterator[Notice]:
    if seen.holder is not None:
        yield _holder(seen.holder, seen.held, now)
    if updating.state:
        yield Notice(Kind.UPDATING, f"Stack '{stack}' is being updated: {updating.detail}.", True)
    elif updating.state is None:
        yield Notice(Kind.UPDATING_UNKNOWN, f"Whether stack '{stack}' is being updated isn't known: {updating.detail}.", False)
    yield from _swaps(live)
    for problem in parity_problems(live, stack):
        yield Notice(Kind.CONTRADICTION, problem, True)
    yield from _slots(live, stack)
    if not _is_of(seen.holder, live):
        yield from _since(live, Last.read(seen.content.get("last")), stack)


def _holder(holder: Holder, held: bool, now: datetime) -> Notice:
    if held:
        return Notice(Kind.RUNNING, f"At work: {holder.described(now)}.", True)
    sentence = f"{holder.owner} began '{holder.what}' {age(holder.since, now)} ago and did not end it. Run the same command again: it goes on from what is live."
    return Notice(Kind.LEFT_BEHIND, sentence, False)


def _is_of(holder: Holder | None, live: Live) -> bool:
    """Whether the last swap is that of whoever is at work, or was killed at it. It is in no record yet."""
    return holder is not None and live.last_swap is not None and live.last_swap.at >= holder.since


def finishing_behind(live: Live, findings: Mapping[str, Finding]) -> list[Notice]:
    """What it costs that a version finishes outside of production. None where the hubs stay: there production's code continues everything."""
    if live.hubs_stay:
        return []
    busy = [live.slots[slot] for slot, finding in findings.items() if slot != PRODUCTION and finding.verdict is Verdict.BUSY]
    return [Notice(Kind.FINISHING_BEHIND, _behind(slot, findings[slot.slot].active), False) for slot in busy]


def _behind(slot: LiveSlot, active: int | None) -> str:
    what = "what is in its task hub" if not active else "1 instance" if active == 1 else f"{active} instances"
    return (
        f"Slot '{slot.slot}' ({slot.label}) finishes {what} outside of production: events and queries for it go to https://{slot.host_name}, "
        "where `python -m operations instances` finds each; production's management URLs don't know it. The next swap of that slot restarts its code, and what "
        "was running then is delivered again."
    )


def _swaps(live: Live) -> Iterator[Notice]:
    under_way, half = live.swap_under_way, live.half_swap
    if under_way is not None:
        yield Notice(
            Kind.SWAPPING, f"Azure is swapping slot '{under_way.slot}' now (operation {under_way.operation}). It ends by itself.", True
        )
    if half is not None:
        yield Notice(
            Kind.HALF_SWAP,
            f"Slot '{half.slot}' stands in the middle of a swap with preview with '{half.swap_target}': its code runs with that slot's sticky "
            f"settings until it is completed or cancelled. `python -m operations swap --cancel-preview` cancels it.",
            True,
        )


def _slots(live: Live, stack: str) -> Iterator[Notice]:
    for slot in live.slots.values():
        if slot.stack_differs:
            yield Notice(
                Kind.STACK_DIFFERS,
                f"Slot '{slot.slot}' runs on {slot.stack}, but its code was made for {slot.stack_marker}: an update ended between the two writes. "
                f"`pulumi up --stack {stack}` mends it.",
                True,
            )
        if slot.state.lower() != "running":
            yield Notice(
                Kind.STOPPED, f"Slot '{slot.slot}' is {slot.state.lower()}: nothing goes on in it until somebody starts it.", False
            )


def _since(live: Live, last: Last | None, stack: str) -> Iterator[Notice]:
    """What was done to the slots since the last swap or release of ours, by Azure's own clock."""
    if last is None:
        return
    swap = live.last_swap
    foreign = swap is not None and (last.swap is None or swap.at > last.swap)
    moved = {slot: (before, live.slots[slot].bundle) for slot, before in last.bundles.items() if slot in live.slots}
    # Where hubs stay, what travels is the code, and staging a new one changes a slot without any swap: only production's tells of one.
    changed = sorted(slot for slot, (before, found) in moved.items() if before != found and (slot == PRODUCTION or not live.hubs_stay))
    if foreign and swap is not None:
        now = f"Production has version {live.production.label} now."
        back = "" if changed else " What is in which slot is as it was: it was swapped back, or an update put it back."
        yield Notice(
            Kind.FOREIGN_SWAP,
            f"Since the last {last.what}, '{swap.source}' and '{swap.target}' were swapped by other means at {swap.at:%Y-%m-%d %H:%M:%S} UTC. {now}{back}",
            False,
        )
    elif changed:
        yield Notice(Kind.REVERTED_SWAP, _reverted(live, last, changed, moved, stack), False)


def _reverted(live: Live, last: Last, changed: list[str], moved: Mapping[str, tuple[str | None, str | None]], stack: str) -> str:
    shown = "; ".join(f"'{slot}' held {moved[slot][0]} and holds {moved[slot][1]}" for slot in changed)
    return (
        f"The {last.what} at {last.ended:%Y-%m-%d %H:%M:%S} UTC was undone without a swap, by an update or an edit of the settings that ran meanwhile: {shown}. "
        f"Code and storage of each bundle are together. Production has version {live.production.label}; release again to bring the other one there."
    )


__all__ = ["Kind", "Notice", "finishing_behind", "notices"]
