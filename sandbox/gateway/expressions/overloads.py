"""How members are written down in the tables: a method is a row of overloads, each with its types and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .problem import PolicyFailed
from .types import LambdaType

Parameter = str | LambdaType
Properties = dict[tuple[str, str], tuple[str, Callable[[Any], Any]]]
"""Type and name -> the type of its value, and how it is read."""
Indexers = dict[tuple[str, str], tuple[str, Callable[[Any, Any], Any]]]
"""Type and type of the index -> the same."""


@dataclass(frozen=True)
class Overload:
    """`many`: any number of further arguments of that type. `names`: of the parameters, where a call may name them."""

    parameters: tuple[Parameter, ...]
    returns: str
    call: Callable[..., Any]
    many: str | None = None
    names: tuple[str, ...] = ()


Methods = dict[tuple[str, str], tuple[Overload, ...]]
"""Type, or name of the class for a static method, and name -> its overloads."""


def of(returns: str, call: Callable[..., Any], *parameters: Parameter, many: str | None = None, names: tuple[str, ...] = ()) -> Overload:
    return Overload(parameters, returns, call, many, names)


def given(value: Any) -> Any:
    """An argument that may not be null."""
    if value is None:
        raise PolicyFailed("ArgumentNullException", "Value cannot be null")
    return value


__all__ = ["Indexers", "Methods", "Overload", "Parameter", "Properties", "given", "of"]
