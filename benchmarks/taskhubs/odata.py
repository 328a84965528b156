"""`$filter` of the Table service as a function of a row, with the service's rules.

At most 15 comparisons; a comparison with a property that a row lacks is false; text is compared character by character, case-sensitively
(Microsoft docs "Querying tables and entities").
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool]

MOST_COMPARISONS = 15
_TOKEN = re.compile(r"\s*(?:(datetime)'([^']*)'|('(?:[^']|'')*')|(\d+)|([A-Za-z_][A-Za-z0-9_]*)|([()]))")
_COMPARE = {name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")}


class BadFilter(ValueError):
    """The service would answer 400."""


def predicate(text: str) -> Predicate:
    """Of an empty text: every row. Raises BadFilter."""
    parser = _Parser(_tokens(text))
    if not parser.left:
        return lambda _row: True
    found = parser.either()
    if parser.left:
        raise BadFilter(f"unexpected {parser.left[0]!r} in {text!r}")
    if parser.comparisons > MOST_COMPARISONS:
        raise BadFilter(f"{parser.comparisons} comparisons in {text!r}")
    return found


def _tokens(text: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadFilter(f"cannot read {text[at:]!r}")
        moment, when, quoted, number, name, bracket = match.groups()
        if moment:
            found.append(("value", datetime.fromisoformat(when).astimezone(UTC)))
        elif quoted:
            found.append(("value", quoted[1:-1].replace("''", "'")))
        elif number:
            found.append(("value", int(number)))
        else:
            found.append(("name", name) if name else ("bracket", bracket))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, Any]]) -> None:
        self.left = tokens
        self.comparisons = 0

    def either(self) -> Predicate:
        parts = [self._both()]
        while self._next_is("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _both(self) -> Predicate:
        parts = [self._one()]
        while self._next_is("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _one(self) -> Predicate:
        if self._next_is("not"):
            inner = self._one()
            return lambda row: not inner(row)
        if self._next_is("(", "bracket"):
            inside = self.either()
            if not self._next_is(")", "bracket"):
                raise BadFilter("a bracket is not closed")
            return inside
        return self._comparison()

    def _comparison(self) -> Predicate:
        if [kind for kind, _ in self.left[:3]] != ["name", "name", "value"] or self.left[1][1] not in _COMPARE:
            raise BadFilter(f"expected a comparison at {self.left[:3]}")
        (_, name), (_, sign), (_, value) = self.left[:3]
        del self.left[:3]
        self.comparisons += 1
        compare, kind = _COMPARE[sign], type(value)
        return lambda row: isinstance(found := row.get(name), kind) and bool(compare(found, value))

    def _next_is(self, word: str, kind: str = "name") -> bool:
        if self.left[:1] == [(kind, word)]:
            del self.left[0]
            return True
        return False


__all__ = ["MOST_COMPARISONS", "BadFilter", "predicate"]
