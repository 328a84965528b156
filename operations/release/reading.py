"""The world of a release, read once: slots and their hubs, the record, what others are at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from taskhub import Finding

from ..azure.credentials import client_options, sign_in_async
from ..deployment import Versioning
from ..gate import look
from ..lease import Seen
from ..live import Live, LiveSlot, parity_problems
from ..status import Kind, notices
from ..updating import Updating
from ..versions.containing import contents_of
from .record import read_record
from .world import PRODUCTION, Options, Slot, SwapUnderWay, World

SETTLE = 0.0
"""Seconds between the two looks at a hub while a plan is made: the plan's own gates look again, with the time that was asked for."""
_TOLD = (Kind.UPDATING_UNKNOWN, Kind.STOPPED, Kind.FOREIGN_SWAP, Kind.REVERTED_SWAP)

Looks = Callable[[Mapping[str, LiveSlot]], Mapping[str, Finding]]


def world_of(
    *,
    stack: str,
    site: str,
    package: Mapping[str, Any],
    live: Live,
    seen: Seen,
    updating: Updating,
    now: datetime,
    options: Options,
    look_at: Looks | None = None,
    versioning: Versioning | None = None,
    pinned: str | None = None,
    ramped: float | None = None,
) -> World:
    """`package` is the group of the stack's configuration, `pinned` the start version in it, `ramped` where a ramp stands; `seen` the blob of the lease. `look_at` asks hubs;
    left out, by sign-in. Where hubs stay with their slots, no plan depends on them."""
    wanted = str(package["version"])
    swap = swap_in(live)
    asked = {} if swap is not None or versioning is not None else {name: live.slots[name] for name in hubs_that_matter(live, wanted)}
    findings = (look_at or (lambda slots: asyncio.run(look_at_all(slots, options))))(asked) if asked else {}
    told = notices(live, seen, Updating(False, ""), stack=stack, now=now)
    unknown = () if updating.state is not None else (f"Whether '{stack}' is being updated isn't known: {updating.detail}.",)
    return World(
        stack=stack,
        site=site,
        wanted=wanted,
        slots=tuple(slot_of(one, findings.get(name), versioning) for name, one in live.slots.items()),
        now=now,
        wanted_url=package.get("url"),
        record=read_record(seen.content.get("release")),
        swap=swap,
        update=updating.detail if updating.state else None,
        notices=(*unknown, *(one.sentence for one in told if one.kind in _TOLD)),
        problems=tuple(parity_problems(live, stack)),
        versioning=versioning,
        pinned=pinned,
        ramped=ramped,
    )


def hubs_that_matter(live: Live, wanted: str) -> list[str]:
    """Production's, unless the wanted version is there already; and what lies where the wanted version could be put, if it is nowhere."""
    holder = next((name for name, one in live.slots.items() if one.package is not None and one.label == wanted), None)
    if holder == PRODUCTION:
        return []
    others = [name for name, one in live.slots.items() if name != PRODUCTION and one.package is not None] if holder is None else []
    return [PRODUCTION, *others]


def slot_of(one: LiveSlot, finding: Finding | None, versioning: Versioning | None = None) -> Slot:
    version = None if one.package is None else one.label
    contents = None if versioning is None or one.package is None else contents_of(one, by_name=versioning.by_name)
    return Slot(one.slot, version, one.package, one.bundle, finding, one.stack_differs, contents, one.ahead, one.starts)


def swap_in(live: Live) -> SwapUnderWay | None:
    if (under_way := live.swap_under_way) is not None:
        return SwapUnderWay(_other(live, under_way))
    return None if (half := live.half_swap) is None else SwapUnderWay(_other(live, half), paused=True)


async def look_at_all(slots: Mapping[str, LiveSlot], options: Options) -> dict[str, Finding]:
    async with sign_in_async() as credential:
        found = await asyncio.gather(
            *(
                look(
                    slot,
                    credential,
                    settle=SETTLE,
                    exclude=options.exclude,
                    accept_unsettled=options.harmless,
                    **client_options(),
                )
                for slot in slots.values()
            )
        )
    return dict(zip(slots, found, strict=True))


def _other(live: Live, found: LiveSlot) -> str:
    """The slot that isn't production, of the two that are being swapped."""
    if found.slot != PRODUCTION:
        return found.slot
    return next(
        (name for name, one in live.slots.items() if name != PRODUCTION and one.swap_target is not None), found.swap_target or found.slot
    )


__all__ = ["SETTLE", "hubs_that_matter", "look_at_all", "slot_of", "swap_in", "world_of"]
