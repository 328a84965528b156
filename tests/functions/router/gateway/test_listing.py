"""The text that API Management's policy goes by."""

from __future__ import annotations

import pytest

from functions.router.gateway import LONGEST, NOTHING, Entry, Listing
from functions.router.versions import Line

ONE, NEXT, TEN = Line(1, 0), Line(1, 9), Line(1, 10)
APP = Entry("orders-1-0.azurewebsites.net", "k-1_/+A==")
OTHER = Entry("orders-1-10.azurewebsites.net", "other")
TEXT = ";default=1.10;1.10=orders-1-10.azurewebsites.net|other;1.0=orders-1-0.azurewebsites.net|k-1_/+A==;"
BOTH = Listing({ONE: APP, TEN: OTHER}, TEN)


def test_the_newest_line_comes_first_by_number_and_every_entry_has_a_semicolon_on_both_sides() -> None:
    assert BOTH.written() == TEXT


def test_what_was_written_is_read_again() -> None:
    assert Listing.read(TEXT) == BOTH


READ: dict[str, tuple[str, Listing]] = {
    "what the component writes at first": (NOTHING, Listing()),
    "nothing": ("", Listing()),
    "without a default": (";1.0=orders-1-0.azurewebsites.net|k-1_/+A==;", Listing({ONE: APP})),
    "a default that is no entry": (";default=2.0;1.0=orders-1-0.azurewebsites.net|k-1_/+A==;", Listing({ONE: APP})),
    "a host with a port": (";1.0=localhost:8443|k;", Listing({ONE: Entry("localhost:8443", "k")})),
    "what is no line": (";latest=host|key;01.0=host|key;1.0.0=host|key;1=host|key;", Listing()),
    "two entries for a line, of which the policy finds the first": (
        ";1.0=host|first;1.0=host|second;",
        Listing({ONE: Entry("host", "first")}),
    ),
    "an entry without a key": (";1.0=host;1.0=host|;", Listing()),
    "a host that is a path": (";1.0=host/path|key;1.0=user@host|key;", Listing()),
    "a key with a quote": (';1.0=host|k"y;1.0=host|k y;', Listing()),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_no_entry_is_none(case: str) -> None:
    text, expected = READ[case]
    assert Listing.read(text) == expected


def test_an_empty_list_is_no_empty_text() -> None:
    assert Listing().written() == NOTHING
    assert Listing({ONE: APP}, ONE).without(ONE, ONE).written() == NOTHING


def test_a_line_takes_its_place_and_leaves_the_others() -> None:
    renewed = Entry(APP.host, "renewed")
    assert BOTH.with_line(ONE, renewed, ONE) == Listing({ONE: renewed, TEN: OTHER}, ONE)
    assert BOTH.without(ONE, TEN) == Listing({TEN: OTHER}, TEN)
    assert BOTH.without(NEXT, TEN) == BOTH


def test_a_default_that_is_in_the_list_no_more_is_not_written() -> None:
    assert BOTH.without(TEN, TEN).written() == ";1.0=orders-1-0.azurewebsites.net|k-1_/+A==;"


@pytest.mark.parametrize("key", ["", "a b", 'a"b', "a;b", "a|b", "a<b", "a{b", "ä"])
def test_an_entry_that_would_end_early_or_mean_something_in_the_policy_is_not_written(key: str) -> None:
    assert not Entry("host", key).can_be_listed
    assert Listing({ONE: Entry("host", key)}, ONE).written() == NOTHING


def test_the_newest_lines_that_there_is_room_for_are_in_the_list_and_it_is_never_too_long() -> None:
    many = Listing({Line(1, minor): Entry("a" * 40, "k" * 56) for minor in range(100)}, Line(1, 0))
    text = many.written()
    assert 4096 - 110 < len(text) <= LONGEST == 4096
    read = Listing.read(text)
    assert sorted(read.entries) == [Line(1, minor) for minor in range(100 - len(read.entries), 100)]
    assert read.default is None


def test_no_key_stands_in_what_is_shown_of_an_entry() -> None:
    assert "other" not in repr(BOTH)
