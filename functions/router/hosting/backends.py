"""Where a line's app is reached and what opens it, as the proxy core wants it: one object per line, as long as nothing of it changes."""

from __future__ import annotations

from ..arm import ArmProblem
from ..lines import LineRow
from ..rewriting import Backend, BadBase
from ..versions import Line
from .apps import Apps


class Backends:
    def __init__(self, apps: Apps, scheme: str = "https") -> None:
        self._apps, self._scheme = apps, scheme
        self._known: dict[Line, Backend] = {}

    async def of(self, row: LineRow) -> Backend:
        """Raises ArmProblem: Azure does not tell the keys, or the app has no address yet."""
        keys = await self._apps.key(row)
        base = f"{self._scheme}://{row.host_name}"
        known = self._known.get(row.line)
        if known is not None and (known.base_url, known.key, known.system_key, known.hub) == (base, keys.function, keys.durable, row.hub):
            return known
        try:
            made = Backend(base, keys.function, keys.durable, row.hub, self._apps.blueprint.durable.connection_name)
        except BadBase:
            raise ArmProblem(None, "", f"the app of line {row.line} has no address yet") from None
        self._known[row.line] = made
        return made


__all__ = ["Backends"]
