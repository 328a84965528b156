"""The inputs of an adopted resource: what the program declared, with the values that Azure has now.

A refresh knows nothing of an adopted resource, so it takes over every property that Azure fills in by itself as if the program had
declared it. The next update would take those away again, and for some (`isHnsEnabled` of a storage account) that means a replacement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SECRET = "4dabf18193072939515e22adb298388d"


def as_declared(declared: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The declared keys, in every depth, with live values. What a read does not show (a blob's content) stays as declared."""
    return {key: _value(value, live[key]) if key in live else value for key, value in declared.items()}


def _value(declared: Any, live: Any) -> Any:
    if isinstance(declared, dict) and isinstance(live, dict):
        # Assets and encrypted values are maps too, but no maps of properties.
        return declared if _SECRET in declared or _SECRET in live else as_declared(declared, live)
    if isinstance(declared, list) and isinstance(live, list):
        return _list(declared, live)
    if isinstance(declared, str) and isinstance(live, str):
        return declared if declared.lower() == live.lower() else live  # ids come back in other casings
    return live if type(declared) is type(live) or (isinstance(live, int | float) and isinstance(declared, int | float)) else declared


def _list(declared: list[Any], live: list[Any]) -> list[Any]:
    if len(declared) != len(live):
        return live
    if all(isinstance(one, str) for one in (*declared, *live)) and sorted(map(str.lower, declared)) == sorted(map(str.lower, live)):
        return declared
    return [_value(one, other) for one, other in zip(declared, live, strict=True)]
