"""The router's Durable management surface, translated into the app's own.

`/api/_durable/<X.Y>` followed by `/instances/<id>`, and so on, becomes `/runtime/webhooks/durabletask/...` with the hub and the connection of
that line. The system key is sent with it in the header `x-functions-key`, which the Functions host reads before the query's `code`
(azure-functions-host AuthenticationLevelHandler.cs), so that it stands in no URL, and thus in no log.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from .addresses import WEBHOOKS, without
from .parties import Backend

_SEGMENT = r"[^/?#]+"
_SURFACE: tuple[tuple[frozenset[str], re.Pattern[str]], ...] = (
    (frozenset({"GET", "HEAD", "DELETE"}), re.compile(rf"/instances/{_SEGMENT}")),
    (frozenset({"POST"}), re.compile(rf"/instances/{_SEGMENT}/(terminate|suspend|resume|rewind|restart)", re.IGNORECASE)),
    (frozenset({"POST"}), re.compile(rf"/instances/{_SEGMENT}/raiseEvent/{_SEGMENT}", re.IGNORECASE)),
    (frozenset({"POST"}), re.compile(rf"/orchestrators/{_SEGMENT}(/{_SEGMENT})?")),
    (frozenset({"GET", "HEAD", "POST"}), re.compile(rf"/entities/{_SEGMENT}/{_SEGMENT}")),
)
"""Lists and purges by filter are not among them: with a shared tracking store they mean every line's instances. Nor is `makePrimary`."""

_OURS = frozenset({"code", "taskhub", "connection"})


class NotManagement(ValueError):
    """No operation that the router passes on. The message says what was asked for."""


def management_target(method: str, path: str, query: str, backend: Backend) -> str:
    """`path` below the line, still encoded, such as `/instances/7/terminate`; `query` raw. What the caller says of hub, connection and key is
    dropped. Raises NotManagement."""
    if not any(method in methods and shape.fullmatch(path) for methods, shape in _SURFACE):
        raise NotManagement(f"{method} {path[:80]!r} is no operation on an instance")
    own = {"taskHub": backend.hub, "connection": backend.connection}
    parts = [without(query, _OURS), *(f"{name}={quote(value, safe='')}" for name, value in own.items() if value)]
    asked = "&".join(part for part in parts if part)
    return f"{WEBHOOKS}{path}" + (f"?{asked}" if asked else "")


__all__ = ["NotManagement", "management_target"]
