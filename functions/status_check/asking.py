"""What a request asks for: its query parameters, with defaults that suit an HTTP answer.

Azure cuts an HTTP trigger's answer off after 230 s (Microsoft docs "Azure Functions scale and hosting"). Azure Pipelines waits less: 60 s
for the check "Invoke Azure Function", 20 s for "Invoke REST API" (Microsoft docs "AzureFunction@1", "InvokeRESTAPI@1").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SETTLE = 5.0
"""Seconds between two passes that find nothing. Short: the command line's gate takes 30."""
DEADLINE = 45.0
"""Seconds until the answer is given, come what may. Leaves a cold start 15 of the 60 that Azure Pipelines waits."""
LONGEST = 200.0
"""The longest deadline that can be asked for; the rest of the 230 s is for the way there and back."""


class BadRequest(ValueError):
    """Which parameter is wrong, and what it may be."""


@dataclass(frozen=True)
class Question:
    settle: float = SETTLE
    deadline: float = DEADLINE
    exclude: tuple[str, ...] = ()
    """Orchestrators whose instances don't count, such as eternal ones."""


def read_question(parameters: Mapping[str, str]) -> Question:
    """`settle` and `deadline` in seconds, `exclude` with names between commas, or given several times. Raises BadRequest."""
    unknown = sorted(set(parameters) - {"settle", "deadline", "exclude", "code", "clientId"})
    if unknown:
        raise BadRequest(f"{', '.join(unknown)}: no such parameter; there are settle, deadline and exclude")
    deadline = _seconds(parameters, "deadline", DEADLINE, 1.0, LONGEST)
    settle = _seconds(parameters, "settle", min(SETTLE, deadline / 2), 0.0, deadline)
    names = (name.strip() for name in parameters.get("exclude", "").split(","))
    return Question(settle, deadline, tuple(dict.fromkeys(name for name in names if name)))


def _seconds(parameters: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    text = parameters.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise BadRequest(f"{name}: a number of seconds from {least:g} to {most:g}, not {text!r}")
    return value


__all__ = ["DEADLINE", "LONGEST", "SETTLE", "BadRequest", "Question", "read_question"]
