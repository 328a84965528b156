"""What is live can't be read: a dry run shows what is unknown and says why; an update fails with nothing but the component registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .apps import arguments
from .deploying import COMPONENT, UNKNOWN, deploy
from .mocked_azure import FORBIDDEN, NOT_FOUND, SORRY, MockedAzure

ROLE = "Microsoft.Web/sites/config/list/action and Microsoft.Web/sites/slots/config/list/action"
OTHER_SUBSCRIPTION = 'request failed /x: Status=404 Code="SubscriptionNotFound" Message="The subscription could not be found."'
ANSWERS = [
    ("no right", FORBIDDEN, "AuthorizationFailed"),
    ("an error of Azure's", SORRY, "InternalServerError"),
    ("a dropped connection", "connection reset by peer", "connection reset by peer"),
    ("a subscription that is not found", OTHER_SUBSCRIPTION, "SubscriptionNotFound"),
]
WHO = [
    ("production", "the settings of slot 'production' of 'orders' in 'orders-rg'"),
    ("staging", "the settings of slot 'staging' of 'orders' in 'orders-rg'"),
    ("packages", "container 'packages' of 'orderspkgs'"),
]


@pytest.mark.parametrize(("answer", "reason"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS])
@pytest.mark.parametrize(("who", "what"), WHO, ids=[case[0] for case in WHO])
def test_an_update_fails_and_registers_nothing_but_the_component(
    swapped: MockedAzure, app: Path, who: str, what: str, answer: str, reason: str
) -> None:
    swapped.failures[who] = answer
    settings = {slot: dict(values) for slot, values in swapped.settings.items()}
    failed = deploy(swapped, arguments(app, "2.0.0"), fails=True)
    assert (failed.children, failed.components) == ({}, [COMPONENT])
    assert swapped.settings == settings
    message = str(failed.error)
    assert what in message and reason in message and "nothing was written" in message and ROLE in message


@pytest.mark.parametrize(("answer", "reason"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS])
def test_a_dry_run_warns_with_what_why_and_the_role(swapped: MockedAzure, app: Path, answer: str, reason: str) -> None:
    swapped.failures["production"] = answer
    shown = deploy(swapped, arguments(app, "2.0.0"), dry_run=True)
    (warning,) = shown.warnings
    assert "slot 'production' of 'orders'" in warning and reason in warning and "shown as unknown" in warning and ROLE in warning
    assert "slot 'staging'" not in warning


def test_a_dry_run_shows_all_of_the_bundles_as_unknown_and_the_rest_as_it_is(swapped: MockedAzure, app: Path) -> None:
    args = arguments(app, "2.0.0", version_settings={"FEATURE": "on"})
    before = deploy(swapped, args, dry_run=True)
    swapped.failures["staging"] = FORBIDDEN
    shown = deploy(swapped, args, dry_run=True)
    bundle = {
        *(
            f"DurableManagementStorage__{part}"
            for part in ("blobServiceUri", "queueServiceUri", "tableServiceUri", "credential", "clientId")
        ),
        *(f"DURABLE_DEPLOY_{part}" for part in ("BUNDLE", "STACK", "STARTERS", "VERSION", "VERSION_SETTINGS")),
        "FEATURE",
        "FUNCTIONS_WORKER_RUNTIME",
        "WEBSITE_RUN_FROM_PACKAGE",
    }
    for slot, values in shown.settings.items():
        assert {name for name, value in values.items() if value == UNKNOWN} == bundle
        rest = {name: value for name, value in values.items() if name not in bundle}
        assert rest == {name: value for name, value in before.settings[slot].items() if name in rest}
    assert shown.stacks == {"production": UNKNOWN, "staging": UNKNOWN}
    assert shown.child("orders-sticky-names").inputs["appSettingNames"] == UNKNOWN
    assert shown.children.keys() == before.children.keys()


def test_a_dry_run_shows_the_task_hub_s_name_as_unknown(azure: MockedAzure, app: Path) -> None:
    azure.failures["production"] = FORBIDDEN
    shown = deploy(azure, arguments(app, durable={"isolation": "task_hub"}), dry_run=True)
    assert {values["TaskHubName"] for values in shown.settings.values()} == {UNKNOWN}


def test_a_dry_run_that_can_t_read_the_container_shows_its_metadata_as_unknown(swapped: MockedAzure, app: Path) -> None:
    swapped.failures["packages"] = FORBIDDEN
    shown = deploy(swapped, arguments(app, "2.0.0"), dry_run=True)
    assert shown.child("orders-packages-container").inputs["metadata"] == UNKNOWN
    assert "container 'packages' of 'orderspkgs' can't be read" in shown.warnings[0]


def test_an_answer_that_is_no_map_of_texts_is_unreadable(swapped: MockedAzure, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapped, "_list", lambda slot: {"id": slot, "name": "n", "type": "t", "properties": {"A": 5}})
    failed = deploy(swapped, arguments(app, "2.0.0"), fails=True)
    assert failed.children == {}
    assert "the answer is no map of texts" in str(failed.error) and "nothing was written" in str(failed.error)


@pytest.mark.parametrize("garbage", ["<html>", {"A": {"value": "b"}}], ids=str)
def test_an_answer_that_the_sdk_itself_refuses_ends_the_run(
    swapped: MockedAzure, app: Path, monkeypatch: pytest.MonkeyPatch, garbage: Any
) -> None:
    monkeypatch.setattr(swapped, "_list", lambda slot: {"id": slot, "name": "n", "type": "t", "properties": garbage})
    for dry_run in (True, False):
        failed = deploy(swapped, arguments(app, "2.0.0"), dry_run=dry_run, fails=True)
        assert "expected" in str(failed.error).lower()
        assert failed.children == {} or dry_run


def test_a_lost_site_whose_hub_exists_is_no_first_deployment(swapped: MockedAzure, app: Path) -> None:
    swapped.settings.clear()
    swapped.tables = {("ordersgreen", "ordersTasksInstances")}
    for dry_run in (True, False):
        failed = deploy(swapped, arguments(app, "2.0.0"), dry_run=dry_run, fails=True)
        assert failed.children == {}
        message = str(failed.error)
        assert "the site was not found, but a task hub exists in the storage of 'green'" in message and "durable.initial_bundle" in message


def test_a_lost_site_is_made_again_with_the_bundle_that_is_named(swapped: MockedAzure, app: Path) -> None:
    swapped.settings.clear()
    swapped.tables = {("ordersgreen", "ordersTasksInstances")}
    made = deploy(swapped, arguments(app, "2.0.0", durable={"initial_bundle": "green"}))
    assert {slot: values["DURABLE_DEPLOY_BUNDLE"] for slot, values in made.settings.items()} == {"production": "green", "staging": "blue"}


def test_one_false_not_found_of_production_contradicts_its_slot(swapped: MockedAzure, app: Path) -> None:
    swapped.failures["production"] = NOT_FOUND
    failed = deploy(swapped, arguments(app, "2.0.0"), fails=True)
    assert failed.children == {} and "one of the two answers is false" in str(failed.error)


def test_hubs_that_can_t_be_looked_for_stop_a_first_deployment(azure: MockedAzure, app: Path) -> None:
    azure.failures["ordersgreen"] = FORBIDDEN
    failed = deploy(azure, arguments(app), fails=True)
    assert failed.children == {} and "table 'ordersTasksInstances' of 'ordersgreen' can't be read" in str(failed.error)


def test_accounts_without_a_hub_are_what_a_killed_first_update_left(azure: MockedAzure, app: Path) -> None:
    azure.locations = dict.fromkeys(("ordershost", "ordersblue", "ordersgreen", "orderspkgs"), "westeurope")
    assert deploy(azure, arguments(app)).settings["production"]["DURABLE_DEPLOY_BUNDLE"] == "blue"


def test_a_live_app_is_read_with_one_request_per_slot_and_one_for_the_container(swapped: MockedAzure, app: Path) -> None:
    swapped.asked.clear()
    deploy(swapped, arguments(app, "2.0.0", storage={"protect_state": False}), dry_run=True)
    assert sorted(function for function, _ in swapped.asked) == [
        "getBlobContainer",
        "listWebAppApplicationSettings",
        "listWebAppApplicationSettingsSlot",
    ]
