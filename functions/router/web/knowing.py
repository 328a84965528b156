"""What this process knows of the lines: read at most once in `cache_seconds`, however many requests come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from ..keeping import Store
from ..routing import Snapshot


class Known:
    """`now` gives aware times in UTC. Nobody acts on what is older than `cache_seconds`: closing lines rely on it."""

    def __init__(self, store: Store, cache_seconds: float, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._kept = timedelta(seconds=cache_seconds)
        self._snapshot: Snapshot | None = None
        self._reading = asyncio.Lock()

    async def snapshot(self, *, fresh: bool = False) -> Snapshot:
        """`fresh`: nothing that was read before this call. Raises azure.core's AzureError."""
        asked = self._now()
        if not fresh and (found := self._good(asked)) is not None:
            return found
        async with self._reading:
            # Whoever had the lock before has read it for us too.
            found = self._snapshot if fresh and self._snapshot and self._snapshot.at > asked else None if fresh else self._good(self._now())
            if found is None:
                found = self._snapshot = await self._read()
            return found

    def forget(self) -> None:
        self._snapshot = None

    def _good(self, now: datetime) -> Snapshot | None:
        found = self._snapshot
        return found if found is not None and timedelta(0) <= now - found.at < self._kept else None

    async def _read(self) -> Snapshot:
        at = self._now()
        rows, versions, pins = await asyncio.gather(self._store.lines(), self._store.versions(), self._store.pins())
        return Snapshot.of(rows, versions, pins, at)


__all__ = ["Known"]
