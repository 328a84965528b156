"""Which answers are looked into, and how far.

JSON, and text that begins as JSON does, since Python's `HttpResponse` says text/plain unless it is told otherwise (azure-functions-python-library
`HttpResponse._default_mimetype`). A JSON body that says to be longer than 1 MiB is no management payload: its URLs and its length stay. Keys are
taken out of all text. Other bodies, and compressed ones, are not looked into.
"""

from __future__ import annotations

from enum import Enum

PAYLOAD_BYTES = 1024 * 1024
"""The longest body whose URLs are rewritten, if it says how long it is."""


class Treatment(Enum):
    EMPTY = "empty"
    """There is no body, whatever Content-Length says."""
    AS_IS = "as is"
    SCRUBBED = "scrubbed"
    """Keys are taken out, with as many bytes put in."""
    PAYLOAD = "payload"
    """URLs of the app become the router's, too. The length may change."""
    SNIFFED = "sniffed"
    """PAYLOAD if it begins as JSON does, else SCRUBBED."""


REWRITTEN = frozenset({Treatment.PAYLOAD, Treatment.SNIFFED})
"""The body's length may change."""


def treatment_of(method: str, status: int, content_type: str, encoding: str, length: int | None) -> Treatment:
    """`content_type` and `encoding` in lower case, `length` as the app says it."""
    if method == "HEAD" or status in (204, 304) or length == 0:
        return Treatment.EMPTY
    if encoding not in ("", "identity"):
        return Treatment.AS_IS
    kind = content_type.partition(";")[0].strip()
    is_json = kind == "application/json" or kind.endswith("+json")
    if not is_json and not kind.startswith("text/"):
        return Treatment.AS_IS
    if status == 206 or (length is not None and length > PAYLOAD_BYTES):
        return Treatment.SCRUBBED
    if is_json:
        return Treatment.PAYLOAD
    return Treatment.SNIFFED if kind == "text/plain" else Treatment.SCRUBBED


def begins_as_json(text: bytes) -> bool:
    return text.lstrip()[:1] in (b"{", b"[", b'"')


__all__ = ["PAYLOAD_BYTES", "REWRITTEN", "Treatment", "begins_as_json", "treatment_of"]
