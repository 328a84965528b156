"""Orchestration versions on Flex Consumption: no slots, settings first, code by a release, and the start version behind both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components._hosting import live_value

from ..deploying import Deployment
from ..mocked_azure import MockedAzure
from .apps import of, orchestration, told
from .test_guards import problems

FLEX: dict[str, Any] = {"plan": {"sku": "FC1"}}


def deploy(azure: MockedAzure, app: Path, version: str, **options: Any) -> Deployment:
    return orchestration(azure, of(app, version, **FLEX), **options)


def released(azure: MockedAzure, made: Deployment, version: str) -> None:
    """What `operations release` notes once every probe answers the new version."""
    assert azure.metadata is not None
    azure.metadata["live"] = live_value(str(made.outputs["wanted_package_url"]), version)


def test_an_app_has_one_slot_and_nothing_sticky(azure: MockedAzure, app: Path) -> None:
    made = deploy(azure, app, "1.0")
    assert (made.outputs["slots"], made.outputs["hosting"], made.outputs["sticky_setting_names"]) == (["production"], "flex", [])
    assert not made.of_type("web:WebAppSlot") and not made.of_type("web:WebAppSlotConfigurationNames")
    settings = made.settings["production"]
    assert settings.keys().isdisjoint({"WEBSITE_RUN_FROM_PACKAGE", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION"})
    assert (settings["TaskHubName"], settings["START_VERSION"]) == ("ordersTasksProduction", "1.0")
    assert '"maxQueuePollingInterval": "00:00:10"' in made.outputs["host_json"]


def test_the_start_version_waits_for_the_release_of_the_code(azure: MockedAzure, app: Path) -> None:
    released(azure, deploy(azure, app, "1.0"), "1.0")
    for _ in range(2):
        made = deploy(azure, app, "2.0")
        assert told(azure) == {"production": ("2.0", "1.0")}, "the settings are ahead of the code"
        assert "the first `pulumi up` after that raises START_VERSION to '2.0'" in made.outputs["pending"]
    released(azure, made, "2.0")
    made = deploy(azure, app, "2.0")
    assert told(azure) == {"production": ("2.0", "2.0")} and made.outputs["pending"] is None
    before = dict(azure.settings["production"])
    deploy(azure, app, "2.0")
    assert azure.settings["production"] == before


def test_a_release_that_was_given_up_is_taken_back_by_the_next_update(azure: MockedAzure, app: Path) -> None:
    released(azure, deploy(azure, app, "1.0"), "1.0")
    deploy(azure, app, "2.0")
    deploy(azure, app, "1.0")
    assert told(azure) == {"production": ("1.0", "1.0")}


def test_slots_that_are_asked_for_are_refused(app: Path) -> None:
    (problem,) = problems(orchestration, of(app, "1.0", **FLEX, site={"slots": ["staging"]}))
    assert problem.path == "site.slots" and "Flex Consumption has no deployment slots" in str(problem)


@pytest.mark.parametrize("sku", ["P0v3", "EP1"])
def test_scale_of_flex_is_refused_on_another_plan(app: Path, sku: str) -> None:
    (problem,) = problems(orchestration, of(app, "1.0", plan={"sku": sku}, flex={"maximum_instances": 5}))
    assert problem.path == "flex" and "would be ignored" in str(problem)


def test_redundancy_is_checked_there_too(app: Path) -> None:
    (problem,) = problems(orchestration, of(app, "1.0", **FLEX, storage={"sku": "Premium_LRS"}))
    assert problem.path == "storage.sku"
