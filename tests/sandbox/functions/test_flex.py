"""Flex Consumption with real processes: OneDeploy, and what runs in the windows of an update.

Source: Microsoft docs, "Site update strategies in Flex Consumption": old and new instances side by side, "mixing versions during updates can
cause unexpected behavior in a Durable orchestration", and code and configuration together "triggers multiple rolling updates that might overlap".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.functions.rollout import Rollout
from tests.sandbox.functions.apps import HTTP_APP, Azure, FlexSite, Wait, is_alive, package

ROLLING = {"siteUpdateStrategy": {"type": "RollingUpdate"}}
ORDERS = """
    import azure.durable_functions as df
    import azure.functions as func

    app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)

    @app.route(route="start/{id}")
    @app.durable_client_input(client_name="client")
    async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
        await client.start_new("Orders", req.route_params["id"], version=req.params.get("version"))
        return client.create_check_status_response(req, req.route_params["id"])

    @app.orchestration_trigger(context_name="context")
    def Orders(context: df.DurableOrchestrationContext):
        yield context.wait_for_external_event("Go")
        return context.version
"""


@pytest.fixture
def hooked(azure: Azure) -> Iterator[list[Any]]:
    """Hooks for the windows of updates, gone after the test."""
    yield azure.functions.rollout_hooks
    azure.functions.rollout_hooks.clear()


def orders(version: str, **durable: str) -> bytes:
    """The app with that default version."""
    section = {"hubName": "Orders", "defaultVersion": version, **durable}
    return package(ORDERS, host___json=json.dumps({"version": "2.0", "extensions": {"durableTask": section}}))


def state(site: FlexSite, id: str) -> dict[str, Any]:
    return dict(site.get(f"/runtime/webhooks/durabletask/instances/{id}", key=True).json())


def test_a_deployed_app_runs_in_two_instances_that_share_its_requests(azure: Azure) -> None:
    site = azure.flex()
    assert site.get("/").status == 503
    site.set("production", {"CODE": "one"})
    assert site.deploy(HTTP_APP)["status"] == 4
    assert [(one.number, one.status.state, one.draining) for one in site.updated()] == [(1, "Running", False), (2, "Running", False)]
    assert len({site.get("/api/pid").text for _ in range(6)}) == 2
    assert {site.get("/api/setting/WEBSITE_INSTANCE_ID").text for _ in range(6)} == {"sandbox-1", "sandbox-2"}
    assert (site.get("/api/setting/CODE").text, site.get("/api/setting/WEBSITE_SKU").text) == ("one", "FlexConsumption")
    assert {(one["host_instance"], one["deployment"][-2:], one["package"]) for one in site.executions()} == {
        (number, "01", f"{site.container}/released-package.zip") for number in (1, 2)
    }


def test_in_a_rolling_update_both_versions_run_on_one_hub_and_no_request_fails(azure: Azure, hooked: list[Any], eventually: Wait) -> None:
    site = azure.flex(**ROLLING)
    site.set("production", {"AzureWebJobsStorage": azure.connection_string(azure.account())})
    site.deploy(orders("1.0"))
    site.updated()
    assert site.get("/api/start/before").status == 202
    eventually(lambda: state(site, "before")["runtimeStatus"] == "Running")
    windows: list[tuple[int, int, set[str]]] = []

    def look(stage: Rollout) -> None:
        if stage.stage == "batch":
            answers = {site.get(f"/api/start/w{stage.batch}-{number}").status for number in range(3)}
            runs = {str(one.deployment) for one in azure.functions.instances(site.name) if not one.draining}
            windows.append((stage.batch, max(answers), {deployment[-1] for deployment in runs}))

    hooked.append(look)
    site.deploy(orders("2.0"))
    site.updated()
    assert windows == [(1, 202, {"1", "2"}), (2, 202, {"2"})]
    for id in ("before", *(f"w{batch}-{number}" for batch in (1, 2) for number in range(3))):
        site.request("POST", f"/runtime/webhooks/durabletask/instances/{id}/raiseEvent/Go", body=1, key=True)
    eventually(lambda: state(site, "before")["runtimeStatus"] == "Completed")
    eventually(lambda: all(state(site, f"w2-{number}")["runtimeStatus"] == "Completed" for number in range(3)))
    assert (state(site, "before")["output"], state(site, "w2-0")["output"]) == ("1.0", "2.0")
    ran = {one["instance"]: one["deployment"][-1] for one in site.executions(kind="orchestrator") if one["replaying"]}
    assert ran["before"] == "2"


def test_settings_during_a_deployment_are_a_second_update_that_overlaps_the_first(azure: Azure, hooked: list[Any]) -> None:
    site = azure.flex(**ROLLING)
    site.set("production", {"CODE": "old"})
    site.deploy(HTTP_APP)
    site.updated()
    begun, met = len(azure.sandbox.plane.journal), list[set[tuple[str, str]]]()

    def interfere(stage: Rollout) -> None:
        if stage.stage == "batch":
            met.append(
                {(str(one.deployment)[-1], one.settings["CODE"]) for one in azure.functions.instances(site.name) if not one.draining}
            )
        if stage.update == 1 and stage.batch == 1:
            site.set("production", {"CODE": "new"})

    hooked.append(interfere)
    site.deploy(HTTP_APP + "\n# newer\n")
    site.updated()
    assert met == [{("1", "old"), ("2", "old")}, {("2", "old"), ("2", "new")}, {("2", "new")}]
    assert [write.operation for write in azure.sandbox.plane.journal.since(begun) if write.caller == "flex"] == [
        "rolling update 1: begins",
        "rolling update 1: batch 1 of 2",
        "rolling update 1: superseded by a newer update",
        "rolling update 2: begins while update 1 is under way",
        "rolling update 2: batch 1 of 2",
        "rolling update 2: batch 2 of 2",
        "rolling update 2: complete",
    ]


def test_recreate_ends_all_instances_before_the_new_ones_start(azure: Azure, hooked: list[Any]) -> None:
    site = azure.flex()
    site.set("production", {"CODE": "old"})
    site.deploy(HTTP_APP)
    old = {one.status.pid for one in site.updated()}
    alive: list[bool] = []
    hooked.append(lambda stage: alive.append(any(is_alive(int(pid or 0)) for pid in old)))
    site.set("production", {"CODE": "new"})
    assert {one.status.pid for one in site.updated()}.isdisjoint(old)
    assert alive == [True, False, False]
    assert {site.get("/api/setting/CODE").text for _ in range(4)} == {"new"}


def test_a_failed_deployment_restarts_nothing(azure: Azure) -> None:
    site = azure.flex()
    site.deploy(HTTP_APP)
    before = site.updated()
    assert site.deploy(b"no zip")["status"] == 3
    assert site.updated() == before


def test_new_code_that_does_not_start_is_what_all_instances_end_with(azure: Azure) -> None:
    """There is no rollback: an update that brings errors goes on."""
    site = azure.flex(**ROLLING)
    site.deploy(HTTP_APP)
    site.updated()
    site.deploy("raise RuntimeError('at import')")
    assert {one.status.errors for one in site.updated()} == {("Exception: RuntimeError: at import",)}
    assert azure.functions.status(site.name).state == "Error"
    assert site.get("/api/pid").status == 503


def test_the_package_can_be_fetched_by_a_connection_string(azure: Azure) -> None:
    site = azure.flex()
    storage = {
        "type": "blobContainer",
        "value": site.container,
        "authentication": {"type": "StorageAccountConnectionString", "storageAccountConnectionStringName": "DEPLOYMENT_STORAGE"},
    }
    site.configure(deployment={"storage": storage})
    site.set("production", {"DEPLOYMENT_STORAGE": azure.connection_string(azure.packages)})
    assert site.deploy(HTTP_APP)["status_text"] == ""
    assert {one.status.state for one in site.updated()} == {"Running"}
    site.set("production", {})
    assert {one.status.errors for one in site.updated()} == {
        ("The app setting 'DEPLOYMENT_STORAGE' that is to fetch the package does not exist.",)
    }


def test_a_timer_runs_in_one_instance_only(azure: Azure, eventually: Wait) -> None:
    code = """
    import azure.functions as func
    app = func.FunctionApp()

    @app.timer_trigger(arg_name="timer", schedule="*/1 * * * * *")
    def Tick(timer: func.TimerRequest) -> None: ...
    """
    site = azure.flex()
    site.deploy(code)
    site.updated()
    eventually(lambda: len(site.executions(function="Tick")) >= 2)
    assert {one["host_instance"] for one in site.executions(function="Tick")} == {1}
