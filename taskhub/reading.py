"""What one pass over a task hub has seen. Plain data: what it means is decided in `judging`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .instance import Instance


@dataclass(frozen=True)
class Group:
    """Active instances of one orchestrator, version and status. Counted, not kept: a hub may have a million."""

    name: str
    version: str | None
    status: str
    count: int
    oldest: Instance


@dataclass(frozen=True)
class Reading:
    hub: str
    started: datetime
    ended: datetime
    queues: Mapping[str, int] = field(default_factory=dict)
    """Control and work-item queues to their approximate message counts."""
    active: tuple[Group, ...] = ()
    """Everything that is not terminal and no entity, excluded orchestrators too."""
    service_time: datetime | None = None
    """When the pass began, by the storage service's clock."""
    since: datetime | None = None
    """The moment, by that clock, since when terminal rows were asked for too. None: they were not."""
    ended_since: int = 0
    """Terminal rows written since then: what wrote them was active, and may have started something unseen."""
    entities: tuple[str, ...] = ()
    entities_total: int = 0
    hub_exists: bool = True
    """False also if a part of it is missing."""
    lacks: str | None = None
    """The part that is not there."""
    traces: bool = True
    """Whether anything is there that only this hub can have left."""
    complete: bool = True
    """False: time was over, or the pass stopped at its first hit."""
    failed: str | None = None
    """Why the storage could not be read."""
    status: int | None = None
    """The HTTP status of that failure, where there was one."""
    requests: int = 0
    bytes: int = 0

    @property
    def messages(self) -> int:
        return sum(self.queues.values())

    @property
    def seconds(self) -> float:
        return (self.ended - self.started).total_seconds()


__all__ = ["Group", "Reading"]
