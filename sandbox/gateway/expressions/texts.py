"""What System.String does where Python's strings do something else.

A .NET string is a row of UTF-16 units: `"😀".Length` is 2. So text comes in by `units` and leaves by `text_of`, and in between a str holds
surrogates. Sources: .NET API reference, System.String (.NET Framework 4.8: it has no `Split(string)`, `Contains(string, StringComparison)` or
`StartsWith(char)`). Overloads that go by culture are evaluated by ordinal comparison, which for ASCII is the same.
"""

from __future__ import annotations

from .problem import PolicyFailed


class Char(str):
    """A System.Char, which is no string: `(string)` of one is an InvalidCastException."""


def units(text: str) -> str:
    """Characters beyond U+FFFF as two surrogates."""
    if all(character <= "\uffff" for character in text):
        return text
    content = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(int.from_bytes(content[at : at + 2], "little")) for at in range(0, len(content), 2))


def text_of(text: str) -> str:
    """The other way round; half of a pair becomes U+FFFD, as in System.Text.Encoding."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def lower(text: str) -> str:
    """Unit by unit: no letter becomes two, and what stands beside it does not matter."""
    return "".join(_simple(one, one.lower()) for one in text)


def upper(text: str) -> str:
    return "".join(_simple(one, one.upper()) for one in text)


def substring(text: str, start: int, length: int | None = None) -> str:
    """Raises what .NET raises where a slice of Python is silent."""
    length = len(text) - start if length is None else length
    if start < 0 or length < 0 or start + length > len(text):
        raise PolicyFailed("ArgumentOutOfRangeException", f"Substring({start}, {length}) of a string of {len(text)}")
    return text[start : start + length]


def index_of(text: str, part: str, start: int = 0) -> int:
    if not 0 <= start <= len(text):
        raise PolicyFailed("ArgumentOutOfRangeException", f"IndexOf from {start} in a string of {len(text)}")
    return text.find(part, start)


def at(text: str, index: int) -> Char:
    if not 0 <= index < len(text):
        raise PolicyFailed("IndexOutOfRangeException", f"[{index}] of a string of {len(text)}")
    return Char(text[index])


def split(text: str, separators: list[str], *, count: int | None = None, remove_empty: bool = False) -> list[str]:
    """At the first separator that matches, from left to right; by white space without any. `count`: at most so many parts, the rest whole."""
    parts: list[str] = []
    begun = here = 0
    while here < len(text) and (count is None or len(parts) + 1 < count):
        found = next((one for one in separators if one and text.startswith(one, here)), None) if separators else _space(text[here])
        if found is None:
            here += 1
            continue
        if not (remove_empty and here == begun):
            parts.append(text[begun:here])
        begun = here = here + len(found)
    rest = text[begun:]
    return parts if remove_empty and not rest else [*parts, rest]


def replace(text: str, old: str, new: str | None) -> str:
    if not old:
        raise PolicyFailed("ArgumentException", "Replace of an empty string")
    return text.replace(old, new or "")


def trim(text: str, characters: list[str]) -> str:
    return trim_end(trim_start(text, characters), characters)


def trim_start(text: str, characters: list[str]) -> str:
    return text.lstrip("".join(characters)) if characters else text.lstrip(_SPACES)


def trim_end(text: str, characters: list[str]) -> str:
    return text.rstrip("".join(characters)) if characters else text.rstrip(_SPACES)


def is_space(unit: str) -> bool:
    """System.Char.IsWhiteSpace: unlike in Python, not the four separators of ASCII (U+001C to U+001F)."""
    return unit in _SPACES


_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def _space(unit: str) -> str | None:
    return unit if is_space(unit) else None


def _simple(unit: str, mapped: str) -> str:
    """Invariant casing maps one unit to one, and none from outside of ASCII into it (dotless i, long s, the Kelvin sign)."""
    return unit if len(mapped) != 1 or (mapped.isascii() and not unit.isascii()) else mapped
