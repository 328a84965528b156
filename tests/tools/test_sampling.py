"""A sample and the rest are the whole matrix, and a seed repeats both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sampling import SEED_VARIABLE, STORIES, STORIES_IN_A_SAMPLE, sampled, story


def split(cases: list[object], count: int) -> tuple[list[object], list[object]]:
    """What `make test` runs, and what it leaves to `make test-all`."""
    now, later = [], []
    for case in sampled(cases, count):
        if isinstance(case, type(pytest.param())):
            assert [mark.name for mark in case.marks] == ["matrix"]
            later.append(case.values if len(case.values) > 1 else case.values[0])
        else:
            now.append(case)
    return now, later


def test_every_case_is_either_drawn_or_marked() -> None:
    now, later = split(list(range(40)), 3)

    assert len(now) == 3
    assert sorted([*now, *later]) == list(range(40))


def test_a_sample_larger_than_the_matrix_is_the_matrix() -> None:
    assert split(["a", "b"], 5) == (["a", "b"], [])


def test_cases_of_several_values_stay_together() -> None:
    assert split([("kill", 1)], 0) == ([], [("kill", 1)])


def test_a_case_with_an_id_keeps_it() -> None:
    (case,) = sampled([pytest.param(1, id="first write")], 0)

    assert (case.id, case.values) == ("first write", (1,))


def test_a_seed_draws_the_same_sample_again_and_another_seed_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    for seed in ("1", "1", "2"):
        monkeypatch.setenv(SEED_VARIABLE, seed)
        drawn.append(split(list(range(1000)), 3)[0])

    assert drawn[0] == drawn[1] != drawn[2]


def test_a_run_plays_some_stories_and_leaves_the_others_to_the_matrix() -> None:
    marks = {name: [mark.name for mark in story(name)] for name in STORIES}

    assert sorted(marks.values()) == [[]] * STORIES_IN_A_SAMPLE + [["matrix"]] * (len(STORIES) - STORIES_IN_A_SAMPLE)


def test_a_story_that_is_not_listed_is_an_error_and_not_left_out() -> None:
    with pytest.raises(ValueError, match="'stories' is none of waiting, drain behind"):
        story("stories")


def test_every_story_is_told_by_one_file() -> None:
    engine = Path(__file__).parents[1] / "engine"
    told = [name for file in engine.rglob("test_*.py") for name in re.findall(r'story\("([^"]+)"\)', file.read_text())]

    assert sorted(told) == sorted(STORIES)
