"""Which frozen versions may go, and that nothing that stays refers to them."""

from __future__ import annotations

import pytest

from operations.migrate.lock import Lock
from operations.migrate.pruning import Needed, decide_prune, plan_prune
from operations.problem import OperationProblem

from .test_freezing import after, freeze
from .toy import ORDERS, Toy, app


def versions(*labels: str) -> tuple[dict[str, bytes], Lock]:
    files, lock = app(*ORDERS), Lock()
    for label in labels:
        plan = freeze(files, lock, label)
        files, lock = after(files, plan), plan.lock
    return files, lock


@pytest.mark.parametrize(
    ("running", "started", "keep", "gone", "stays"),
    [
        ({}, {"v10"}, 1, ("v1", "v2"), {"v10": "clients start it"}),
        ({}, set(), 1, ("v1", "v2"), {"v10": "it is the newest"}),
        ({}, set(), 2, ("v1",), {"v2": "it is one of the newest 2", "v10": "it is one of the newest 2"}),
        ({"Orders_v1": 2, "Charge": 5}, {"v10"}, 1, ("v2",), {"v1": "2 instances of it are active", "v10": "clients start it"}),
        (
            {"Orders_v1": 1, "Invoices_v2": 1},
            {"v10"},
            1,
            (),
            {"v1": "1 instance of it is active", "v2": "1 instance of it is active", "v10": "clients start it"},
        ),
        ({"ORDERS_V1": 1}, {"v2"}, 1, (), {"v1": "1 instance of it is active", "v2": "clients start it", "v10": "it is the newest"}),
        ({"orders_V2": 1}, set(), 1, ("v1",), {"v2": "1 instance of it is active", "v10": "it is the newest"}),
        ({"Orders_v100": 1, "Orders_v": 1, "v1": 1}, {"v3"}, 1, ("v1", "v2"), {"v10": "it is the newest"}),
        ({}, {"V1 ", "v2"}, 1, (), {"v1": "clients start it", "v2": "clients start it", "v10": "it is the newest"}),
        ({}, set(), 9, (), dict.fromkeys(("v1", "v2", "v10"), "it is one of the newest 9")),
        ({"Orders_v10": 3}, {"v1"}, 1, ("v2",), {"v1": "clients start it", "v10": "3 instances of it are active"}),
    ],
)
def test_a_version_goes_if_nothing_runs_nobody_starts_it_and_it_is_not_kept(
    running: dict[str, int], started: set[str], keep: int, gone: tuple[str, ...], stays: dict[str, str]
) -> None:
    _, lock = versions("v1", "v2", "v10")
    assert decide_prune(lock, Needed(running, frozenset(started)), keep) == (gone, stays)


def test_what_goes_is_exactly_what_was_frozen() -> None:
    files, lock = versions("v1", "v2")
    planned = plan_prune(files, lock, Toy(), ("v1",), {"v2": "it is the newest"})
    assert (planned.writes, planned.deletes, planned.lock.labels) == ({}, ("versions/v1/app.py",), ["v2"])
    assert planned.lock.versions["v2"] == lock.versions["v2"]


def test_what_stays_and_refers_to_what_would_go_stops_it() -> None:
    files, lock = versions("v1", "v2")
    files["app.py"] += b"start Orders_v1\n"
    with pytest.raises(OperationProblem) as caught:
        plan_prune(files, lock, Toy(), ("v1",), {})
    assert str(caught.value) == "app.py:7: start names Orders_v1, which goes with v1. Change that first; nothing was removed."


def test_dotted_versions_are_told_by_both_of_their_spellings() -> None:
    _, lock = versions("v1.2", "v1.10", "v2")
    assert decide_prune(lock, Needed({"Orders_v1_2": 1}, frozenset({"v1_10"})), 1) == (
        (),
        {"v1.2": "1 instance of it is active", "v1.10": "clients start it", "v2": "it is the newest"},
    )


def test_entities_of_the_version_and_files_that_were_not_frozen_are_told() -> None:
    plan = freeze(app(*ORDERS), entities=True)
    files = {**after(app(*ORDERS), plan), "versions/v1/more.py": b"\n"}
    assert plan_prune(files, plan.lock, Toy(), ("v1",), {}).notes == (
        "v1 has entities of its own (Stock_v1). Their state stays in the task hub, and no code reads it any more.",
        "Goes with v1, though it was not frozen with it: versions/v1/more.py.",
    )


def test_versions_of_another_programming_model_are_left_alone() -> None:
    files, lock = versions("v1")
    lock = Lock("tin", lock.versions)
    with pytest.raises(OperationProblem, match=r"versions.lock.json was written for tin"):
        plan_prune(files, lock, Toy(), ("v1",), {})
