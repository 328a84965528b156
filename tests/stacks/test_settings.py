"""A stack's configuration is read as a whole: what is wrong is said at once, by full key, with the command that mends it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest

from stacks import SettingsErrors, StackConfig, read_settings

ROOT = Path("/srv/project")


def config(secret: frozenset[str] = frozenset(), **values: Any) -> StackConfig:
    """A configuration as Pulumi hands it over: maps as JSON text. `site` is there unless the test gives another."""
    given = {"site": {"name": "orders"}, **values}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    return StackConfig("durable-deploy", "dev", texts, secret, ROOT)


def refused(**values: Any) -> str:
    with pytest.raises(SettingsErrors) as caught:
        read_settings(config(**values))
    return str(caught.value)


def test_the_groups_become_the_components_arguments() -> None:
    settings = read_settings(config(plan={"sku": "S1", "capacity": 2}, site={"name": "orders", "slots": ["a", "b"]}))
    assert settings.arguments == {"site": {"name": "orders", "slots": ["a", "b"]}, "plan": {"sku": "S1", "capacity": 2}}
    assert (settings.general.strategy, settings.general.lean) == ("status-check-with-slot", False)


def test_groups_that_are_empty_by_default_change_nothing() -> None:
    assert read_settings(config(package={}, settings={})).arguments == {"site": {"name": "orders"}, "package": {}, "settings": {}}


def test_a_relative_package_path_starts_at_the_projects_folder() -> None:
    assert read_settings(config(package={"path": "examples/orders"})).arguments["package"] == {"path": "/srv/project/examples/orders"}
    assert read_settings(config(package={"path": "/else/where.zip"})).arguments["package"] == {"path": "/else/where.zip"}


def test_lean_is_read_from_text_because_pulumi_quotes_it() -> None:
    assert read_settings(config(lean="true")).general.lean is True


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = refused(site={"slots": "staging"}, pakage={}, lean="yes please", plan={"capacity": "many"}, settings={"LEVEL": 5})
    assert text == (
        "The configuration of stack 'dev' has 6 problems; nothing was registered.\n"
        "  - durable-deploy:lean = 'yes please': must be true or false.\n"
        "      pulumi config set --stack dev durable-deploy:lean true\n"
        "  - durable-deploy:site.name: is required.\n"
        "      pulumi config set --stack dev --path durable-deploy:site.name NAME\n"
        "  - durable-deploy:site.slots = 'staging': must be a list. Remove it, and set its items: `[0]`, `[1]`, … behind the key.\n"
        "      pulumi config rm --stack dev --path durable-deploy:site.slots\n"
        "  - durable-deploy:pakage: is no setting of this project. Did you mean 'package'? Known here: access, durable, lean, monitoring, "
        "package, plan, resource_group, settings, site, sticky_settings, storage, strategy, tags, version_settings.\n"
        "      pulumi config rm --stack dev durable-deploy:pakage\n"
        "  - durable-deploy:plan.capacity = 'many': must be a whole number.\n"
        "      pulumi config set --stack dev --path durable-deploy:plan.capacity VALUE\n"
        "  - durable-deploy:settings.LEVEL = 5: must be text, and is read as a number or a truth value. "
        "Quote it in the YAML file, or set it as a string.\n"
        "      pulumi config set --stack dev --path --type string durable-deploy:settings.LEVEL VALUE"
    )


def test_a_site_that_is_left_out_is_asked_for_by_its_name() -> None:
    with pytest.raises(SettingsErrors, match=re.escape("durable-deploy:site.name: is required")):
        read_settings(StackConfig("durable-deploy", "dev", {}, frozenset(), ROOT))


def test_a_misspelt_key_inside_a_group_is_answered_with_the_right_one() -> None:
    assert "durable-deploy:site.slot: is no setting of this project. Did you mean 'slots'? Known here: config, name, slots." in refused(
        site={"name": "orders", "slot": ["staging"]}
    )


def test_a_misspelt_key_two_levels_deep_is_named_with_its_whole_path() -> None:
    text = refused(access={"identity": {"id": "a", "client_id": "b", "principal": "c"}})
    assert "durable-deploy:access.identity.principal: is no setting" in text
    assert "durable-deploy:access.identity.principal_id: is required." in text


def test_a_version_that_yaml_read_as_a_number_is_refused_because_it_lost_its_digits() -> None:
    # YAML's 1.10 is the number 1.1, and Pulumi hands 1.0 over as 1.
    assert "durable-deploy:package.version = 1.1: must be text" in refused(package={"version": 1.10})
    assert "durable-deploy:package.version = 1: must be text" in refused(package={"version": 1})


def test_a_setting_whose_name_holds_a_dot_is_quoted_in_the_command() -> None:
    assert "pulumi config set --stack dev --path --type string 'durable-deploy:settings[\"Log.Level\"]' VALUE" in refused(
        settings={"Log.Level": 5}
    )


def test_text_where_a_map_is_due_is_refused() -> None:
    assert "durable-deploy:plan: must be a map, and is text." in refused(plan="P1v3")
    assert "durable-deploy:plan = ['P1v3']: must be a map." in refused(plan=["P1v3"])


def test_an_unknown_strategy_is_answered_with_the_known_ones() -> None:
    assert (
        "durable-deploy:strategy = 'swap': is no strategy of this project. Choose one of: status-check-with-slot, orchestration-versioning, name-based-versioning, application-routing."
        in refused(strategy="swap")
    )


def test_an_encrypted_setting_becomes_a_secret_output_and_is_not_shown_in_an_error() -> None:
    settings = read_settings(config(frozenset({"settings"}), settings={"PASSWORD": "hunter2"}))
    assert isinstance(settings.arguments["settings"]["PASSWORD"], pulumi.Output)
    with pytest.raises(SettingsErrors) as caught:
        read_settings(config(frozenset({"settings"}), settings={"PIN": 1234}))
    assert "durable-deploy:settings.PIN: must be text" in str(caught.value)
    assert "1234" not in str(caught.value)


def test_a_group_of_which_nothing_can_be_kept_secret_may_not_be_encrypted() -> None:
    with pytest.raises(SettingsErrors, match="durable-deploy:tags: is encrypted, but names and structure stand in the state in clear"):
        read_settings(config(frozenset({"tags"}), tags={"team": "orders"}))
    read_settings(config(frozenset({"storage"}), storage={"content_connection": "DefaultEndpointsProtocol=…"}))
