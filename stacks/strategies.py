"""Which builder makes which strategy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import status_check_with_slot
from ._lean import drop_type_aliases
from .settings import Settings

Builder = Callable[[Settings], Mapping[str, Any]]

BUILDERS: Mapping[str, Builder] = {"status-check-with-slot": status_check_with_slot.build}
"""The same strategies as `settings.ARGUMENTS`."""


def build(settings: Settings) -> Mapping[str, Any]:
    """Registers the stack's resources. Returns what the stack exports."""
    if settings.general.lean:
        drop_type_aliases()
    return {"strategy": settings.general.strategy, **BUILDERS[settings.general.strategy](settings)}


__all__ = ["BUILDERS", "build"]
