"""What a new package changes, compared with the one that production runs: refused where instances would be lost, else said."""

from __future__ import annotations

from collections.abc import Iterator

from .._azure import setting_names as names
from .._code import record
from .._code.record import Functions
from .._live.parity import Code
from .._problems import Problem
from . import guards_code
from .code import VersionedCode
from .guards import Guarded, LivePackage, NewPackage, Release, alone, guard
from .hosting import OnFlex
from .records import contained, strategies
from .wanted import NameBasedArguments, OrchestrationArguments


def compare_orchestrations(arguments: OrchestrationArguments, code: VersionedCode, live: Code | None) -> Guarded:
    return guard(_new(code), _live(live) if live is not None else None, _release(arguments))


def problems_alone(arguments: OrchestrationArguments, code: VersionedCode) -> Iterator[Problem]:
    """What is wrong with the wanted package whatever production runs."""
    if code.wanted.code is not None:
        yield from alone(_new(code), _release(arguments))


def compare_names(arguments: NameBasedArguments, code: VersionedCode, live: Code | None) -> Guarded:
    """Frozen versions are compared by their lock file; here, which ones are left out, and what they call."""
    return Guarded(warnings=tuple(_of_names(code, live)))


def _new(code: VersionedCode) -> NewPackage:
    return NewPackage(code.contains[-1] if code.contains else None, code.match, code.failure, code.contents)


def _release(arguments: OrchestrationArguments) -> Release:
    """How a new package comes into production."""
    hosting = arguments.hosting
    return Release(
        slots=len(arguments.slots) > 1,
        rolling=isinstance(hosting, OnFlex) and hosting.flex.update_strategy == "RollingUpdate",
        two_phase=arguments.versioning.two_phase_starts,
        allow_older=arguments.versioning.allow_older,
        pinned=arguments.pinned,
    )


def _live(live: Code) -> LivePackage:
    versions, (match, failure) = contained(live.records), strategies(live.records) or ("CurrentOrOlder", "Reject")
    return LivePackage(versions[-1] if versions else None, match, failure, functions_of(live))


def functions_of(code: Code) -> Functions | None:
    return record.read(code.records.get(names.FUNCTIONS))


def _of_names(code: VersionedCode, live: Code | None) -> Iterator[str]:
    functions = functions_of(live) if live is not None else None
    if code.contents is not None:
        yield from guards_code.undeclared(code.contents)
        yield from guards_code.lost_orchestrators(code.contents, functions)
    gone = [version for version in (contained(live.records) if live is not None else None) or () if version not in code.contains]
    if gone and (functions is None or code.contents is None):
        yield (
            f"the new package lacks {', '.join(gone)}, which production's package contains. Whether instances of that are still active was not checked here; "
            "`python -m operations versions` counts them."
        )


__all__ = ["compare_names", "compare_orchestrations", "problems_alone"]
