"""What a component refuses is told in terms of configuration keys."""

from __future__ import annotations

import pytest

from components import Problem, StatusCheckWithSlotArgs
from stacks._problems import ConfigProblem, parts_of, path_of
from stacks.building import in_terms_of_config


@pytest.mark.parametrize(
    ("argument", "key"),
    [
        ("site.name", "site.name"),
        ("site.slots[1]", "site.slots[1]"),
        ("storage.durable_accounts.blue", "storage.durable_accounts.blue"),
        ("settings.Log.Level", 'settings["Log.Level"]'),
        ("sticky_settings.staging.Log.Level", 'sticky_settings.staging["Log.Level"]'),
        ("sticky_settings.staging", "sticky_settings.staging"),
        ("version_settings.A:B", 'version_settings["A:B"]'),
        ("package", "package"),
    ],
)
def test_an_arguments_path_becomes_a_key_that_config_set_takes(argument: str, key: str) -> None:
    assert path_of(parts_of(argument)) == key


def text(problem: Problem) -> str:
    found = in_terms_of_config(problem, StatusCheckWithSlotArgs)
    return found.text("durable-deploy", "dev") if isinstance(found, ConfigProblem) else found


def test_a_wrong_value_comes_with_the_command_that_sets_another() -> None:
    assert text(Problem("site.slots[0]", "a b", "is no valid slot name.", "Rule: letters.")) == (
        "  - durable-deploy:site.slots[0] = 'a b': is no valid slot name. Rule: letters.\n"
        "      pulumi config set --stack dev --path 'durable-deploy:site.slots[0]' VALUE"
    )


def test_a_value_that_should_not_be_there_comes_with_the_command_that_removes_it() -> None:
    assert text(Problem("settings.AzureWebJobsStorage", None, "is written by the component.", "Leave it out.")) == (
        "  - durable-deploy:settings.AzureWebJobsStorage: is written by the component. Leave it out.\n"
        "      pulumi config rm --stack dev --path durable-deploy:settings.AzureWebJobsStorage"
    )


def test_a_group_that_contradicts_itself_comes_without_a_command_because_there_are_two_ways_out() -> None:
    assert text(Problem("package", None, "has both 'path' and 'url'.", "Give the one that is meant.")) == (
        "  - durable-deploy:package: has both 'path' and 'url'. Give the one that is meant."
    )


def test_what_no_configuration_mends_is_told_as_it_is() -> None:
    problem = Problem("PULUMI_DEBUG_PROVIDERS", "azure-native:1", "attaches another provider.", "Run it in a shell without that variable.")
    assert text(problem) == str(problem)
