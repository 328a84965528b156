"""What is sent to the app for a request: where, with which headers, and which body."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

from multidict import CIMultiDict

from ..rewriting import Backend
from .answers import SMALL
from .headers import Headers, own_headers, sorted_out
from .model import Inbound
from .targets import safe_target
from .uploading import TooLarge, Upload, read_short, said_length, sliced

_NEVER = frozenset({"TRACE", "CONNECT"})
"""The one has a server repeat what it was sent, the router's key too; the other opens a tunnel."""


class NeverSent(Exception):
    """A method that no app of ours is asked with."""


class BadHeader(Exception):
    """A value that no app could read."""


class Ready(NamedTuple):
    target: str
    headers: CIMultiDict[str]
    data: bytes | AsyncIterator[bytes] | None
    upload: Upload | None
    """Of a body that is still coming."""


async def made_ready(
    backend: Backend, request: Inbound, line: str, instance_id: str | None, idempotency_key: str | None, limit: int, management: bool
) -> Ready:
    """Reads bodies that say to be short. Raises NeverSent, BadTarget, BadFraming, Incomplete, TooLarge, BadHeader, and what the body's iterator
    raises."""
    if request.method.upper() in _NEVER:
        raise NeverSent
    target = safe_target(request.raw_target, management=management)
    headers, noted = sorted_out(request.headers, "request")
    body = request.body
    length = len(body) if isinstance(body, bytes) else said_length(noted)
    if length is not None and length > limit:
        raise TooLarge
    data: bytes | AsyncIterator[bytes] | None = None
    upload = None
    if isinstance(body, bytes):
        data = body if len(body) <= SMALL else sliced(body)
    elif length is None or length > SMALL:
        data = upload = Upload(body, limit, length)
    elif length:
        data = await read_short(body, length)
    key = backend.system_key if management else backend.key
    if management:
        headers = [pair for pair in headers if pair[0].lower() != "accept-encoding"]  # compressed addresses could not be rewritten
    headers += own_headers(request, line, key, instance_id, idempotency_key, headers)
    if length and data:
        headers.append(("Content-Length", str(length)))
    return Ready(target, CIMultiDict(_as_utf8(headers)), data or None, upload)


def _as_utf8(headers: Headers) -> Headers:
    """aiohttp writes text as UTF-8, while ours stands for bytes. Kestrel reads UTF-8 and nothing else (KestrelServerOptions,
    RequestHeaderEncodingSelector). Raises BadHeader."""
    if "".join([value for _, value in headers]).isascii():
        return headers
    try:
        return [(name, value.encode("latin-1").decode("utf-8")) for name, value in headers]
    except UnicodeError:
        raise BadHeader from None


__all__ = ["BadHeader", "NeverSent", "Ready", "made_ready"]
