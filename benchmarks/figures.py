"""What is made of measured seconds: medians, ratios, and how time grows. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Repetitions of one measurement, in seconds, in the order in which they were taken."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...] = ()
    """Of the command line, the engine and the program together; empty where it was not taken."""

    @property
    def median(self) -> float:
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        return statistics.median(self.cpu)


def ratio(one: Timing, other: Timing) -> float:
    """How many times as long `one` takes. The two were taken by turns, so that a disturbance hits both."""
    return one.median / other.median


def growth(medians: Mapping[int, float]) -> float | None:
    """The exponent k in `seconds ~ n**k` between the two largest n: 1 is linear, 2 quadratic. None with fewer than two sizes above 1."""
    sizes = sorted(n for n in medians if n > 1)
    if len(sizes) < 2:
        return None
    small, large = sizes[-2:]
    return math.log(medians[large] / medians[small]) / math.log(large / small)


@dataclass(frozen=True)
class Goal:
    what: str
    limit: float
    measured: float

    @property
    def is_met(self) -> bool:
        return self.measured <= self.limit


def by_turns(names: Sequence[str], rounds: int) -> list[str]:
    """A B C, C B A, A B C: none of them is always the first."""
    return [name for turn in range(rounds) for name in (names if turn % 2 == 0 else list(reversed(names)))]
