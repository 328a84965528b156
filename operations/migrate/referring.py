"""What is wrong with references: to nothing, to another version, to the working copy, or to what can't be told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .finding import Finding
from .lock import Lock
from .model import Function, Index, Kind, Reference
from .names import split, versioned

_STARTS = ("start", "schedulenew")
"""Parts of the forms by which clients start orchestrations, in lower case."""


def references(lock: Lock, index: Index) -> Iterator[Finding]:
    functions = {one.name.lower(): one for one in index.functions}
    versions = _versions_by_base(lock)
    for one in index.references:
        place = f"{one.file}:{one.line}"
        if one.to is None:
            yield _dynamic(one, place)
            continue
        target = functions.get(one.to.lower())
        if target is None:
            yield _missing(one, place, versions.get(split(one.to.lower())[0], []))
        elif one.version is not None:
            yield from _across(one, target, place)
        elif lock.versions and target.version is None and target.kind is Kind.ORCHESTRATOR and _starts(one):
            newest = versions.get(target.name.lower())
            way_out = (
                f"Start a version, by the setting that the deployment writes: {versioned(target.name, newest[-1])} is the newest."
                if newest
                else f"Freeze a version that has {target.name}, and start that."
            )
            yield Finding(
                place,
                "starts-working-copy",
                f"{one.form} starts {target.name}, the working copy, whose code changes while its instances run.",
                way_out,
            )


def _dynamic(one: Reference, place: str) -> Finding:
    said = " ".join(one.text.split())
    if one.version is not None:
        way_out = "If that is never a function of this app, all is well; if it is, write the name as text, and freeze the next version."
        return Finding(place, "dynamic", f"{one.form}({said}) of {one.version} names a function that can't be told.", way_out)
    way_out = "If that is the version that clients start, all is well; whatever else it names is not renamed when a version is frozen."
    return Finding(place, "dynamic", f"{one.form}({said}) names a function that can't be told.", way_out, wrong=False)


def _missing(one: Reference, place: str, versions: Sequence[str]) -> Finding:
    """`versions`: those that have a function of that name without its version."""
    name, version = split(one.to or "")
    if versions and version is not None:
        way_out = f"Only {', '.join(versions)} {'has' if len(versions) == 1 else 'have'} {name}. Refer to one of them, or freeze the next version."
        return Finding(place, "version-missing", f"{one.form} names {one.to}, and {version} has no such function.", way_out)
    way_out = "Mend the name." if one.version is None else "Mend the name in the working copy, and freeze the next version."
    return Finding(place, "missing", f"{one.form} names {one.to}, which no function of this app is called.", way_out)


def _across(one: Reference, target: Function, place: str) -> Iterator[Finding]:
    """A version that leans on code outside of it is not frozen. Entities are one for all versions: their state is kept by name."""
    if target.version == one.version or (target.version is None and target.kind is Kind.ENTITY):
        return
    whose = "the working copy's" if target.version is None else f"{target.version}'s"
    yield Finding(
        place,
        "cross-version",
        f"{one.version} refers to {target.name}, {whose}, which is not frozen with it.",
        f"Freeze the next version with {target.base or target.name} in it, and refer to that.",
    )


def _versions_by_base(lock: Lock) -> dict[str, list[str]]:
    """Oldest first. Names in lower case."""
    found: dict[str, list[str]] = {}
    for label in lock.labels:
        for facts in lock.versions[label].functions.values():
            found.setdefault(facts["of"].lower(), []).append(label)
    return found


def _starts(one: Reference) -> bool:
    return any(part in one.form.lower().replace("_", "") for part in _STARTS)


__all__ = ["references"]
