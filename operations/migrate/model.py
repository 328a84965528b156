"""What the core and the languages talk about: functions, references, and changes, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Files = Mapping[str, bytes]
"""Relative posix path -> content, sorted. Links, generated and vendored folders, and what .funcignore names are left out."""


class Kind(StrEnum):
    ORCHESTRATOR = "orchestrator"
    ACTIVITY = "activity"
    ENTITY = "entity"
    CLIENT = "client"
    """Has a durable client binding: starters, HTTP triggers that raise events, …"""
    OTHER = "other"


@dataclass(frozen=True)
class Function:
    name: str
    kind: Kind
    file: str
    """Where it is declared: relative, with `/`."""
    line: int
    """From 1."""
    version: str | None = None
    """The label in its name, such as `v1.2`; None: the working copy."""
    base: str = ""
    """Its name without the version."""


@dataclass(frozen=True)
class Reference:
    to: str | None
    """The function's name; None: it can't be told without running the code."""
    text: str
    """What the source says."""
    form: str
    """`call_activity`, `StartNewAsync`, `decorator`, …"""
    file: str
    line: int
    version: str | None = None
    """Of the frozen copy that the file belongs to; None: the working copy."""


@dataclass(frozen=True)
class Index:
    functions: tuple[Function, ...] = ()
    references: tuple[Reference, ...] = ()
    problems: tuple[str, ...] = ()
    """`path:line: what is wrong`."""


@dataclass(frozen=True)
class Changes:
    writes: Mapping[str, str] = field(default_factory=dict)
    """Path -> its whole new text."""
    deletes: tuple[str, ...] = ()
    unresolved: tuple[Reference, ...] = ()
    """References in the frozen copy whose target can't be told: they were left as they are."""
    notes: tuple[str, ...] = ()
    """Sentences for the report."""


class Language(Protocol):
    """Text in, text out: only the core touches the disk."""

    name: str

    def recognises(self, files: Files) -> bool: ...

    def index(self, files: Files) -> Index:
        """All functions, frozen ones included."""

    def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
        """Copies the working copy's functions of these names as `<Name>_<suffix>`."""

    def prune(self, files: Files, index: Index, version: str) -> Changes:
        """Takes a frozen version out again, registrations included."""


__all__ = ["Changes", "Files", "Function", "Index", "Kind", "Language", "Reference"]
