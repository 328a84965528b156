"""Diff of inputs. Source: pulumi-azure-native, provider/diff.go, provider.go `Diff`, gen/replacement.go."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from .conftest import UNKNOWN, Engine

ARCHIVE = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "path": "/a"}
Kind = provider_pb2.PropertyDiff.Kind


def kinds(answer: Any) -> dict[str, str]:
    return {path: Kind.Name(entry.kind) for path, entry in answer.detailedDiff.items()}


def test_equal_inputs_are_no_difference(engine_client: Engine) -> None:
    inputs = {"name": "a", "siteConfig": {"appSettings": [{"name": "A"}]}, "tags": {"x": "y"}, "reserved": True}
    answer = engine_client.diff("web:WebApp", inputs, inputs)

    assert (answer.changes, kinds(answer), answer.hasDetailedDiff) == (provider_pb2.DiffResponse.DIFF_NONE, {}, True)


def test_changes_are_named_by_path_and_kind(engine_client: Engine) -> None:
    olds = {"tags": {"kept": "1", "gone": "1", "new": "1"}, "httpsOnly": True, "siteConfig": {"appSettings": [{"name": "A", "value": "1"}]}}
    news = {
        "tags": {"kept": "1", "new": "2"},
        "dailyMemoryTimeQuota": 1,
        "siteConfig": {"appSettings": [{"name": "A", "value": "2"}, {"name": "B"}]},
    }
    answer = engine_client.diff("web:WebApp", olds, news)

    assert kinds(answer) == {
        "tags.gone": "DELETE",
        "tags.new": "UPDATE",
        "httpsOnly": "DELETE",
        "dailyMemoryTimeQuota": "ADD",
        "siteConfig.appSettings[0].value": "UPDATE",
        "siteConfig.appSettings[1]": "ADD",
    }
    assert list(answer.diffs) == ["dailyMemoryTimeQuota", "httpsOnly", "siteConfig", "tags"]
    assert (list(answer.replaces), answer.deleteBeforeReplace) == ([], False)


REPLACING = [
    ("web:WebApp", "name"),
    ("web:WebApp", "resourceGroupName"),
    ("web:WebApp", "kind"),
    ("web:WebAppSlot", "slot"),
    ("web:WebAppApplicationSettingsSlot", "slot"),
    ("web:WebAppApplicationSettings", "name"),
    ("storage:StorageAccount", "accountName"),
    ("storage:BlobContainer", "containerName"),
    ("storage:Blob", "blobName"),
    ("storage:Blob", "type"),
    ("storage:Table", "tableName"),
    ("resources:ResourceGroup", "location"),
    ("authorization:RoleAssignment", "scope"),
    ("authorization:RoleAssignment", "principalId"),
]


@pytest.mark.parametrize(("token", "name"), REPLACING)
def test_what_is_part_of_the_id_or_fixed_by_azure_replaces(engine_client: Engine, token: str, name: str) -> None:
    answer = engine_client.diff(token, {name: "a"}, {name: "b"})

    assert (kinds(answer), list(answer.replaces), answer.deleteBeforeReplace) == ({name: "UPDATE_REPLACE"}, [name], True)


UPDATING = [("storage:BlobContainer", "publicAccess"), ("authorization:RoleAssignment", "roleDefinitionId"), ("web:WebApp", "serverFarmId")]


@pytest.mark.parametrize(("token", "name"), UPDATING)
def test_what_can_change_in_place_does_not_replace(engine_client: Engine, token: str, name: str) -> None:
    assert kinds(engine_client.diff(token, {name: "a"}, {name: "b"})) == {name: "UPDATE"}


def test_a_random_name_is_replaced_before_the_old_is_deleted(engine_client: Engine) -> None:
    answer = engine_client.diff("web:WebApp", {"kind": "a", "__createBeforeDelete": True}, {"kind": "b", "__createBeforeDelete": True})

    assert (list(answer.replaces), answer.deleteBeforeReplace) == (["kind"], False)


def test_the_mark_of_a_random_name_is_no_difference(engine_client: Engine) -> None:
    assert kinds(engine_client.diff("web:WebApp", {"name": "a", "__createBeforeDelete": True}, {"name": "a"})) == {}


def test_a_location_is_compared_without_case_and_spaces(engine_client: Engine) -> None:
    assert kinds(engine_client.diff("web:WebApp", {"location": "West Europe"}, {"location": "westeurope"})) == {}
    assert kinds(engine_client.diff("web:WebApp", {"location": "West Europe"}, {"location": "westus"})) == {"location": "UPDATE_REPLACE"}


def test_a_name_is_compared_with_case(engine_client: Engine) -> None:
    assert kinds(engine_client.diff("web:WebAppSlot", {"slot": "Staging"}, {"slot": "staging"})) == {"slot": "UPDATE_REPLACE"}


def test_archives_are_compared_by_hash_alone(engine_client: Engine) -> None:
    old = {"source": {**ARCHIVE, "hash": "1"}}

    assert kinds(engine_client.diff("storage:Blob", old, {"source": {**ARCHIVE, "hash": "1", "path": "/elsewhere"}})) == {}
    assert kinds(engine_client.diff("storage:Blob", old, {"source": {**ARCHIVE, "hash": "2"}})) == {"source": "UPDATE_REPLACE"}


def test_a_value_that_becomes_unknown_is_a_difference(engine_client: Engine) -> None:
    assert kinds(engine_client.diff("web:WebApp", {"serverFarmId": "/p"}, {"serverFarmId": UNKNOWN})) == {"serverFarmId": "UPDATE"}


def test_a_flag_is_not_equal_to_a_number(engine_client: Engine) -> None:
    assert kinds(engine_client.diff("web:WebApp", {"reserved": True}, {"reserved": 1})) == {"reserved": "UPDATE_REPLACE"}
