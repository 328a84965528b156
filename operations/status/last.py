"""What the last finished swap or release of ours left, as the record beside the lease keeps it under `last`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..live import Live


@dataclass(frozen=True)
class Last:
    what: str
    """`swap`, `rollback`, `release of 2.1.0`."""
    ended: datetime
    swap: datetime | None
    """Azure's own time of the newest swap then: any later one is somebody else's."""
    bundles: Mapping[str, str | None]
    """Slot -> bundle."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Slot -> label of its code; empty in records that were written before these were kept."""

    @classmethod
    def now(cls, what: str, live: Live, at: datetime) -> Last:
        swap = live.last_swap.at if live.last_swap else None
        slots = live.slots.items()
        return cls(what, at, swap, {slot: one.bundle for slot, one in slots}, {slot: one.label for slot, one in slots})

    def as_json(self) -> dict[str, Any]:
        swap = None if self.swap is None else self.swap.isoformat()
        return {
            "what": self.what,
            "ended": self.ended.isoformat(),
            "swap": swap,
            "bundles": dict(self.bundles),
            "versions": dict(self.versions),
        }

    @classmethod
    def read(cls, content: Any) -> Last | None:
        if not isinstance(content, Mapping):
            return None
        try:
            swap = content.get("swap")
            return cls(
                str(content["what"]),
                datetime.fromisoformat(str(content["ended"])),
                None if swap is None else datetime.fromisoformat(str(swap)),
                dict(content["bundles"]),
                dict(content.get("versions", {})),
            )
        except (KeyError, ValueError, TypeError):
            return None


__all__ = ["Last"]
