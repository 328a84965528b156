"""Versions of an app, and the lines that they belong to. Nothing else may come out of a request as a version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_NUMBER = r"(0|[1-9][0-9]{0,4})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}", re.ASCII)
_LINE = re.compile(rf"{_NUMBER}\.{_NUMBER}", re.ASCII)


class BadVersion(ValueError):
    """The message repeats what was given, cut to 40 characters, and says what is allowed."""

    def __init__(self, given: str, allowed: str) -> None:
        super().__init__(f"{given[:40]!r} is not a version: {allowed}")


@dataclass(frozen=True, order=True)
class Line:
    """Major and minor: what one function app serves. Ordered by number, so 1.9 is before 1.10."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`1.10`. Raises BadVersion for anything else: no sign, no space, no leading zero, at most five digits each."""
        found = _LINE.fullmatch(text)
        if found is None:
            raise BadVersion(text, "a line is two numbers such as 1.10, without leading zeros")
        return cls(*(int(part) for part in found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`1.10.3`. Raises BadVersion for anything else."""
        found = _VERSION.fullmatch(text)
        if found is None:
            raise BadVersion(text, "a version is three numbers such as 1.10.3, without leading zeros")
        return cls(*(int(part) for part in found.groups()))

    @property
    def line(self) -> Line:
        return Line(self.major, self.minor)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def line_of(text: str) -> Line:
    """Of what a request asks for: a version, whose patch is ignored, or a line. Raises BadVersion."""
    try:
        return Version.parse(text).line
    except BadVersion:
        pass
    try:
        return Line.parse(text)
    except BadVersion:
        raise BadVersion(text, "give a version such as 1.10.3, or a line such as 1.10, without leading zeros") from None
