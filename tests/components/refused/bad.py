"""The shape of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bad:
    """One change to valid arguments, the path that the error names, and words that it says."""

    sentence: str
    change: dict[str, Any]
    """Laid over the base, group by group."""
    path: str
    words: str
