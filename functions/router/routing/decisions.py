"""What is done with a request."""

from __future__ import annotations

from dataclasses import dataclass

from ..versions import Line


@dataclass(frozen=True)
class ForwardTo:
    line: Line
    note: bool = False
    """The line is on its way out, and this may start something: its row has to say so before the request is sent. If that can't be written,
    everything is read and decided again."""
    redirected_from: Line | None = None


@dataclass(frozen=True)
class StoreFor:
    """Keep the request, answer 202, and forward it when the line's app answers."""

    line: Line
    make: bool = False
    """Its row has to be made, or revived, first."""


@dataclass(frozen=True)
class MakeLine:
    """Nothing that can be stored, though its line is to be made for it: 503 with Retry-After."""

    line: Line


@dataclass(frozen=True)
class Refuse:
    status: int
    code: str
    message: str
    line: Line | None = None
    retry_after: int | None = None
    """Seconds."""


@dataclass(frozen=True)
class LookUp:
    """An id that does not tell its line: whose instance is it? Then decide again."""

    id: str


@dataclass(frozen=True)
class Recorded:
    """The line has no app any more: what the tracking store has recorded of the instance is the answer."""

    line: Line
    id: str


@dataclass(frozen=True)
class ListInstances:
    line: Line | None
    """None: of all lines."""


@dataclass(frozen=True)
class Served:
    """The answer of a stored request, as far as there is one."""

    id: str


Decision = ForwardTo | StoreFor | MakeLine | Refuse | LookUp | Recorded | ListInstances | Served

__all__ = ["Decision", "ForwardTo", "ListInstances", "LookUp", "MakeLine", "Recorded", "Refuse", "Served", "StoreFor"]
