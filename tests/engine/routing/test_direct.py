"""API Management sends requests for active lines straight to their apps, by a list that the router keeps: on the embedded Azure, with its gateway."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.functions.serving import Answer
from sandbox.world import Sandbox
from tests.sampling import story

from .team import RoutedTeam

pytestmark = [pytest.mark.azurite, *story("direct")]
HOST = "orders-gateway.azure-api.net"
PUBLIC = f"https://{HOST}"
CONFIG = {
    "api_management.publisher_email": "ops@example.com",
    "api_management.direct": "true",
    "api_management.gateway_seconds": "30",
}


class Clients:
    """Who has a subscription's key, and knows the gateway's address alone."""

    def __init__(self, team: RoutedTeam) -> None:
        self._sandbox, self._team = team.sandbox, team
        self._trust = ssl.create_default_context(cafile=str(team.sandbox.ca_bundle))
        self._trust.check_hostname = False
        self._key = self._subscription_key()

    def ask(self, method: str, path: str, body: Any = None, version: str = "", **headers: str) -> Answer:
        at = urlsplit(self._sandbox.gateway.url)
        content = b"" if body is None else json.dumps(body).encode()
        told = {"Host": HOST, "Ocp-Apim-Subscription-Key": self._key, "Content-Type": "application/json", **headers}
        connection = http.client.HTTPSConnection(at.hostname or "", at.port, timeout=240, context=self._trust)
        try:
            connection.request(method, path, body=content, headers={**told, **({"x-app-version": version} if version else {})})
            response = connection.getresponse()
            return Answer(response.status, tuple(response.getheaders()), response.read())
        finally:
            connection.close()

    def order(self, id: str, version: str = "") -> Answer:
        body = {"id": id, "customer": "ann", "items": [{"sku": "tea", "quantity": 1, "cents": 450}]}
        return self.ask("POST", "/api/orders", body, version)

    def _subscription_key(self) -> str:
        plane = self._team.azure.plane
        [service] = [id for id, _ in plane.store.of_type("Microsoft.ApiManagement/service")]
        return str(plane.request("POST", f"{service}/subscriptions/master/listSecrets").body["primaryKey"])


@pytest.fixture
def team(tmp_path: Path, engine: Path) -> Iterator[RoutedTeam]:
    with Sandbox(tmp_path / "azure", functions=True, timer_speed=300, gateway_delay=2) as sandbox:
        yield RoutedTeam(tmp_path, sandbox, engine, config=CONFIG)


def routed(team: RoutedTeam) -> int:
    """Requests that the router has let through so far."""
    return sum((one["site"], one["function"]) == ("orders", "route") for one in team.sandbox.functions.executions())


def test_active_lines_are_reached_past_the_router_and_none_of_it_shows(team: RoutedTeam) -> None:
    team.project.pulumi("up", "--yes", "--stack", team.project.stack)
    clients = Clients(team)
    team.deploy("1.0.0")

    # A line that is not made yet is the router's: the request is stored, and its answer is read by the gateway's address.
    first = clients.order("first", "1.0")
    assert first.status == 202, first
    assert json.loads(first.body)["statusUri"].startswith(f"{PUBLIC}/api/_requests/")
    assert team.reaches("first", "Completed", line="1.0")["output"]["status"] == "done"

    # It is listed, and a while later requests for it come past the router, with the same answers.
    team.until(lambda: team.lines()["1.0"]["listed"], poke=True)
    numbers = iter(range(1000))

    def straight() -> Answer | None:
        before = routed(team)
        answer = clients.order(f"straight-{next(numbers)}", "1.0")
        assert answer.status == 202, answer
        return answer if routed(team) == before else None

    answer = team.until(straight)
    payload = json.loads(answer.body)
    id = payload["id"]
    assert payload["statusQueryGetUri"] == f"{PUBLIC}/api/_durable/1.0/instances/{id}"
    assert answer.header("Location") == f"{PUBLIC}/api/_durable/1.0/instances/{id}"
    assert not [text for text in payload.values() if "code=" in text or "orders-1-0" in text]

    # Whatever is about an instance goes to the router, which has one address for its whole life.
    before = routed(team)
    status = clients.ask("GET", urlsplit(payload["statusQueryGetUri"]).path)
    assert status.status in (200, 202) and json.loads(status.body)["instanceId"] == id
    assert team.reaches(id, "Completed", line="1.0")["output"]["status"] == "done"
    assert routed(team) > before
    assert clients.ask("GET", "/api/versions", **{"Ocp-Apim-Subscription-Key": "wrong"}).status == 401

    # A request without a version goes straight to the default, which the list names.
    assert team.until(
        lambda: (before := routed(team), clients.order(f"default-{next(numbers)}"))[1].status == 202 and routed(team) == before
    )

    # A newer line takes its place in the list; the old one leaves it before it is removed, and nothing was lost.
    team.deploy("2.0.0")
    clients.order("of-two", "2.0")
    team.until(lambda: team.states() == {"1.0": "draining", "2.0": "active"}, poke=True)
    team.until(lambda: [team.lines()[line]["listed"] for line in ("1.0", "2.0")] == [False, True], poke=True)
    preview = team.project.pulumi("preview", "--refresh", "--expect-no-changes", "--stack", team.project.stack)
    assert "unchanged" in preview
    assert clients.order("late", "1.0").status == 202
    assert team.reaches("late", "Completed", line="1.0")["output"]["status"] == "done"
    team.until(lambda: team.states() == {"1.0": "retired", "2.0": "active"}, patience=240, poke=True)
    assert team.sites() == ["orders-2-0"]
    assert clients.order("too-late", "1.0").status == 410

    team.project.pulumi("destroy", "--yes", "--stack", team.project.stack)
    assert team.sites() == []
