"""What pydantic checks a component's arguments against, made from the TypedDict that the component publishes: no copy to keep in step.

Values come from YAML, which Pulumi turns into JSON on the way: `1.0` arrives as 1, and `1.10` as 1.1. So where text is due a number is
refused, not converted: a version that lost a digit would be deployed under a wrong name.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Mapping
from typing import Annotated, Any, NotRequired, Required

import pulumi
from pydantic import AfterValidator, BeforeValidator, ConfigDict, TypeAdapter, ValidationInfo
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict, is_typeddict


def _text(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise PydanticCustomError("number_for_text", "must be text, and is read as a number or a truth value.")
    return value


def _kept_secret(value: Any, info: ValidationInfo) -> Any:
    return pulumi.Output.secret(value) if info.context else value


Text = Annotated[str, BeforeValidator(_text)]
Wired = Annotated[str, BeforeValidator(_text), AfterValidator(_kept_secret)]
"""What a component takes from other resources too: kept secret if the configuration holds it encrypted."""
Anything = Annotated[Any, AfterValidator(_kept_secret)]


def checked(arguments: type, key: str, value: Any, *, secret: bool) -> Any:
    """`value` as the argument `key`, secret outputs where the configuration is encrypted. Raises pydantic's ValidationError."""
    return _adapter(arguments, key).validate_python(value, context=secret)


def known_below(arguments: type, path: tuple[str | int, ...]) -> list[str]:
    """The names that may stand at a path; none where names are the user's."""
    hint: Any = arguments
    for part in path:
        hint = hints_of(hint).get(str(part)) if is_typeddict(hint) else _content(hint)
    return sorted(hints_of(hint)) if is_typeddict(hint) else []


def has_wired(hint: Any) -> bool:
    """Whether a value of that type holds anything that can be kept secret."""
    if is_typeddict(hint):
        return any(has_wired(one) for one in hints_of(hint).values())
    return hint is Any or _is_input(hint) or any(has_wired(part) for part in typing.get_args(hint))


@functools.cache
def _adapter(arguments: type, key: str) -> TypeAdapter[Any]:
    return TypeAdapter(_field(hints_of(arguments)[key]))


def _field(hint: Any) -> Any:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if is_typeddict(hint):
        return _strict(hint)
    if _is_input(hint):
        return Wired
    if hint is str:
        return Text
    if hint is Any:
        return Anything
    if origin in (dict, list):
        return origin[tuple(_field(part) for part in parts)]
    return hint


@functools.cache
def _strict(arguments: type) -> Any:
    """The same TypedDict, with leaves that can be checked, and without room for unknown keys."""
    required: frozenset[str] = arguments.__required_keys__  # type: ignore[attr-defined]
    fields: Mapping[str, Any] = {
        name: _field(hint) if name in required else NotRequired[_field(hint)] for name, hint in hints_of(arguments).items()
    }
    functional: Any = TypedDict  # called with what is only known at run time, which type checkers don't follow
    strict = functional(arguments.__name__, fields)
    strict.__pydantic_config__ = ConfigDict(extra="forbid")
    return strict


def _content(hint: Any) -> Any:
    parts = typing.get_args(hint)
    return parts[-1] if parts else None


def _is_input(hint: Any) -> bool:
    """`pulumi.Input[str]` is a union of str, Awaitable[str] and `Output[T]`, which is left as a name."""
    return any(isinstance(part, typing.ForwardRef) and part.__forward_arg__.startswith("Output") for part in typing.get_args(hint))


def hints_of(arguments: Any) -> dict[str, Any]:
    """Field -> type, without `NotRequired`. Not by `typing.get_type_hints`, which fails at the name in `pulumi.Input`."""
    return {
        name: typing.get_args(hint)[0] if typing.get_origin(hint) in (NotRequired, Required) else hint
        for name, hint in arguments.__annotations__.items()
    }
