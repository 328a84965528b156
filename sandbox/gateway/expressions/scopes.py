"""Which names are known where. As in C#, a name means one thing in a method: no inner block and no lambda gives it another meaning."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Scope:
    outer: Scope | None = None
    types: dict[str, str] = field(default_factory=dict)
    _inside: set[str] = field(default_factory=set)

    def inner(self) -> Scope:
        return Scope(self)

    def type_of(self, name: str) -> str | None:
        if name in self.types:
            return self.types[name]
        return None if self.outer is None else self.outer.type_of(name)

    def declare(self, name: str, type_: str) -> bool:
        """False if the name has another meaning here, further out or further in."""
        if name in self._inside or self.type_of(name) is not None:
            return False
        self.types[name] = type_
        scope = self.outer
        while scope is not None:
            scope._inside.add(name)
            scope = scope.outer
        return True
