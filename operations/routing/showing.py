"""The router's lines as a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rich.table import Table

from ..reporting import age

YOUNG = timedelta(minutes=1)
"""A count that is not older needs no word about it."""


def table_of(found: Mapping[str, Any], now: datetime) -> Table:
    table = Table("line", "state", "since", "runs", "active", "oldest", "what is next", box=None, pad_edge=False)
    for one in found.get("lines") or []:
        table.add_row(
            str(one.get("line")) + _marks(one, found),
            str(one.get("state")),
            _age(one.get("since"), now),
            _runs(one),
            _active(one, now),
            _age(one.get("oldest"), now),
            _next(one.get("next") or {}, now),
        )
    return table


def notes_of(found: Mapping[str, Any]) -> list[str]:
    """What does not fit into the table: errors, and versions whose line was not asked for yet."""
    lines = found.get("lines") or []
    errors = [f"{one.get('line')}: {one[name]}" for one in lines for name in ("error", "gateway_error") if one.get(name)]
    made = {one.get("line") for one in lines}
    deployed = [str(one.get("version")) for one in found.get("versions") or []]
    waiting = [one for one in deployed if one.rpartition(".")[0] not in made]
    return [*errors, *(f"{one} is deployed: its line gets an app on its first request" for one in waiting)]


def _marks(one: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    if one.get("line") == found.get("pinned"):
        return " (default, pinned)"
    return " (default)" if one.get("line") == found.get("default") else ""


def _active(one: Mapping[str, Any], now: datetime) -> str:
    """The router reads the task hubs of active lines every few minutes only: what was counted a while ago is not what runs now."""
    if one.get("active") is None:
        return "?"
    at = _moment(one.get("judged_at"))
    if at is None or now - at <= YOUNG or one.get("state") == "retired":
        return str(one["active"])
    return f"{one['active']} ({age(at, now)} ago)"


def _runs(one: Mapping[str, Any]) -> str:
    deployed, wanted = one.get("deployed"), one.get("wanted")
    if deployed == wanted or wanted is None:
        return str(deployed or "-")
    return f"{deployed or '-'} ({wanted} is wanted)"


def _next(step: Mapping[str, Any], now: datetime) -> str:
    what, why = str(step.get("what") or "-"), str(step.get("why_not_yet") or "")
    at = _moment(step.get("at"))
    when = "" if at is None else " now" if at <= now else f" in {age(now, at)}"
    return f"{what}{when}" + (f": {why}" if why else "")


def _age(text: Any, now: datetime) -> str:
    at = _moment(text)
    return "-" if at is None else age(at, now)


def _moment(text: Any) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None


__all__ = ["notes_of", "table_of"]
