"""The heart: after any swap, the program declares for every slot exactly what is live there. Whole maps are compared."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from .apps import arguments
from .deploying import Deployment, deploy
from .mocked_azure import MockedAzure

FOUR = {"site": {"slots": ["staging-a", "staging-b", "staging-c"]}}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("the default", {}),
    ("one account, two task hubs", {"durable": {"isolation": "task_hub"}}),
    ("connection strings", {"durable": {"connection": "connection_string"}}),
    (
        "Key Vault secrets",
        {"durable": {"connection": "key_vault_secret", "key_vault_secrets": {b: f"https://v.vault.azure.net/secrets/{b}" for b in ("blue", "green")}}},
    ),
    (
        "settings of all three classes",
        {
            "settings": {"CURRENCY": "EUR"},
            "sticky_settings": {"production": {"LEVEL": "high"}, "staging": {"LEVEL": "low"}},
            "version_settings": {"FEATURE": "on"},
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize("kind", [case[1] for case in KINDS], ids=[case[0] for case in KINDS])
def test_the_same_program_declares_what_is_live_after_one_and_after_two_swaps(azure: MockedAzure, app: Path, kind: dict[str, Any]) -> None:
    deploy(azure, arguments(app, "1.0.0", **kind))
    deploy(azure, arguments(app, "2.0.0", **kind))
    assert versions(azure) == {"production": "1.0.0", "staging": "2.0.0"}
    for _ in range(2):
        azure.swap("staging")
        assert_live(azure, arguments(app, "2.0.0", **kind))
    assert versions(azure) == {"production": "1.0.0", "staging": "2.0.0"}


def test_the_swapped_slots_really_differ_in_all_that_is_of_a_bundle(deployed: MockedAzure, app: Path) -> None:
    before = {slot: dict(values) for slot, values in deployed.settings.items()}
    deployed.swap("staging")
    after = deploy(deployed, arguments(app)).settings
    moved = {"DURABLE_DEPLOY_BUNDLE", "DURABLE_DEPLOY_VERSION", "DURABLE_DEPLOY_STARTERS", "WEBSITE_RUN_FROM_PACKAGE"}
    moved |= {f"DurableManagementStorage__{service}ServiceUri" for service in ("blob", "queue", "table")}
    for slot, other in (("production", "staging"), ("staging", "production")):
        assert {name for name in moved if after[slot].get(name) == before[other].get(name)} == moved
        staying = (before[slot].keys() | after[slot].keys()) - moved
        assert {name: after[slot].get(name) for name in staying} == {name: before[slot].get(name) for name in staying}


def test_a_new_version_after_a_swap_leaves_production_as_it_is(swapped: MockedAzure, app: Path) -> None:
    azure = swapped
    live = dict(azure.settings["production"])
    made = deploy(azure, arguments(app, "3.0.0", replace="1.0.0"))
    assert made.settings["production"] == live
    assert versions(azure) == {"production": "2.0.0", "staging": "3.0.0"}
    assert azure.settings["staging"]["DURABLE_DEPLOY_BUNDLE"] == "blue"
    azure.swap("staging")
    assert_live(azure, arguments(app, "3.0.0", replace="1.0.0"))


def test_version_settings_and_runtime_stack_stay_with_the_version_that_brought_them(azure: MockedAzure, app: Path) -> None:
    deploy(azure, arguments(app, "1.0.0", version_settings={"FEATURE": "off"}))
    newer = arguments(app, "2.0.0", version_settings={"FEATURE": "on"}, package={"runtime": "PYTHON|3.12"})
    made = deploy(azure, newer)
    assert made.stacks == {"production": "PYTHON|3.11", "staging": "PYTHON|3.12"}
    azure.swap("staging")
    assert_live(azure, newer)
    assert (azure.settings["production"]["FEATURE"], azure.settings["staging"]["FEATURE"]) == ("on", "off")
    assert azure.stacks == {"production": "PYTHON|3.12", "staging": "PYTHON|3.11"}


def test_a_rollback_to_the_version_in_the_other_slot_uploads_nothing_and_changes_nothing(swapped: MockedAzure, app: Path) -> None:
    made = assert_live(swapped, arguments(app, "1.0.0"))
    assert made.of_type("storage:Blob") == {}


def test_a_version_that_was_uploaded_before_is_referenced_and_not_uploaded_again(swapped: MockedAzure, app: Path) -> None:
    azure, first = swapped, swapped.settings["staging"]["WEBSITE_RUN_FROM_PACKAGE"]
    deploy(azure, arguments(app, "3.0.0", replace="1.0.0"))
    azure.swap("staging")
    again = deploy(azure, arguments(app, "1.0.0", replace="2.0.0"))
    assert again.of_type("storage:Blob") == {}
    assert again.settings["staging"]["WEBSITE_RUN_FROM_PACKAGE"] == first
    assert versions(azure) == {"production": "3.0.0", "staging": "1.0.0"}


def test_a_new_version_over_one_that_stands_in_staging_is_refused_with_nothing_registered(staged: MockedAzure, app: Path) -> None:
    for dry_run in (True, False):
        refused = deploy(staged, arguments(app, "3.0.0"), dry_run=dry_run, fails=True)
        assert "no slot is free for version '3.0.0': slot 'staging' holds version '2.0.0'" in str(refused.error)
        assert refused.children == {}


def test_four_slots_are_declared_as_they_are_after_any_swaps(azure: MockedAzure, app: Path, tmp_path: Path) -> None:
    for version in ("1.0.0", "2.0.0", "3.0.0"):
        deploy(azure, arguments(app, version, **FOUR))
    assert versions(azure) == {"production": "1.0.0", "staging-a": "2.0.0", "staging-b": "3.0.0", "staging-c": None}
    draw = random.Random(11)
    for _ in range(4):
        for one, other in (draw.sample(list(azure.settings), 2) for _ in range(3)):
            azure.swap(one, other)
        assert_live(azure, arguments(app, "3.0.0", **FOUR))
    assert len({settings["DURABLE_DEPLOY_BUNDLE"] for settings in azure.settings.values()}) == 4


def test_what_a_pipeline_deployed_travels_with_its_slot_s_bundle(azure: MockedAzure) -> None:
    args = {"site": {"name": "orders"}, "package": {"starters": ["Nightly"]}}
    deploy(azure, args)
    azure.settings["production"] |= {"WEBSITE_RUN_FROM_PACKAGE": "1", "SCM_DO_BUILD_DURING_DEPLOYMENT": "true"}
    azure.settings["staging"] |= {"WEBSITE_CONTENTSHARE": "orders-4711"}
    assert_live(azure, args)
    azure.swap("staging")
    assert_live(azure, args)
    assert azure.settings["staging"]["SCM_DO_BUILD_DURING_DEPLOYMENT"] == "true"


def test_what_was_read_from_live_settings_is_secret(azure: MockedAzure, app: Path) -> None:
    assert (
        "properties"
        not in deploy(azure, arguments(app, "1.0.0", version_settings={"TOKEN": "t"})).child("orders-production-settings").secret
    )
    assert "properties" in deploy(azure, arguments(app, "2.0.0")).child("orders-production-settings").secret


def assert_live(azure: MockedAzure, args: dict[str, Any]) -> Deployment:
    """A dry run and an update declare exactly what is live, in both kinds of places that a swap touches."""
    settings, stacks = {slot: dict(values) for slot, values in azure.settings.items()}, dict(azure.stacks)
    assert {**deploy(azure, args, dry_run=True).settings} == settings
    made = deploy(azure, args)
    assert made.settings == settings
    assert made.stacks == stacks
    return made


def versions(azure: MockedAzure) -> dict[str, str | None]:
    return {slot: settings.get("DURABLE_DEPLOY_VERSION") for slot, settings in azure.settings.items()}
