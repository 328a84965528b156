"""Who may do what at ARM. Source of roles and their actions: Microsoft docs, "Azure built-in roles"."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.arm import ArmError, ControlPlane, Store
from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.resources import all_types
from sandbox.rest.authorizing import require_rights
from sandbox.storage import MemoryStorage
from sandbox.web import web_types

SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-00000000d0d0"
GROUP = f"{SUBSCRIPTION}/resourceGroups/apps"
OTHER = f"{SUBSCRIPTION}/resourceGroups/other"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apps"
GATEWAY = f"{GROUP}/providers/Microsoft.ApiManagement/service/gateway"
LINES = f"{GATEWAY}/namedValues/direct-lines"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/packages"
SOMEBODY = "11111111-2222-4333-8444-555555555555"

WEBSITE = "de139f84-1756-47ae-9be6-808fbbe84772"
PLANS = "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b"
IDENTITIES = "f1a07417-d97a-45cb-824c-7a7467783830"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
GATEWAYS = "312a565d-c81f-4fd8-895a-4e21e48d571c"
BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
TABLES = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"

WITH_IDENTITY: Any = {"properties": {"serverFarmId": PLAN}, "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}}
WITH_SUBNET: Any = {"properties": {"virtualNetworkSubnetId": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"}}
SITE_WRITE, ASSIGN = "Microsoft.Web/sites/write", "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"

ALLOWED: dict[str, tuple[set[str], str, str, Any]] = {
    "a reader gets a site": ({READER}, "GET", SITE, None),
    "a reader lists the sites of a group": ({READER}, "GET", f"{GROUP}/providers/Microsoft.Web/sites", None),
    "a website contributor puts a site on a plan": ({WEBSITE}, "PUT", SITE, {"properties": {"serverFarmId": PLAN}}),
    "a website contributor lists settings": ({WEBSITE}, "POST", f"{SITE}/config/appsettings/list", None),
    "a website contributor lists keys": ({WEBSITE}, "POST", f"{SITE}/host/default/listkeys", None),
    "a website contributor deploys": ({WEBSITE}, "PUT", f"{SITE}/extensions/onedeploy", {}),
    "a website contributor deletes a site": ({WEBSITE}, "DELETE", SITE, None),
    "a website contributor lists sites": ({WEBSITE}, "GET", f"{GROUP}/providers/Microsoft.Web/sites", None),
    "a plan contributor puts and deletes plans": ({PLANS}, "DELETE", PLAN, None),
    "website and identity roles together put a site with an identity": ({WEBSITE, IDENTITIES}, "PUT", SITE, WITH_IDENTITY),
    "a contributor puts a container": ({CONTRIBUTOR}, "PUT", f"{ACCOUNT}/blobServices/default/containers/c", {}),
    "an owner of blobs puts a container": ({BLOB_OWNER}, "PUT", f"{ACCOUNT}/blobServices/default/containers/c", {}),
    "who may write tables puts one": ({TABLES}, "PUT", f"{ACCOUNT}/tableServices/default/tables/t", {}),
    "a contributor of API Management reads and writes its named values": ({GATEWAYS}, "POST", f"{LINES}/listValue", None),
    "and puts them": ({GATEWAYS}, "PUT", LINES, {}),
    "and lists the keys of subscriptions": ({GATEWAYS}, "POST", f"{GATEWAY}/subscriptions/master/listSecrets", None),
    "a reader gets a named value, which does not show a secret": ({READER}, "GET", LINES, None),
    "what is no id is left to the control plane": (set(), "GET", "/nonsense", None),
}
REFUSED: dict[str, tuple[set[str], str, str, Any, str, str]] = {
    "somebody without a role reads nothing": (set(), "GET", SITE, None, "Microsoft.Web/sites/read", SITE),
    "somebody without a role lists nothing": (set(), "GET", f"{GROUP}/providers/Microsoft.Web/sites", None, "Microsoft.Web/sites/read", GROUP),
    "a reader writes nothing": ({READER}, "PUT", SITE, {}, SITE_WRITE, SITE),
    "a reader sees no settings": (
        {READER}, "POST", f"{SITE}/config/appsettings/list", None, "Microsoft.Web/sites/config/list/action", f"{SITE}/config/appsettings",
    ),
    "a website contributor makes no plan": ({WEBSITE}, "PUT", PLAN, {}, "Microsoft.Web/serverfarms/write", PLAN),
    "a plan contributor makes no site": ({PLANS}, "PUT", SITE, {}, SITE_WRITE, SITE),
    "a website contributor assigns no identity": ({WEBSITE}, "PUT", SITE, WITH_IDENTITY, ASSIGN, IDENTITY),
    "a website contributor joins no subnet": (
        {WEBSITE}, "PUT", SITE, WITH_SUBNET, "Microsoft.Network/virtualNetworks/subnets/join/action",
        WITH_SUBNET["properties"]["virtualNetworkSubnetId"],
    ),
    "a contributor assigns no role": (
        {CONTRIBUTOR}, "PUT", f"{SITE}/providers/Microsoft.Authorization/roleAssignments/{SOMEBODY}", {},
        "Microsoft.Authorization/roleAssignments/write", f"{SITE}/providers/Microsoft.Authorization/roleAssignments/{SOMEBODY}",
    ),
    "a reader lists no secret": (
        {READER}, "POST", f"{LINES}/listValue", None, "Microsoft.ApiManagement/service/namedValues/listValue/action", LINES,
    ),
    "a website contributor writes no named value": (
        {WEBSITE}, "PUT", LINES, {}, "Microsoft.ApiManagement/service/namedValues/write", LINES,
    ),
    "a contributor of API Management makes no site": ({GATEWAYS}, "PUT", SITE, {}, SITE_WRITE, SITE),
    "a reader of blobs makes no container": (
        {BLOB_READER}, "PUT", f"{ACCOUNT}/blobServices/default/containers/c", {},
        "Microsoft.Storage/storageAccounts/blobServices/containers/write", f"{ACCOUNT}/blobServices/default/containers/c",
    ),
    "a role on one group says nothing of another": ({WEBSITE}, "DELETE", f"{OTHER}/providers/Microsoft.Web/sites/x", None, "Microsoft.Web/sites/delete",
        f"{OTHER}/providers/Microsoft.Web/sites/x"),
}  # fmt: skip


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane(Store(), [*all_types(MemoryStorage()), *web_types()])
    plane.request("PUT", GROUP, {"location": "westeurope"})
    return plane


def grant(plane: ControlPlane, roles: set[str]) -> None:
    for number, role in enumerate(sorted(roles)):
        definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        body = {"properties": {"roleDefinitionId": definition, "principalId": SOMEBODY, "principalType": "ServicePrincipal"}}
        plane.request("PUT", f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-{number:012}", body)


@pytest.mark.parametrize(("roles", "method", "path", "body"), ALLOWED.values(), ids=ALLOWED)
def test_allowed(plane: ControlPlane, roles: set[str], method: str, path: str, body: Any) -> None:
    grant(plane, roles)
    require_rights(plane, SOMEBODY, method, path, body)


@pytest.mark.parametrize(("roles", "method", "path", "body", "action", "scope"), REFUSED.values(), ids=REFUSED)
def test_refused(plane: ControlPlane, roles: set[str], method: str, path: str, body: Any, action: str, scope: str) -> None:
    grant(plane, roles)
    with pytest.raises(ArmError) as refused:
        require_rights(plane, SOMEBODY, method, path, body)
    assert (refused.value.status, refused.value.code) == (403, "AuthorizationFailed")
    assert f"perform action '{action}' over scope '{scope}'" in str(refused.value)


def test_the_operator_may_do_everything(plane: ControlPlane) -> None:
    require_rights(plane, OPERATOR_OBJECT_ID, "DELETE", SITE, None)


def test_who_may_write_one_named_value_may_write_nothing_else_of_the_service(plane: ControlPlane) -> None:
    publisher = {"publisherEmail": "team@example.org", "publisherName": "team"}
    plane.request("PUT", GATEWAY, {"location": "westeurope", "sku": {"name": "Basic", "capacity": 1}, "properties": publisher})
    plane.request("PUT", LINES, {"properties": {"displayName": "direct-lines", "value": "none", "secret": True}})
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{GATEWAYS}"
    body = {"properties": {"roleDefinitionId": definition, "principalId": SOMEBODY, "principalType": "ServicePrincipal"}}
    plane.request("PUT", f"{LINES}/providers/Microsoft.Authorization/roleAssignments/{SOMEBODY}", body)

    for method, path in (("GET", LINES), ("PUT", LINES), ("POST", f"{LINES}/listValue")):
        require_rights(plane, SOMEBODY, method, path, {})
    for method, path in (
        ("POST", f"{GATEWAY}/namedValues/router-key/listValue"),
        ("PUT", f"{GATEWAY}/namedValues/direct-lines-2"),
        ("PUT", f"{GATEWAY}/apis/router/policies/policy"),
        ("PUT", f"{GATEWAY}/backends/router"),
        ("POST", f"{GATEWAY}/subscriptions/master/listSecrets"),
        ("GET", GATEWAY),
    ):
        with pytest.raises(ArmError, match="AuthorizationFailed"):
            require_rights(plane, SOMEBODY, method, path, {})
