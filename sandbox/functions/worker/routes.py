"""Which HTTP function answers a request: route templates as ASP.NET has them, under the prefix of host.json.

Source: Microsoft docs, "Azure Functions HTTP trigger", section "Customize the HTTP endpoint": the default route is the function's name,
the default prefix `api`; `{id}`, `{id:int}`, `{id?}`, `{*rest}`. The real host refuses routes that begin with `admin` or `runtime`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from .app import AppFunction
from .problem import AppProblem

_CONSTRAINTS = {"int": r"-?\d+", "long": r"-?\d+", "alpha": r"[A-Za-z]+", "bool": r"true|false", "guid": r"[0-9A-Fa-f-]{36}"}
_PARAMETER = re.compile(r"\{(?P<rest>\*{1,2})?(?P<name>\w+)(?::(?P<constraint>[^}?]+))?(?P<optional>\?)?\}")


@dataclass(frozen=True)
class Route:
    function: AppFunction
    pattern: re.Pattern[str]
    methods: frozenset[str]
    """Empty: every method."""
    rank: tuple[int, ...]
    """Literal segments win over parameters, those over a rest."""


def routes_of(functions: Iterable[AppFunction], prefix: str) -> list[Route]:
    """In the order in which they are tried. Raises AppProblem."""
    routes = [_route(function, prefix) for function in functions if function.trigger is not None and function.trigger.type == "httpTrigger"]
    return sorted(routes, key=lambda route: route.rank)


def find(routes: Iterable[Route], method: str, path: str) -> tuple[AppFunction, dict[str, str]] | None:
    """The function and its route parameters, decoded. None is a 404, also for a method that the route does not have."""
    for route in routes:
        match = route.pattern.fullmatch(path.strip("/"))
        if match and (not route.methods or method.upper() in route.methods):
            return route.function, {name: unquote(value) for name, value in match.groupdict().items() if value is not None}
    return None


def _route(function: AppFunction, prefix: str) -> Route:
    template = (function.trigger.route or function.name).strip("/")
    if template.split("/")[0].lower() in ("admin", "runtime"):
        raise AppProblem(f"The specified route '{template}' of the function '{function.name}' conflicts with one or more built in routes.")
    segments = [*([part for part in prefix.split("/") if part]), *template.split("/")]
    pattern, rank = "", []
    for segment in segments:
        text, weight = _segment(segment, first=not pattern)
        pattern += text
        rank.append(weight)
    methods = frozenset(str(getattr(method, "value", method)).upper() for method in function.trigger.methods or ())
    return Route(function, re.compile(pattern, re.IGNORECASE), methods, tuple(rank))


def _segment(segment: str, *, first: bool) -> tuple[str, int]:
    slash = "" if first else "/"
    whole = _PARAMETER.fullmatch(segment)
    if whole and whole["rest"]:
        return f"(?:{slash}(?P<{whole['name']}>.*))?", 3
    if whole and whole["optional"]:
        return f"(?:{slash}(?P<{whole['name']}>{_text(whole)}))?", 2
    text, at, weight = "", 0, 0
    for parameter in _PARAMETER.finditer(segment):
        text += re.escape(segment[at : parameter.start()]) + f"(?P<{parameter['name']}>{_text(parameter)})"
        at, weight = parameter.end(), 1
    return slash + text + re.escape(segment[at:]), weight


def _text(parameter: re.Match[str]) -> str:
    return _CONSTRAINTS.get((parameter["constraint"] or "").lower(), r"[^/]+?")
