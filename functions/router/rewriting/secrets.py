"""Takes an app's keys out of text, however they are written there: as they are, percent-encoded, or escaped as JSON does it.

What replaces a key is as long as the key was, so that a body keeps its length and can be streamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHORTEST = 8
"""Shorter texts are no keys (the host makes 54 characters), and would turn up by chance."""


class Scrubber:
    """Of one body, chunk by chunk."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """What can be passed on. The rest may be the beginning of a key, and is kept until it is known."""
        text = self._held + chunk if self._held else chunk
        text = self._keys.scrub(text)
        start = self._keys.begun(text)
        self._held = text[start:]
        return text[:start] if self._held else text

    def finish(self) -> bytes:
        held, self._held = self._held, b""
        return held


class Keys:
    """What must not leave."""

    def __init__(self, keys: Iterable[str | None]) -> None:
        wanted = sorted({key for key in keys if key and len(key) >= _SHORTEST}, key=len, reverse=True)
        self._spellings = [_spellings(key) for key in wanted]
        self._all = re.compile(b"|".join(b"".join(each) for each in self._spellings))
        # A key that has begun at the end of a text, without all of it being there: nested, so that each character needs those before it.
        self._begun = [re.compile(_nested(each) + rb"\Z") for each in self._spellings]
        self._first = [key[0].encode() if key[0].isalnum() else None for key in wanted]
        # Letters and digits of a key stand in all its spellings as they are, so that most texts need no pattern.
        self._texts = [max(re.findall("[A-Za-z0-9]+", key), key=len, default="") for key in wanted]
        self._marks = [mark.encode() for mark in self._texts]
        self._longest = max((len(key) * 9 for key in wanted), default=0)

    def may_be_in(self, text: str) -> bool:
        """False only if none is."""
        return any(mark in text for mark in self._texts)

    def scrub(self, text: bytes) -> bytes:
        """The same object if there is none."""
        for mark in self._marks:
            if mark in text:
                break
        else:
            return text
        return self._all.sub(lambda found: b"*" * len(found[0]), text)

    def begun(self, text: bytes) -> int:
        """From where on the end of the text may be the beginning of a key; its length if it is not."""
        start = len(text)
        for pattern, first in zip(self._begun, self._first, strict=True):
            tail = max(0, len(text) - self._longest)
            if first is None or text.find(first, tail) >= 0:
                found = pattern.search(text, tail)
                if found is not None:
                    start = min(start, found.start())
        return start


def _spellings(key: str) -> list[bytes]:
    """For each character, a pattern of all that stands for it. Letters and digits are written as they are by everything that writes URLs or JSON."""
    return [_spelling(character) for character in key]


def _spelling(character: str) -> bytes:
    if character.isascii() and character.isalnum():
        return character.encode()
    code = f"{ord(character):02x}".encode()
    digits = b"".join(b"[%c%c]" % (digit, digit - 32) if chr(digit).isalpha() else b"%c" % digit for digit in code)
    return rb"(?:\\*" + re.escape(character.encode()) + rb"|%(?:25)*" + digits + rb"|\\+u00" + digits + rb")"


def _nested(spellings: list[bytes]) -> bytes:
    """`abc` as `a(?:b(?:c)?)?`, with the beginnings of an escape at any place."""
    pattern = b""
    for number in range(len(spellings) - 1, -1, -1):
        escape = b"" if len(spellings[number]) == 1 else rb"|\\+(?:u(?:0(?:0[0-9A-Fa-f]?)?)?)?|%(?:25)*[0-9A-Fa-f]?"
        rest = b"(?:" + pattern + b")?" if pattern else b""
        pattern = b"(?:" + spellings[number] + rest + escape + b")"
    return pattern


__all__ = ["Keys", "Scrubber"]
