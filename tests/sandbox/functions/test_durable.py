"""Durable functions in the process of a slot: how the host and the extension are put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.functions.apps import Azure, Site, Wait, package

APP = """
    from datetime import timedelta
    import os
    import azure.durable_functions as df
    import azure.functions as func

    app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)

    @app.route(route="start/{id}")
    @app.durable_client_input(client_name="client")
    async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
        await client.start_new("Greet", req.route_params["id"], req.params.get("name"))
        return client.create_check_status_response(req, req.route_params["id"])

    @app.orchestration_trigger(context_name="context")
    def Greet(context: df.DurableOrchestrationContext):
        greeting = yield context.call_activity("Say", context.get_input())
        if context.get_input() == "later":
            yield context.create_timer(context.current_utc_datetime + timedelta(hours=1))
        return greeting

    @app.activity_trigger(input_name="name")
    def Say(name: str) -> str:
        return f"{os.environ['CODE']} says {name}"
"""
HUB = '{"version": "2.0", "extensions": {"durableTask": {"hubName": "%HUB%"}}}'
FAST = 3600
"""An hour takes a second: what the fixture `manual` runs with."""


@pytest.fixture(scope="module")
def site(manual: Azure) -> Iterator[Site]:
    """Each slot its own travelling hub: old code in production, new in staging."""
    site, storage = manual.site("staging"), manual.connection_string(manual.account())
    code = package(APP, host___json=HUB)
    for slot, version in (("production", "old"), ("staging", "new")):
        site.run(slot, code, AzureWebJobsStorage=storage, HUB=f"hub{version}", CODE=version, DURABLE_DEPLOY_VERSION=version)
    yield site


def start(site: Site, id: str, name: str = "hello", slot: str = "production") -> dict[str, Any]:
    answer = site.get(f"/api/start/{id}?name={name}", slot)
    assert answer.status == 202
    return dict(answer.json())


def finished(site: Site, links: dict[str, Any], slot: str = "production", key: bool = False) -> Any:
    """The status once the instance has ended; None before that. `key`: the link's own key is another slot's by now."""
    parts = urlsplit(links["statusQueryGetUri"])
    status = site.get(f"{parts.path}?{parts.query}", slot, key=key).json()
    return status if status["runtimeStatus"] in ("Completed", "Failed") else None


def test_an_orchestration_is_started_and_asked_for_at_the_links_that_the_app_gives(site: Site, eventually: Wait) -> None:
    links = start(site, "one")
    assert links["statusQueryGetUri"].startswith(f"{site.azure.functions.url(site.name)}/runtime/webhooks/durabletask/instances/one?")
    assert eventually(lambda: finished(site, links))["output"] == "old says hello"
    assert [one["kind"] for one in site.executions(instance="one")] == ["orchestrator", "activity", "orchestrator"]
    assert {one["app_version"] for one in site.executions(instance="one")} == {"old"}


def test_the_webhooks_take_the_system_key_and_the_master_key(site: Site) -> None:
    path = "/runtime/webhooks/durabletask/instances/nothing"
    keys = site.azure.post(f"{site.id}/host/default/listkeys").body
    tried = (False, keys["functionKeys"]["default"], keys["systemKeys"]["durabletask_extension"], keys["masterKey"])
    assert [site.get(path, key=key).status for key in tried] == [401, 401, 404, 404]


def test_a_durable_timer_runs_as_fast_as_the_sandbox_says(site: Site, eventually: Wait) -> None:
    links = start(site, "timer", "later")
    assert eventually(lambda: finished(site, links))["output"] == "old says later"


def test_in_a_swap_hub_and_code_move_together_and_each_instance_meets_its_own_code(site: Site, eventually: Wait) -> None:
    before = start(site, "before", slot="staging")
    eventually(lambda: finished(site, before, "staging"))
    site.azure.post(f"{site.slot('staging')}/slotsswap", targetSlot="production")
    while site.azure.swaps.advance(site.id) is not None:
        links = start(site, f"during-{len(site.executions())}")
        eventually(lambda links=links: finished(site, links))
    assert eventually(lambda: finished(site, before, key=True))["output"] == "new says hello"
    after = start(site, "after")
    assert eventually(lambda: finished(site, after))["output"] == "new says hello"
    by_instance: dict[str, set[str]] = {}
    for one in site.executions():
        if one["instance"]:
            by_instance.setdefault(one["instance"], set()).add(one["app_version"])
    assert all(len(versions) == 1 for versions in by_instance.values())
    assert {version for versions in by_instance.values() for version in versions} == {"old", "new"}
