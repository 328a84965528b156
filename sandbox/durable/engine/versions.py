"""Orchestration versions: how two compare, and whether a worker may run an instance.

Sources: durabletask Settings/VersioningSettings.cs (CompareVersions), TaskOrchestrationDispatcher.cs (match and failure strategies);
Microsoft docs "Orchestration versioning in Durable Functions".
"""

from __future__ import annotations

import re

from sandbox.durable.options import HubOptions

MISMATCH = "VersionMismatch: Orchestration version did not comply with Worker Versioning"
"""The output of an instance that the strategy Fail ended: FailureDetails.ToString()."""


def compare_versions(one: str | None, other: str | None) -> int:
    """Below, at or above 0. None or empty is older than everything; numbers compare as System.Version if both are, else text, without case."""
    if not one or not other:
        return bool(one) - bool(other)
    a, b = _system_version(one), _system_version(other)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    return (one.upper() > other.upper()) - (one.upper() < other.upper())


def _system_version(text: str) -> tuple[int, ...] | None:
    """.NET System.Version: two to four numbers; a missing one counts as -1, so that 1.0 < 1.0.0. A bare "9" is none."""
    if re.fullmatch(r"\d+(\.\d+){1,3}", text) is None:
        return None
    numbers = tuple(int(part) for part in text.split("."))
    return numbers + (-1,) * (4 - len(numbers))


def may_run(version: str | None, options: HubOptions) -> bool:
    """A worker without defaultVersion is older than every version: nothing of the extension that says otherwise was seen."""
    match options.match:
        case "None":
            return True
        case "Strict":
            return (version or "") == (options.default_version or "")
        case "CurrentOrOlder":
            return compare_versions(version, options.default_version) <= 0
