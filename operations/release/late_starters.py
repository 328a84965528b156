"""What was started in the old version between the last clean look at its hub and the swap: it went along into the other slot.

Nothing is lost: such an instance runs on there, by its own code, in its own hub. But production's addresses no longer know it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskhub import Instance


@dataclass(frozen=True)
class LateStarters:
    slot: str
    url: str
    """Where they can be reached."""
    instances: tuple[Instance, ...]
    """Oldest first."""

    @property
    def active(self) -> tuple[Instance, ...]:
        return tuple(one for one in self.instances if not one.is_terminal)

    def sentences(self) -> list[str]:
        if not self.instances:
            return [f"Nothing was started in slot '{self.slot}' between the gate and the swap."]
        some = "1 instance was" if len(self.instances) == 1 else f"{len(self.instances)} instances were"
        head = f"{some} started between the gate and the swap, and went along with the old code into slot '{self.slot}'. They are at {self.url}"
        return [head, *(f"  {one.id} of {one.name}: {one.status}, created {_shown(one.created)}" for one in self.instances)]

    def as_json(self) -> dict[str, Any]:
        return {
            "slot": self.slot,
            "url": self.url,
            "instances": [one.as_json() for one in self.instances],
        }


def late_among(instances: Iterable[Instance], gate_passed: datetime | None, exclude: Iterable[str] = ()) -> tuple[Instance, ...]:
    """Those of the old hub that began after the gate's last clean look did.

    The gate saw nothing active, so what is active now came later, whatever the clocks say: one that runs ahead or behind can hide only an
    instance that is finished. `exclude` names orchestrators that the gate was told to pass over. Entities are told apart by `@`.
    """
    passed_over = {name.lower() for name in exclude}
    found = [
        one
        for one in instances
        if not one.id.startswith("@")
        and one.name.lower() not in passed_over
        and (not one.is_terminal or (gate_passed is not None and one.created is not None and one.created >= gate_passed))
    ]
    return tuple(sorted(found, key=lambda one: (one.created is None, one.created.timestamp() if one.created else 0.0, one.id)))


def started_since(instances: Iterable[Instance], since: datetime) -> tuple[Instance, ...]:
    """What the new code took up while it was in production, or on the way there: said when a swap was undone, or reverted by Azure."""
    return tuple(one for one in late_among(instances, since) if one.created is None or one.created >= since)


def _shown(moment: datetime | None) -> str:
    return "at an unknown time" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%SZ")


__all__ = ["LateStarters", "late_among", "started_since"]
