"""Calls of methods: which overload is meant, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tree_sitter import Node

from . import syntax
from .overloads import Overload, Parameter
from .problem import PolicyFailed
from .scopes import Scope
from .types import Compiled, Evaluate, LambdaType, converts

Compile = Callable[[Node, Scope], Compiled]


def call(node: Node, target: Evaluate | None, overloads: Sequence[Overload], arguments: Node, scope: Scope, compiled: Compile) -> Compiled:
    """`target` None: a static method. Raises PolicyRefused if no overload fits."""
    given = [child for child in syntax.children(arguments)]
    names = [None if (name := one.child_by_field_name("name")) is None else syntax.text(name) for one in given]
    values = [syntax.children(one)[-1] for one in given]
    if any(one.type == "argument" and len(one.children) > 1 and name is None for one, name in zip(given, names, strict=True)):
        raise syntax.refused(node, "passes an argument by reference, which is not supported")
    plain = [None if value.type == "lambda_expression" else compiled(value, scope) for value in values]
    for exact in (True, False):
        for overload in overloads:
            wanted = _parameters(overload, len(given))
            if wanted is None or not all(name is None or name in overload.names for name in names):
                continue
            if all(_fits(argument, parameter, exact) for argument, parameter in zip(plain, wanted, strict=True)):
                ready = [
                    argument.evaluate if argument is not None else _lambda(value, parameter, scope, compiled)
                    for argument, parameter, value in zip(plain, wanted, values, strict=True)
                ]
                return Compiled(overload.returns, _invocation(node, target, overload, ready))
    types = ", ".join("lambda" if one is None else one.type for one in plain)
    raise syntax.refused(node, f"fits no supported overload with the arguments ({types})")


def _parameters(overload: Overload, count: int) -> Sequence[Parameter] | None:
    fixed = overload.parameters
    if count == len(fixed):
        return fixed
    if overload.many is None or count < len(fixed):
        return None
    return [*fixed, *[overload.many] * (count - len(fixed))]


def _fits(argument: Compiled | None, parameter: Parameter, exact: bool) -> bool:
    if argument is None or isinstance(parameter, LambdaType):
        return argument is None and isinstance(parameter, LambdaType)
    return argument.type == parameter if exact else converts(argument.type, parameter)


def _lambda(node: Node, parameter: Parameter, scope: Scope, compiled: Compile) -> Evaluate:
    assert isinstance(parameter, LambdaType)
    named = syntax.field(node, "parameters")
    if named.type == "parameter_list":
        inside = syntax.children(named)
        if len(inside) != 1 or inside[0].child_by_field_name("type") is not None:
            raise syntax.refused(node, "has to have one parameter without a type")
        named = syntax.field(inside[0], "name")
    name, inner = syntax.text(named), scope.inner()
    if not inner.declare(name, parameter.parameter):
        raise syntax.refused(node, f"gives the name {name} another meaning")
    body = compiled(syntax.field(node, "body"), inner)
    if not converts(body.type, parameter.returns):
        raise syntax.refused(node, f"returns {body.type}, not {parameter.returns}")
    return lambda known: lambda value: body.evaluate({**known, name: value})


def _invocation(node: Node, target: Evaluate | None, overload: Overload, arguments: list[Evaluate]) -> Evaluate:
    if target is None:
        return lambda known: overload.call(*(one(known) for one in arguments))
    spelling = syntax.text(node)

    def invoke(known: dict[str, Any]) -> Any:
        value = target(known)
        if value is None:
            raise PolicyFailed("NullReferenceException", f"in {spelling!r}")
        return overload.call(value, *(one(known) for one in arguments))

    return invoke


__all__ = ["call"]
