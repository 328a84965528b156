"""`durable-deploy.json` at a package's root: what it contains, said by whoever built it, for languages that are not read here.

`{"format": 1, "orchestrators": {"Orders": "hash of its sources"}, "activities": {"Charge": "hash of its signature"}, "entities": ["Stock"],
"files": {"src/orders.ts": "hash"}, "calls_without_version": ["src/orders.ts:12 (Ship)"], "starts_without_version": [], "undeclared": []}`.
All but `format` and `orchestrators` may be left out: what is not said counts as not checked.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .._contents import PackageProblem
from .model import CALLS, SIGNATURES, SOURCES, Call, Inventory

MANIFEST = "durable-deploy.json"
_CALL = re.compile(r"(?P<path>.+):(?P<line>\d+)(?: \((?P<function>.*)\))?")
_KEYS = {"format", "orchestrators", "activities", "entities", "files", "calls_without_version", "starts_without_version", "undeclared"}


def parse(content: bytes, package: str) -> Inventory:
    """Raises PackageProblem with everything that is wrong."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PackageProblem([f"package {package!r}: {MANIFEST}: not valid JSON: {error}"]) from None
    if problems := [f"package {package!r}: {MANIFEST}: {problem}" for problem in _problems(data)]:
        raise PackageProblem(problems)
    missing = {what for key, what in (("files", SOURCES), ("activities", SIGNATURES), ("calls_without_version", CALLS)) if key not in data}
    return Inventory(
        orchestrators=_short(data["orchestrators"]),
        activities=_short(data.get("activities", {})),
        entities=tuple(sorted(data.get("entities", ()))),
        files=_short(data.get("files", {})),
        calls_without_version=_calls(data, "calls_without_version"),
        starts_without_version=_calls(data, "starts_without_version"),
        undeclared=_calls(data, "undeclared"),
        unchecked=frozenset(missing),
    )


def _problems(data: Any) -> list[str]:
    if not isinstance(data, dict) or data.get("format") != 1 or not isinstance(data.get("orchestrators"), dict):
        return ['must be an object with "format": 1 and "orchestrators"']
    found = [f"{key!r} is not known: leave it out" for key in sorted(data.keys() - _KEYS)]
    for key in ("orchestrators", "activities", "files"):
        part = data.get(key, {})
        if not isinstance(part, dict) or not all(isinstance(value, str) for value in part.values()):
            found.append(f"{key!r} must be an object of texts")
    for key in ("entities", "calls_without_version", "starts_without_version", "undeclared"):
        part = data.get(key, [])
        if not isinstance(part, list) or not all(isinstance(one, str) for one in part):
            found.append(f"{key!r} must be a list of texts")
        elif key != "entities":
            found += [f"{key!r}: {one!r} must be like 'src/orders.ts:12 (Ship)'" for one in part if not _CALL.fullmatch(one)]
    return found


def _short(part: dict[str, str]) -> dict[str, str]:
    return {name: value.removeprefix("sha256:")[:8] for name, value in sorted(part.items())}


def _calls(data: dict[str, Any], key: str) -> tuple[Call, ...]:
    matches = [_CALL.fullmatch(one) for one in data.get(key, ())]
    return tuple(sorted(Call(one["path"], int(one["line"]), one["function"] or "?") for one in matches if one is not None))


__all__ = ["MANIFEST", "parse"]
