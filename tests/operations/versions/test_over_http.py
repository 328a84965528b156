"""Counting by Durable's own HTTP interface: every page, and nothing where it names no versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.problem import UNKNOWN
from operations.problem import Unknown as UnknownProblem
from operations.versions.counting import Active
from operations.versions.over_http import Page, count_over_http

FIRST, LATER = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"


def instance(id: str, name: str, version: Any, created: str = FIRST) -> dict[str, Any]:
    return {"instanceId": id, "name": name, "version": version, "createdTime": created, "runtimeStatus": "Running"}


def pages(*found: list[dict[str, Any]]) -> Any:
    """Each page's token is the next one's number."""

    def fetch(token: str | None) -> Page:
        number = int(token or 0)
        return list(found[number]), str(number + 1) if number + 1 < len(found) else None

    return fetch


def test_pages_are_followed_through_empty_ones_and_entities_do_not_count() -> None:
    fetch = pages(
        [instance("a", "Orders", "1.0", LATER)], [], [instance("b", "Orders", "1.0"), instance("@counter@tea", "counter", None)], []
    )
    assert count_over_http(fetch, "production", "mssql") == [Active("production", "Orders", "1.0", 2, datetime(2026, 3, 1, tzinfo=UTC))]


def test_an_empty_version_is_none() -> None:
    assert [one.version for one in count_over_http(pages([instance("a", "Orders", "")]), "production", "mssql")] == [None]


def test_an_app_without_active_instances_is_known_to_have_none() -> None:
    assert count_over_http(pages([], []), "production", "mssql") == []


def test_answers_without_versions_are_not_available_and_never_an_empty_list() -> None:
    fetch = pages([], [{"instanceId": "a", "name": "Orders"}])
    with pytest.raises(UnknownProblem, match=r"Not available for this backend \(durable_task_scheduler\)") as caught:
        count_over_http(fetch, "production", "durable_task_scheduler")
    assert caught.value.code == UNKNOWN


def test_a_list_without_end_is_not_taken_for_a_whole_one() -> None:
    with pytest.raises(UnknownProblem, match="has no end"):
        count_over_http(lambda _: ([], "again"), "production", "mssql")
