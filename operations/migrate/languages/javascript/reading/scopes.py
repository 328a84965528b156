"""Which scope a place in a file belongs to, by position alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node


@dataclass(frozen=True)
class Scope:
    number: int
    """From 0, which is the whole file."""
    start: int
    end: int
    kind: str
    parent: int


class Scopes:
    def __init__(self, root: Node, nodes: Sequence[Node]) -> None:
        inner = sorted((node.start_byte, -node.end_byte, node.type) for node in nodes if node.type != "program")
        # The file begins at 0, although the program's first node may begin later.
        self._all = [Scope(0, 0, max(root.end_byte, 1) + 1, "program", 0)]
        for start, end, kind in inner:
            parent = self._all[-1]
            while parent.end < -end:
                parent = self._all[parent.parent]
            self._all.append(Scope(len(self._all), start, -end, kind, parent.number))
        self._starts = [one.start for one in self._all]

    @property
    def top(self) -> Scope:
        return self._all[0]

    def around(self, node: Node, *kinds: str) -> Scope:
        """The innermost that holds the node and is not the node itself; of one of these kinds, or the file's, if any are given."""
        start, end = node.start_byte, node.end_byte
        one = self._all[bisect_right(self._starts, start) - 1]
        while one.number and (
            one.end < end or (one.start, one.end, one.kind) == (start, end, node.type) or (kinds and one.kind not in kinds)
        ):
            one = self._all[one.parent]
        return one


__all__ = ["Scope", "Scopes"]
