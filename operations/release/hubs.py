"""What a release asks task hubs: the gate, one verdict, and which instances there are. By sign-in, asynchronously, one loop per question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from azure.core.exceptions import AzureError

import taskhub
from taskhub import Finding, Instance, Verdict

from ..azure.credentials import client_options, sign_in_async
from ..gate import Gated, look, wait_until_drained
from ..gate.waiting import Progress
from ..live import LiveSlot
from ..problem import BUSY, UNKNOWN, Unknown
from .world import PRODUCTION, Options


class Hubs:
    def __init__(self, progress: Progress, now: Callable[[], datetime]) -> None:
        self._progress, self._now = progress, now

    def wait(self, slot: LiveSlot, options: Options) -> Gated:
        """The gate. A number of unsettled messages is production's; elsewhere `--abandon-staging` says so. Leftover timers are harmless anywhere."""

        async def wait() -> Gated:
            async with sign_in_async() as credential:
                return await wait_until_drained(
                    slot,
                    credential,
                    timeout=options.timeout.total_seconds(),
                    settle=options.settle.total_seconds(),
                    exclude=options.exclude,
                    accept_unsettled=options.accept_unsettled if slot.slot == PRODUCTION else options.harmless,
                    progress=self._progress,
                    now=self._now,
                    **client_options(),
                )

        return asyncio.run(wait())

    def check(self, slot: LiveSlot, options: Options) -> Finding:
        async def once() -> Finding:
            async with sign_in_async() as credential:
                return await look(
                    slot,
                    credential,
                    settle=options.settle.total_seconds(),
                    exclude=options.exclude,
                    accept_unsettled=options.harmless,
                    **client_options(),
                )

        return asyncio.run(once())

    def instances(self, slot: LiveSlot, since: datetime | None) -> list[Instance]:
        """Those that are active, and those that were created since. Raises Unknown."""
        if slot.hub is None:
            return []
        hub = slot.hub

        async def read() -> dict[str, Instance]:
            async with sign_in_async() as credential:
                opens = slot.connection_string or credential
                found = {one.id: one async for one in taskhub.list_instances(hub, opens, statuses=taskhub.ACTIVE, **client_options())}
                if since is not None:
                    found |= {one.id: one async for one in taskhub.list_instances(hub, opens, created_from=since, **client_options())}
            return found

        try:
            return list(asyncio.run(read()).values())
        except AzureError as error:
            raise Unknown(f"What runs in slot '{slot.slot}' can't be listed: {str(error).splitlines()[0]}") from None

    def failed(self, slot: LiveSlot, version: str, since: datetime) -> list[Instance]:
        """Those of a version that failed since, by the workers' clocks. Raises Unknown."""
        if slot.hub is None:
            raise Unknown(
                f"What fails in '{slot.slot}' can't be read: its backend is no storage account. Ramp without a watch: `operations ramp`."
            )
        hub = slot.hub

        async def read() -> list[Instance]:
            async with sign_in_async() as credential:
                opens = slot.connection_string or credential
                listed = taskhub.list_instances(hub, opens, statuses=["Failed"], **client_options())
                return [one async for one in listed if one.version == version and one.updated is not None and one.updated >= since]

        try:
            return asyncio.run(read())
        except AzureError as error:
            raise Unknown(f"What failed in '{slot.slot}' can't be listed: {str(error).splitlines()[0]}") from None


def code_of(finding: Finding) -> int:
    return BUSY if finding.verdict is Verdict.BUSY else UNKNOWN


__all__ = ["Hubs", "code_of"]
