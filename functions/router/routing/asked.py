"""What a request asks for, read from its method, raw target and headers; nothing of it is decoded on its way to an app.

The router's own paths begin with `/api/_`: `_durable` (Durable's management interface, with or without a line), `_line/<X.Y>` (the app of that
line, for URLs that an app has given of itself), `_requests/<id>` (the answer of a stored request). Everything else is the apps'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, unquote_plus

from ..blueprint import Http
from ..versions import BadVersion, Line, line_of

DURABLE, OF_LINE, REQUESTS = "/api/_durable/", "/api/_line/", "/api/_requests/"
_LINE_SEGMENT = re.compile(r"[0-9]{1,5}\.[0-9]{1,5}", re.ASCII)
_GIVEN = re.compile(r"(?P<line>[0-9]{1,5}\.[0-9]{1,5})-[0-9a-f]{32}", re.ASCII)
_LONGEST = 40


class Ambiguous(ValueError):
    """A request that names two different versions."""


class Kind(StrEnum):
    DATA = "data"
    """For a function of the app."""
    STARTER = "starter"
    """A start by Durable's own interface."""
    MANAGEMENT = "management"
    """About one instance, or one entity."""
    LIST = "list"
    """All instances, or those of a line."""
    STORED = "stored"
    """The answer of a request that was stored."""
    NOTHING = "nothing"
    """A path of the router's own that does not exist."""


@dataclass(frozen=True)
class Asked:
    kind: Kind
    method: str
    """In upper case."""
    target: str
    """Raw path and query: for the app; or, for Durable's interface, what follows the line, such as `/instances/7?showInput=true`."""
    line: Line | None = None
    """Named by the URL, by the instance id, by the header or by the query, in this order. None: by none of them."""
    id: str | None = None
    """Of the instance or stored request, decoded."""

    @property
    def is_start(self) -> bool:
        """It asks for something new, and may be stored: safe methods don't."""
        return self.kind is Kind.STARTER or (self.kind is Kind.DATA and self.method == "POST")

    @property
    def may_start(self) -> bool:
        """Any function may start an orchestration, whatever its method; and so do these operations on an instance."""
        if self.kind in (Kind.DATA, Kind.STARTER):
            return self.method not in ("HEAD", "OPTIONS")
        path = self.target.partition("?")[0].lower()
        return self.kind is Kind.MANAGEMENT and (
            path.endswith(("/restart", "/rewind")) or (path.startswith("/entities/") and self.method == "POST")
        )


def asked_of(method: str, raw_target: str, headers: Iterable[tuple[str, str]], http: Http) -> Asked:
    """Raises BadVersion and Ambiguous."""
    method = method.upper()
    path, mark, query = raw_target.partition("?")
    tail = mark + query
    if path.startswith(REQUESTS):
        return Asked(Kind.STORED, method, raw_target, id=path[len(REQUESTS) :])
    if path.startswith(OF_LINE):
        segment, _, rest = path[len(OF_LINE) :].partition("/")
        return Asked(Kind.DATA, method, f"/{rest}{tail}", Line.parse(segment))
    if path.startswith(DURABLE):
        return _durable(method, path[len(DURABLE) - 1 :], tail, lambda: _named(headers, query, http))
    if path.startswith("/api/_"):
        return Asked(Kind.NOTHING, method, raw_target)
    return Asked(Kind.DATA, method, raw_target, _named(headers, query, http))


def _durable(method: str, rest: str, tail: str, named: Callable[[], Line | None]) -> Asked:
    """`rest`: from the slash behind `_durable` on."""
    line: Line | None = None
    first, _, _ = rest[1:].partition("/")
    if _LINE_SEGMENT.fullmatch(first):
        line, rest = Line.parse(first), rest[1 + len(first) :]
    parts = rest.split("/")[1:]
    target = rest + tail
    match parts:
        case ["instances"] | ["instances", ""]:
            return Asked(Kind.LIST, method, target, line)
        case ["instances", id, *_]:
            found = unquote(id)
            return Asked(Kind.MANAGEMENT, method, target, line or line_of_id(found), found)
        case ["orchestrators", _]:
            return Asked(Kind.STARTER, method, target, line or named())
        case ["orchestrators", _, id]:
            found = unquote(id)
            return Asked(Kind.STARTER, method, target, line or line_of_id(found) or named(), found)
        case ["entities", *_] if line is not None or parts[1:]:
            return Asked(Kind.MANAGEMENT, method, target, line or named())
        case _:
            return Asked(Kind.NOTHING, method, target)


def line_of_id(id: str) -> Line | None:
    """Ids that the router has given carry their line."""
    found = _GIVEN.fullmatch(id)
    try:
        return Line.parse(found["line"]) if found else None
    except BadVersion:
        return None


def _named(headers: Iterable[tuple[str, str]], query: str, http: Http) -> Line | None:
    """By the header, else by the query. An empty value is none."""
    name = http.version_header.lower()
    given = {value.strip() for key, value in headers if key.lower() == name} - {""}
    if not given and query:
        pairs = (part.partition("=") for part in query.split("&"))
        given = {unquote_plus(value).strip() for key, _, value in pairs if unquote_plus(key) == http.version_query} - {""}
    if len(given) > 1:
        raise Ambiguous(f"the request names {len(given)} versions: " + ", ".join(sorted(repr(one[:_LONGEST]) for one in given)[:3]))
    return line_of(given.pop()) if given else None


__all__ = ["DURABLE", "OF_LINE", "REQUESTS", "Ambiguous", "Asked", "Kind", "asked_of", "line_of_id"]
