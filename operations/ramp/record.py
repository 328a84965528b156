"""What the blob says: which version gets which share of new instances, since when, and what it was before.

Apps read `to` and `percent` and nothing else (`examples/`, the starter helper). The file's format is a contract with apps that are deployed: keys
are added, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..reporting import age
from ..versions.ordering import compare

FORMAT = 1
HISTORY = 20
"""Earlier steps that are kept."""


@dataclass(frozen=True)
class Ramp:
    to: str
    percent: float
    """0 to 100, of new instances; by a hash of each instance's id, so that a start that is tried again gets the same version."""
    since: datetime
    by: str
    history: tuple[Mapping[str, Any], ...] = ()
    """Earlier steps, the newest last: `to`, `percent`, `since`."""

    @property
    def is_over(self) -> bool:
        """No client starts another version for it."""
        return self.percent == 0

    def is_overtaken(self, starts: str | None) -> bool:
        """Every client starts its version, or a newer one, anyway: the setting was raised since. Clients then pass the record over."""
        return starts is not None and compare(self.to, starts) <= 0

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "to": self.to,
            "percent": self.percent,
            "since": self.since.isoformat(),
            "by": self.by,
            "history": [dict(one) for one in self.history],
        }

    def told(self, setting: str, now: datetime) -> str:
        """In one sentence, for people. `setting` names what clients start otherwise."""
        if self.is_over:
            return f"The ramp to {self.to} is at 0 %: every client starts what {setting} says, since {age(self.since, now)}."
        return f"{self.percent:g} % of new instances start with version {self.to}, since {age(self.since, now)}, by {self.by}."

    def step(self) -> dict[str, Any]:
        return {"to": self.to, "percent": self.percent, "since": self.since.isoformat()}

    @classmethod
    def read(cls, content: Any) -> Ramp | None:
        """None: what is there is no ramp. Apps then start what the setting says."""
        if not isinstance(content, Mapping):
            return None
        try:
            since = datetime.fromisoformat(str(content["since"]).replace("Z", "+00:00"))
            since = since if since.tzinfo else since.replace(tzinfo=UTC)
            percent = float(content["percent"])
            history = tuple(one for one in content.get("history") or () if isinstance(one, Mapping))
            return cls(str(content["to"]), percent, since, str(content.get("by", "")), history) if 0 <= percent <= 100 else None
        except (KeyError, ValueError, TypeError):
            return None


__all__ = ["FORMAT", "HISTORY", "Ramp"]
