"""The project's files: what Pulumi.yaml declares, what the stacks set, and what the program does with them belong together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks import SettingsErrors, StackConfig, read_settings
from stacks.known import STRATEGIES
from stacks.settings import General

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("local", "dev", "prod")


def project() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "Pulumi.yaml").read_text()))


def stack(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "stacks" / f"Pulumi.{name}.yaml").read_text()))


def test_every_operation_begins_with_a_refresh_and_configuration_lies_beside_the_builders() -> None:
    found = project()
    assert (found["name"], found["options"], found["stackConfigDir"]) == ("durable-deploy", {"refresh": "always"}, "stacks")
    assert found["runtime"] == {"name": "python", "options": {"virtualenv": ".venv"}}


def test_pulumi_yaml_declares_exactly_the_keys_that_the_settings_know() -> None:
    groups = {name for strategy in STRATEGIES.values() for name in strategy.arguments.__annotations__}
    assert set(project()["config"]) == {*General.model_fields, *groups}


def test_no_key_is_required_by_pulumi_whose_message_would_come_before_ours() -> None:
    assert [key for key, declared in project()["config"].items() if "default" not in declared or not declared["description"]] == []


def test_defaults_in_pulumi_yaml_are_those_of_the_settings() -> None:
    declared = {key: value["default"] for key, value in project()["config"].items()}
    general = General()
    assert {key: declared.pop(key) for key in General.model_fields} == general.model_dump()
    assert set(map(str, declared.values())) == {"{}"}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_pulumi_yaml_s_defaults_for_groups_of_other_strategies_are_no_mistake(strategy: str) -> None:
    defaults = {key: str(one["default"]) for key, one in project()["config"].items() if key not in General.model_fields}
    texts = {**defaults, "strategy": strategy, "site": '{"name": "orders"}'}
    read = read_settings(StackConfig("durable-deploy", "dev", texts, frozenset(), ROOT)).arguments
    assert set(read) == {name for name in STRATEGIES[strategy].arguments.__annotations__}


def test_a_group_of_another_strategy_is_refused_once_something_is_in_it() -> None:
    texts = {"site": '{"name": "orders"}', "versioning": '{"default_version": "1.0"}'}
    with pytest.raises(SettingsErrors, match="durable-deploy:versioning: is no setting of this project"):
        read_settings(StackConfig("durable-deploy", "dev", texts, frozenset(), ROOT))


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_needs_no_more_than_its_sites_name(name: str) -> None:
    own = {key.partition(":")[2]: value for key, value in stack(name)["config"].items() if key.startswith("durable-deploy:")}
    site = {"name": "orders", **own.pop("site", {})}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in {**own, "site": site}.items()}
    settings = read_settings(StackConfig("durable-deploy", name, texts, frozenset(), ROOT))
    assert settings.general.lean is True
    assert "azure-native:location" in stack(name)["config"]


def test_only_the_local_stack_holds_a_salt_because_only_its_passphrase_is_known_to_all() -> None:
    assert [name for name in STACKS if "encryptionsalt" in stack(name)] == ["local"]


def test_only_prod_protects_its_state() -> None:
    protected = {name: stack(name)["config"].get("durable-deploy:storage", {}).get("protect_state", True) for name in STACKS}
    assert protected == {"local": False, "dev": False, "prod": True}


def test_the_program_is_a_page() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 25
