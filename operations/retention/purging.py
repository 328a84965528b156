"""Finished instances of each slot's own hub, older than a day that is given: rows, history and large messages together, in slices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError

import taskhub
from taskhub import Purged

from ..live import LiveSlot


@dataclass(frozen=True)
class PurgedSlot:
    slot: str
    hub: str
    result: Purged
    """As far as it got."""
    problem: str = ""
    """Why it stopped; what was purged until then stays purged."""

    def as_json(self) -> dict[str, Any]:
        return {"slot": self.slot, "hub": self.hub, **self.result.as_json(), "problem": self.problem or None}


async def purge_history(
    slot: LiveSlot,
    credential: AsyncTokenCredential,
    *,
    before: datetime,
    dry_run: bool,
    progress: Callable[[Purged], None] = lambda _: None,
    **client_options: Any,
) -> PurgedSlot | None:
    """None for a slot that names no hub. Instances that are not finished, and entities, are never touched, however old."""
    if slot.hub is None:
        return None
    so_far = Purged(dry_run=dry_run)

    def keep(result: Purged) -> None:
        nonlocal so_far
        so_far = result
        progress(result)

    opens = slot.connection_string or credential
    try:
        so_far = await taskhub.purge(slot.hub, opens, before=before, dry_run=dry_run, progress=keep, **client_options)
    except (AzureError, ValueError) as error:
        return PurgedSlot(slot.slot, slot.hub.name, so_far, (str(error).splitlines() or [type(error).__name__])[0])
    return PurgedSlot(slot.slot, slot.hub.name, so_far)


__all__ = ["PurgedSlot", "purge_history"]
