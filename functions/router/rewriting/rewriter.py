"""What is done to an answer of an app before it leaves: its URLs become the router's, its keys go."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from ..versions import Line
from .addresses import Addresses
from .locations import translate_location
from .parties import Backend, Public
from .payloads import UrlRewriter, rewrite_urls
from .secrets import Keys, Scrubber
from .treatments import Treatment, begins_as_json


class BodyRewriter(Protocol):
    """Of one body. Nothing is lost: `finish` gives what `feed` has kept back."""

    def feed(self, chunk: bytes) -> bytes: ...
    def finish(self) -> bytes: ...


class Rewriter:
    """Between one app and one public address. Raises BadBase."""

    def __init__(self, backend: Backend, public_base: str, line: Line) -> None:
        self._base_url = backend.base_url
        self._addresses = Addresses(backend, Public(public_base, line))
        self._keys = Keys((backend.key, backend.system_key))

    def location(self, value: str, target: str) -> str:
        """Of a header that names an address. `target`: of the request that is answered, as the app saw it."""
        return self._without_keys(translate_location(value, self._addresses, self._base_url, target))

    def scrubbed(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of an answer, with values of characters 0 to 255. The same object if they hold no key, which costs one search."""
        if not self._keys.may_be_in("\n".join([value for _, value in headers])):
            return headers
        return [(name, self._without_keys(value)) for name, value in headers]

    def _without_keys(self, text: str) -> str:
        return self._keys.scrub(text.encode("latin-1", "replace")).decode("latin-1")

    def whole(self, treatment: Treatment, body: bytes) -> bytes:
        """All of a body at once. The same object if nothing was changed."""
        if treatment is Treatment.SNIFFED:
            treatment = _decided(body)
        if treatment is Treatment.PAYLOAD:
            body = rewrite_urls(body, self._addresses)
        return body if treatment in (Treatment.AS_IS, Treatment.EMPTY) else self._keys.scrub(body)

    def stream(self, treatment: Treatment) -> BodyRewriter | None:
        """None: the body goes as it comes."""
        if treatment is Treatment.PAYLOAD:
            return _Both(UrlRewriter(self._addresses), Scrubber(self._keys))
        if treatment is Treatment.SCRUBBED:
            return Scrubber(self._keys)
        return _Sniffed(self) if treatment is Treatment.SNIFFED else None


class _Both:
    def __init__(self, urls: UrlRewriter, keys: Scrubber) -> None:
        self._urls, self._keys = urls, keys

    def feed(self, chunk: bytes) -> bytes:
        return self._keys.feed(self._urls.feed(chunk))

    def finish(self) -> bytes:
        return self._keys.feed(self._urls.finish()) + self._keys.finish()


class _Sniffed:
    """Decides at the first byte that is no white space."""

    def __init__(self, rewriter: Rewriter) -> None:
        self._rewriter = rewriter
        self._chosen: BodyRewriter | None = None

    def feed(self, chunk: bytes) -> bytes:
        if self._chosen is None:
            if not chunk.strip():
                return chunk
            self._chosen = self._rewriter.stream(_decided(chunk))
            assert self._chosen is not None
        return self._chosen.feed(chunk)

    def finish(self) -> bytes:
        return self._chosen.finish() if self._chosen else b""


def _decided(text: bytes) -> Treatment:
    return Treatment.PAYLOAD if begins_as_json(text) else Treatment.SCRUBBED


@lru_cache(maxsize=512)
def rewriter_for(backend: Backend, public_base: str, line: Line) -> Rewriter:
    """The same for the same arguments: what it derives from them is used by every request. Raises BadBase."""
    return Rewriter(backend, public_base, line)


def rewrite_payload(body: bytes, backend: Backend, public_base: str, line: Line) -> bytes:
    """URLs of the app in a JSON body, as the router's; its keys taken out. Raises BadBase."""
    return rewriter_for(backend, public_base, line).whole(Treatment.PAYLOAD, body)


def rewrite_location(value: str, backend: Backend, public_base: str, line: Line, target: str = "/") -> str:
    """`target`: path and query of the request that was answered so, as the app saw it. Addresses elsewhere stay as they are. Raises BadBase."""
    return rewriter_for(backend, public_base, line).location(value, target)


__all__ = ["BodyRewriter", "Rewriter", "rewrite_location", "rewrite_payload", "rewriter_for"]
