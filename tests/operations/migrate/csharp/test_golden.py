"""Whole apps with every kind of reference, frozen as v1.2 without their entities, against copies that were read by a person."""

from __future__ import annotations

import pytest

from operations.migrate.languages.csharp import LANGUAGE
from operations.migrate.model import Changes

from .apps import APPS, app, broken, freeze, frozen, golden


@pytest.mark.parametrize("name", APPS)
def test_the_copy_is_the_golden_one_and_nothing_else_changes(name: str) -> None:
    changes = freeze(app(name), "v1.2")

    assert {path: text.encode() for path, text in changes.writes.items()} == golden(name)
    assert changes.deletes == ()


@pytest.mark.parametrize("name", APPS)
def test_the_result_is_c_sharp_without_errors(name: str) -> None:
    assert broken(app(name)) == []
    assert broken(frozen(app(name), "v1.2", entities=True)) == []


@pytest.mark.parametrize("name", APPS)
def test_every_frozen_function_is_found_again_with_its_kind_and_version(name: str) -> None:
    before = LANGUAGE.index(app(name)).functions
    after = LANGUAGE.index(frozen(app(name), "v1.2", entities=True)).functions

    assert {(one.base, one.kind, one.name) for one in after if one.version == "v1.2"} == {
        (one.name, one.kind, f"{one.name}_v1_2") for one in before
    }
    assert {one for one in after if one.version is None} == set(before)


@pytest.mark.parametrize("name", APPS)
def test_every_reference_inside_the_copy_stays_inside_the_copy(name: str) -> None:
    index = LANGUAGE.index(frozen(app(name), "v1.2", entities=True))
    inside = [one.to for one in index.references if one.version == "v1.2" and one.to is not None]

    assert inside
    assert [to for to in inside if not to.endswith("_v1_2")] == []


@pytest.mark.parametrize("name", APPS)
def test_the_working_copys_references_are_the_same_as_before(name: str) -> None:
    before = LANGUAGE.index(app(name)).references
    after = LANGUAGE.index(frozen(app(name), "v1.2")).references

    assert tuple(one for one in after if one.version is None) == before


@pytest.mark.parametrize("name", APPS)
def test_freezing_once_more_writes_nothing(name: str) -> None:
    assert freeze(frozen(app(name), "v1.2"), "v1.2").writes == {}


@pytest.mark.parametrize("name", APPS)
def test_pruning_takes_away_what_freezing_added_and_nothing_else(name: str) -> None:
    files = frozen(frozen(app(name), "v1"), "v1.2")
    changes = LANGUAGE.prune(files, LANGUAGE.index(files), "v1.2")

    assert changes.writes == {}
    assert {path: text for path, text in files.items() if path not in changes.deletes} == frozen(app(name), "v1")


@pytest.mark.parametrize("name", APPS)
def test_a_second_version_is_the_same_with_the_first_one_there(name: str) -> None:
    assert freeze(frozen(app(name), "v1"), "v1.2") == freeze(app(name), "v1.2")


def test_a_version_that_is_not_there_has_nothing_to_prune() -> None:
    files = frozen(app("isolated"), "v10")

    assert LANGUAGE.prune(files, LANGUAGE.index(files), "v1") == Changes()


def test_the_report_says_what_was_copied_what_is_shared_and_what_is_left() -> None:
    changes = freeze(app("in_process"), "v1.2")

    assert changes.notes == (
        "Copied with the functions, so that what an instance has stored is read by the types that wrote it: "
        "Order, OrderItem (Models/Order.cs); Names (Names.cs); OrderExtensions (OrderExtensions.cs).",
        "Shared with the working copy, because Azure or the start-up code knows them by their type: Shop.IWarehouse, Shop.Models.Stock. "
        "A change to them changes the frozen version too.",
        "Functions/Orders.cs: its copy is without Counter, not part of v1.2.",
        "Entities keep their state under their name, so v1.2 shares them with the working copy: Counter.",
        "Functions/Orders.cs:74: HttpStart_v1_2 has the same route as HttpStart, orders: only one of them can answer. Give one of them another.",
        "Functions/Orders.cs:83: AnyStart_v1_2 has the same route as AnyStart, start/{name}: only one of them can answer. Give one of them another.",
    )
    assert [(one.text, one.file, one.line) for one in changes.unresolved] == [
        ("plugin", "Functions/Orders.cs", 43),
        ("name", "Functions/Orders.cs", 88),
    ]


def test_a_timer_would_start_both_versions_and_the_report_says_so() -> None:
    notes = freeze(app("isolated"), "v1.2").notes

    assert notes[-1] == "Functions/OrderFlow.Clients.cs:19: Nightly_v1_2 has the same TimerTrigger as Nightly: both answer to it."
