"""What a package says of itself in the settings that travel with it."""

from __future__ import annotations

from collections.abc import Mapping

from .._azure import setting_names as names


def contained(records: Mapping[str, str]) -> tuple[str, ...] | None:
    """The versions that a package says it contains; None: it does not say."""
    return _listed(records, names.VERSIONS) or None


def strategies(records: Mapping[str, str]) -> tuple[str, str] | None:
    """Match and failure strategy; None: it does not say."""
    found = _listed(records, names.STRATEGIES)
    return (found[0], found[1]) if len(found) == 2 else None


def _listed(records: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in records.get(name, "").split(",") if part)


__all__ = ["contained", "strategies"]
