"""The function in a mounted app, asked over real storage with the app's own identity."""

from __future__ import annotations

from typing import Any

import pytest

from tests.examples.criterion import passes
from tests.functions.slot import HUB, App, Slot
from tests.sandbox.storage.cloud import GROUP, Cloud

CRITERION = "eq(root['HasRunning'], false)"
"""What Azure Pipelines is told to ask of the answer."""


@pytest.fixture
def hub(slot: Slot) -> Slot:
    slot.make_hub()
    return slot


def verdict(answer: dict[str, Any]) -> tuple[bool, str, str]:
    assert answer["status"] == 200
    assert passes(CRITERION, answer["body"]) is not answer["body"]["HasRunning"]
    return answer["body"]["HasRunning"], answer["body"]["verdict"], answer["body"]["reason"]


def test_the_app_has_the_function_beside_its_own(app: App) -> None:
    assert set(app.functions) == {"StatusCheck", "ProcessOrder"}
    bindings = app.functions["StatusCheck"]["bindings"]
    trigger = next(one for one in bindings if one["type"] == "httpTrigger")
    assert {key: trigger[key] for key in ("authLevel", "methods", "route")} == {
        "authLevel": "FUNCTION",
        "methods": ["GET", "POST"],
        "route": "StatusCheck",
    }
    assert [one["type"] for one in bindings] == ["httpTrigger", "http"]


def test_a_drained_hub_lets_the_pipeline_go_on(app: App, hub: Slot) -> None:
    hub.add("o-1", "Completed")
    hub.add("@stock@tea", "Running", name="@stock@tea")
    answer = app.ask(hub.settings, "POST")
    assert verdict(answer) == (False, "drained", "empty")
    assert (answer["type"], answer["headers"]) == ("application/json", {"Cache-Control": "no-store"})
    assert answer["body"]["oldest"] is None
    assert answer["body"]["counts"] == {
        "active": 0,
        "queued": {f"{HUB.lower()}-{queue}": 0 for queue in ("control-00", "control-01", "workitems")},
        "by_orchestrator": [],
        "entities_total": 1,
        "excluded": [],
        "excluded_instances": 0,
    }
    assert set(answer["body"]) == {"HasRunning", "verdict", "reason", "sentence", "oldest", "counts"}


@pytest.mark.parametrize("status", ["Pending", "Running", "Suspended", "ContinuedAsNew"])
def test_an_active_instance_keeps_the_gate_shut(app: App, hub: Slot, status: str) -> None:
    hub.add("o-2", status, hour=10)
    hub.add("o-1", status, hour=9)
    answer = app.ask(hub.settings)
    assert verdict(answer) == (True, "busy", "active")
    oldest = {key: answer["body"]["oldest"][key] for key in ("id", "name", "version", "status", "created")}
    assert oldest == {"id": "o-1", "name": "ProcessOrder", "version": "1.0", "status": status, "created": "2026-01-05T09:00:00+00:00"}
    counts = answer["body"]["counts"]
    assert counts["active"] == 2
    assert counts["by_orchestrator"] == [{"name": "ProcessOrder", "version": "1.0", "statuses": {status: 2}}]


def test_excluded_orchestrators_dont_count_and_the_answer_says_so(app: App, hub: Slot) -> None:
    hub.add("c-1", "Running", name="Cleanup")
    assert verdict(app.ask(hub.settings, exclude="Poll")) == (True, "busy", "active")
    answer = app.ask(hub.settings, exclude="Cleanup")
    assert verdict(answer) == (False, "drained", "empty")
    assert (answer["body"]["counts"]["excluded"], answer["body"]["counts"]["excluded_instances"]) == (["Cleanup"], 1)
    assert "Cleanup" in answer["body"]["sentence"]


def test_messages_without_an_instance_keep_it_shut(app: App, hub: Slot) -> None:
    hub.send(f"{HUB.lower()}-control-01")
    answer = app.ask(hub.settings)
    assert verdict(answer)[0] is True
    assert answer["body"]["counts"]["queued"][f"{HUB.lower()}-control-01"] == 1


def test_a_shared_tracking_store_is_read_for_this_hub_alone(app: App, slot: Slot) -> None:
    slot.make_hub(tables="DurableTask")
    slot.add("v-1", "Running", hub="ordersTasksV1", tables="DurableTask")
    override = "AzureFunctionsJobHost__extensions__durableTask__storageProvider__trackingStoreConnectionName"
    settings = slot.settings | {override: "DurableManagementStorage"}
    assert verdict(app.ask(settings)) == (False, "drained", "empty")
    slot.add("o-1", "Running", tables="DurableTask")
    assert verdict(app.ask(settings)) == (True, "busy", "active")


def test_a_connection_string_serves_as_well(app: App, hub: Slot) -> None:
    account, endpoints = hub.account, hub.account.sandbox.storage.endpoints(hub.account.name)
    services = ";".join(f"{service.title()}Endpoint={url}" for service, url in endpoints.items())
    settings = {"TaskHubName": HUB, "DurableManagementStorage": f"AccountName={account.name};AccountKey={account.key};{services}"}
    hub.add("o-1", "Running")
    assert verdict(app.ask(settings)) == (True, "busy", "active")


def test_a_hub_that_is_not_there_is_unknown(app: App, slot: Slot) -> None:
    assert verdict(app.ask(slot.settings)) == (True, "unknown", "no_hub")


def test_an_identity_without_the_roles_learns_nothing(app: App, hub: Slot, cloud: Cloud) -> None:
    id = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/stranger"
    stranger = cloud.put(id, {"location": "westeurope"})["properties"]
    answer = app.ask(hub.settings | {"DurableManagementStorage__clientId": stranger["clientId"]})
    assert verdict(answer) == (True, "unknown", "unreadable")
    assert answer["body"]["oldest"] is None


def test_an_identity_that_does_not_exist_is_named(app: App, hub: Slot) -> None:
    nobody = "33333333-0000-4000-8000-000000000003"
    answer = app.ask(hub.settings | {"DurableManagementStorage__clientId": nobody})
    assert verdict(answer) == (True, "unknown", "unreadable")
    assert answer["body"]["sentence"].startswith(f"The identity {nobody} can't sign in: ")


def test_settings_that_lead_nowhere_are_named(app: App, hub: Slot) -> None:
    settings = {name: value for name, value in hub.settings.items() if name != "TaskHubName"}
    answer = app.ask(settings)
    assert verdict(answer) == (True, "unknown", "unreadable")
    assert answer["body"] == {
        "HasRunning": True,
        "verdict": "unknown",
        "reason": "unreadable",
        "sentence": "host.json takes the task hub's name from the setting TaskHubName, which this slot lacks.",
        "oldest": None,
        "counts": None,
    }


def test_a_parameter_that_makes_no_sense_is_refused_and_opens_nothing(app: App, hub: Slot) -> None:
    answer = app.ask(hub.settings, settle="soon")
    assert (answer["status"], answer["body"]["HasRunning"], answer["body"]["reason"]) == (400, True, "bad_request")
    assert answer["body"]["sentence"] == "settle: a number of seconds from 0 to 45, not 'soon'"
