"""Durations as people write them: `45s`, `30m`, `2h`, `90d`, `1h30m`. A bare number is in seconds."""

from __future__ import annotations

import re

from .problem import OperationProblem

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(option: str, text: str) -> float:
    """Raises OperationProblem, naming the option."""
    whole = text.strip().lower().replace(" ", "")
    if re.fullmatch(r"\d+(\.\d+)?", whole):
        return float(whole)
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", whole)
    if not parts or "".join(number + unit for number, unit in parts) != whole:
        raise OperationProblem(f"{option} {text}: is no duration. Write it like 45s, 30m, 2h, 90d or 1h30m.")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


__all__ = ["seconds"]
