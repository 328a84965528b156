"""A fault matrix is every case of a cross product. `make test` runs a sample of it, `make test-all` the rest as well.

    @pytest.mark.parametrize("kill_at", sampled(range(40), count=3))
    def test_a_killed_update_recovers(kill_at): ...

The sample is drawn with a seed that the run prints; DURABLE_DEPLOY_TEST_SEED=N repeats it. What was not drawn carries the
marker `matrix`. So it is with the longest stories, each a file that plays releases with running code:

    pytestmark = [pytest.mark.azurite, *story("by name")]
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet

SEED_VARIABLE = "DURABLE_DEPLOY_TEST_SEED"
STORIES = (
    *("waiting", "drain behind", "two at once", "starters", "entities", "without the gate"),
    *("by name", "windows", "flex", "ramp", "versions", "backends"),
    *("four slots", "flex router", "direct", "killed router"),
)
STORIES_IN_A_SAMPLE = 3


def seed() -> int:
    """The seed of this run: the one that was asked for, else a new one."""
    return int(os.environ.get(SEED_VARIABLE) or time.time())


def sampled(cases: Iterable[object], count: int) -> list[ParameterSet | object]:
    """The cases in their order, all but `count` of them marked `matrix`. A case may be a `pytest.param`."""
    cases = list(cases)
    drawn = set(random.Random(seed()).sample(range(len(cases)), min(count, len(cases))))
    return [case if index in drawn else _in_matrix(case) for index, case in enumerate(cases)]


def story(name: str) -> list[pytest.MarkDecorator]:
    """Marks of a file that plays one of STORIES. Raises ValueError for any other name."""
    if name not in STORIES:
        raise ValueError(f"{name!r} is none of {', '.join(STORIES)}")
    return [] if name in random.Random(seed()).sample(STORIES, STORIES_IN_A_SAMPLE) else [pytest.mark.matrix]


def _in_matrix(case: object) -> ParameterSet:
    if isinstance(case, ParameterSet):
        return pytest.param(*case.values, marks=[*case.marks, pytest.mark.matrix], id=case.id)
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.matrix)
