"""The gate: looks at a slot's task hub until it is drained or the time is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.data.tables.aio import TableServiceClient

import taskhub
from taskhub import Finding, Reason, Unsettled, Verdict

from ..live import LiveSlot
from .deciding import EVERY, Again, next_step

SCAN = 120.0
"""Seconds that one look may take."""

Progress = Callable[[str, datetime, str], None]
"""What is waited for, since when, and a detail: the oldest instance."""


@dataclass(frozen=True)
class Gated:
    slot: str
    hub: str | None
    finding: Finding
    clean_since: datetime
    """When the last look began: what is created later is not in the verdict."""

    def as_json(self) -> dict[str, Any]:
        return {"slot": self.slot, "hub": self.hub, **self.finding.as_json()}


async def wait_until_drained(
    slot: LiveSlot,
    credential: AsyncTokenCredential,
    *,
    timeout: float,
    settle: float = 30.0,
    exclude: Sequence[str] = (),
    accept_unsettled: Unsettled | None = None,
    progress: Progress = lambda _what, _since, _detail: None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    **client_options: Any,
) -> Gated:
    """The verdict when it is DRAINED, or at the end of `timeout` seconds; 0 looks once. Never raises for what the storage answers."""
    start, since = clock(), now()
    unreadable_since: float | None = None
    while True:
        began = now()
        finding = await look(
            slot, credential, settle=settle, exclude=exclude, accept_unsettled=accept_unsettled, pause=pause, **client_options
        )
        at = clock()
        unreadable_since = (at if unreadable_since is None else unreadable_since) if finding.reason is Reason.UNREADABLE else None
        step = next_step(
            finding,
            hub=slot.hub.name if slot.hub else "",
            elapsed=at - start,
            timeout=timeout,
            unreadable_for=0.0 if unreadable_since is None else at - unreadable_since,
            every=min(EVERY, max(settle, 1.0)),
        )
        if not isinstance(step, Again):
            return Gated(slot.slot, slot.hub.name if slot.hub else None, finding, began)
        progress(step.waits_for, since, detail(finding))
        await pause(step.after)


async def look(
    slot: LiveSlot,
    credential: AsyncTokenCredential,
    *,
    settle: float = 30.0,
    exclude: Sequence[str] = (),
    accept_unsettled: Unsettled | None = None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    **client_options: Any,
) -> Finding:
    """One verdict, now. A slot that names no hub is drained if nothing ever ran in it, else unknown."""
    if slot.hub is None:
        return _without_hub(slot)
    opens = slot.connection_string or credential
    finding = await taskhub.check(
        slot.hub,
        opens,
        settle=settle,
        deadline=SCAN,
        exclude=exclude,
        had_code=slot.had_code,
        accept_unsettled=accept_unsettled,
        pause=pause,
        **client_options,
    )
    if finding.reason is Reason.NO_HUB:
        return replace(finding, sentence=f"{finding.sentence.rstrip('.')}. {await _others(slot.hub, opens, client_options)}")
    return finding


def detail(finding: Finding) -> str:
    """The oldest instance, as a clause; else what stands in the way."""
    oldest = finding.oldest
    if oldest is None:
        return "" if finding.reason in (Reason.ACTIVE, Reason.QUEUED) else finding.sentence
    version = f" {oldest.version}" if oldest.version else ""
    created = f" since {oldest.created.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if oldest.created else ""
    return f"oldest: {oldest.name}{version} '{oldest.id}', {oldest.status}{created}"


async def _others(hub: taskhub.Hub, opens: AsyncTokenCredential | str, options: dict[str, Any]) -> str:
    """Which hubs do exist there, so that a wrong name is seen at a glance."""
    client = (
        TableServiceClient.from_connection_string(opens, **options)
        if isinstance(opens, str)
        else TableServiceClient(hub.table, credential=opens, **options)
    )
    try:
        async with client:
            tables = [table.name async for table in client.list_tables()]
    except AzureError:
        return "Which hubs there are can't be listed"
    hubs = sorted(name.removesuffix("Instances") for name in tables if name.endswith("Instances"))
    return f"Its account has {', '.join(f'{one!r}' for one in hubs)}." if hubs else "Its account has none at all."


def _without_hub(slot: LiveSlot) -> Finding:
    never = not slot.had_code and slot.stranger is None
    sentence = (
        f"Nothing was ever deployed to slot '{slot.slot}'."
        if never
        else f"Slot '{slot.slot}' has code, but its settings name no durable storage that can be read: what runs there isn't known."
    )
    return Finding(
        verdict=Verdict.DRAINED if never else Verdict.UNKNOWN,
        reason=Reason.NEVER_DEPLOYED if never else Reason.NO_HUB,
        sentence=sentence,
        active=None,
        queued={},
        oldest=None,
        by_orchestrator=[],
        entities=[],
        excluded=(),
        passes=0,
        requests=0,
        seconds=0.0,
    )


__all__ = ["Gated", "Progress", "detail", "look", "wait_until_drained"]
