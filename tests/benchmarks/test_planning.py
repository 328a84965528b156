"""What planning costs: every state is in what is measured, and the figures become a table."""

from __future__ import annotations

from benchmarks.figures import Timing
from benchmarks.planning import plannings, world
from benchmarks.report import Measured, sections
from functions.router.lines import State


def test_every_state_of_a_line_is_planned_but_failure() -> None:
    assert {row.state for row in world(100).lines} == set(State) - {State.FAILED}


def test_each_number_of_lines_is_measured_and_grows_as_shown() -> None:
    measured = plannings(1, lambda _: None)
    assert list(measured) == [10, 100, 1_000]
    found = Measured("2026-11-23", {}, 0.1, 0, plannings={10: Timing((0.001,)), 100: Timing((0.01,)), 1_000: Timing((0.2,))})
    assert sections(found) == [
        ("A plan of the router's monitor", [["lines", "10", "100", "1,000", "grows as"], ["ms", "1.0", "10.0", "200.0", "n^1.30"]])
    ]
