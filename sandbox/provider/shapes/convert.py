"""Between the SDK's flat properties and ARM's bodies (pulumi-azure-native, provider/pkg/convert).

ARM keeps a few names at the top level of a body, the envelope; the SDK flattens `properties` into them. Lists of user-assigned
identities become the keys of a map, and stay one in the outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .sdk import ListOf, MapOf, Object, OneOf, Opaque, Scalar, Shape, StringSet
from .wire import UNKNOWN, Properties

Body = dict[str, Any]
_ALWAYS_ENVELOPE = frozenset({"id", "name", "type", "properties", "systemData", "etag"})
_JSON_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float)}


def to_body(inputs: Properties, fields: Mapping[str, Shape], envelope: frozenset[str], renames: Mapping[str, str]) -> Body:
    """`fields`: the inputs that belong into the body; `envelope`: those of them at its top level; `renames`: SDK name to ARM name."""
    body: Body = {}
    for name, shape in fields.items():
        if name in inputs:
            place = body if name in envelope else body.setdefault("properties", {})
            place[renames.get(name, name)] = _to_arm(inputs[name], shape)
    return body


def from_body(body: Body, fields: Mapping[str, Shape], envelope: frozenset[str], renames: Mapping[str, str]) -> Properties:
    """The SDK's properties that `body` has a value for. What the SDK does not declare is dropped, as the real provider does."""
    result = {name: from_arm(_found(body, name, envelope, renames), shape) for name, shape in fields.items()}
    return {name: value for name, value in result.items() if value is not None}


def preview(inputs: Properties, fields: Mapping[str, Shape]) -> Properties:
    """Outputs before the resource exists: what the inputs already say, everything else unknown."""
    return {name: _previewed(inputs[name], shape) if name in inputs else UNKNOWN for name, shape in fields.items()}


def project(outputs: Properties, fields: Mapping[str, Shape]) -> Properties:
    """Outputs in the shape of inputs: read-only properties are left out."""
    return {name: from_arm(outputs[name], shape) for name, shape in fields.items() if name in outputs}


def without_empty(value: Any) -> Any:
    """None for an empty map or list, at any depth: an import should not declare what Azure merely lists."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None} or None
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item is not None] or None
    return value


def _found(body: Body, name: str, envelope: frozenset[str], renames: Mapping[str, str]) -> Any:
    properties = body.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    places = (body, inner) if name in envelope or name in _ALWAYS_ENVELOPE else (inner, body)
    for place in places:
        value = _lookup(place, renames.get(name, name))
        if value is not None:
            return value
    return None


def _lookup(place: Body, name: str) -> Any:
    """Some of Azure's own names differ from the SDK's in case and underscores only: `Application_Type`, `ConnectionString`."""
    if name in place:
        return place[name]
    plain = _plain(name)
    return next((value for key, value in place.items() if _plain(key) == plain), None)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _to_arm(value: Any, shape: Shape) -> Any:
    if isinstance(shape, StringSet) and isinstance(value, list):
        return {item: {} for item in value}
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [_to_arm(item, shape.item) for item in value]
    if isinstance(shape, MapOf) and isinstance(value, dict):
        return {key: _to_arm(item, shape.value) for key, item in value.items()}
    if isinstance(shape, Object) and isinstance(value, dict):
        return {key: _to_arm(item, shape.fields[key]) for key, item in value.items() if key in shape.fields}
    return value


def from_arm(value: Any, shape: Shape) -> Any:
    if isinstance(shape, StringSet) and isinstance(value, dict):
        return sorted(value)
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [from_arm(item, shape.item) for item in value]
    if isinstance(shape, MapOf) and isinstance(value, dict):
        return {key: from_arm(item, shape.value) for key, item in value.items()}
    if isinstance(shape, Object) and isinstance(value, dict):
        known = {name: from_arm(value.get(name), inner) for name, inner in shape.fields.items()}
        return {name: item for name, item in known.items() if item is not None}
    return value


def _previewed(value: Any, shape: Shape) -> Any:
    if isinstance(shape, Scalar) and isinstance(value, _JSON_TYPES[shape.kind]):
        return value
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [_previewed(item, shape.item) for item in value]
    if isinstance(shape, MapOf) and isinstance(value, dict):
        return {key: _previewed(item, shape.value) for key, item in value.items()}
    if isinstance(shape, Object) and isinstance(value, dict):
        return preview(value, shape.fields)
    if isinstance(shape, OneOf) and isinstance(value, dict):
        return value
    return value if isinstance(shape, Opaque) else UNKNOWN
