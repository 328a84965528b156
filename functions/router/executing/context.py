"""What a pass of the monitor works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import aiohttp

from taskhub import Hub

from ..blueprint import Blueprint
from ..gateway import NamedValue
from ..hosting import Apps
from ..keeping import RequestStore, Store
from ..lines import LineRow
from ..observing import Verdicts
from ..rewriting import Backend
from ..versions import Line


class Hubs(Protocol):
    async def verdicts(self, rows: list[LineRow], had_code: Callable[[LineRow], bool]) -> Verdicts: ...

    def forget(self, line: Line) -> None: ...


@dataclass
class Context:
    blueprint: Blueprint
    store: Store
    requests: RequestStore
    apps: Apps
    hubs: Hubs
    session: aiohttp.ClientSession
    backend_of: Callable[[LineRow], Awaitable[Backend]]
    purge: Callable[[Hub, datetime], Awaitable[None]]
    """Terminal instances of one hub that ended before that time. Raises azure.core's AzureError."""
    alarm: Callable[[str], None]
    """For people: into the log, from which alerts are made."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    gateway: NamedValue | None = None
    """Where API Management's list of lines is; None: there is none."""


__all__ = ["Context", "Hubs"]
