"""What freezing decides, with a language of three words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations.migrate.freezing import Choice, Plan, plan_freeze
from operations.migrate.lock import Lock, digest, read_lock
from operations.migrate.model import Changes, Files, Index
from operations.problem import OperationProblem

from .toy import ORDERS, Toy, app


def freeze(files: Files, lock: Lock | None = None, version: str = "v1", language: Any = None, **choice: Any) -> Plan:
    return plan_freeze(files, lock or Lock(), language or Toy(), version, Choice(**choice))


def after(files: Files, plan: Plan) -> dict[str, bytes]:
    return dict(sorted({**files, **plan.writes}.items()))


def refused(files: Files, *arguments: Any, **choice: Any) -> str:
    with pytest.raises(OperationProblem) as caught:
        freeze(files, *arguments, **choice)
    return str(caught.value)


def test_orchestrators_and_activities_are_copied_and_entities_and_clients_are_told() -> None:
    plan = freeze(app(*ORDERS))
    assert plan.writes == {"versions/v1/app.py": b"orchestrator Orders_v1\ncall Charge_v1\nactivity Charge_v1\nstart Orders_v1\n"}
    assert [one.name for one in plan.frozen] == ["Charge_v1", "Orders_v1"]
    assert [one.name for one in plan.left_out] == ["Stock", "Start"]
    assert json.loads(plan.lock.text()) == {
        "format": 1,
        "language": "toy",
        "versions": {
            "v1": {
                "functions": {"Charge_v1": {"kind": "activity", "of": "Charge"}, "Orders_v1": {"kind": "orchestrator", "of": "Orders"}},
                "files": {"versions/v1/app.py": digest(plan.writes["versions/v1/app.py"])},
            }
        },
    }


def test_entities_and_clients_come_along_if_they_are_asked_for() -> None:
    names = [one.name for one in freeze(app(*ORDERS), entities=True, clients=True).frozen]
    assert names == ["Charge_v1", "Orders_v1", "Start_v1", "Stock_v1"]
    assert [one.name for one in freeze(app(*ORDERS), only=frozenset({"charge"})).frozen] == ["Charge_v1"]


def test_the_same_version_again_changes_nothing() -> None:
    files = app(*ORDERS)
    first = freeze(files)
    again = freeze(after(files, first), first.lock)
    assert (again.is_done, again.lock.text()) == (True, first.lock.text())


def test_a_frozen_version_never_changes() -> None:
    files = app(*ORDERS)
    first = freeze(files)
    moved_on = {**after(files, first), **app(*ORDERS, "call Charge")}
    assert refused(moved_on, first.lock) == (
        "v1 is frozen, and the working copy is another by now (versions/v1/app.py would change). A frozen version never changes: its instances "
        "replay its code. Freeze the next one, such as v2."
    )
    more = {**after(files, first), **app(*ORDERS, "activity Refund")}
    assert refused(more, first.lock, only=frozenset({"Refund"})) == (
        "v1 is frozen without Refund. A frozen version never changes. Freeze the next one, such as v2."
    )
    edited = {**after(files, first), "versions/v1/app.py": b"orchestrator Orders_v1\n"}
    assert "versions/v1/app.py: has changed since v1 was frozen" in refused(edited, first.lock)
    gone = {path: content for path, content in after(files, first).items() if not path.startswith("versions/")}
    assert "versions/v1/app.py: is missing since v1 was frozen" in refused(gone, first.lock)


def test_the_next_version_stands_beside_the_first() -> None:
    files = app(*ORDERS)
    first = freeze(files)
    second = freeze(after(files, first), first.lock, "v2")
    assert second.lock.labels == ["v1", "v2"]
    assert list(second.writes) == ["versions/v2/app.py"]
    assert read_lock(second.lock.text(), "lock") == second.lock


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1", "1: is no version. Write it like v1, v10 or v1.2."),
        ("v1_2", "v1_2: is no version. Write it like v1, v10 or v1.2."),
        ("v9", "v9: v10 is frozen already, and versions go up. Take one that is newer, such as v11."),
        ("v2.5", "v2.5: v10 is frozen already, and versions go up. Take one that is newer, such as v11."),
    ],
)
def test_versions_are_labels_and_go_up_by_number(version: str, said: str) -> None:
    ten = freeze(app(*ORDERS), version="v10")
    assert refused(after(app(*ORDERS), ten), ten.lock, version) == said


def test_what_is_in_the_way_is_told_with_its_place() -> None:
    assert refused(app("broken", "orchestrator Orders")) == "app.py:1: is broken"
    assert refused(app("entity Stock")) == "The working copy has no orchestrators and no activities, so there is nothing to freeze."
    assert refused(app(*ORDERS, "activity orders_V1".replace("V", "v"))).startswith("app.py:7: a function orders_v1 is there already")
    assert (
        refused(app(*ORDERS), only=frozenset({"Charg"}))
        == "--only Charg: the working copy has no such function. Did you mean Charge? There are: Charge, Orders, Start, Stock."
    )


def test_a_language_that_loses_a_function_changes_nobody_s_files() -> None:
    class Forgetful(Toy):
        def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
            return Changes({"versions/v1/app.py": "orchestrator Orders_v1\n"})

    assert refused(app(*ORDERS), None, "v1", Forgetful()).splitlines() == [
        "v1 could not be frozen, and nothing was changed. This is a fault of the migration:",
        "Charge_v1 is not in the result",
    ]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": 2, "versions": {}}', '{"format": 1, "versions": {"one": {"functions": {}, "files": {}}}}']
)
def test_a_lock_file_of_another_kind_is_not_guessed_at(text: str) -> None:
    with pytest.raises(OperationProblem, match="Take the committed one back"):
        read_lock(text, "versions.lock.json")


def test_versions_of_another_programming_model_can_t_be_added_to() -> None:
    plan = freeze(app(*ORDERS))
    assert refused(after(app(*ORDERS), plan), Lock("tin", plan.lock.versions), "v2").startswith(
        "versions.lock.json was written for tin, and the app is toy by now"
    )


def test_functions_that_are_named_like_versions_are_told_and_left_alone() -> None:
    plan = freeze(app(*ORDERS, "activity Mail_v3"))
    assert [one.name for one in plan.by_hand] == ["Mail_v3"]
    assert [one.name for one in plan.frozen] == ["Charge_v1", "Orders_v1"]


def test_a_registration_that_was_lost_is_written_again_and_no_frozen_file_is() -> None:
    class Registering(Toy):
        def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
            made = super().freeze({path: text for path, text in files.items() if path == "app.py"}, index, version, names)
            return Changes({**made.writes, **({} if files.get("main.py") == b"register\n" else {"main.py": "register\n"})})

    files = {**app(*ORDERS), "main.py": b"\n"}
    first = freeze(files, language=Registering())
    assert list(first.lock.versions["v1"].files) == ["versions/v1/app.py"]
    again = freeze({**after(files, first), "main.py": b"\n"}, first.lock, language=Registering())
    assert (again.writes, again.lock) == ({"main.py": b"register\n"}, first.lock)
