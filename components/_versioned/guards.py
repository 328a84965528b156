"""What a new package may not do to the instances that production runs: orchestration versions. Pure: plain data in, problems and warnings out.

Sources: Microsoft docs "Orchestration versioning in Durable Functions"; Azure/durabletask VersioningSettings.cs and
TaskOrchestrationDispatcher.cs (match and failure strategies); Microsoft docs "Deployment slots", on what happens during a swap: old and new
workers share production's task hub, because in this strategy the hub stays with the slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .._azure.orchestration_versions import compare, decided_by, is_blank, mixed
from .._code.package import Inventory
from .._code.record import Functions
from .._problems import Problem
from . import guards_code

VERSION = "versioning.default_version"


@dataclass(frozen=True)
class NewPackage:
    version: str | None
    """`defaultVersion` as it will be deployed."""
    match: str = "CurrentOrOlder"
    failure: str = "Reject"
    contents: Inventory | None = None
    """None: the package lies elsewhere, and can't be read."""


@dataclass(frozen=True)
class LivePackage:
    """What production runs, by what it says of itself."""

    version: str | None
    match: str = "CurrentOrOlder"
    failure: str = "Reject"
    functions: Functions | None = None
    """None: it does not say."""


@dataclass(frozen=True)
class Release:
    """How the new package comes into production."""

    slots: bool
    """By a swap. False: in place."""
    rolling: bool = False
    """Instances are exchanged one after the other: `siteUpdateStrategy` RollingUpdate."""
    two_phase: bool = True
    allow_older: bool = False
    pinned: str | None = None
    """`versioning.start_version`."""

    @property
    def overlapping(self) -> bool:
        """Old and new workers share production's task hub for a while, on purpose."""
        return self.slots or self.rolling


@dataclass(frozen=True)
class Guarded:
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def guard(new: NewPackage, live: LivePackage | None, release: Release) -> Guarded:
    """Everything below, `alone` included. `live` None: production runs nothing yet."""
    problems = [*alone(new, release), *(against(new, live, release) if live is not None else ())]
    return Guarded(tuple(problems), tuple(warnings(new, live, release)))


def alone(new: NewPackage, release: Release) -> Iterator[Problem]:
    """What needs no look at production."""
    if new.failure == "Fail" and release.overlapping and not release.two_phase:
        yield Problem(
            "versioning.failure",
            "Fail",
            f"ends instances of a newer version as Failed, and during {_overlap(release)} of the release after this one old workers of this package meet them.",
            "Use 'Reject', or let clients start the version that the start setting names and leave versioning.two_phase_starts true.",
        )
    if release.pinned is not None and new.version is not None and (why := mixed(release.pinned, new.version)) is not None:
        yield Problem(
            "versioning.start_version",
            release.pinned,
            f"has another form than the package's version: {why}; {_order(release.pinned, new.version)}.",
            f"Write it in the form of '{new.version}'.",
        )


def against(new: NewPackage, live: LivePackage, release: Release) -> Iterator[Problem]:
    """What speaks against bringing `new` to production's task hub."""
    if is_blank(live.version):
        yield from _fail_of_live(live, release)
        return
    assert live.version is not None
    if is_blank(new.version):
        yield Problem(
            VERSION,
            None,
            f"is missing, and production runs '{live.version}': a code without a version is older than any, so it would not run production's instances.",
            f"Keep '{live.version}', or give a newer one.",
        )
    else:
        assert new.version is not None
        yield from _order_problems(new.version, live.version, release)
    yield from _fail_of_live(live, release)


def warnings(new: NewPackage, live: LivePackage | None, release: Release) -> Iterator[str]:
    """What works, but may surprise."""
    if live is not None and not is_blank(new.version) and not is_blank(live.version):
        assert new.version is not None and live.version is not None
        if release.allow_older and mixed(new.version, live.version) is None and compare(new.version, live.version) < 0:
            yield (
                f"'{new.version}' sorts below '{live.version}', which production runs ({decided_by(new.version, live.version)}); "
                "versioning.allow_older lets it. Instances of newer versions wait until such a code comes back."
            )
        if compare(new.version, live.version) == 0 and new.contents is not None:
            yield from guards_code.same_version(new.contents, live.functions, new.version)
    if live is not None and new.match == "Strict" and new.version != live.version:
        yield (
            f"versionMatchStrategy Strict: after {_overlap(release)} nothing runs the instances of {_named(live.version)} any more, nor older ones. "
            "How many there are can't be asked for here; `python -m operations versions` counts them, and `operations release` refuses to leave any behind."
        )
    if new.contents is not None:
        yield from guards_code.of_package(new.contents, two_phase=release.two_phase)
        if live is not None:
            yield from guards_code.compared(new.contents, live.functions, overlap=_overlap(release))


def _order_problems(new: str, live: str, release: Release) -> Iterator[Problem]:
    if (why := mixed(new, live)) is not None:
        yield Problem(
            VERSION,
            new,
            f"has another form than '{live}', which production runs: {why}; {_order(new, live)}.",
            f"Keep to one form: write the version like '{live}', and so that it sorts after it{_example(new, live)}.",
        )
    elif compare(new, live) < 0 and not release.allow_older:
        yield Problem(
            VERSION,
            new,
            f"sorts below '{live}', which production runs: {decided_by(new, live)}. The new code would not run production's instances.",
            f"Give a version that sorts after '{live}', or set versioning.allow_older.",
        )


def _fail_of_live(live: LivePackage, release: Release) -> Iterator[Problem]:
    if live.failure == "Fail" and release.overlapping and not release.two_phase:
        yield Problem(
            "versioning.two_phase_starts",
            False,
            f"production's package ends instances of a newer version as Failed (versionFailureStrategy Fail), and during {_overlap(release)} its workers meet those "
            "that clients of the new package start.",
            "Release production's version with 'Reject' first, or let clients start the version that the start setting names.",
        )


def _order(one: str, other: str) -> str:
    order = compare(one, other)
    sign = "<" if order < 0 else ">" if order > 0 else "="
    return f"Durable sees '{one}' {sign} '{other}', since {decided_by(one, other)}"


def _example(new: str, live: str) -> str:
    """Of text only: numbers have an obvious next one."""
    for example in (f"v{new}", f"{live}-{new}"):
        if (example[1].isdigit() or example.startswith(live)) and mixed(example, live) is None and compare(example, live) > 0:
            return f", such as '{example}'"
    return ""


def _overlap(release: Release) -> str:
    return "a rolling update" if release.rolling else "the swap" if release.slots else "the update"


def _named(version: str | None) -> str:
    return "no version" if is_blank(version) else f"'{version}'"


__all__ = ["Guarded", "LivePackage", "NewPackage", "Release", "against", "alone", "guard", "warnings"]
