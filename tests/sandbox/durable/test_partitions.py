"""Who gets which partition: decisions on rows alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.durable.storage.partitions import renewed, stolen

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def row(name: str, owner: str | None = None, **columns: Any) -> dict[str, Any]:
    return {"RowKey": name, "CurrentOwner": owner, "ExpiresAt": NOW + LEASE, **columns}


def step(rows: list[dict[str, Any]], *, drained: tuple[str, ...] = (), stopping: bool = False) -> list[str]:
    return [one["RowKey"] for one in renewed(rows, "me", NOW, LEASE, drained=frozenset(drained), stopping=stopping)]


def test_what_has_no_owner_or_an_expired_one_is_claimed() -> None:
    rows = [row("a"), row("b", "dead", ExpiresAt=NOW), row("c", "alive"), row("d", None, NextOwner="other"), row("e", None, NextOwner="me")]
    assert step(rows) == ["a", "b", "e"]
    assert [one["CurrentOwner"] for one in rows] == ["me", "me", "alive", None, "me"]
    assert rows[0] | {"etag": 1} == {
        **row("a", "me", NextOwner=None, OwnedSince=NOW, LastRenewal=NOW, IsDraining=False),
        "etag": 1,
    }


def test_a_partition_that_another_asks_for_is_drained_first_and_then_handed_over() -> None:
    mine = row("a", "me", NextOwner="other", IsDraining=False)
    assert step([mine]) == ["a"]
    assert (mine["CurrentOwner"], mine["IsDraining"]) == ("me", True)
    assert step([mine]) == ["a"]
    assert mine["CurrentOwner"] == "me"
    step([mine], drained=("a",))
    assert (mine["CurrentOwner"], mine["NextOwner"], mine["IsDraining"]) == (None, "other", False)


def test_a_worker_that_stops_claims_nothing() -> None:
    rows = [row("a"), row("b", "me", IsDraining=True)]
    assert step(rows, drained=("b",), stopping=True) == ["b"]
    assert [one["CurrentOwner"] for one in rows] == [None, None]


def test_a_partition_that_its_owner_drains_is_asked_for() -> None:
    rows = [row("a", "other", IsDraining=True)]
    assert step(rows) == ["a"]
    assert rows[0]["NextOwner"] == "me"


def shares(*owners: str) -> list[str | None]:
    rows = [row(str(number), owner) for number, owner in enumerate(owners)]
    stolen(rows, "me")
    return [one.get("NextOwner") for one in rows]


def test_a_newcomer_asks_for_its_share_and_no_more() -> None:
    assert shares("a", "a", "a", "a") == ["me", "me", None, None]
    assert shares("a", "a", "a", "me") == ["me", None, None, None]
    assert shares("a", "a", "me", "me") == [None] * 4
    assert shares("a", "a", "b", "b") == ["me", None, None, None]
    assert shares("a", "b", "c") == [None] * 3
    assert shares("me", "me") == [None] * 2
