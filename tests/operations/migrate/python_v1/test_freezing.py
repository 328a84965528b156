"""A whole app of the function.json model, frozen as v1.2 without its entity, against a copy that was read by a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from operations.migrate.languages.python_v1 import LANGUAGE
from operations.migrate.model import Changes, Kind
from operations.problem import OperationProblem

from .apps import Files, app, freeze, frozen, golden, loaded, pruned, small


def test_the_copy_is_the_golden_one_and_nothing_else_changes() -> None:
    changes = freeze(app(), "v1.2")

    assert {path: text.encode() for path, text in changes.writes.items()} == golden()
    assert set(changes.writes) & set(app()) == set()


def test_functions_are_folders_and_their_kinds_are_told_by_their_bindings() -> None:
    index = LANGUAGE.index(app())

    assert {one.name: one.kind for one in index.functions} == {
        "Counter": Kind.ENTITY,
        "Nightly": Kind.OTHER,
        "Order": Kind.ORCHESTRATOR,
        "OrderItem": Kind.ORCHESTRATOR,
        "Ship": Kind.ACTIVITY,
        "StartOrder": Kind.CLIENT,
    }
    assert [(one.to, one.form) for one in index.references] == [
        ("OrderItem", "call_sub_orchestrator"),
        ("Ship", "call_activity"),
        (None, "call_activity_with_retry"),
        ("OrderItem", "http start"),
        ("Counter", "EntityId"),
        ("Order", "start_new"),
        ("Ship", "call_activity"),
    ]
    assert index.problems == ()


def test_every_copy_is_loaded_as_the_worker_loads_it(tmp_path: Path) -> None:
    working = {one.name for one in LANGUAGE.index(app()).functions}

    assert set(loaded(frozen(app(), "v1.2", entities=True), tmp_path)) == working | {f"{name}_v1_2" for name in working}


def test_the_copies_load_without_the_working_copy(tmp_path: Path) -> None:
    files = frozen(app(), "v1.2", entities=True)
    copies = {path: text for path, text in files.items() if "_v1_2/" in path or path.startswith("versions/")}

    assert set(loaded(copies, tmp_path)) == {f"{one.name}_v1_2" for one in LANGUAGE.index(app()).functions}


def test_nothing_in_a_function_json_changes_but_a_script_elsewhere_and_a_durable_name_of_its_own() -> None:
    after = frozen(app(), "v1.2")
    before = app()["OrderItem/function.json"].decode()

    assert after["OrderItem_v1_2/function.json"].decode() == (
        before.replace("../flows/items.py", "../versions/v1_2/flows/items.py").replace('"OrderItem"', '"OrderItem_v1_2"')
    )
    for name in ("Order", "Ship", "StartOrder", "Nightly"):
        assert after[f"{name}_v1_2/function.json"] == before_of(name)
    assert json.loads(after["OrderItem_v1_2/function.json"])["entryPoint"] == "order_item"


def before_of(name: str) -> bytes:
    return app()[f"{name}/function.json"]


def test_freezing_once_more_writes_nothing() -> None:
    assert freeze(frozen(app(), "v1.2"), "v1.2").writes == {}


def test_pruning_takes_away_what_freezing_added_and_nothing_else() -> None:
    one = frozen(app(), "v1")
    both = frozen(one, "v12")

    assert pruned(both, "v12") == one
    assert pruned(pruned(both, "v1"), "v12") == app()
    assert LANGUAGE.prune(one, LANGUAGE.index(one), "v2") == Changes()


def test_every_reference_inside_the_copy_stays_inside_the_copy() -> None:
    index = LANGUAGE.index(frozen(app(), "v1.2", entities=True))
    inside = [one.to for one in index.references if one.version == "v1.2"]

    assert inside.count(None) == 1
    assert [to for to in inside if to is not None and not to.endswith("_v1_2")] == []
    assert [one.to for one in index.references if one.version is None] == [one.to for one in LANGUAGE.index(app()).references]


def test_the_report_says_what_was_copied_and_what_is_left() -> None:
    changes = freeze(app(), "v1.2", "Order", "StartOrder")

    assert changes.notes == (
        "Copied with the functions, so that a later change does not reach them: "
        "shared/__init__.py, shared/deep/__init__.py, shared/deep/sums.py, shared/names.py.",
        "Order/__init__.py:16: v1.2 goes on using the working copy of OrderItem, which is not part of it.",
        "Order/__init__.py:17: v1.2 goes on using the working copy of Ship, which is not part of it.",
        "Order/__init__.py:19: v1.2 goes on using the working copy of OrderItem, which is not part of it.",
        "Entities keep their state under their name, so v1.2 shares them with the working copy: Counter.",
        "StartOrder/function.json:1: StartOrder_v1_2 has the same route as StartOrder, orders: "
        "only one of them can answer. Give one of them another.",
    )
    assert [(one.text, one.file, one.line) for one in changes.unresolved] == [("helper.which()", "Order/__init__.py", 18)]
    assert "OrderItem_v1_2/function.json" not in changes.writes


def test_a_function_without_shared_modules_gets_no_package_of_them() -> None:
    assert sorted(freeze(small()).writes) == ["Order_v1/__init__.py", "Order_v1/function.json"]


def test_what_lies_beside_the_script_is_copied_and_what_is_no_text_is_named() -> None:
    files: Files = {**small(), "Order/words.json": b'{"a": 1}', "Order/picture.json": b"\xff\xfe"}

    assert freeze(files).writes["Order_v1/words.json"] == '{"a": 1}'
    assert "Order_v1/picture.json" not in freeze(files).writes
    assert freeze(files).notes == ("Order/picture.json: is no text, and was not copied.",)


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (
            small(manifest="{"),
            "Order/function.json:1: is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)).",
        ),
        (small(manifest='{"scriptFile": "x.py"}'), "Order/function.json:1: names the script Order/x.py, which is not there."),
        (small("from shared import *\n", shared=""), "Order/__init__.py:1: from shared import * hides which names it brings. Name them."),
        (small(versions=""), "versions.py: lies where the frozen copies go. Give it another name."),
        ({**small(), "versions/mine.py": b""}, "versions/mine.py: lies where the frozen copies go. Give it another name."),
        ({**small(), "Order_v1.py": b""}, "Order_v1.py: lies where the frozen copies go. Give it another name."),
    ],
)
def test_what_can_not_be_frozen_is_named(files: Files, problem: str) -> None:
    with pytest.raises(OperationProblem) as raised:
        freeze(files)

    assert raised.value.problems == (problem,)


def test_folders_of_other_languages_and_models_are_not_recognised() -> None:
    assert LANGUAGE.recognises(app()) is True
    assert LANGUAGE.recognises({**app(), "function_app.py": b""}) is False
    assert LANGUAGE.recognises({"Order/function.json": b'{"scriptFile": "index.js"}', "Order/index.js": b""}) is False
    assert LANGUAGE.recognises({"Order/function.json": b'{"bindings": []}', "Order/index.js": b""}) is False
