"""URLs of a request as expressions see them, and as `set-query-parameter` changes them.

The path is what the client has written, escapes included, and query parameters are found without regard to case: neither is documented, both
are inferred. Values of the query are decoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit

from .expressions.texts import units


@dataclass
class Query:
    """`text` without the question mark."""

    text: str = ""

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self._pairs()))

    def has(self, name: str) -> bool:
        return any(known.lower() == name.lower() for known, _ in self._pairs())

    def value(self, name: str, default: str | None = None) -> str | None:
        """Several of one name joined by commas (Microsoft docs, "API Management policy expressions", IUrl.Query.GetValueOrDefault)."""
        found = [value for known, value in self._pairs() if known.lower() == name.lower()]
        return ",".join(found) if found else default

    def remove(self, name: str) -> None:
        """What stays, stays to the letter."""
        kept = [part for part in self.text.split("&") if _name(part).lower() != name.lower()]
        self.text = "&".join(kept)

    def _pairs(self) -> list[tuple[str, str]]:
        parts = [part for part in self.text.split("&") if part]
        return [(_name(part), units(unquote_plus(part.partition("=")[2], errors="replace"))) for part in parts]


@dataclass
class Url:
    scheme: str
    host: str
    path: str
    query: Query = field(default_factory=Query)

    @classmethod
    def of(cls, text: str) -> Url:
        parts = urlsplit(text)
        return cls(parts.scheme, parts.hostname or "", units(parts.path or "/"), Query(units(parts.query)))

    @property
    def query_string(self) -> str:
        """With its question mark, as System.Uri.Query has it; inferred."""
        return f"?{self.query.text}" if self.query.text else ""


def _name(part: str) -> str:
    return units(unquote_plus(part.partition("=")[0], errors="replace"))


__all__ = ["Query", "Url"]
