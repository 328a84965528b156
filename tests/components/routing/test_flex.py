"""The router itself on Flex Consumption: no slots, no package in the settings, and code that a command of its own brings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from components import ArgumentErrors
from components._hosting import package_key

from ..deploying import Deployment
from ..mocked_azure import MockedAzure
from .routers import of, router, routing
from .test_application_routing import grants, standard

FLEX = {"plan": {"sku": "FC1"}}
OPERATOR = "11111111-2222-4333-8444-666666666666"


@cache
def on_flex() -> Deployment:
    with TemporaryDirectory() as folder:
        return routing(MockedAzure(), of(router(Path(folder)), **FLEX))


def test_it_has_no_slot_nothing_sticky_and_a_container_for_its_code() -> None:
    def web(deployment: Deployment) -> set[str]:
        return {key for key in deployment.children if key.startswith("web:") or "deployment" in key}

    assert web(on_flex()) == {
        "web:AppServicePlan orders-plan",
        "web:WebApp orders-site",
        "web:WebAppScmAllowed orders-production-scm",
        "web:WebAppApplicationSettings orders-production-settings",
        "storage:BlobContainer orders-deployment-container",
    }


def test_an_instance_for_requests_never_sleeps_and_none_is_kept_for_orchestrations() -> None:
    config = on_flex().child("orders-site").inputs["functionAppConfig"]
    assert config["scaleAndConcurrency"]["alwaysReady"] == [{"name": "http", "instanceCount": 1}]
    assert config["runtime"] == {"name": "python", "version": "3.11"}


def test_the_settings_name_the_package_that_they_are_for_and_nothing_that_flex_refuses() -> None:
    slots: Any = standard().child("orders-production-settings").inputs["properties"]
    flex: Any = on_flex().child("orders-production-settings").inputs["properties"]
    assert set(slots) - set(flex) == {
        "AzureFunctionsWebHost__hostid",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_WORKER_RUNTIME",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID",
    }
    assert set(flex) - set(slots) == {"DURABLE_DEPLOY_PACKAGE"}
    assert flex["DURABLE_DEPLOY_PACKAGE"] == package_key(str(on_flex().outputs["router_package_url"]))


def test_the_router_s_own_roles_are_those_of_every_plan() -> None:
    assert grants(on_flex()) == grants(standard())


def test_whoever_deploys_it_may_sign_its_package_and_note_what_is_live(tmp_path: Path) -> None:
    access = {"access": {"operators": [OPERATOR]}}
    of_operators = {
        plan: {
            name.removeprefix(f"orders-operator-{OPERATOR}-")
            for name in grants(routing(MockedAzure(), of(router(tmp_path), **access, **changes)))
            if OPERATOR in name
        }
        for plan, changes in {"slots": {}, "flex": FLEX}.items()
    }
    assert of_operators["flex"] - of_operators["slots"] == {"packages-reader", "packages-blob-contributor"}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "slots": ({"site": {"name": "orders", "slots": ["staging"]}}, "site.slots = ['staging']: can't be made"),
    "a setting that Flex refuses": ({"settings": {"TZ": "CET"}}, "settings.TZ: is refused or ignored on Flex Consumption"),
    "site configuration that Flex refuses": ({"site": {"name": "orders", "config": {"alwaysOn": True}}}, "site.config.alwaysOn"),
    "instances": ({"plan": {"sku": "FC1", "capacity": 2}}, "plan.capacity = 2: is ignored on Flex Consumption"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_flex_does_not_take_is_refused_before_anything_is_made(what: str, tmp_path: Path) -> None:
    changes, expected = REFUSED[what]
    with pytest.raises(ArgumentErrors) as caught:
        routing(MockedAzure(), of(router(tmp_path), **{**FLEX, **changes}))
    assert expected in str(caught.value)


def test_it_says_that_the_code_waits_and_by_which_command_it_comes() -> None:
    outputs = on_flex().outputs
    assert (outputs["hosting"], outputs["slots"], outputs["waiting_for_swap"]) == ("flex", ["production"], None)
    assert outputs["waiting_for_deployment"] == str(outputs["router_package_url"])[-20:-8]
    assert any("python -m operations versions deploy-router --stack" in one for one in on_flex().warnings)


def test_with_slots_nothing_waits_for_a_command() -> None:
    outputs = standard().outputs
    assert (outputs["hosting"], outputs["waiting_for_deployment"]) == ("slots", None)
    assert not [one for one in standard().warnings if "deploy-router" in one]
