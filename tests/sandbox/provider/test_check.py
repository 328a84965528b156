"""Check against the SDK's declarations. Wording of the real provider: pulumi-azure-native, provider.go `validateType`, `validateProperty`."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import IN_GROUP, UNKNOWN, Engine

SITE = {**IN_GROUP, "name": "app", "location": "westeurope"}
ACCOUNT = {**IN_GROUP, "accountName": "a1", "location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def test_what_the_sdk_declares_passes_as_it_is(engine_client: Engine) -> None:
    inputs = {
        **SITE,
        "kind": "functionapp",
        "siteConfig": {"alwaysOn": True, "appSettings": [{"name": "A", "value": "1"}]},
        "tags": {"a": "b"},
    }

    assert engine_client.check("web:WebApp", inputs) == inputs


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("web:WebApp", {"httpsOnyl": True}, "unknown property 'httpsOnyl': did you mean 'httpsOnly'?"),
    ("web:WebApp", {"siteConfig": {"linuxFxVerson": "x"}}, "unknown property 'siteConfig.linuxFxVerson': did you mean 'linuxFxVersion'?"),
    (
        "web:WebApp",
        {"siteConfig": {"appSettings": [{"name": "A"}, {"nam": "B"}]}},
        "unknown property 'siteConfig.appSettings[1].nam': did you mean 'name'?",
    ),
    ("web:WebApp", {"zzzz": 1}, "unknown property 'zzzz'"),
    ("web:WebApp", {"httpsOnly": "true"}, "'httpsOnly' should be of type 'boolean' but got a string"),
    ("web:WebApp", {"kind": True}, "'kind' should be of type 'string' but got a boolean"),
    ("web:WebApp", {"kind": ["a"]}, "'kind' should be of type 'string' but got an array"),
    ("web:WebApp", {"containerSize": 1.5}, "'containerSize' should be of type 'integer' but got a number"),
    ("web:WebApp", {"containerSize": True}, "'containerSize' should be of type 'integer' but got a boolean"),
    ("web:WebApp", {"siteConfig": "x"}, "'siteConfig' should be of type 'object' but got a string"),
    ("web:WebApp", {"siteConfig": {"appSettings": {"A": "1"}}}, "'siteConfig.appSettings' should be of type 'array' but got an object"),
    ("web:WebApp", {"tags": {"a": 1}}, "'tags.a' should be of type 'string' but got a number"),
    (
        "web:WebApp",
        {"identity": {"type": "UserAssigned", "userAssignedIdentities": {"/id": {}}}},
        "'identity.userAssignedIdentities' should be of type 'array' but got an object",
    ),
    (
        "web:WebApp",
        {"identity": {"type": "Mine"}},
        "'identity.type' must be one of None, SystemAssigned, SystemAssigned, UserAssigned, UserAssigned but got 'Mine'",
    ),
]


@pytest.mark.parametrize(("token", "wrong", "reason"), WRONG, ids=[reason for _, _, reason in WRONG])
def test_a_wrong_input_is_refused_with_its_path(engine_client: Engine, token: str, wrong: dict[str, Any], reason: str) -> None:
    assert engine_client.problems(token, {**SITE, **wrong}) == [reason]


def test_all_problems_are_reported_at_once(engine_client: Engine) -> None:
    assert engine_client.problems("storage:StorageAccount", {"accountName": "a1", "location": "x", "sku": {}, "tags": 1}) == [
        "'tags' should be of type 'object' but got a number",
        "missing required property 'kind'",
        "missing required property 'resourceGroupName'",
        "missing required property 'sku.name'",
    ]


def test_a_value_outside_an_open_enumeration_is_left_to_azure(engine_client: Engine) -> None:
    assert engine_client.check("storage:StorageAccount", {**ACCOUNT, "minimumTlsVersion": "TLS9_9"})["minimumTlsVersion"] == "TLS9_9"


def test_a_setting_must_be_a_string(engine_client: Engine) -> None:
    problems = engine_client.problems("web:WebAppApplicationSettings", {**IN_GROUP, "name": "app", "properties": {"A.B": 1}})

    assert problems == ["'properties.A.B' should be of type 'string' but got a number"]


def test_a_connection_string_needs_its_type(engine_client: Engine) -> None:
    problems = engine_client.problems("web:WebAppConnectionStrings", {**IN_GROUP, "name": "app", "properties": {"db": {"value": "x"}}})

    assert problems == ["missing required property 'properties.db.type'"]


def test_unknowns_pass_at_every_depth(engine_client: Engine) -> None:
    inputs = {**SITE, "resourceGroupName": UNKNOWN, "siteConfig": {"alwaysOn": UNKNOWN}, "identity": UNKNOWN, "tags": {"a": UNKNOWN}}

    assert engine_client.check("web:WebApp", inputs) == inputs


def test_nulls_are_left_out(engine_client: Engine) -> None:
    assert engine_client.check("web:WebApp", {**SITE, "kind": None, "siteConfig": {"alwaysOn": None}}) == {**SITE, "siteConfig": {}}


def test_the_defaults_that_the_sdk_puts_in_are_accepted(engine_client: Engine) -> None:
    """Seen on the wire of pulumi_azure_native 3.29.0."""
    sent = {"clientAffinityEnabled": False, "isXenon": False, "hyperV": False, "scmSiteAlsoStopped": False}
    config = {"http20Enabled": True, "localMySqlEnabled": False, "netFrameworkVersion": "v4.6"}

    assert engine_client.check("web:WebApp", {**SITE, **sent, "siteConfig": config}) == {**SITE, **sent, "siteConfig": config}


def test_the_api_version_is_added_where_the_type_has_one(engine_client: Engine) -> None:
    """provider.go `applyDefaults`: since 3.0; storage:Blob has none."""
    site = engine_client.check_raw("web:WebApp", SITE).inputs
    blob = engine_client.check_raw("storage:Blob", {**IN_GROUP, "accountName": "a", "containerName": "c", "blobName": "b"}).inputs

    assert (site["azureApiVersion"], "azureApiVersion" in blob) == ("2025-05-01", False)


def test_a_type_that_the_embedded_azure_lacks_is_refused_by_name(engine_client: Engine) -> None:
    with pytest.raises(RuntimeError, match=r"^Resource type azure-native:sql:Server not found: the embedded Azure has azure-native:"):
        engine_client.check("sql:Server", {})
