"""Requests and answers: as they come and go, and as an expression sees them (`context.Request`, `context.Response`).

Bodies are read when an expression or the sending asks for them, and never before. Source: Microsoft docs, "API Management policy expressions",
IMessageBody: `As<string>()` uses the body up, `As<string>(preserveContent: true)` does not.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .expressions import PolicyFailed
from .expressions.texts import text_of, units
from .headers import Headers, Pairs
from .urls import Url


@dataclass(frozen=True)
class Request:
    """As the client sends it: `url` is absolute and names the gateway."""

    method: str
    url: str
    headers: Pairs = ()
    body: bytes | Callable[[], bytes] | None = None
    """A function reads it when it is asked for."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Pairs = ()
    body: bytes | Callable[[], bytes] | None = b""


@dataclass(frozen=True)
class Forward:
    """What `forward-request` says: Microsoft docs, "Forward request" (defaults included). Seconds."""

    timeout: float = 300.0
    follow_redirects: bool = False
    buffer_request_body: bool = False
    buffer_response: bool = True
    fail_on_error_status_code: bool = False


@dataclass(frozen=True)
class Onward:
    """What goes to the backend. `body` None: there is none; a function: nobody has read it, so it may be streamed."""

    method: str
    url: str
    headers: Pairs
    body: bytes | Callable[[], bytes] | None
    forward: Forward


class Body:
    """Of a message that has one."""

    def __init__(self, content: bytes | Callable[[], bytes], headers: Headers) -> None:
        self._content, self._headers, self._lost = content, headers, False

    @property
    def content(self) -> bytes | Callable[[], bytes]:
        return b"" if self._lost else self._content

    def text(self, *, preserve: bool) -> str:
        """Compressed content is not unpacked: what comes of it is of use to nobody (inferred)."""
        if self._lost:
            raise PolicyFailed("InvalidOperationException", "the body has been read without preserveContent")
        if callable(self._content):
            self._content = self._content()
        found = units(self._content.decode(self._charset(), "replace").removeprefix("\ufeff"))
        if not preserve:
            self._lost = True
            self._headers.set("Content-Length", "0")
        return found

    def set(self, text: str) -> None:
        self._content, self._lost = text_of(text).encode(self._charset(), "replace"), False
        self._headers.set("Content-Length", str(len(self._content)))

    def _charset(self) -> str:
        named = re.search(r"charset=\"?([\w.:-]+)", self._headers.value("Content-Type") or "", re.IGNORECASE)
        try:
            return codecs.lookup(named[1]).name if named else "utf-8"
        except LookupError:
            return "utf-8"


@dataclass
class RequestSeen:
    method: str
    headers: Headers
    url: Url
    original_url: Url
    body: Body | None


@dataclass
class ResponseSeen:
    status: int
    headers: Headers
    body: Body | None


@dataclass
class Context:
    """The variable `context` of an expression. `response` None: there is none yet."""

    request: RequestSeen
    response: ResponseSeen | None = None
    variables: dict[str, Any] = field(default_factory=dict)


def request_seen(request: Request, path: str) -> RequestSeen:
    """`path`: what of the request's path stands behind the API's own."""
    headers, url = Headers(request.headers), Url.of(request.url)
    url.path = path
    has_body = request.body is not None and (callable(request.body) or request.body != b"")
    return RequestSeen(
        request.method, headers, url, Url.of(request.url), Body(request.body, headers) if has_body and request.body else None
    )


def response_seen(answer: Answer, method: str) -> ResponseSeen:
    headers = Headers(answer.headers)
    empty = method == "HEAD" or answer.status in (204, 304) or answer.body in (None, b"") or headers.value("Content-Length") == "0"
    return ResponseSeen(answer.status, headers, None if empty or answer.body is None else Body(answer.body, headers))


__all__ = ["Answer", "Body", "Context", "Forward", "Onward", "Request", "RequestSeen", "ResponseSeen", "request_seen", "response_seen"]
