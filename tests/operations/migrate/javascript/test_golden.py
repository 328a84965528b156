"""Whole apps: what freezing them writes, down to the byte, and that taking it out again leaves nothing behind."""

from __future__ import annotations

import pytest

from .apps import APPS, LANGUAGE, app, broken, freeze, frozen, golden, pruned


@pytest.mark.parametrize("name", APPS)
def test_freezing_an_app_writes_its_golden_files_and_no_others(name: str) -> None:
    changes = freeze(app(name), "v1.2")
    assert {path: text.encode() for path, text in changes.writes.items()} == golden(name)
    assert changes.deletes == ()


@pytest.mark.parametrize("name", APPS)
def test_every_copy_can_be_read_again(name: str) -> None:
    files = frozen(app(name), "v1.2")
    assert (broken(files), LANGUAGE.index(files).problems) == ([], ())


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("everything", [False, True])
def test_freezing_again_changes_nothing(name: str, everything: bool) -> None:
    once = frozen(app(name), "v1.2", entities=everything, clients=everything)
    assert freeze(once, "v1.2", entities=everything, clients=everything).writes == {}


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("everything", [False, True])
def test_pruning_takes_away_exactly_what_freezing_has_added(name: str, everything: bool) -> None:
    files = app(name)
    first = frozen(files, "v1", entities=everything, clients=everything)
    both = frozen(first, "v1.10", entities=everything, clients=everything)
    assert pruned(both, "v1.10") == first
    assert pruned(both, "v1") == frozen(files, "v1.10", entities=everything, clients=everything)
    assert pruned(first, "v1") == files
    assert pruned(first, "v2") == first


@pytest.mark.parametrize("name", APPS)
def test_a_second_version_is_a_copy_of_the_working_copy_and_not_of_the_first(name: str) -> None:
    files = app(name)
    both = frozen(frozen(files, "v1"), "v2")
    assert {path for path in both if path not in files} == {*freeze(files, "v1").writes, *freeze(files, "v2").writes}
    assert not [path for path, content in both.items() if b"_v1_v2" in content or ("v1" in path and "v2" in path)]


@pytest.mark.parametrize("name", APPS)
def test_each_function_of_a_version_speaks_of_that_version_alone(name: str) -> None:
    index = LANGUAGE.index(frozen(frozen(app(name), "v1"), "v2"))
    kinds = {one.name: one.kind.value for one in index.functions}
    for version in ("v1", "v2"):
        told = {one.to for one in index.references if one.version == version and one.to is not None}
        assert {name for name in told if not name.endswith(f"_{version}")} <= {name for name, kind in kinds.items() if kind == "entity"}
        assert told <= set(kinds)


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        (
            "js_v4",
            {
                "Nightly": "client",
                "Order": "orchestrator",
                "OrderItem": "orchestrator",
                "Orders": "orchestrator",
                "Invoice": "activity",
                "Pay": "activity",
                "Ship": "activity",
                "Thank": "activity",
                "StartOrders": "client",
                "Stock": "entity",
            },
        ),
        (
            "esm_v4",
            {
                "Counter": "entity",
                "Invoice": "activity",
                "Orders": "orchestrator",
                "Pay": "activity",
                "Ship": "activity",
                "Start": "client",
                "hello": "activity",
            },
        ),
        (
            "ts_v4",
            {
                "Counter": "entity",
                "OrderItem": "orchestrator",
                "Orders": "orchestrator",
                "Pay": "activity",
                "Ship": "activity",
                "StartOrders": "client",
                "Thank": "activity",
            },
        ),
        (
            "js_v3",
            {
                "Counter": "entity",
                "Nightly": "other",
                "Orders": "orchestrator",
                "Pay": "activity",
                "Refunds": "orchestrator",
                "Ship": "activity",
                "Start": "client",
            },
        ),
    ],
)
def test_an_app_has_these_functions(name: str, functions: dict[str, str]) -> None:
    index = LANGUAGE.index(app(name))
    assert {one.name: one.kind.value for one in index.functions} == functions
    assert {one.version for one in index.functions} == {None}


@pytest.mark.parametrize(
    ("name", "unresolved"),
    [("js_v4", [("src/functions/orders.js", 28, "input.activity")]), ("esm_v4", []), ("ts_v4", []), ("js_v3", [])],
)
def test_names_that_only_running_the_code_can_tell_are_listed(name: str, unresolved: list[tuple[str, int, str]]) -> None:
    assert [(one.file, one.line, one.text) for one in freeze(app(name), "v1.2").unresolved] == unresolved


@pytest.mark.parametrize("name", APPS)
def test_the_working_copy_is_read_as_before(name: str) -> None:
    before, index = LANGUAGE.index(app(name)), LANGUAGE.index(frozen(app(name), "v1.2"))
    assert tuple(one for one in index.functions if one.version is None) == before.functions
    assert tuple(one for one in index.references if one.version is None) == before.references


def test_the_report_says_what_was_copied_what_was_not_and_what_is_shared() -> None:
    base = "src/functions/versions/v1_2/lib"
    assert freeze(app("js_v4"), "v1.2").notes == (
        "src/functions/versions_v1_2.js loads the copies: package.json's main, src/functions/*.js, matches it, and not what lies deeper.",
        "Copied with the functions, so that what they import stays as it is: "
        f"src/lib/names.js ({base}/names.js), src/lib/price.js ({base}/price.js), src/lib/prices.json ({base}/prices.json).",
        "src/functions/orders.js: its copy is without Stock, StartOrders, not part of v1.2.",
        "Entities keep their state under their name, so v1.2 shares them with the working copy: Stock.",
    )
