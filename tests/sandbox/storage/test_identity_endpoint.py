"""The token endpoint, by the real azure-identity. Source: Microsoft docs, "How to use managed identities for App Service"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from sandbox.arm.subscription import DEFAULT_TENANT, OPERATOR_OBJECT_ID
from sandbox.resources import role_ids as role
from tests.sandbox.storage.cloud import GROUP, Account, Cloud

STORAGE = "https://storage.azure.com"


@pytest.fixture
def inside(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has the environment that a command in the sandbox has."""
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "somebody's real one")
    for name, value in cloud.sandbox.environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def identity(cloud: Cloud) -> dict[str, Any]:
    return cloud.put(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker", {"location": "westeurope"})


def principal_of(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["aud"], claims["tid"]) == (STORAGE, DEFAULT_TENANT)
    return str(claims["oid"])


@pytest.mark.usefixtures("inside")
def test_the_default_credential_is_the_operators() -> None:
    with DefaultAzureCredential() as credential:
        assert principal_of(credential.get_token(f"{STORAGE}/.default").token) == OPERATOR_OBJECT_ID


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    "chosen",
    [
        lambda own: {"client_id": own["properties"]["clientId"]},
        lambda own: {"identity_config": {"object_id": own["properties"]["principalId"]}},
        lambda own: {"identity_config": {"resource_id": own["id"]}},
    ],
    ids=["by client id", "by object id", "by resource id"],
)
def test_a_user_assigned_identity_gets_its_own_token(identity: dict[str, Any], chosen: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    with ManagedIdentityCredential(**chosen(identity)) as credential:
        assert principal_of(credential.get_token(f"{STORAGE}/.default").token) == identity["properties"]["principalId"]


@pytest.mark.usefixtures("inside")
def test_a_client_id_that_nobody_has_gets_no_token() -> None:
    with (
        ManagedIdentityCredential(client_id="33333333-0000-4000-8000-000000000003") as credential,
        pytest.raises(ClientAuthenticationError),
    ):
        credential.get_token(f"{STORAGE}/.default")


@pytest.mark.usefixtures("inside")
def test_the_default_credential_reaches_storage_with_the_operators_roles(cloud: Cloud, keyless: Account) -> None:
    cloud.put(f"{keyless.id}/tableServices/default/tables/Orders", {"properties": {}})
    with DefaultAzureCredential() as credential:
        orders = keyless.tables(credential).get_table_client("Orders")
        with pytest.raises(HttpResponseError, match="not authorized to perform this operation using this permission"):
            list(orders.list_entities())
        cloud.grant(role.STORAGE_TABLE_DATA_READER, keyless.id, OPERATOR_OBJECT_ID)
        assert list(orders.list_entities()) == []


@pytest.mark.usefixtures("inside")
def test_the_default_credential_opens_the_arm_endpoint(cloud: Cloud) -> None:
    url = f"{cloud.sandbox.arm_endpoint}{GROUP}?api-version=2021-04-01"
    with DefaultAzureCredential() as credential:
        for audience, status in (("https://management.azure.com", 200), (STORAGE, 401)):
            bearer = {"Authorization": f"Bearer {credential.get_token(f'{audience}/.default').token}"}
            assert requests.get(url, headers=bearer, verify=cloud.sandbox.ca_bundle).status_code == status


def test_the_endpoint_asks_for_its_header(cloud: Cloud) -> None:
    answer = requests.get(cloud.sandbox.identity.url, {"resource": STORAGE}, headers={"X-IDENTITY-HEADER": "guessed"})
    assert (answer.status_code, "access_token" in answer.json()) == (403, False)
