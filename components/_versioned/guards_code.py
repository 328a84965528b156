"""What a package's code tells before it runs, alone and beside production's: warnings only. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .._code.package import CALLS, SIGNATURES, SOURCES, Call, Inventory
from .._code.record import Functions

SHOWN = 10
"""A sentence names so many at most."""


def of_package(contents: Inventory, *, two_phase: bool) -> Iterator[str]:
    """Calls that bring the wrong version, or none."""
    if contents.calls_without_version:
        yield (
            f"sub-orchestrations are called without a version: {_listed(contents.calls_without_version)}. They get the default version of whichever worker starts them, "
            "not their parent's: pass the parent's version (in Python version=context.version)."
        )
    if two_phase and contents.starts_without_version:
        yield (
            f"clients start without a version: {_listed(contents.starts_without_version)}. They get the package's own version before the swap is over, whatever the start setting says: "
            "pass what the setting names, or set versioning.two_phase_starts to false."
        )
    yield from undeclared(contents)
    if CALLS in contents.unchecked:
        yield f"whether sub-orchestrations are called without a version was not checked: that takes Python, or a {_MANIFEST} in the package."


def undeclared(contents: Inventory) -> Iterator[str]:
    if contents.undeclared:
        yield f"activities are called that the package does not have: {_listed(contents.undeclared)}. Such a call fails its orchestration."


def same_version(contents: Inventory, live: Functions | None, version: str) -> Iterator[str]:
    """Orchestrators that changed, though the version did not."""
    if SOURCES in contents.unchecked or live is None or not live.files:
        yield f"version '{version}' is deployed again, and whether its orchestrators changed was not checked: {_why(contents, SOURCES)}."
        return
    files = {name for name in contents.files.keys() | live.files.keys() if contents.files.get(name) != live.files.get(name)}
    if files:
        yield (
            f"version '{version}' is deployed again with other code in its orchestrators: {_listed(sorted(files))}. Its instances would replay code that they did not run: "
            "raise versioning.default_version, and branch on the instance's version."
        )


def compared(contents: Inventory, live: Functions | None, *, overlap: str = "the swap") -> Iterator[str]:
    """Activities are not versioned, and during `overlap` old and new workers share them."""
    if live is None:
        yield f"whether activities differ from production's was not checked: {_why(contents, SIGNATURES)}."
        return
    yield from lost_orchestrators(contents, live)
    old, new = _by_lower(live.activities), _by_lower(contents.activities)
    if lost := [old[name][0] for name in sorted(old.keys() - new.keys())]:
        yield f"the new package lacks activities that production's package has: {_listed(lost)}. Instances that still call them would fail."
    if added := [new[name][0] for name in sorted(new.keys() - old.keys())]:
        yield (
            f"production's package lacks activities that the new one has: {_listed(added)}. Until {overlap} is over old workers may take their calls, and fail them: "
            "let only the new version call them."
        )
    changed = [new[name][0] for name in sorted(old.keys() & new.keys()) if _differ(old[name][1], new[name][1])]
    if changed:
        yield (
            f"activities have another signature than in production's package: {_listed(changed)}. Activities are not versioned: instances of every version call them, and during {overlap} "
            "old and new workers both run them. Keep what they take and return, or give the new one another name."
        )
    if SIGNATURES in contents.unchecked and old.keys() & new.keys():
        yield f"whether signatures of activities changed was not checked: {_why(contents, SIGNATURES)}."


def lost_orchestrators(contents: Inventory, live: Functions | None) -> Iterator[str]:
    """Whether their instances are finished is told by their task hub, which an update can't read."""
    old, new = _by_lower(live.orchestrators if live is not None else {}), _by_lower(contents.orchestrators)
    if lost := [old[name][0] for name in sorted(old.keys() - new.keys())]:
        yield (
            f"the new package lacks orchestrators that production's package has: {_listed(lost)}. Whether instances of them are still active was not checked here; "
            "`python -m operations versions` counts them."
        )


_MANIFEST = "durable-deploy.json"


def _why(contents: Inventory, what: str) -> str:
    if what in contents.unchecked:
        return f"that takes Python, or a {_MANIFEST} in the package"
    return "production's package does not say what it consists of"


def _by_lower(functions: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Durable compares names of functions without regard to case."""
    return {name.lower(): (name, digest) for name, digest in functions.items()}


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _listed(found: Iterable[str | Call]) -> str:
    every = [str(one) for one in found]
    more = len(every) - SHOWN
    return ", ".join(every[:SHOWN]) + (f" and {more} more" if more > 0 else "")


__all__ = ["SHOWN", "compared", "lost_orchestrators", "of_package", "same_version", "undeclared"]
