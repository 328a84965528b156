"""The keys that open an app to the router: read by Resource Manager, kept in memory alone, for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..describing import names
from ..lines import LineRow
from ..versions import Line
from .place import Place

KEPT_SECONDS = 600.0
"""A key that somebody renews is noticed after this time, or at the first 401 (`forget`)."""


@dataclass(frozen=True)
class Keys:
    function: str | None = field(default=None, repr=False)
    """Opens every function of the app. The host's `default`, or any other."""
    durable: str | None = field(default=None, repr=False)
    """System key `durabletask_extension`, which the extension makes at its first start; None until then."""


class KeyRing:
    """Microsoft docs, "Web Apps - List Host Keys". `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[Line, tuple[float, str, Keys]] = {}

    async def of(self, place: Place, row: LineRow) -> Keys:
        """Raises ArmProblem. What is not complete yet is asked for again next time."""
        until, app, keys = self._known.get(row.line, (0.0, "", Keys()))
        if app == row.app and self._clock() < until:
            return keys
        keys = await _listed(place, row)
        if keys.durable is not None and keys.function is not None:
            self._known[row.line] = (self._clock() + KEPT_SECONDS, row.app, keys)
        return keys

    def forget(self, line: Line) -> None:
        self._known.pop(line, None)


async def _listed(place: Place, row: LineRow) -> Keys:
    body = (await place.arm.post(f"{names.site_id(place.blueprint, row)}/host/default/listkeys")).body or {}
    functions, system = body.get("functionKeys") or {}, body.get("systemKeys") or {}
    function = functions.get("default") or next((functions[name] for name in sorted(functions)), None)
    return Keys(function, system.get("durabletask_extension"))


__all__ = ["KEPT_SECONDS", "KeyRing", "Keys"]
