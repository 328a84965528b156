"""Types of values in expressions, and what stands for their values in Python.

An expression is checked as C# checks it, before anything runs: API Management refuses a policy whose expressions don't compile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STRING, CHAR, BOOL, INT, OBJECT, NULL = "string", "char", "bool", "int", "object", "null"
STRINGS, CHARS, SEQUENCE = "string[]", "char[]", "IEnumerable<string>"
MATCH, GROUP, GROUPS = "Match", "Group", "GroupCollection"
CONTEXT, REQUEST, RESPONSE, BODY, URL = "IProxyRequestContext", "IRequest", "IResponse", "IMessageBody", "IUrl"
HEADERS, QUERY, VARIABLES = "headers", "query", "variables"
COMPARISON, SPLITTING, REGEX_OPTIONS = "StringComparison", "StringSplitOptions", "RegexOptions"

VALUE_TYPES = frozenset({CHAR, BOOL, INT, COMPARISON, SPLITTING, REGEX_OPTIONS})
"""Never null."""
VARIABLE_TYPES = frozenset({STRING, CHAR, BOOL, INT, OBJECT, NULL})
"""What set-variable takes, of the types here: Microsoft docs, "Set variable", allowed types."""
_RUNTIME = {STRING: str, BOOL: bool, INT: int}

Evaluate = Callable[[dict[str, Any]], Any]
"""From the names that are known (`context`, variables, parameters of lambdas) to the value."""


@dataclass(frozen=True)
class Compiled:
    type: str
    evaluate: Evaluate
    constant: Any = None
    """Of a literal."""


@dataclass(frozen=True)
class LambdaType:
    """A parameter that takes a lambda of one parameter."""

    parameter: str
    returns: str

    def __str__(self) -> str:
        return f"Func<{self.parameter}, {self.returns}>"


def converts(given: str, wanted: str) -> bool:
    """Implicitly, as C# does it; that a char may stand for an int is left out."""
    if given == wanted or wanted == OBJECT:
        return True
    if given == NULL:
        return wanted not in VALUE_TYPES
    return (given, wanted) in {(STRINGS, SEQUENCE), (MATCH, GROUP)}


def is_a(value: Any, type_: str) -> bool:
    """Whether a value of type `object` is one of `type_`, which is string, bool, int or char."""
    from .texts import Char

    if type_ == CHAR:
        return isinstance(value, Char)
    return type(value) is _RUNTIME[type_]
