"""URLs of an app inside JSON, at any depth, be it JSON as text within JSON: the payload of a starter, or an output that holds one.

Not parsed, but searched for strings that begin as a URL of this app does: everything else keeps its bytes (numbers as they were written, order,
white space, doubled names), what is no valid JSON does no harm, and a body of any length needs no more memory than one URL. A sentence
that has a URL in it is text.
"""

from __future__ import annotations

import re

from .addresses import WEBHOOKS, Addresses

_LONGEST = 16 * 1024
"""Bytes of a URL that is looked at. The Functions host takes no request line above 8 KiB (Kestrel's MaxRequestLineSize)."""

_START = re.compile(rb'"https?:(?:\\*/){2}[^"]*(?=")')
_BEGINNING = b'"http'
_STARTS = (b'"https:', b'"http:')
_SLASH = re.compile(rb"\\+/")
_ESCAPE = re.compile(rb"\\+u00([2-7][0-9A-Fa-f])")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%{}")
"""What may stand unescaped in a URL and in a JSON string; braces are those of placeholders."""
_LOOKS_LIKE_TEXT = re.compile(rb"[\x00-\x20\x7f\\]")


class UrlRewriter:
    """Of one body, chunk by chunk."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """What can be passed on. A string that has begun like a URL is kept until it ends."""
        text = self._held + chunk if self._held else chunk
        start = _open_string(text)
        if start == len(text):
            self._held = b""
            return rewrite_urls(text, self._addresses)
        self._held = text[start:]
        # The quote that is held back may end a URL before it as well.
        return rewrite_urls(text[: start + 1], self._addresses)[:-1]

    def finish(self) -> bytes:
        held, self._held = self._held, b""
        return held


def rewrite_urls(text: bytes, addresses: Addresses) -> bytes:
    """Strings that neither begin nor end inside of `text` stay as they are."""
    if _BEGINNING not in text:
        return text

    def translated(found: re.Match[bytes]) -> bytes:
        raw = found[0]
        bare = raw[1:].rstrip(b"\\")  # a string within a string ends with an escaped quote
        own = _translate(bare, addresses)
        return raw if own is None else b'"' + own + raw[1 + len(bare) :]

    return _START.sub(translated, text)


def _translate(raw: bytes, addresses: Addresses) -> bytes | None:
    if len(raw) > _LONGEST:
        return None
    plain = _ESCAPE.sub(_unescaped, _SLASH.sub(b"/", raw))
    if _LOOKS_LIKE_TEXT.search(plain) and WEBHOOKS.encode() not in plain:
        return None  # an instance id may have spaces and letters of any kind, and SDKs put it into its URLs as it is
    url = addresses.translate(plain.decode("utf-8", "surrogateescape"))
    return None if url is None else url.encode("utf-8", "surrogateescape")


def _unescaped(found: re.Match[bytes]) -> bytes:
    character = int(found[1], 16)
    return bytes((character,)) if character in _PLAIN else found[0]


def _open_string(text: bytes) -> int:
    """Where a string begins that may be a URL and whose end is not there yet; the length of the text if there is none."""
    start = text.rfind(b'"', max(0, len(text) - _LONGEST))
    if start < 0:
        return len(text)
    begun = text[start : start + 7]
    return start if any(each.startswith(begun) or begun.startswith(each) for each in _STARTS) else len(text)


__all__ = ["UrlRewriter", "rewrite_urls"]
