"""A whole app with every kind of reference, frozen as v1.2 without its entity, against a copy that was read by a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from operations.migrate.languages.python import LANGUAGE
from operations.migrate.model import Changes, Kind

from .apps import EXAMPLE, Files, app, folder, found_by_the_worker, freeze, frozen, golden, pruned

APPS = {"shop": app("shop"), "orders": folder(EXAMPLE)}


def test_the_copy_is_the_golden_one_and_only_the_entry_changes() -> None:
    changes = freeze(app("shop"), "v1.2")

    assert {path: text.encode() for path, text in changes.writes.items()} == golden("shop")
    assert changes.deletes == ()
    assert set(app("shop")) & set(changes.writes) == {"function_app.py"}


@pytest.mark.parametrize("name", APPS)
def test_the_real_worker_finds_every_function_twice_with_the_same_bindings(name: str, tmp_path: Path) -> None:
    files = frozen(APPS[name], "v1.2", entities=True)
    found = found_by_the_worker(files, tmp_path)
    index = LANGUAGE.index(files)

    assert index.problems == ()
    assert sorted(found) == sorted(one.name for one in index.functions)
    working = {one for one in found if not one.endswith("_v1_2")}
    assert sorted(found) == sorted([*working, *(f"{one}_v1_2" for one in working)])
    assert {one: found[f"{one}_v1_2"] for one in working} == {one: _renamed(found[one], one) for one in working}


def _renamed(bindings: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """What a copy's bindings have to be: durable names of their own get the suffix too; routes are as they were."""
    named = {"orchestration", "activity", "entityName"}
    return [{key: f"{value}_v1_2" if key in named else value for key, value in one.items()} for one in bindings]


@pytest.mark.parametrize("name", APPS)
def test_every_frozen_function_is_found_again_with_its_kind_and_version(name: str) -> None:
    before = LANGUAGE.index(APPS[name]).functions
    after = LANGUAGE.index(frozen(APPS[name], "v1.2", entities=True)).functions

    assert {(one.base, one.kind, one.name) for one in after if one.version == "v1.2"} == {
        (one.name, one.kind, f"{one.name}_v1_2") for one in before
    }
    assert [(one.name, one.kind, one.file) for one in after if one.version is None] == [(one.name, one.kind, one.file) for one in before]


@pytest.mark.parametrize("name", APPS)
def test_every_reference_inside_the_copy_stays_inside_the_copy(name: str) -> None:
    index = LANGUAGE.index(frozen(APPS[name], "v1.2", entities=True))
    inside = [one.to for one in index.references if one.version == "v1.2" and one.to is not None]

    assert inside
    assert [to for to in inside if not to.endswith("_v1_2")] == (["Elsewhere"] if name == "shop" else [])


@pytest.mark.parametrize("name", APPS)
def test_the_working_copys_references_are_the_same_as_before(name: str) -> None:
    def told(files: Files) -> list[tuple[str | None, str, str, str]]:
        return [(one.to, one.text, one.form, one.file) for one in LANGUAGE.index(files).references if one.version is None]

    assert told(frozen(APPS[name], "v1.2")) == told(APPS[name])


@pytest.mark.parametrize("name", APPS)
def test_freezing_once_more_writes_nothing(name: str) -> None:
    assert freeze(frozen(APPS[name], "v1.2"), "v1.2").writes == {}


@pytest.mark.parametrize("name", APPS)
def test_pruning_takes_away_what_freezing_added_and_nothing_else(name: str) -> None:
    one = frozen(APPS[name], "v1")
    both = frozen(one, "v1.2")

    assert pruned(both, "v1.2") == one
    assert pruned(pruned(both, "v1"), "v1.2") == APPS[name]
    assert pruned(one, "v1") == APPS[name]


@pytest.mark.parametrize("name", APPS)
def test_a_second_version_is_the_same_with_the_first_one_there(name: str) -> None:
    alone, after = frozen(APPS[name], "v10"), frozen(frozen(APPS[name], "v9"), "v10")

    assert {path: text for path, text in after.items() if path.startswith("versions/v10/")} == {
        path: text for path, text in alone.items() if path.startswith("versions/v10/")
    }


def test_a_version_that_is_not_there_has_nothing_to_prune() -> None:
    files = frozen(app("shop"), "v10")

    assert LANGUAGE.prune(files, LANGUAGE.index(files), "v1") == Changes()


def test_kinds_are_told_by_the_triggers() -> None:
    kinds = {one.name: one.kind for one in LANGUAGE.index(app("shop")).functions}

    assert kinds == {
        **dict.fromkeys(("StartOrder", "start_any", "Nightly"), Kind.CLIENT),
        **dict.fromkeys(("Order", "OrderItem", "CleanUp", "Report"), Kind.ORCHESTRATOR),
        **dict.fromkeys(("Charge", "refund", "OrderMail", "Ship", "Pack"), Kind.ACTIVITY),
        "Counter": Kind.ENTITY,
    }


def test_the_report_says_what_was_copied_what_is_shared_and_what_is_left() -> None:
    changes = freeze(app("shop"), "v1.2")

    assert changes.notes == (
        "Copied with the functions, so that a later change does not reach them: "
        "shop/__init__.py, shop/billing/__init__.py, shop/billing/money.py, shop/names.py.",
        "shop/orders.py: _SEEN will be remembered by the working copy and by v1.2 each for itself.",
        "Entities keep their state under their name, so v1.2 shares them with the working copy: Counter.",
        "function_app.py:20: StartOrder_v1_2 has the same route as StartOrder, orders: only one of them can answer. Give one of them another.",
        "function_app.py:30: start_any_v1_2 has the same route as start_any, orchestrators/{functionName}: "
        "only one of them can answer. Give one of them another.",
        "function_app.py:38: Nightly_v1_2 has the same timer_trigger as Nightly: both answer to it.",
    )
    assert [(one.text, one.form, one.file, one.line) for one in changes.unresolved] == [
        ('req.route_params["functionName"]', "start_new", "function_app.py", 31),
        ('os.environ["ALSO"]', "start_new", "function_app.py", 41),
        ("context.call_activity", "call_activity", "shop/orders.py", 33),
    ]
