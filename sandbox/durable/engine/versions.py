"""Orchestration versions: how two compare, and whether a worker may run an instance.

Sources: durabletask Settings/VersioningSettings.cs (CompareVersions), TaskOrchestrationDispatcher.cs (match and failure strategies);
Microsoft docs "Orchestration versioning in Durable Functions".
"""

from __future__ import annotations

import re

from sandbox.durable.options import HubOptions

MISMATCH = "VersionMismatch: Orchestration version did not comply with Worker Versioning"
"""The output of an instance that the strategy Fail ended: FailureDetails.ToString()."""


_COMPONENT = re.compile(r"[\t-\r ]*([+-]?[0-9]+)[\t-\r ]*\0*")
"""What Int32.TryParse takes with NumberStyles.Integer. System.Version refuses what is below zero, and `-0` is not (dotnet/runtime Version.cs)."""
_BLANK = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")
"""String.IsNullOrWhiteSpace."""


def compare_versions(one: str | None, other: str | None) -> int:
    """Below, at or above 0. None or blank is older than everything; numbers compare as System.Version if both are, else text, without case."""
    one, other = one or "", other or ""
    given, known = (_BLANK.fullmatch(version) is None for version in (one, other))
    if not given or not known:
        return given - known
    a, b = _system_version(one), _system_version(other)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    left, right = _folded(one), _folded(other)
    return (left > right) - (left < right)


def _system_version(text: str) -> tuple[int, ...] | None:
    """.NET System.Version: two to four numbers of 32 bits; a missing one counts as -1, so that 1.0 < 1.0.0. A bare "9" is none."""
    parts = text.split(".")
    numbers = [int(found[1]) for part in parts if (found := _COMPONENT.fullmatch(part))]
    if not 2 <= len(parts) <= 4 or len(numbers) != len(parts) or min(numbers) < 0 or max(numbers) >= 2**31:
        return None
    return (*numbers, *(-1,) * (4 - len(numbers)))


def _folded(text: str) -> bytes:
    """OrdinalIgnoreCase: each character in upper case by itself, but dotless i and long s, which have none; then by UTF-16 code units."""
    upper = "".join(up if len(up := one.upper()) == 1 and one not in "\u0131\u017f" else one for one in text)
    return upper.encode("utf-16-be", "surrogatepass")


def may_run(version: str | None, options: HubOptions) -> bool:
    """A worker without defaultVersion is older than every version: nothing of the extension that says otherwise was seen."""
    match options.match:
        case "None":
            return True
        case "Strict":
            return (version or "") == (options.default_version or "")
        case "CurrentOrOlder":
            return compare_versions(version, options.default_version) <= 0
