"""Headers of a message in their order: what expressions ask of them, and what `set-header` does to them."""

from __future__ import annotations

from collections.abc import Iterable

from .expressions.texts import text_of, units

Pairs = tuple[tuple[str, str], ...]


class Headers:
    """Names are compared without regard to case, as HTTP has it."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = list(pairs)
        self._written: set[str] = set()

    @property
    def pairs(self) -> Pairs:
        return tuple(self._pairs)

    @property
    def names(self) -> list[str]:
        """Each once, as it was first spelled."""
        return list({name.lower(): name for name, _ in reversed(self._pairs)}.values())[::-1]

    def has(self, name: str) -> bool:
        return any(known.lower() == name.lower() for known, _ in self._pairs)

    def value(self, name: str, default: str | None = None) -> str | None:
        """Several of one name joined by commas (Microsoft docs, "API Management policy expressions")."""
        found = [value for known, value in self._pairs if known.lower() == name.lower()]
        return units(",".join(found)) if found else default

    def remove(self, name: str) -> None:
        self._pairs = [pair for pair in self._pairs if pair[0].lower() != name.lower()]

    def set(self, name: str, value: str) -> None:
        self.remove(name)
        self._pairs.append((text_of(name), text_of(value)))
        self._written.add(name.lower())

    def written(self, name: str) -> bool:
        """Whether a policy has set it."""
        return name.lower() in self._written


__all__ = ["Headers", "Pairs"]
