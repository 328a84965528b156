"""Resource groups, identities and monitoring. Sources: Microsoft docs, "Naming rules and restrictions", "Delete resource groups",
"What are managed identities", "Application Insights: connection strings"."""

from __future__ import annotations

import pytest

from .azure import ACCOUNT, GROUP, SUBSCRIPTION, Azure

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
INSIGHTS = f"{GROUP}/providers/Microsoft.Insights/components/insights"


def test_deleting_a_group_deletes_what_is_in_it_and_its_data(azure: Azure) -> None:
    azure.storage.create_table("orders", "HubInstances")
    azure.put(GROUP + "2", location="westeurope")
    assert azure.delete(GROUP) == 200
    assert azure.plane.store.ids() == [GROUP + "2"]
    assert azure.storage.has_table("orders", "HubInstances") is False


def test_a_resource_needs_its_group(azure: Azure) -> None:
    path = f"{SUBSCRIPTION}/resourceGroups/gone/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"
    assert azure.refusal("PUT", path, location="westeurope") == (404, "ResourceGroupNotFound")


@pytest.mark.parametrize("name", ["ends.", "a b", "x" * 91])
def test_a_group_name_against_the_rules_is_refused(azure: Azure, name: str) -> None:
    assert azure.refusal("PUT", f"{SUBSCRIPTION}/resourceGroups/{name}", location="westeurope") == (400, "InvalidResourceName")


def test_a_group_can_not_move(azure: Azure) -> None:
    assert azure.refusal("PUT", GROUP, location="northeurope") == (409, "InvalidResourceGroupLocation")


def test_a_resource_can_not_move(azure: Azure) -> None:
    azure.put(IDENTITY, location="West Europe")
    assert azure.refusal("PUT", IDENTITY, location="northeurope") == (409, "InvalidResourceLocation")
    assert azure.put(IDENTITY, location="westeurope", tags={"a": "1"})["tags"] == {"a": "1"}


def test_a_required_value_must_be_there(azure: Azure) -> None:
    assert azure.refusal("PUT", IDENTITY, tags={}) == (400, "InvalidRequestContent")


def test_an_identity_gets_a_principal_and_a_client_that_follow_from_its_id(azure: Azure) -> None:
    first, other = (azure.put(IDENTITY + end, location="westeurope")["properties"] for end in ("1", "2"))
    assert first == Azure().put(IDENTITY + "1", location="westeurope")["properties"]
    assert first.keys() == {"tenantId", "principalId", "clientId"}
    assert len({first["principalId"], first["clientId"], other["principalId"], other["clientId"]}) == 4


def test_application_insights_needs_the_workspace_that_it_names(azure: Azure) -> None:
    properties = {"WorkspaceResourceId": WORKSPACE, "Application_Type": "web"}
    assert azure.refusal("PUT", INSIGHTS, location="westeurope", kind="web", properties=properties) == (400, "BadRequest")
    azure.put(WORKSPACE, location="westeurope")
    made = azure.put(INSIGHTS, location="westeurope", kind="web", properties=properties)["properties"]
    assert made["ConnectionString"].startswith(f"InstrumentationKey={made['InstrumentationKey']};IngestionEndpoint=https://westeurope-")
    assert made["ConnectionString"].endswith(f";ApplicationId={made['AppId']}")


def test_a_workspace_has_azures_defaults(azure: Azure) -> None:
    made = azure.put(WORKSPACE, location="westeurope")["properties"]
    assert (made["sku"], made["retentionInDays"]) == ({"name": "PerGB2018"}, 30)


def test_what_a_caller_sends_for_a_computed_value_is_overwritten(azure: Azure) -> None:
    assert azure.put(IDENTITY, location="westeurope", properties={"principalId": "mine"})["properties"]["principalId"] != "mine"


def test_an_account_in_the_group_is_found_again_in_any_casing(azure: Azure) -> None:
    assert azure.get(ACCOUNT.replace("resourceGroups", "RESOURCEGROUPS"))["id"] == ACCOUNT
