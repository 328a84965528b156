"""The lock file of an app with versions in its names: a frozen version never changes, because its instances replay its code.

`versions.lock.json` is written by `operations migrate` and lies in the app's folder. A package that was built from that folder may have
other files (TypeScript, .NET); what it does not have can't be compared, and that is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._code.package import Package
from .._code.package._contents import reader
from .._problems import Problem

LOCK_FILE = "versions.lock.json"
_FORMAT = 1


def problems(package: Package, contains: tuple[str, ...]) -> Iterator[Problem]:
    """Frozen files that are not what the lock file says."""
    lock = _lock(package)
    if lock is None:
        return
    if not isinstance(lock, dict) or lock.get("format") != _FORMAT or not isinstance(lock.get("versions"), dict):
        yield Problem(
            "package.path",
            None,
            f"{LOCK_FILE} is no lock file of format {_FORMAT}: whether frozen versions changed can't be told.",
            "Take the committed one back.",
        )
        return
    for version in contains:
        for file, digest in _files(lock, version).items():
            if file not in package.files and _has_some(package, lock, version):
                yield _changed(version, file, "is missing")
            elif file in package.files and package.files[file].sha256 != digest:
                yield _changed(version, file, "has changed")


def warnings(package: Package, contains: tuple[str, ...]) -> Iterator[str]:
    """Versions of which nothing can be compared."""
    lock = _lock(package)
    if lock is None:
        yield f"the package has no {LOCK_FILE}, so whether its frozen versions changed was not checked."
    elif isinstance(lock, dict) and isinstance(lock.get("versions"), dict):
        unchecked = [version for version in contains if not _has_some(package, lock, version)]
        if unchecked:
            yield f"whether {', '.join(unchecked)} changed was not checked: {LOCK_FILE} names no file of that in the package."


def _changed(version: str, file: str, how: str) -> Problem:
    return Problem(
        "package.path",
        file,
        f"{how} since {version} was frozen, and instances of {version} replay that code.",
        "Take the committed file back, and make the change in the working copy, as the next version.",
    )


def _has_some(package: Package, lock: Mapping[str, Any], version: str) -> bool:
    return any(file in package.files for file in _files(lock, version))


def _files(lock: Mapping[str, Any], version: str) -> Mapping[str, str]:
    """File -> hexadecimal SHA-256."""
    entry = lock["versions"].get(version)
    files = entry.get("files") if isinstance(entry, dict) else None
    return {str(file): str(digest).removeprefix("sha256:") for file, digest in files.items()} if isinstance(files, dict) else {}


def _lock(package: Package) -> Any:
    """What the file holds, None where there is none; text that is no JSON is passed on as it is."""
    if LOCK_FILE not in package.files:
        return None
    try:
        return json.loads(reader(package.path, package.kind)(LOCK_FILE))
    except ValueError:
        return ""


__all__ = ["LOCK_FILE", "problems", "warnings"]
