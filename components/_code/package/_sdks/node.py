"""package.json, its lock file, and what lies in node_modules (docs.npmjs.com: package.json, package-lock.json; npm's semver ranges)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .._functions import Read
from .model import NODE, Sdk

_INSTALLED = f"node_modules/{NODE}"
_VERSION = r"v?(?P<numbers>\d+(?:\.(?:\d+|[xX*])){0,2}|[xX*])(?P<pre>-[0-9A-Za-z.-]+)?(?:\+\S*)?"
_COMPARATOR = re.compile(rf"(?P<operator>\^|~>?|>=|>|<=|<|=)?\s*{_VERSION}")


def find(names: Iterable[str], read: Read) -> Iterator[Sdk]:
    """What is installed counts more than the lock file, and that more than what is asked for."""
    files = set(names)
    if isinstance(version := _at(files, read, f"{_INSTALLED}/package.json", "version"), str):
        yield Sdk(f"{_INSTALLED}/package.json", NODE, version, _lowest(version))
        return
    if isinstance(version := _at(files, read, "package-lock.json", "packages", _INSTALLED, "version"), str):
        yield Sdk("package-lock.json", NODE, version, _lowest(version))
        return
    if isinstance(asked := _at(files, read, "package.json", "dependencies", NODE), str):
        yield Sdk("package.json", NODE, asked, _lowest(asked))


def _at(files: set[str], read: Read, name: str, *path: str) -> Any:
    try:
        found = json.loads(read(name).decode("utf-8-sig")) if name in files else None
    except (ValueError, RecursionError):
        return None
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _lowest(asked: str) -> str:
    """Of alternatives (`||`) the lowest, of comparators side by side the highest lower end. A tag such as `latest` may be any version."""
    ends = [_of_set(one.strip()) for one in asked.split("||")]
    return min(ends, key=_key)


def _of_set(comparators: str) -> str:
    hyphen = re.fullmatch(rf"{_VERSION}\s+-\s+\S+", comparators)
    matches = [hyphen] if hyphen else list(_COMPARATOR.finditer(comparators))
    if not hyphen and re.sub(r"\s+", "", _COMPARATOR.sub("", comparators)):
        return ""
    lower = [one for one in matches if one.groupdict().get("operator") not in ("<", "<=")]
    return max((_numbers(one) for one in lower), key=_key, default="")


def _numbers(match: re.Match[str]) -> str:
    known = re.match(r"\d+(\.\d+)*", match["numbers"])
    return (known[0] + ("-pre" if match["pre"] else "")) if known else ""


def _key(end: str) -> tuple[list[int], bool]:
    return [int(part) for part in end.removesuffix("-pre").split(".")] if end else [], not end.endswith("-pre")


__all__ = ["find"]
