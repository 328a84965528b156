"""Functions that start work by themselves: timers, queues, events. On a draining line they would keep it busy for ever.

Trigger types: Microsoft docs, "Azure Functions triggers and bindings". A function's bindings: REST reference "Web Apps - List Functions",
`properties.config.bindings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_CALLED = frozenset({"httptrigger", "orchestrationtrigger", "activitytrigger", "entitytrigger", "warmuptrigger"})
"""Triggers of functions that only run if somebody, or an orchestration, asks for them."""


def starters_of(functions: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """`functions`: the items of the list. One whose bindings can't be read is left alone."""
    return tuple(sorted({_name(one) for one in functions if any(_starts(trigger) for trigger in _triggers(one))}))


def _triggers(function: Mapping[str, Any]) -> Iterable[str]:
    config = (function.get("properties") or {}).get("config")
    bindings = config.get("bindings") if isinstance(config, Mapping) else None
    for binding in bindings if isinstance(bindings, list) else ():
        kind = str(binding.get("type", "")) if isinstance(binding, Mapping) else ""
        if kind.lower().endswith("trigger"):
            yield kind.lower()


def _starts(trigger: str) -> bool:
    return trigger not in _CALLED


def _name(function: Mapping[str, Any]) -> str:
    """Azure gives `site/function` as the name."""
    named = (function.get("properties") or {}).get("name") or str(function.get("name", "")).rpartition("/")[2]
    return str(named)


__all__ = ["starters_of"]
