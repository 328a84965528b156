"""Which old branches the code may lose: an answer is only given where it is certain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.versions.containing import Contents
from operations.versions.counting import Active
from operations.versions.deleting import floors, started_versions, unused
from tests.operations.slots.lives import live

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
CODE = Contents("3.1.0", False, ("3.0",))


def active(name: str, version: str | None, count: int = 1, slot: str = "production") -> Active:
    return Active(slot, name, version, count, MARCH)


@pytest.mark.parametrize(
    ("running", "started", "below", "sentences"),
    [
        (
            [],
            {"3.0"},
            [("", "3.0")],
            ["All orchestrators: nothing is active; branches for versions below 3.0, which clients start, can go."],
        ),
        (
            [active("Orders", "2.0", 3), active("Orders", "1.0", 1, "staging"), active("Orders", "3.0")],
            {"3.0"},
            [("Orders", "1.0"), ("", "3.0")],
            [
                "Orders: branches for versions below 1.0 can go; 1 of 1.0 is active.",
                "All other orchestrators: nothing is active; branches for versions below 3.0, which clients start, can go.",
            ],
        ),
        (
            [active("Orders", "10.0")],
            {"9.0"},
            [("Orders", "3.0"), ("", "3.0")],
            [
                "Orders: branches for versions below 3.0 can go; clients still start 3.0.",
                "All other orchestrators: nothing is active; branches for versions below 3.0, which clients start, can go.",
            ],
        ),
        (
            [active("Orders", None, 2), active("Orders", "2.0")],
            {"3.0"},
            [("Orders", None), ("", "3.0")],
            [
                "Orders: nothing can go. 2 instances without a version are active, older than every version.",
                "All other orchestrators: nothing is active; branches for versions below 3.0, which clients start, can go.",
            ],
        ),
        (
            [active("Orders", "9")],
            {"3.0"},
            [("Orders", None), ("", "3.0")],
            [
                "Orders: nothing can be named. Versions of different forms (3.0, 9) have no one order in Durable.",
                "All other orchestrators: nothing is active; branches for versions below 3.0, which clients start, can go.",
            ],
        ),
    ],
    ids=["nothing active", "the oldest of any slot counts", "what clients start counts", "no version is oldest", "mixed forms"],
)
def test_the_branches_below_the_oldest_version_that_is_needed_can_go(
    running: list[Active], started: set[str], below: list[tuple[str, str | None]], sentences: list[str]
) -> None:
    found = floors(running, CODE, frozenset(started))
    assert [(one.orchestrator, one.below) for one in found] == below
    assert [one.sentence for one in found] == sentences


def test_without_any_known_version_nothing_is_called_deletable() -> None:
    (answer,) = floors([], Contents("x", False), frozenset())
    assert (answer.below, answer.sentence) == (None, "All orchestrators: nothing is active, and no version is known that clients start.")


@pytest.mark.parametrize(
    ("versions", "running", "started", "deletable"),
    [
        (("v1", "v2", "v3"), [], {"v3"}, ("v1", "v2")),
        (("v1", "v2", "v3"), ["Orders_v1"], {"v3"}, ("v2",)),
        (("v1", "v2", "v3"), ["Orders_v1", "Invoices_v2"], {"v3"}, ()),
        (("v1", "v2", "v3"), [], {"v1"}, ("v2",)),
        (("v1", "v1.2", "v12"), ["Orders_v1_2"], {"v12"}, ("v1",)),
        (("v1",), [], set(), ()),
        ((), [], {"v1"}, ()),
    ],
)
def test_versions_by_name_can_go_if_nothing_of_them_runs_and_no_client_starts_them(
    versions: tuple[str, ...], running: list[str], started: set[str], deletable: tuple[str, ...]
) -> None:
    found = unused([active(name, None) for name in running], Contents("3.1.0", True, versions), frozenset(started))
    assert (found.deletable, found.below) == (deletable, None)


def test_what_clients_start_is_told_by_the_setting_its_overrides_and_a_ramp_in_every_slot_with_code() -> None:
    def of(settings: dict[str, str]) -> dict[str, Any]:
        return {"settings": settings}

    state = live(
        production=of({"LATEST_VERSION": "v2", "LATEST_VERSION_Orders": "v1", "OTHER": "v9", "LATEST_VERSIONS": "v8"}),
        staging=of({"LATEST_VERSION": "v3", "LATEST_VERSION_Empty": ""}),
    )
    assert started_versions(state, "LATEST_VERSION", "v4") == {"v1", "v2", "v3", "v4"}
    empty = live(production=of({"LATEST_VERSION": "v2"}), staging={**of({"LATEST_VERSION": "v3"}), "package": None})
    assert started_versions(empty, "LATEST_VERSION", None) == {"v2"}
