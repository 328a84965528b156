"""Path and query of a request, checked before they are put behind an app's address.

The target goes on byte for byte, so that `%2F` stays `%2F`. What two readers could understand differently is refused rather than repaired: the
router would check one path and the app serve another.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from ..rewriting.addresses import WEBHOOKS, without

_TARGET = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", re.ASCII)
"""Visible ASCII without backslashes, one slash at the beginning; for the path. A fragment is refused on its own."""
_QUERY = re.compile(r"[!-~]*", re.ASCII)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HIDDEN = re.compile(rb"[\x00-\x1f\x7f\\]|[\xc0\xc1]")
"""Control characters and backslashes, which servers read as slashes; lead bytes that only over-long UTF-8 has."""
_RESERVED = frozenset({b"admin", b"runtime"})
"""First segments at which the Functions host itself answers (Microsoft docs "Azure Functions HTTP trigger", routes)."""
_ORDINARY = re.compile(r"/[A-Za-z0-9_~-][A-Za-z0-9_~/-]*(?:\?[A-Za-z0-9_~/.,:+=&-]*)?", re.ASCII)
"""Nothing in it that anybody could read in two ways: most targets. The others are looked at more closely."""
_SUSPECT = frozenset({"/admin", "/runti"})
_KEY = frozenset({"code"})


class BadTarget(ValueError):
    """Why the target is refused, without repeating it."""


class Reserved(BadTarget):
    """The host's own endpoints: management is reached through the router's surface for it, and nothing else there at all."""


def safe_target(raw: str, *, management: bool = False) -> str:
    """Without the query's `code`, which is the router's own key; otherwise as it was. `management`: below the Durable API, and nowhere else.
    Raises BadTarget."""
    if not management and _ORDINARY.fullmatch(raw) and raw[:6].lower() not in _SUSPECT and "code" not in raw.lower():
        return raw
    path, mark, query = raw.partition("?")
    if _TARGET.fullmatch(path) is None:
        raise BadTarget(_what_is_wrong(path))
    if mark and _QUERY.fullmatch(query) is None:
        raise BadTarget("the query has characters that must be percent-encoded")
    if "#" in raw:
        raise BadTarget("a fragment does not belong into a request")
    if management:
        if not path.startswith(f"{WEBHOOKS}/"):
            raise Reserved("this is no path of the Durable management API")
        _check_segments(path[len(WEBHOOKS) :])
    elif "%" in path or "/." in path or ";" in path or path[:6].lower() in _SUSPECT:
        _check_segments(path)
    if not mark or ("code" not in query.lower() and "%" not in query):
        return raw
    kept = without(query, _KEY)
    return f"{path}?{kept}" if kept else path


def _check_segments(path: str) -> None:
    if _BAD_ESCAPE.search(path):
        raise BadTarget("a percent sign in the path is not followed by two hexadecimal digits")
    text = path.encode()
    # As often as some server on the way might decode it.
    for _ in range(4):
        if _HIDDEN.search(text):
            raise BadTarget("the path has encoded control characters, backslashes or over-long letters")
        segments = [segment.partition(b";")[0] for segment in text.split(b"/")]
        if any(segment in (b".", b"..") for segment in segments):
            raise BadTarget("the path has dot segments")
        if next((segment for segment in segments if segment), b"").strip(b" .").lower() in _RESERVED:
            raise Reserved("paths under /admin and /runtime belong to the Functions host of an app")
        decoded = unquote_to_bytes(text)
        if decoded == text:
            return
        text = decoded
    raise BadTarget("the path is encoded more than three times over")


def _what_is_wrong(path: str) -> str:
    if not path.startswith("/"):
        return "the target is not a path"
    if path.startswith("//"):
        return "the path begins with two slashes"
    return "the path has characters that must be percent-encoded, or a backslash"


__all__ = ["BadTarget", "Reserved", "safe_target"]
