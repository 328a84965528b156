"""Medians, ratios and growth, where a wrong formula would flatter the component."""

from __future__ import annotations

import pytest

from benchmarks.figures import Goal, Timing, by_turns, growth, ratio


def test_a_ratio_is_that_of_the_medians() -> None:
    assert ratio(Timing((9.0, 2.0, 3.0)), Timing((1.0, 6.0, 100.0))) == 0.5


@pytest.mark.parametrize(("at_50", "exponent"), [(50.0, 1.0), (250.0, 2.0)], ids=["linear", "quadratic"])
def test_growth_is_the_exponent_between_the_two_largest_sizes(at_50: float, exponent: float) -> None:
    assert growth({1: 7.0, 10: 10.0, 50: at_50}) == pytest.approx(exponent)


def test_growth_is_not_told_from_one_size_and_the_start_up_time() -> None:
    assert growth({1: 2.0, 5: 8.0}) is None


def test_programs_take_turns_and_none_is_always_first() -> None:
    assert by_turns(["flat", "component"], 3) == ["flat", "component", "component", "flat", "flat", "component"]


def test_a_goal_is_met_up_to_its_limit_and_not_beyond() -> None:
    assert Goal("preview", 1.0, 1.0).is_met
    assert not Goal("preview", 1.0, 1.001).is_met
