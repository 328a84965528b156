"""Members of the variable `context`. Source: Microsoft docs, "API Management policy expressions", context variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .overloads import Indexers, Methods, Overload, Properties, given, of
from .problem import PolicyFailed
from .types import BODY, BOOL, CONTEXT, HEADERS, INT, OBJECT, QUERY, REQUEST, RESPONSE, SEQUENCE, STRING, URL, VARIABLES, is_a


def _variable(variables: dict[str, Any], name: str | None) -> Any:
    if given(name) not in variables:
        raise PolicyFailed("KeyNotFoundException", f"context.Variables has no {name!r}")
    return variables[str(name)]


def _typed(type_: str) -> Callable[..., Any]:
    """Fails where the variable is of another type, as documented."""

    def value(variables: dict[str, Any], name: str | None, default: Any) -> Any:
        found = variables.get(given(name), default)
        if name in variables and found is not None and not is_a(found, type_):
            raise PolicyFailed("InvalidCastException", f"context.Variables[{name!r}] is no {type_}")
        return found

    return value


PROPERTIES: Properties = {
    (CONTEXT, "Request"): (REQUEST, lambda context: context.request),
    (CONTEXT, "Response"): (RESPONSE, lambda context: context.response),
    (CONTEXT, "Variables"): (VARIABLES, lambda context: context.variables),
    (REQUEST, "Method"): (STRING, lambda request: request.method),
    (REQUEST, "Headers"): (HEADERS, lambda request: request.headers),
    (REQUEST, "Url"): (URL, lambda request: request.url),
    (REQUEST, "OriginalUrl"): (URL, lambda request: request.original_url),
    (REQUEST, "Body"): (BODY, lambda request: request.body),
    (RESPONSE, "StatusCode"): (INT, lambda response: response.status),
    (RESPONSE, "Headers"): (HEADERS, lambda response: response.headers),
    (RESPONSE, "Body"): (BODY, lambda response: response.body),
    (URL, "Scheme"): (STRING, lambda url: url.scheme),
    (URL, "Host"): (STRING, lambda url: url.host),
    (URL, "Path"): (STRING, lambda url: url.path),
    (URL, "Query"): (QUERY, lambda url: url.query),
    (URL, "QueryString"): (STRING, lambda url: url.query_string),
    (HEADERS, "Keys"): (SEQUENCE, lambda headers: headers.names),
    (QUERY, "Keys"): (SEQUENCE, lambda query: query.names),
}
_DICTIONARY = {
    "ContainsKey": (of(BOOL, lambda found, name: found.has(given(name)), STRING),),
    "GetValueOrDefault": (of(STRING, lambda found, name, other: found.value(given(name), other), STRING, STRING),),
}
METHODS: Methods = {
    **{(type_, name): overloads for type_ in (HEADERS, QUERY) for name, overloads in _DICTIONARY.items()},
    (VARIABLES, "ContainsKey"): (of(BOOL, lambda variables, name: given(name) in variables, STRING),),
}
GENERIC_METHODS: dict[tuple[str, str], dict[str, tuple[Overload, ...]]] = {
    (VARIABLES, "GetValueOrDefault"): {type_: (of(type_, _typed(type_), STRING, type_),) for type_ in (STRING, BOOL, INT)},
    (BODY, "As"): {
        STRING: (
            of(STRING, lambda body: body.text(preserve=False)),
            of(STRING, lambda body, preserve: body.text(preserve=preserve), BOOL, names=("preserveContent",)),
        )
    },
}
"""With one type argument: the type and the name, then the argument."""
INDEXERS: Indexers = {(VARIABLES, STRING): (OBJECT, _variable)}

__all__ = ["GENERIC_METHODS", "INDEXERS", "METHODS", "PROPERTIES"]
