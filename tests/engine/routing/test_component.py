"""The component on the real engine: up, a second preview that finds nothing to do, and destroy with version apps that live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import Sandbox

from .team import GROUP, RoutedTeam


@pytest.fixture
def team(tmp_path: Path, engine: Path) -> Iterator[RoutedTeam]:
    with Sandbox(tmp_path / "azure", storage="memory") as sandbox:
        yield RoutedTeam(tmp_path, sandbox, engine)


def test_a_router_comes_up_a_second_preview_finds_nothing_to_do_and_destroy_takes_version_apps_along(team: RoutedTeam) -> None:
    pulumi, stack = team.project.pulumi, ("--stack", team.project.stack)
    pulumi("up", "--yes", *stack)
    assert "unchanged" in pulumi("preview", "--expect-no-changes", *stack)

    group = f"/subscriptions/{team.sandbox.subscription}/resourceGroups/{GROUP}"
    plan = f"{group}/providers/Microsoft.Web/serverfarms/orders-1-0-plan"
    team.azure.plane.request("PUT", plan, {"location": "westeurope", "kind": "elastic", "sku": {"name": "EP1", "tier": "ElasticPremium"}})
    site = {"location": "westeurope", "kind": "functionapp,linux", "properties": {"serverFarmId": plan, "reserved": True}}
    team.azure.plane.request("PUT", f"{group}/providers/Microsoft.Web/sites/orders-1-0", site)
    assert "unchanged" in pulumi("preview", "--expect-no-changes", *stack)

    changed = _previewed(team, {"apps.settings.GREETING": "hello"})
    assert "only lines that begin from now on get it" in changed
    changed = _previewed(team, {"policy.rollout": "all_apps"})
    assert "every version app gets the new settings" in changed

    pulumi("destroy", "--yes", *stack)
    assert team.sites() == []
    assert [text for text in team.azure.plane.store.ids() if GROUP in text.lower()] == []


def test_a_gateway_in_front_comes_up_and_a_second_preview_finds_nothing_to_do(team: RoutedTeam) -> None:
    pulumi, stack = team.project.pulumi, ("--stack", team.project.stack)
    team.project.configure({"api_management.publisher_email": "shop@example.com"})
    pulumi("up", "--yes", *stack)
    assert "unchanged" in pulumi("preview", "--expect-no-changes", *stack)
    outputs = json.loads(pulumi("stack", "output", "--json", *stack))
    assert (outputs["router_url"], outputs["operators_url"]) == ("https://orders-gateway.azure-api.net", "https://orders.azurewebsites.net")
    pulumi("destroy", "--yes", *stack)


def test_a_list_that_the_router_has_written_is_nobodys_difference_and_stays(team: RoutedTeam) -> None:
    pulumi, stack = team.project.pulumi, ("--stack", team.project.stack)
    team.project.configure({"api_management.publisher_email": "shop@example.com", "api_management.direct": "true"})
    pulumi("up", "--yes", *stack)
    assert "unchanged" in pulumi("preview", "--expect-no-changes", *stack)
    (listed,) = [text for text in team.azure.plane.store.ids() if text.lower().endswith("/namedvalues/direct-lines")]
    assert _list(team, listed) == "none"

    value = ";default=1.0;1.0=orders-1-0.azurewebsites.net|key;"
    written = {"properties": {"displayName": "direct-lines", "secret": True, "value": value}}
    team.azure.plane.request("PUT", listed, written)
    for refreshed in ((), ("--refresh",)):
        assert "unchanged" in pulumi("preview", "--expect-no-changes", *refreshed, *stack)
    team.project.configure({"policy.keep": "2"})
    pulumi("up", "--yes", "--refresh", *stack)
    assert _list(team, listed) == value

    pulumi("destroy", "--yes", *stack)
    assert [text for text in team.azure.plane.store.ids() if "apimanagement" in text.lower()] == []


def _list(team: RoutedTeam, id: str) -> str:
    answer = team.azure.plane.request("POST", f"{id}/listValue")
    return str(answer.body["value"])


def _previewed(team: RoutedTeam, config: dict[str, str]) -> str:
    team.project.configure(config)
    return team.project.pulumi("preview", "--stack", team.project.stack)
