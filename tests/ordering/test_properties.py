"""What holds for any versions: an order within each form, none across them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._azure.orchestration_versions import Rule, compare, decided_by, mixed, system_version

from .test_pairs import EVERYBODY, Compare, everybody, sign

ANY = st.one_of(
    st.text(alphabet="0129.vVaZ -+\u00e4\u00df\U0001f600", max_size=8),
    st.lists(st.integers(0, 12), min_size=1, max_size=5).map(lambda parts: ".".join(map(str, parts))),
    st.text(max_size=6),
)
_PART = st.builds("{}{}{}".format, st.sampled_from(["", "0", "+", " "]), st.integers(0, 12), st.sampled_from(["", " "]))
NUMBERS = st.lists(_PART, min_size=2, max_size=4).map(".".join)
TEXTS = ANY.filter(lambda version: system_version(version) is None)


@given(ANY, ANY)
def test_everybody_agrees(one: str, other: str) -> None:
    assert {name: sign(order(one, other)) for name, order in EVERYBODY.items()} == dict.fromkeys(EVERYBODY, compare(one, other))


@everybody
@given(one=ANY, other=ANY)
def test_the_other_way_round_is_the_opposite(compare: Compare, one: str, other: str) -> None:
    assert sign(compare(one, other)) == -sign(compare(other, one))


@everybody
@given(version=ANY)
def test_a_version_equals_itself(compare: Compare, version: str) -> None:
    assert compare(version, version) == 0


@pytest.mark.parametrize("form", [NUMBERS, TEXTS], ids=["numbers", "text"])
@everybody
@given(data=st.data())
def test_within_one_form_there_is_an_order(compare: Compare, form: st.SearchStrategy[str], data: st.DataObject) -> None:
    one, two, three = (data.draw(form) for _ in range(3))
    if compare(one, two) <= 0 and compare(two, three) <= 0:
        assert compare(one, three) <= 0


@everybody
def test_across_forms_there_is_none_which_is_why_mixed_forms_are_refused(compare: Compare) -> None:
    """As numbers 2.0 < 10.0; as text 10.0 < 1a and 1a < 2.0: a circle."""
    circle = ["2.0", "10.0", "1a", "2.0"]
    assert [sign(compare(one, other)) for one, other in pairwise(circle)] == [-1, -1, -1]
    assert [mixed(one, other) is not None for one, other in pairwise(circle)] == [False, True, True]


@given(ANY, ANY)
def test_two_versions_of_one_form_are_decided_by_one_rule(one: str, other: str) -> None:
    if mixed(one, other) is None and decided_by(one, other) in (Rule.NUMBERS, Rule.TEXT):
        assert (system_version(one) is None) == (system_version(other) is None)
        assert (decided_by(one, other) is Rule.NUMBERS) == (system_version(one) is not None)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["", "v", "release-", "V1."]))
def test_numbers_in_text_that_are_not_called_mixed_sort_as_numbers(one: int, other: int, before: str) -> None:
    """With at most one dot, and a bare number or letter before it, so that all of them are text."""
    first, second = f"{before}{one}", f"{before}{other}"
    if mixed(first, second) is None:
        assert compare(first, second) == sign(one - other)


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("1.0", "1.0.0", "'1.0' is two numbers and '1.0.0' is three numbers"),
        ("2.0.0.0", "1.0", "'2.0.0.0' is four numbers and '1.0' is two numbers"),
        ("v1", "1.0", "'v1' is text and '1.0' is two numbers"),
        ("1.0", "1.0-beta", "'1.0' is two numbers and '1.0-beta' is text"),
        ("9", "10", "both are text, with a number of 1 digit in '9' and of 2 digits in '10'"),
        ("v1.99", "V1.100", "both are text, with a number of 2 digits in 'v1.99' and of 3 digits in 'V1.100'"),
    ],
)
def test_how_forms_differ_is_said(one: str, other: str, how: str) -> None:
    assert mixed(one, other) == how and mixed(other, one) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.0", "2.0"), ("1.9", "1.10"), ("1", "2"), ("09", "10"), ("v1", "v2"), ("v1", "v1.1"), ("alpha", "beta"), ("1.0-beta", "1.0-rc"), ("", "1.0"), ("9", "v10")],
)  # fmt: skip
def test_versions_of_one_form_are_not_mixed(one: str, other: str) -> None:
    assert (mixed(one, other), mixed(other, one)) == (None, None)
