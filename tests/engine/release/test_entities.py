"""Entities keep their state in the task hub, which leaves production with its code: a release says so before, and does not do it unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import Sandbox
from tests.sampling import story

from .team import ROOT, Team

pytestmark = [pytest.mark.azurite, *story("entities")]

WITH_ENTITY = ROOT / "examples" / "orders_with_entity"
AT_ONCE = 3600.0
"""An hour takes a second: nobody waits for orders here."""
INITIAL, TAKEN = 100, 60


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("entities")
    with Sandbox(folder / "azure", functions=True, timer_speed=AT_ONCE) as sandbox:
        team = Team(folder, sandbox, engine)
        team.wants("1.0.0", team.version_of("1.0.0", WITH_ENTITY))
        team.release()
        sandbox.functions.wait_ready()
        yield team


def test_a_release_that_would_leave_entities_behind_is_refused_with_their_names_until_they_are_given_up(team: Team) -> None:
    second = team.version_of("2.0.0", WITH_ENTITY)
    (second / "version.txt").write_text("2.0.0")
    team.wants("2.0.0", second)
    would = team.release("--dry-run")
    assert "Swap: 2.0.0 goes into production" in would.text, "an app that could make entities, and has none, is free to go"
    assert order(team, "o-1", "tea", "cups") == "done"

    before = len(team.azure.plane.journal)
    refused = team.release(code=2)
    assert "The task hub of production (1.0.0) holds 2 entities: @stock@cups, @stock@tea." in refused.text
    assert "version 2.0.0 would start with none" in refused.text and "--abandon-entities" in refused.text
    assert team.azure.writes_since(before) == []
    assert team.azure.bundles() == {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", None)}
    assert stock(team, "production", "tea") == INITIAL - TAKEN

    team.release("--abandon-entities")
    assert team.azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}
    team.sandbox.functions.wait_ready()
    assert stock(team, "production", "tea") is None, "what was said to be lost is lost to production"
    assert order(team, "o-2", "tea") == "done", "40 were left of it; the new entity began with 100"
    team.sandbox.functions.wait_ready(slot="staging")
    left = {slot: [stock(team, slot, sku) for sku in ("tea", "cups")] for slot in ("production", "staging")}
    assert left == {"production": [INITIAL - TAKEN, None], "staging": [INITIAL - TAKEN, INITIAL - TAKEN]}
    assert {name: versions for name, versions in team.executed_by().items() if "@" not in name} == {"o-1": {"1.0.0"}, "o-2": {"2.0.0"}}


def order(team: Team, number: str, *skus: str) -> str:
    """Takes 60 of each; how the order ended."""
    items = [{"sku": sku, "quantity": TAKEN, "cents": 10} for sku in skus]
    answer = team.sandbox.functions.request("production", "POST", "/api/orders", {"id": number, "items": items})
    assert answer.status == 202, answer
    ended = team.shop.wait_for(number, lambda order: order["runtimeStatus"] in ("Completed", "Failed"))
    return str(ended["output"]["status"])


def stock(team: Team, slot: str, sku: str) -> int | None:
    """What the entity of an article holds in a slot's task hub; None: there is none."""
    answer = team.sandbox.functions.request(slot, "GET", f"/runtime/webhooks/durabletask/entities/stock/{sku}")
    return None if answer.status == 404 else int(json.loads(answer.body))
