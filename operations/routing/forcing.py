"""May a line be ended by force? Whoever does it types how many instances are lost, so that nobody does it by habit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..problem import Busy, OperationProblem

UNKNOWN_COUNT = "unknown"


def line_in(found: Mapping[str, Any], line: str) -> Mapping[str, Any]:
    """Of what the router has said. Raises OperationProblem if there is no such line."""
    lines = found.get("lines") or []
    for one in lines:
        if one.get("line") == line:
            return dict(one)
    there = ", ".join(str(one.get("line")) for one in lines) or "none"
    raise OperationProblem(f"The router knows no line {line}. There are: {there}. A line is major.minor, such as 1.0.")


def count_of(row: Mapping[str, Any]) -> int | str:
    """What is to be typed: how many instances run in it as far as is known, or `unknown`."""
    active = row.get("active")
    return active if isinstance(active, int) else UNKNOWN_COUNT


def forced(row: Mapping[str, Any], typed: str | None, stack: str) -> int | str | None:
    """What to send as `force`. None: nothing is forced. Raises Busy if the number typed is not the one that runs."""
    if typed is None:
        return None
    wanted = count_of(row)
    if typed != str(wanted):
        runs = "it is not known how many instances run" if wanted == UNKNOWN_COUNT else f"{wanted} instances run"
        raise Busy(
            f"--force {typed}: in {row.get('line')} {runs}. They are lost if it is ended now. "
            f"To do that: python -m operations versions retire {row.get('line')} --force {wanted} --stack {stack}"
        )
    return wanted


__all__ = ["UNKNOWN_COUNT", "count_of", "forced", "line_in"]
