"""The SDK's own client, with the binding that the extension gives it, over the local address."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import azure.functions as func
import pytest
from azure.durable_functions import DurableOrchestrationClient, EntityId, OrchestrationRuntimeStatus
from azure.durable_functions.models.utils import http_utils

from tests.sandbox.durable.apps import app_with, counter
from tests.sandbox.durable.taskhub import BASE, TaskHub, until


def Echo(context):
    return [context.version, context.get_input()]
    yield


def Wait(context):
    return (yield context.wait_for_external_event("Go"))


@pytest.fixture
def hub(taskhub: TaskHub) -> TaskHub:
    """Its worker runs every version."""
    taskhub.worker(app_with(Echo, Wait, counter=counter), as_=replace(taskhub.options, match="None"))
    return taskhub


def using(hub: TaskHub, call: Callable[[DurableOrchestrationClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        try:
            return await call(DurableOrchestrationClient(hub.workers[0].client_binding()))
        finally:
            await http_utils._close_session()

    return asyncio.run(run())


def test_a_client_starts_and_asks(hub: TaskHub) -> None:
    async def call(client: DurableOrchestrationClient) -> str:
        assert not await client.get_status("e-1")
        return await client.start_new("Echo", "e-1", {"n": 1}, version="3.0")

    assert using(hub, call) == "e-1"
    assert hub.finished("e-1")["output"] == ["3.0", {"n": 1}]
    status = using(hub, lambda client: client.get_status("e-1", show_input=True))
    assert (status.runtime_status, status.input_, bool(status)) == (OrchestrationRuntimeStatus.Completed, '{"n": 1}', True)


def test_a_client_is_told_why_a_start_failed(hub: TaskHub) -> None:
    with pytest.raises(Exception, match="The function 'Nobody' doesn't exist"):
        using(hub, lambda client: client.start_new("Nobody"))


def test_an_event_of_the_sdk_s_client_arrives_as_text(hub: TaskHub) -> None:
    """It sends JSON within JSON: azure-functions-durable-python issue 295."""

    async def call(client: DurableOrchestrationClient) -> None:
        await client.raise_event("w-1", "Go", {"by": "Ann"})

    using(hub, lambda client: client.start_new("Wait", "w-1"))
    hub.reaches("Running", "w-1")  # an event that is quicker than the start's own message finds no instance and is dropped
    using(hub, call)
    assert hub.finished("w-1")["output"] == '{"by": "Ann"}'


def test_a_client_suspends_resumes_terminates_and_purges(hub: TaskHub) -> None:
    using(hub, lambda client: client.start_new("Wait", "w-1"))
    hub.reaches("Running", "w-1")  # as above: what is quicker than the start's message is dropped
    using(hub, lambda client: client.suspend("w-1", "a reason"))
    hub.reaches("Suspended", "w-1")
    using(hub, lambda client: client.resume("w-1", "another"))
    hub.reaches("Running", "w-1")
    using(hub, lambda client: client.terminate("w-1", "enough"))
    assert hub.finished("w-1")["output"] == "enough"
    assert using(hub, lambda client: client.purge_instance_history("w-1")).instances_deleted == 1
    assert using(hub, lambda client: client.purge_instance_history("w-1")).instances_deleted == 0


def test_a_client_lists_by_status(hub: TaskHub) -> None:
    hub.start("Wait", "w-1")
    hub.start("Echo", "e-1")
    hub.finished("e-1")
    since = datetime.now() - timedelta(days=1)
    found = using(hub, lambda client: client.get_status_by(since, None, [OrchestrationRuntimeStatus.Completed]))
    assert [one.instance_id for one in found] == ["e-1"]
    assert len(using(hub, lambda client: client.get_status_all())) == 2
    completed = [OrchestrationRuntimeStatus.Completed]
    assert using(hub, lambda client: client.purge_instance_history_by(since, runtime_status=completed)).instances_deleted == 1


def test_a_client_signals_and_reads_an_entity(hub: TaskHub) -> None:
    tea = EntityId("counter", "tea")
    assert not using(hub, lambda client: client.read_entity_state(tea)).entity_exists
    using(hub, lambda client: client.signal_entity(tea, "add", 4))
    until(lambda: using(hub, lambda client: client.read_entity_state(tea)).entity_state == 4)


def test_the_urls_for_others_carry_the_public_host_and_not_the_local_one(hub: TaskHub) -> None:
    binding = json.loads(hub.workers[0].client_binding())
    assert binding["rpcBaseUrl"].startswith("http://127.0.0.1:")
    assert all(url.startswith(f"{BASE}/runtime/webhooks/durabletask/") for url in binding["creationUrls"].values())
    client = DurableOrchestrationClient(hub.workers[0].client_binding())
    request = func.HttpRequest("POST", "https://shop.example/api/orders", body=b"")
    answer = client.create_check_status_response(request, "e-1")
    assert answer.headers["Location"].startswith("https://shop.example/runtime/webhooks/durabletask/instances/e-1?")
    assert client.create_http_management_payload("e-1")["statusQueryGetUri"].startswith(f"{BASE}/")


def test_an_activity_may_have_a_durable_client(taskhub: TaskHub) -> None:
    app = app_with(Echo)

    @app.function_name("Starter")
    @app.activity_trigger(input_name="name")
    @app.durable_client_input(client_name="client")
    async def starter(name: str, client: DurableOrchestrationClient) -> str:
        try:
            return await client.start_new(name, "started", 1)
        finally:
            await http_utils._close_session()

    @app.function_name("Main")
    @app.orchestration_trigger(context_name="context")
    def main(context):
        return (yield context.call_activity("Starter", "Echo"))

    taskhub.worker(app)
    taskhub.start("Main")
    assert taskhub.finished()["output"] == "started"
    assert taskhub.finished("started")["output"] == ["", 1]
