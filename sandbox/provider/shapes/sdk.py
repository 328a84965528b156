"""What the SDK's own classes declare: the names, types and required properties of inputs and outputs, read by reflection.

The classes of pulumi_azure_native are generated from the same specification as the real provider's metadata, so that a property
this module does not find does not exist there either.
"""

from __future__ import annotations

import collections.abc
import enum
import inspect
import re
import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi
from pulumi import _types as reflection


@dataclass(frozen=True)
class Scalar:
    kind: str
    """`string`, `boolean`, `integer` or `number`."""
    values: frozenset[str] = frozenset()
    """The only values allowed, for a closed enumeration; empty where Azure accepts others too."""


@dataclass(frozen=True)
class ListOf:
    item: Shape


@dataclass(frozen=True)
class MapOf:
    value: Shape


@dataclass(frozen=True)
class StringSet:
    """A list of strings for the SDK that ARM takes as the keys of a map: user-assigned identities."""


@dataclass(frozen=True)
class Opaque:
    """Anything goes: a free JSON value, or an asset."""


@dataclass(frozen=True)
class Object:
    sdk_class: type

    @property
    def fields(self) -> dict[str, Shape]:
        return _fields(self.sdk_class)

    @property
    def required(self) -> tuple[str, ...]:
        return _required(self.sdk_class)


@dataclass(frozen=True)
class OneOf:
    choices: tuple[Shape, ...]


Shape = Scalar | ListOf | MapOf | StringSet | Opaque | Object | OneOf

_SCALARS = {str: Scalar("string"), bool: Scalar("boolean"), int: Scalar("integer"), float: Scalar("number")}
_STRING_SETS = {"userAssignedIdentities"}


@cache
def _fields(sdk_class: type) -> dict[str, Shape]:
    if reflection.is_input_type(sdk_class):
        declared = reflection.input_type_types(sdk_class)
    elif reflection.is_output_type(sdk_class):
        declared = reflection.output_type_types(sdk_class)
    else:
        declared = reflection.resource_types(sdk_class)
    return {name: _named_shape(name, annotation) for name, annotation in declared.items()}


@cache
def _required(sdk_class: type) -> tuple[str, ...]:
    if not reflection.is_input_type(sdk_class):
        return ()
    names = reflection.input_type_py_to_pulumi_names(sdk_class)
    parameters = inspect.signature(sdk_class.__init__).parameters.items()  # type: ignore[misc]
    return tuple(names[name] for name, parameter in parameters if name in names and parameter.default is inspect.Parameter.empty)


def api_version(resource_class: type) -> str | None:
    """The `azureApiVersion` that the real provider adds, from the class's documentation; None for the types that have none, as Blob."""
    for overload in typing.get_overloads(resource_class.__init__):  # type: ignore[misc]
        if found := re.search(r"Uses Azure REST API version ([0-9a-z-]+)\.", overload.__doc__ or ""):
            return found[1]
    return None


def _named_shape(name: str, annotation: Any) -> Shape:
    shape = _shape(annotation)
    return StringSet() if name in _STRING_SETS and isinstance(shape, ListOf) else shape


def _shape(annotation: Any) -> Shape:
    members = list(dict.fromkeys(_members(annotation)))
    if len(members) == 1:
        return _single(members[0])
    if str in members and all(member is str or _is_enum(member) for member in members):
        return Scalar("string")
    shapes = tuple(_single(member) for member in members)
    return Opaque() if not shapes or Opaque() in shapes else OneOf(shapes)


def _single(annotation: Any) -> Shape:
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if _is_enum(annotation):
        return _enumeration(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (collections.abc.Sequence, list):
        return ListOf(_shape(arguments[0]))
    if origin in (collections.abc.Mapping, dict):
        return MapOf(_shape(arguments[1]))
    if isinstance(annotation, type) and (reflection.is_input_type(annotation) or reflection.is_output_type(annotation)):
        return Object(annotation)
    return Opaque()


def _members(annotation: Any) -> collections.abc.Iterator[Any]:
    """The alternatives of a union, without what `pulumi.Input` adds to it: awaitables, outputs, None."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        for argument in typing.get_args(annotation):
            yield from _members(argument)
    elif annotation is not type(None) and origin not in (collections.abc.Awaitable, pulumi.Output):
        yield annotation


def _is_enum(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, enum.Enum)


def _enumeration(annotation: type[enum.Enum]) -> Shape:
    values = [member.value for member in annotation]
    if all(isinstance(value, str) for value in values):
        return Scalar("string", frozenset(values))
    return _SCALARS.get(type(values[0]), Opaque())
