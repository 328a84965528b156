"""Inputs against the SDK's declarations. Every problem is reported, each with its full path.

Missing and mistyped properties are worded as the real provider words them (pulumi-azure-native, provider.go `validateType`). Unknown
properties are stricter: the real provider drops them without a word, and a misspelt setting is then noticed in production.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from .sdk import ListOf, MapOf, Object, OneOf, Opaque, Scalar, Shape, StringSet
from .wire import UNKNOWN, Properties, Source

_ACCEPTED: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float)}
_LOCATION_HINT = ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."


def problems(shape: Object, values: Properties, path: str = "") -> Iterator[str]:
    """One sentence per problem of `values`, a map of what `shape` declares. Unknowns pass: the update itself will bring them."""
    for name in shape.required:
        if name not in values:
            yield f"missing required property '{_join(path, name)}'"
    fields = shape.fields
    for name, value in values.items():
        if name in fields:
            yield from _value_problems(fields[name], value, _join(path, name))
        elif not name.startswith("__"):
            yield _unknown_property(name, _join(path, name), fields)


def missing_location() -> str:
    return f"missing required property 'location'{_LOCATION_HINT}"


def _value_problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if value is UNKNOWN or isinstance(shape, Opaque):
        return
    if isinstance(shape, OneOf):
        yield from _one_of_problems(shape, value, path)
    elif isinstance(shape, Scalar):
        yield from _scalar_problems(shape, value, path)
    elif isinstance(shape, (ListOf, StringSet)):
        yield from _list_problems(shape, value, path)
    elif not isinstance(value, dict):
        yield _mistyped(path, "object", value)
    elif isinstance(shape, MapOf):
        for key, item in value.items():
            yield from _value_problems(shape.value, item, _join(path, key))
    else:
        yield from problems(shape, value, path)


def _list_problems(shape: ListOf | StringSet, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _mistyped(path, "array", value)
        return
    item_shape = shape.item if isinstance(shape, ListOf) else Scalar("string")
    for index, item in enumerate(value):
        yield from _value_problems(item_shape, item, f"{path}[{index}]")


def _scalar_problems(shape: Scalar, value: Any, path: str) -> Iterator[str]:
    is_flag = isinstance(value, bool)
    if not isinstance(value, _ACCEPTED[shape.kind]) or (is_flag and shape.kind != "boolean"):
        yield _mistyped(path, shape.kind, value)
    elif shape.values and str(value).lower() not in {allowed.lower() for allowed in shape.values}:
        yield f"'{path}' must be one of {', '.join(sorted(shape.values))} but got '{value}'"


def _one_of_problems(shape: OneOf, value: Any, path: str) -> Iterator[str]:
    tries = [list(_value_problems(choice, value, path)) for choice in shape.choices]
    if all(tries):
        yield from min(tries, key=len)


def _mistyped(path: str, wanted: str, value: Any) -> str:
    return f"'{path}' should be of type '{wanted}' but got {_kind(value)}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    names: list[tuple[Any, str]] = [
        (str, "a string"),
        ((int, float), "a number"),
        (list, "an array"),
        (dict, "an object"),
        (Source, "an asset"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "null")


def _unknown_property(name: str, path: str, fields: dict[str, Shape]) -> str:
    close = difflib.get_close_matches(name, fields, n=1)
    hint = f": did you mean '{close[0]}'?" if close else ""
    return f"unknown property '{path}'{hint}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
