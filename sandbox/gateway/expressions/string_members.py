"""Members of string, int, arrays and sequences. Overloads are those of .NET Framework 4.8, by which API Management describes its expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from . import texts
from .overloads import Indexers, Methods, Properties, given, of
from .problem import PolicyFailed
from .types import BOOL, CHAR, CHARS, COMPARISON, INT, SEQUENCE, SPLITTING, STRING, STRINGS, LambdaType


def _comparing(act: Callable[[str, str], Any]) -> Callable[[str, str, str], Any]:
    def compared(text: str, other: str | None, how: str) -> Any:
        other = given(other)
        return act(texts.upper(text), texts.upper(other)) if how.endswith("IgnoreCase") else act(text, other)

    return compared


def _starts(text: str, part: str | None) -> bool:
    return text.startswith(given(part))


def _ends(text: str, part: str | None) -> bool:
    return text.endswith(given(part))


def _equals(text: str, other: str | None, how: str = "Ordinal") -> bool:
    return other is not None and bool(_comparing(str.__eq__)(text, other, how))


def _find(text: str, part: str | None, start: int = 0) -> int:
    return texts.index_of(text, given(part), start)


def _split_by(text: str, separators: list[str] | None, how: str) -> list[str]:
    return texts.split(text, list(separators or ()), remove_empty=how == "RemoveEmptyEntries")


def _item(values: list[Any], index: int) -> Any:
    if not 0 <= index < len(values):
        raise PolicyFailed("IndexOutOfRangeException", f"[{index}] of an array of {len(values)}")
    return values[index]


def _decoded(text: str | None) -> str | None:
    return None if text is None else texts.units(unquote_plus(texts.text_of(text), errors="replace"))


PROPERTIES: Properties = {(STRING, "Length"): (INT, len), (STRINGS, "Length"): (INT, len)}
METHODS: Methods = {
    (STRING, "StartsWith"): (of(BOOL, _starts, STRING), of(BOOL, _comparing(_starts), STRING, COMPARISON)),
    (STRING, "EndsWith"): (of(BOOL, _ends, STRING), of(BOOL, _comparing(_ends), STRING, COMPARISON)),
    (STRING, "Equals"): (of(BOOL, _equals, STRING), of(BOOL, _equals, STRING, COMPARISON)),
    (STRING, "Contains"): (of(BOOL, lambda text, part: given(part) in text, STRING),),
    (STRING, "IndexOf"): (
        of(INT, _find, STRING),
        of(INT, _find, CHAR),
        of(INT, _find, STRING, INT),
        of(INT, _find, CHAR, INT),
        of(INT, _comparing(_find), STRING, COMPARISON),
    ),
    (STRING, "Substring"): (of(STRING, texts.substring, INT), of(STRING, texts.substring, INT, INT)),
    (STRING, "Split"): (
        of(STRINGS, lambda text, *by: texts.split(text, list(by)), many=CHAR),
        of(STRINGS, lambda text, by: texts.split(text, list(by or ())), CHARS),
        of(STRINGS, lambda text, by, count: texts.split(text, list(by or ()), count=count), CHARS, INT),
        of(STRINGS, _split_by, CHARS, SPLITTING),
        of(STRINGS, _split_by, STRINGS, SPLITTING),
    ),
    (STRING, "Replace"): (of(STRING, texts.replace, STRING, STRING), of(STRING, texts.replace, CHAR, CHAR)),
    (STRING, "ToLower"): (of(STRING, texts.lower),),
    (STRING, "ToLowerInvariant"): (of(STRING, texts.lower),),
    (STRING, "ToUpperInvariant"): (of(STRING, texts.upper),),
    (STRING, "Trim"): (of(STRING, lambda text, *which: texts.trim(text, list(which)), many=CHAR),),
    (STRING, "TrimStart"): (of(STRING, lambda text, *which: texts.trim_start(text, list(which)), many=CHAR),),
    (STRING, "TrimEnd"): (of(STRING, lambda text, *which: texts.trim_end(text, list(which)), many=CHAR),),
    (INT, "ToString"): (of(STRING, str),),
    (SEQUENCE, "Any"): (
        of(BOOL, lambda values: bool(values)),
        of(BOOL, lambda values, test: any(test(one) for one in values), LambdaType(STRING, BOOL)),
    ),
}
METHODS[(STRINGS, "Any")] = METHODS[(SEQUENCE, "Any")]
INDEXERS: Indexers = {(STRING, INT): (CHAR, texts.at), (STRINGS, INT): (STRING, _item)}
STATICS: Methods = {
    ("String", "IsNullOrEmpty"): (of(BOOL, lambda text: not text, STRING),),
    ("String", "IsNullOrWhiteSpace"): (of(BOOL, lambda text: text is None or all(map(texts.is_space, text)), STRING),),
    ("String", "Concat"): (
        of(STRING, lambda *parts: "".join(part or "" for part in parts), STRING, STRING, many=STRING),
        of(STRING, lambda parts: "".join(part or "" for part in parts), STRINGS),
    ),
    ("WebUtility", "UrlDecode"): (of(STRING, _decoded, STRING),),
}

__all__ = ["INDEXERS", "METHODS", "PROPERTIES", "STATICS"]
