"""The ids that a repair works out are those that the provider gives."""

from __future__ import annotations

import re
from typing import Any

import pytest

from operations.repair.ids import _PATHS, NoId, is_singleton, resource_id
from sandbox.provider.resource_specs import SPECS

INPUTS = {
    "resourceGroupName": "things",
    "resourceName": "identity",
    "workspaceName": "logs",
    "scope": "/subscriptions/s/resourceGroups/things",
    "roleAssignmentName": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "accountName": "things4711",
    "containerName": "packages",
    "blobName": "folder/orders 1.zip",
    "tableName": "Table",
    "managementPolicyName": "default",
    "queueName": "queue",
    "name": "site",
    "slot": "staging",
    "schedulerName": "scheduler",
    "taskHubName": "hub",
    "serviceName": "gateway",
    "apiId": "orders",
    "operationId": "get",
    "policyId": "policy",
    "namedValueId": "default",
    "backendId": "router",
}


@pytest.mark.parametrize("token", sorted(SPECS))
def test_every_type_of_the_embedded_azure_has_the_same_id_here_or_is_a_singleton(token: str) -> None:
    spec = SPECS[token]
    if spec.default_body is not None:
        assert is_singleton(token)
        return
    assert not is_singleton(token)
    assert resource_id(token, INPUTS, "s") == spec.id(INPUTS, "s")


def test_no_type_is_known_here_that_the_embedded_azure_can_not_hold_against_it() -> None:
    assert {f"azure-native:{kind}" for kind in _PATHS} <= set(SPECS)


def test_a_type_of_an_older_module_has_the_id_of_its_newer_self() -> None:
    assert resource_id("azure-native:web/v20240401:WebApp", INPUTS, "s") == resource_id("azure-native:web:WebApp", INPUTS, "s")
    assert is_singleton("azure-native:web/v20240401:WebAppFtpAllowed")


@pytest.mark.parametrize(
    ("type_", "inputs", "subscription", "reason"),
    [
        ("azure-native:keyvault:Vault", INPUTS, "s", "'azure-native:keyvault:Vault' is no type that this command knows the ids of"),
        ("random:index:RandomId", INPUTS, "s", "'random:index:RandomId' is no type that this command knows the ids of"),
        ("azure-native:web:WebApp", {"resourceGroupName": "things"}, "s", "its 'name' is missing in the state"),
        ("azure-native:web:WebApp", INPUTS, None, "the subscription isn't known: set azure-native:subscriptionId, or ARM_SUBSCRIPTION_ID"),
    ],
)
def test_an_id_that_can_not_be_told_says_why(type_: str, inputs: dict[str, Any], subscription: str | None, reason: str) -> None:
    with pytest.raises(NoId, match=re.escape(reason)):
        resource_id(type_, inputs, subscription)
