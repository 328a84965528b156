"""Three rooms know Durable's order of orchestration versions and may not import each other: one table holds them equal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components._azure import orchestration_versions as components
from operations.versions import ordering as operations
from sandbox.durable.engine import versions as sandbox

from .pairs import PAIRS, Pair

Compare = Callable[[str, str], int]
EVERYBODY = {"components": components.compare, "operations": operations.compare, "sandbox": sandbox.compare_versions}

everybody = pytest.mark.parametrize("compare", EVERYBODY.values(), ids=EVERYBODY)
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=[f"{pair.one!a} {'<=>'[pair.order + 1]} {pair.other!a}" for pair in PAIRS])


def sign(order: int) -> int:
    return (order > 0) - (order < 0)


@everybody
@each_pair
def test_versions_compare_as_durable_compares_them(compare: Compare, pair: Pair) -> None:
    assert (sign(compare(pair.one, pair.other)), sign(compare(pair.other, pair.one))) == (pair.order, -pair.order), pair.because


@each_pair
def test_the_rule_that_decides_is_told(pair: Pair) -> None:
    assert components.decided_by(pair.one, pair.other) is components.Rule[pair.rule]
    assert components.decided_by(pair.other, pair.one) is components.Rule[pair.rule]


def test_the_table_has_every_rule_more_than_once_and_no_pair_twice() -> None:
    assert len(PAIRS) >= 60 and len({(pair.one, pair.other) for pair in PAIRS}) == len(PAIRS)
    for rule in components.Rule:
        assert sum(pair.rule == rule.name for pair in PAIRS) > 1


def test_none_is_no_version() -> None:
    assert [components.compare(None, None), components.compare(None, "1.0"), components.compare("1.0", None)] == [0, -1, 1]
    assert components.decided_by(None, "1.0") is components.Rule.ONE_IS_NONE
