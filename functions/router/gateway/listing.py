"""The list that API Management's policy goes by: which lines it sends straight to their apps, and by which key. Text, since a named value is text.

`;default=1.1;1.1=<host>|<key>;1.0=<host>|<key>;`, newest line first, or `none`. The policy looks for `;<line>=`, so that the list begins and ends with
a semicolon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..versions import BadVersion, Line

LONGEST = 4096
"""Characters of a named value (Microsoft docs, "Use named values in Azure API Management policies")."""
NOTHING = "none"
"""What the component writes at first: a named value may not be empty."""
_DEFAULT = "default"
_HOST = re.compile(r"[A-Za-z0-9.-]{1,255}(:[0-9]{1,5})?", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9_+/=-]{1,512}", re.ASCII)


@dataclass(frozen=True)
class Entry:
    host: str
    key: str = field(repr=False)

    @property
    def can_be_listed(self) -> bool:
        """Without a character that would end the entry, or mean something in the policy's text."""
        return bool(_HOST.fullmatch(self.host) and _KEY.fullmatch(self.key))


@dataclass(frozen=True)
class Listing:
    entries: Mapping[Line, Entry] = field(default_factory=dict)
    default: Line | None = None
    """Where requests without a version go; one of the entries, or the router decides."""

    @classmethod
    def read(cls, text: str) -> Listing:
        """What is no entry is left out, as the policy does not find it either; of two for one line the first counts, as there."""
        entries: dict[Line, Entry] = {}
        default: Line | None = None
        for part in text.split(";"):
            name, _, value = part.partition("=")
            try:
                if name == _DEFAULT:
                    default = default or Line.parse(value)
                    continue
                host, _, key = value.partition("|")
                entry = Entry(host, key)
                if entry.can_be_listed:
                    entries.setdefault(Line.parse(name), entry)
            except BadVersion:
                continue
        return cls(entries, default if default in entries else None)

    def written(self) -> str:
        """The newest lines that there is room for."""
        parts: list[str] = []
        left = LONGEST - len(f";{_DEFAULT}=65535.65535;")
        kept: set[Line] = set()
        for line in sorted(self.entries, reverse=True):
            entry = self.entries[line]
            part = f"{line}={entry.host}|{entry.key};"
            if len(part) <= left and entry.can_be_listed:
                parts.append(part)
                kept.add(line)
                left -= len(part)
        default = f"{_DEFAULT}={self.default};" if self.default in kept else ""
        return f";{default}{''.join(parts)}" if parts else NOTHING

    def with_line(self, line: Line, entry: Entry, default: Line | None) -> Listing:
        return Listing({**self.entries, line: entry}, default)

    def without(self, line: Line, default: Line | None) -> Listing:
        return Listing({one: entry for one, entry in self.entries.items() if one != line}, default)


__all__ = ["LONGEST", "NOTHING", "Entry", "Listing"]
