"""Which headers go on to the app, which come back, and which the router writes itself.

Sources: RFC 9110 7.6.1 (hop by hop, and what Connection names). App Service sets the identity and address headers at its own front end
(Microsoft docs "Work with user identities in Azure App Service authentication": X-MS-CLIENT-PRINCIPAL, X-MS-TOKEN; azure-functions-host
EnvironmentExtensions and HttpRequestExtensions: DISGUISED-HOST, X-ARR-LOG-ID, X-Forwarded-Proto). What a caller says there about himself would be
believed by an app that knows its front end to set them, so none of it passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal, Protocol

from ..rewriting import ADDRESSES

Headers = list[tuple[str, str]]
Direction = Literal["request", "answer"]

LINE_HEADER = "X-Durable-Deploy-Line"
INSTANCE_HEADER = "X-Durable-Instance-Id"
"""The id that a starter of the app may give to the instance it starts, so that the router knows it beforehand."""
IDEMPOTENCY_HEADER = "Idempotency-Key"

_HOP_BY_HOP = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
    ]
)
_FRAMING = frozenset({"content-length"})
"""Written anew from what is really sent."""
_REQUEST_ONLY = frozenset(
    [
        "host",
        "expect",
        "max-forwards",
        "disguised-host",
        "forwarded",
        "client-ip",
        "x-client-ip",
        "x-client-port",
        "x-real-ip",
        "x-original-url",
        "x-original-host",
        "x-rewrite-url",
        "x-waws-unencoded-url",
        "x-site-deployment-id",
        "was-default-hostname",
        "x-appservice-proto",
        "x-http-method-override",
        "x-durable-instance-id",
    ]
)
_REQUEST_FAMILIES = (
    "x-ms-client-principal",
    "x-ms-token-",
    "x-ms-invocation-",
    "x-arr-",
    "x-forwarded-",
    "x-functions-",
    "x-durable-deploy-",
)
_ANSWER_ONLY = frozenset({"server", "date", "alt-svc"})
"""The router's own server writes the first two; the third advertises ways to the app around the router."""
_ANSWER_FAMILIES = ("x-arr-", "x-functions-", "x-durable-deploy-")

_DROPPED = {"request": _HOP_BY_HOP | _FRAMING | _REQUEST_ONLY, "answer": _HOP_BY_HOP | _FRAMING | _ANSWER_ONLY}
_FAMILIES = {"request": _REQUEST_FAMILIES, "answer": _ANSWER_FAMILIES}
_NOTED = {
    "request": frozenset({"connection", "content-length", "transfer-encoding"}),
    "answer": frozenset({"connection", "content-length", "content-type", "content-encoding", "set-cookie", *ADDRESSES}),
}
_AFFINITY = "arraffinity"
"""Cookies by which App Service's front end finds the same worker again: of use only to who talks to the app directly."""


_KEPT, _LEARNT_FROM, _LOOKED_THROUGH = 1, 2, 4
"""Bits. The last: Connection and Set-Cookie, for which all headers are looked through once more."""
_SELDOM = frozenset({"connection", "set-cookie"})


def _kind(name: str, direction: Direction) -> int:
    lower = name.lower()
    kind = (_LEARNT_FROM if lower in _NOTED[direction] else 0) | (_LOOKED_THROUGH if lower in _SELDOM else 0)
    lower = lower.replace("_", "-")  # servers that make variables of headers take the one for the other
    dropped = lower in _DROPPED[direction] or lower.startswith(_FAMILIES[direction])
    return kind if dropped else kind | _KEPT


_REMEMBERED = 64
"""Characters of a name, and 1,024 names: callers choose them, and their memory is ours."""
_remembered: dict[Direction, Callable[[str], int]] = {
    "request": lru_cache(maxsize=1024)(lambda name: _kind(name, "request")),
    "answer": lru_cache(maxsize=1024)(lambda name: _kind(name, "answer")),
}


class Sender(Protocol):
    """Who asks, as the router's own front end tells it."""

    @property
    def scheme(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def client_ip(self) -> str: ...


def end_to_end(headers: Iterable[tuple[str, str]], direction: Direction) -> Headers:
    """In their order, several of one name too. Values are left as they are. Content-Length is not among them."""
    return sorted_out(headers, direction)[0]


def sorted_out(headers: Iterable[tuple[str, str]], direction: Direction) -> tuple[Headers, Headers]:
    """What `end_to_end` gives, and the headers from which the router itself learns something, names in lower case, whether they pass or not."""
    kind_of = _remembered[direction]
    kept: Headers = []
    noted: Headers = []
    seen = 0
    for pair in headers:
        name = pair[0]
        kind = kind_of(name) if len(name) <= _REMEMBERED else _kind(name, direction)
        if kind & _KEPT:
            kept.append(pair)
        if kind & _LEARNT_FROM:
            noted.append((name.lower(), pair[1]))
        seen |= kind
    return (_without_seldom(kept, noted, direction) if seen & _LOOKED_THROUGH else kept), noted


def _without_seldom(kept: Headers, noted: Headers, direction: Direction) -> Headers:
    named = {token.strip() for name, value in noted if name == "connection" for token in value.lower().split(",")}
    if named - {"keep-alive", "close", ""}:
        kept = [pair for pair in kept if pair[0].lower() not in named]
    if direction == "answer":
        kept = [pair for pair in kept if not (pair[1][:11].lower() == _AFFINITY and pair[0].lower() == "set-cookie")]
    return kept


def own_headers(
    sender: Sender, line: str, key: str | None, instance_id: str | None, idempotency_key: str | None, given: Headers
) -> Headers:
    """`given`: what the caller's headers came to; an Idempotency-Key of his own stays his."""
    own = [(LINE_HEADER, line), ("X-Forwarded-Proto", sender.scheme)]
    if sender.host:
        own.append(("X-Forwarded-Host", sender.host))
    if sender.client_ip:
        own.append(("X-Forwarded-For", sender.client_ip))
    if key:
        own.append(("X-Functions-Key", key))
    if instance_id:
        own.append((INSTANCE_HEADER, instance_id))
    if idempotency_key and not any(name.lower() == "idempotency-key" for name, _ in given):
        own.append((IDEMPOTENCY_HEADER, idempotency_key))
    return own


__all__ = [
    "IDEMPOTENCY_HEADER",
    "INSTANCE_HEADER",
    "LINE_HEADER",
    "Direction",
    "Headers",
    "Sender",
    "end_to_end",
    "own_headers",
    "sorted_out",
]
