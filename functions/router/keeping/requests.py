"""Requests that wait for an app that is being made: stored before the caller gets 202, forwarded once, their answers kept for the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ..versions import Line


class RequestState(StrEnum):
    WAITING = "waiting"
    FORWARDING = "forwarding"
    """A router has begun to send it. If that router is gone, it may have been sent or not."""
    DONE = "done"


@dataclass(frozen=True)
class Answer:
    """What the app (or, if there is none, the router) has answered in the end."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class StoredRequest:
    id: str
    """32 hexadecimal digits, random: who knows it may read the answer."""
    line: Line
    method: str
    target: str
    """Path and query for the app, not decoded."""
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    """End-to-end ones, with the caller's credentials: gone once it is forwarded."""
    body: bytes = field(repr=False)
    instance_id: str | None
    """`<X.Y>-<32 hex>`, for a start by Durable's own interface: sent with it, so that a second try starts nothing new. Else None."""
    at: datetime
    expires_at: datetime
    """Then it is deleted, forwarded or not."""
    state: RequestState = RequestState.WAITING
    attempts: int = 0
    claimed_at: datetime | None = None
    """When a router began to send it last."""
    public_base: str = ""
    """The address that the caller has used: what URLs in the answer are written with."""
    answer: Answer | None = None
    etag: str = field(default="", compare=False)


class RequestStore(Protocol):
    async def put(self, request: StoredRequest) -> None: ...

    async def get(self, id: str) -> StoredRequest | None:
        """Without headers and body once it is done; None: there is none, or not any more."""
        ...

    async def waiting(self, line: Line) -> tuple[StoredRequest, ...]:
        """Whole, not done yet, oldest first."""
        ...

    async def counts(self) -> Mapping[Line, int]:
        """How many are not done yet."""
        ...

    async def claim(self, request: StoredRequest, now: datetime) -> StoredRequest:
        """Marks it as being forwarded, before it is sent. Raises Conflict if another router has."""
        ...

    async def unclaim(self, request: StoredRequest) -> None:
        """Nothing of it has reached the app: it waits again. Raises Conflict."""
        ...

    async def finish(self, request: StoredRequest, answer: Answer) -> None:
        """Headers and body go, the answer stays until the request expires. Raises Conflict."""
        ...

    async def expire(self, now: datetime) -> int:
        """Deletes what is over. How many."""
        ...


__all__ = ["Answer", "RequestState", "RequestStore", "StoredRequest"]
