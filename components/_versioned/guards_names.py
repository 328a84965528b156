"""What a new package's code tells before it runs, where versions are in names: warnings only. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .._code.package import Inventory
from .._code.record import Functions
from . import guards_code


def warnings(contents: Inventory | None, live: Functions | None) -> Iterator[str]:
    """`live` None: production runs nothing yet, or does not say what it consists of."""
    if contents is None:
        return
    yield from guards_code.undeclared(contents)
    yield from guards_code.lost_orchestrators(contents, live)


__all__ = ["warnings"]
