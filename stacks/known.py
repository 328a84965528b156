"""The strategies of this project: which component, and which arguments. Everything else about a strategy is in its component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components import (
    ApplicationRouting,
    ApplicationRoutingArgs,
    NameBasedVersioning,
    NameBasedVersioningArgs,
    OrchestrationVersioning,
    OrchestrationVersioningArgs,
    StatusCheckWithSlot,
    StatusCheckWithSlotArgs,
)


@dataclass(frozen=True)
class Strategy:
    component: Any
    """A ComponentResource of a name and arguments. Its annotations are its outputs."""
    arguments: type
    """A TypedDict: the configuration's other keys."""

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(self.component.__annotations__)


STRATEGIES: Mapping[str, Strategy] = {
    "status-check-with-slot": Strategy(StatusCheckWithSlot, StatusCheckWithSlotArgs),
    "orchestration-versioning": Strategy(OrchestrationVersioning, OrchestrationVersioningArgs),
    "name-based-versioning": Strategy(NameBasedVersioning, NameBasedVersioningArgs),
    "application-routing": Strategy(ApplicationRouting, ApplicationRoutingArgs),
}

__all__ = ["STRATEGIES", "Strategy"]
