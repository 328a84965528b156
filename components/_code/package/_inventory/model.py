"""What a package contains, as far as its text tells: orchestrators, activities, entities, and calls that the versioning strategies care about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Call:
    """A call in the package's code: `function_app.py:12`, and what it calls by name, or as the source says it."""

    path: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} ({self.function})"


@dataclass(frozen=True)
class Inventory:
    """Hashes are 8 hexadecimal digits."""

    orchestrators: Mapping[str, str] = field(default_factory=dict)
    """Name -> hash of what it is made of; empty: known by name only."""
    activities: Mapping[str, str] = field(default_factory=dict)
    """Name -> hash of its signature; empty: known by name only."""
    entities: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """File -> hash of what the orchestrators use of it."""
    calls_without_version: tuple[Call, ...] = ()
    """Sub-orchestrations that get the default version of whichever worker starts them."""
    starts_without_version: tuple[Call, ...] = ()
    """Starts by clients that get the package's own default version."""
    undeclared: tuple[Call, ...] = ()
    """Calls of activities that the package does not have."""
    unchecked: frozenset[str] = frozenset()
    """What could not be looked at here: `SOURCES`, `SIGNATURES`, `CALLS`."""


SOURCES, SIGNATURES, CALLS = "the sources of orchestrators", "the signatures of activities", "calls without a version"
EVERYTHING = frozenset({SOURCES, SIGNATURES, CALLS})


def by_name_only(orchestrators: Iterable[str], activities: Iterable[str], entities: Iterable[str]) -> Inventory:
    return Inventory(
        dict.fromkeys(sorted(orchestrators), ""),
        dict.fromkeys(sorted(activities), ""),
        tuple(sorted(entities)),
        unchecked=EVERYTHING,
    )


__all__ = ["CALLS", "EVERYTHING", "SIGNATURES", "SOURCES", "Call", "Inventory", "by_name_only"]
