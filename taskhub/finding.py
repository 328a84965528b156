"""What is said about a task hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .instance import Instance
from .leftovers import LeftoverTimer


class Verdict(StrEnum):
    BUSY = "busy"
    """An instance is Pending, Running, Suspended or ContinuedAsNew, or work is on its way to one."""
    DRAINED = "drained"
    """Certainly nothing is."""
    UNKNOWN = "unknown"
    """It could not be established. To be treated as busy."""


class Reason(StrEnum):
    ACTIVE = "active"
    """BUSY: an instance was seen."""
    QUEUED = "queued"
    """BUSY: messages were seen, though no instance yet."""
    EMPTY = "empty"
    """DRAINED: two clean passes, a settle time apart."""
    NEVER_DEPLOYED = "never_deployed"
    """DRAINED: there is no hub, and there never was code that could have made one."""
    UNREADABLE = "unreadable"
    """UNKNOWN: the storage refused, failed, or answered something that makes no sense."""
    DEADLINE = "deadline"
    """UNKNOWN: time was over before two clean passes were done."""
    NO_HUB = "no_hub"
    """UNKNOWN: there is code, or was, but no hub of that name."""
    UNSETTLED = "unsettled"
    """UNKNOWN: messages stay, and no instance is active: a start whose client died, or timers of terminated instances."""


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    reason: Reason
    sentence: str
    """For a person, who can act on it."""
    active: int | None
    """Instances, without excluded ones and entities. None where it is not known; a lower limit where the scan stopped at its first hit."""
    queued: Mapping[str, int]
    """Queue to messages, as the service counts them: approximately, never too few, and also those invisible or delayed."""
    oldest: Instance | None
    """Of the active instances that were seen, by the time of creation."""
    by_orchestrator: Sequence[tuple[str, str | None, Mapping[str, int]]]
    """Name, version, and how many instances have which status; by name, excluded ones too."""
    entities: Sequence[str]
    """Their ids, `@name@key`; the first hundred of them."""
    excluded: tuple[str, ...]
    """Names of orchestrators that were not to count."""
    passes: int
    requests: int
    seconds: float
    """Of reading, without the pauses between passes."""
    entities_total: int = 0
    excluded_instances: int = 0
    """Active instances that `excluded` hid: 0 says that it was not needed."""
    status: int | None = None
    """The HTTP status, where UNREADABLE comes of one: 403 may be a role that is minutes old."""
    bytes: int = 0
    """Of the answers' bodies."""
    leftover_timers: Sequence[LeftoverTimer] | None = None
    """UNSETTLED: timers of ended instances that are not due yet, each of which is one of the messages. None: it was not asked, or can't be told."""

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.value,
            "reason": self.reason.value,
            "sentence": self.sentence,
            "active": self.active,
            "queued": dict(self.queued),
            "oldest": None if self.oldest is None else self.oldest.as_json(),
            "by_orchestrator": [
                {"name": name, "version": version, "statuses": dict(statuses)} for name, version, statuses in self.by_orchestrator
            ],
            "entities": list(self.entities),
            "entities_total": self.entities_total,
            "excluded": list(self.excluded),
            "excluded_instances": self.excluded_instances,
            "leftover_timers": None if self.leftover_timers is None else [timer.as_json() for timer in self.leftover_timers],
            "status": self.status,
            "passes": self.passes,
            "requests": self.requests,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
        }


__all__ = ["Finding", "Reason", "Verdict"]
