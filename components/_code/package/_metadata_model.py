"""Functions described by JSON: `<name>/function.json` (Python v1, JavaScript v3, .NET in-process, Java, PowerShell, custom handlers)
and `functions.metadata` (.NET isolated).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ._functions import Found, FunctionInfo, Read


def find(names: Iterable[str], read: Read) -> Found:
    found = Found()
    for name in names:
        folder, _, file = name.rpartition("/")
        if file == "function.json" and folder and "/" not in folder:
            found += _one(folder, _parse(name, read, found), name)
        elif name == "functions.metadata":
            entries = _parse(name, read, found)
            for entry in entries if isinstance(entries, list) else []:
                found += _one(str(entry.get("name", "")) if isinstance(entry, dict) else "", entry, name)
    return found


def _parse(name: str, read: Read, found: Found) -> Any:
    try:
        return json.loads(read(name).decode("utf-8-sig"))
    except ValueError as error:
        found.problems.append(f"{name}: not valid JSON: {error}")
        return None


def _one(function: str, entry: Any, source: str) -> Found:
    if entry is None:
        return Found()
    bindings = entry.get("bindings") if isinstance(entry, dict) else None
    types = [str(one.get("type", "")) for one in bindings if isinstance(one, dict)] if isinstance(bindings, list) else []
    triggers = [one for one in types if one.lower().endswith("trigger")]
    if not function or not triggers:
        return Found(problems=[f"{source}: the function {function!r} has no trigger among its bindings ({', '.join(types) or 'none'})"])
    return Found([FunctionInfo(function, triggers[0], source)])


__all__ = ["find"]
