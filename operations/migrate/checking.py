"""What is wrong with an app that has versions in its names. Pure: every finding has a place, a rule, and the way out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..problem import OperationProblem
from .finding import Finding
from .lock import Lock, changed_files, differs_in_line_ends_only
from .model import Files, Function, Index, Kind
from .referring import references
from .tree import LOCK


def check(files: Files, lock: Lock, index: Index, language: str) -> list[Finding]:
    """In the order of files and lines."""
    found = [
        *(Finding(one.partition(": ")[0], "unreadable", one.partition(": ")[2], "Mend it first.") for one in index.problems),
        *_model(lock, language),
        *_frozen(files, lock),
        *_lost(lock, index),
        *_by_hand(lock, index),
        *_clashes(index),
        *references(lock, index),
        *_gaps(lock, index),
    ]
    return sorted(found, key=lambda one: (_file(one.place), _line(one.place), one.rule))


def _model(lock: Lock, language: str) -> Iterator[Finding]:
    try:
        lock.refuse_other_language(language)
    except OperationProblem as problem:
        yield Finding(LOCK, "other-language", str(problem), "")


def _frozen(files: Files, lock: Lock) -> Iterator[Finding]:
    for label in lock.labels:
        for path, how in changed_files(lock.versions[label], files):
            was = "is missing, and was frozen with" if how == "missing" else "is not as it was frozen with"
            way_out = "Take the committed file back, and make the change in the working copy."
            if how == "changed" and differs_in_line_ends_only(lock.versions[label].files[path], files[path]):
                way_out = (
                    f"Only its line ends differ: write `{path.partition('/')[0]}/** -text` into .gitattributes, and check it out again."
                )
            yield Finding(path, f"frozen-{how}", f"{was} {label}. Instances of {label} replay that code.", way_out)


def _lost(lock: Lock, index: Index) -> Iterator[Finding]:
    """Functions that the lock file has and the code has not: their registration is gone, for one."""
    names = {one.name.lower() for one in index.functions}
    for label in lock.labels:
        for name in sorted(lock.versions[label].functions):
            if name.lower() not in names:
                yield Finding(
                    next(iter(sorted(lock.versions[label].files)), LOCK),
                    "version-lost",
                    f"{name} is frozen, and is no function of this app any more.",
                    f"`migrate freeze {label}` registers it again; `migrate prune` is how a version goes.",
                )


def _by_hand(lock: Lock, index: Index) -> Iterator[Finding]:
    """Functions with a version in their name that were not frozen."""
    for one in index.functions:
        if one.version is None:
            continue
        frozen = lock.versions.get(one.version)
        if frozen is None:
            yield Finding(
                f"{one.file}:{one.line}",
                "by-hand",
                f"{one.name} is named like a version, and no {one.version} is in {LOCK}.",
                "It counts as a version: it is neither frozen with the next one nor compared with anything.",
                wrong=False,
            )
        elif one.name not in frozen.functions:
            yield Finding(
                f"{one.file}:{one.line}",
                "version-grew",
                f"{one.name} was not there when {one.version} was frozen.",
                f"Write it into the working copy, without {one.name.removeprefix(one.base)}, and freeze the next version.",
            )


def _clashes(index: Index) -> Iterator[Finding]:
    """Functions compares names without regard to case."""
    by_name: defaultdict[str, list[Function]] = defaultdict(list)
    for one in index.functions:
        by_name[one.name.lower()].append(one)
    for same in by_name.values():
        for one in same[1:]:
            yield Finding(
                f"{one.file}:{one.line}", "clash", f"{one.name} is declared in {same[0].file}:{same[0].line} too.", "Rename one of them."
            )


def _gaps(lock: Lock, index: Index) -> Iterator[Finding]:
    """What older versions have and a newer one has not. Removed on purpose, nothing refers to it, and there is no harm in it.

    Something wrong is only this: clients are told the newest version, and an orchestrator of the working copy has an older one alone.
    """
    working = {one.name.lower() for one in index.functions if one.version is None and one.kind is Kind.ORCHESTRATOR}
    before: dict[str, str] = {}
    last: set[str] = set()
    for label in lock.labels:
        own = {facts["of"] for facts in lock.versions[label].functions.values()}
        forgotten = sorted(base for base in set(before) - own if base.lower() in working) if label == lock.labels[-1] else []
        for base in forgotten:
            yield Finding(
                LOCK,
                "version-missing",
                f"{base} is at {before[base]} and not in {label}, the newest, though the working copy has it: clients that are told {label} can't "
                "start it.",
                f"Freeze the next version with it, or let clients start {before[base]} of it by an override.",
            )
        if removed := sorted(last - own - set(forgotten)):
            yield Finding(
                LOCK,
                "removed",
                f"{label} has no {', '.join(removed)}, which the version before it has.",
                "If that was on purpose, all is well: nothing refers to what is not there, or it is listed.",
                wrong=False,
            )
        before, last = before | {base: label for base in own}, own


def _file(place: str) -> str:
    return place.rpartition(":")[0] or place


def _line(place: str) -> int:
    line = place.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0


__all__ = ["check"]
