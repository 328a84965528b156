"""The inputs and outputs of an adopted resource, as they would stand in the state if its creation had been seen to end.

A refresh knows nothing of an adopted resource. It takes over every property that Azure fills in by itself as if the program had declared
it, which the next update would take away again; and it does not know which of them are secret.

Values are Azure's, so that the next update writes what differs. Not so for what can't be changed in place: Azure spells some values in
its own way, and a difference there would make the next update replace the resource.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_MARK = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"

_NEVER_IN_PLACE = frozenset(
    {"location", "kind", "reserved", "isXenon", "hyperV", "isHnsEnabled", "principalId", "source", "type", "contentMd5"}
)
"""pulumi-azure-native, provider/pkg/gen/replacement.go, and `x-ms-mutability` in Azure's specifications; for the types of `ids.py`."""


def as_declared(declared: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The declared keys, in every depth, with live values. What a read does not show (a blob's content) stays as declared."""
    inner = {key: value for key, value in live.items() if key not in _NEVER_IN_PLACE}
    return _properties(declared, inner)


def with_secrets(declared: Any, outputs: Any) -> Any:
    """The outputs, with those marked secret that were declared secret: what the engine does at the end of a creation."""
    if _is_secret(declared):
        return outputs if _is_secret(outputs) else {_MARK: _SECRET, "plaintext": json.dumps(outputs)}
    if isinstance(declared, dict) and isinstance(outputs, dict):
        return {key: with_secrets(declared.get(key), value) for key, value in outputs.items()}
    if isinstance(declared, list) and _holds_secret(declared):
        return with_secrets({_MARK: _SECRET}, outputs)
    return outputs


def _properties(declared: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _value(value, live[key]) if key in live else value for key, value in declared.items()}


def _value(declared: Any, live: Any) -> Any:
    if isinstance(declared, dict) and isinstance(live, dict):
        # Assets and secrets are maps too, but no maps of properties.
        return declared if _MARK in declared or _MARK in live else _properties(declared, live)
    if isinstance(declared, list) and isinstance(live, list):
        return _list(declared, live)
    if isinstance(declared, str) and isinstance(live, str):
        return declared if declared.lower() == live.lower() else live  # ids come back in other casings
    return live if type(declared) is type(live) or {type(declared), type(live)} == {int, float} else declared


def _list(declared: list[Any], live: list[Any]) -> list[Any]:
    if len(declared) != len(live):
        return declared if _holds_secret(declared) else live
    if all(isinstance(one, str) for one in (*declared, *live)) and sorted(map(str.lower, declared)) == sorted(map(str.lower, live)):
        return declared
    return [_value(one, other) for one, other in zip(declared, live, strict=True)]


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(_MARK) == _SECRET


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return _is_secret(value) or any(_holds_secret(one) for one in value.values())
    return isinstance(value, list) and any(_holds_secret(one) for one in value)
