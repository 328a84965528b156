"""What a swap command writes down before it asks for the swap, so that the same command, run again after a kill, does not take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..live import Live


@dataclass(frozen=True)
class Intent:
    """Empty if nothing was begun, or it was ended."""

    what: str = ""
    """`swap` or `rollback`."""
    source: str = ""
    target: str = ""
    before: datetime | None = None
    """Azure's own time of the newest swap of the site before this one."""

    def is_done(self, live: Live, what: str, pair: frozenset[str] | None = None) -> bool:
        """Whether Azure made that very swap since: a newer one, of the same two slots. `live` is read while none is under way.

        `pair`: the slots that the command names now; None if it names none.
        """
        swap, own = live.last_swap, {self.source.lower(), self.target.lower()}
        if self.what != what or swap is None or swap.slots != own or (pair is not None and {one.lower() for one in pair} != own):
            return False
        return self.before is None or swap.at > self.before

    def as_json(self) -> dict[str, Any]:
        before = None if self.before is None else self.before.isoformat()
        return {"what": self.what, "source": self.source, "target": self.target, "before": before}

    @classmethod
    def read(cls, content: Any) -> Intent:
        if not isinstance(content, Mapping):
            return cls()
        try:
            before = content.get("before")
            moment = None if before is None else datetime.fromisoformat(str(before))
            return cls(str(content["what"]), str(content["source"]), str(content["target"]), moment)
        except (KeyError, ValueError):
            return cls()


__all__ = ["Intent"]
