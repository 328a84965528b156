"""Create, Read, Update, Delete of plain resources. Source: pulumi-azure-native, provider.go, crud.go, client_azcore.go `CanCreate`."""

from __future__ import annotations

import pytest

from sandbox.arm import ControlPlane, Fault, ResourceId

from .conftest import ACCOUNT, GROUP, IN_GROUP, UNKNOWN, Engine

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
INPUTS = {**IN_GROUP, "resourceName": "id1", "location": "westeurope", "tags": {"a": "b"}}
ACCOUNT_INPUTS = {**IN_GROUP, "accountName": "packages1", "location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def test_a_preview_shows_the_inputs_and_marks_the_rest_unknown(engine_client: Engine, plane: ControlPlane) -> None:
    before = len(plane.journal)
    id, outputs = engine_client.create("managedidentity:UserAssignedIdentity", INPUTS, preview=True)

    assert (id, outputs["tags"], outputs["location"]) == ("", {"a": "b"}, "westeurope")
    assert outputs["principalId"] == outputs["name"] == UNKNOWN
    assert len(plane.journal) == before


def test_a_preview_marks_the_unset_parts_of_a_nested_object_unknown(engine_client: Engine) -> None:
    _, outputs = engine_client.create("storage:StorageAccount", ACCOUNT_INPUTS, preview=True)

    assert outputs["sku"] == {"name": "Standard_LRS", "tier": UNKNOWN}


def test_create_answers_with_the_arm_id_and_what_azure_computed(engine_client: Engine) -> None:
    id, outputs = engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)

    assert id == IDENTITY
    assert (outputs["name"], outputs["azureApiVersion"]) == ("id1", "2023-01-31")
    assert len(outputs["principalId"]) == len(outputs["clientId"]) == 36
    assert "resourceGroupName" not in outputs


def test_inputs_reach_arm_under_arms_names(engine_client: Engine, plane: ControlPlane) -> None:
    """Azure's specification of storageAccounts: `networkAcls`, `supportsHttpsTrafficOnly`; envelope at the top level."""
    rules = {"defaultAction": "Deny"}
    inputs = {**ACCOUNT_INPUTS, "enableHttpsTrafficOnly": True, "networkRuleSet": rules, "tags": {"a": "b"}}
    _, outputs = engine_client.create("storage:StorageAccount", inputs)
    stored = plane.store.get(ResourceId.parse(ACCOUNT))

    assert stored is not None
    assert (stored["kind"], stored["sku"], stored["tags"]) == ("StorageV2", {"name": "Standard_LRS"}, {"a": "b"})
    assert (stored["properties"]["supportsHttpsTrafficOnly"], stored["properties"]["networkAcls"]) == (True, rules)
    assert (outputs["enableHttpsTrafficOnly"], outputs["networkRuleSet"]) == (True, rules)
    assert outputs["primaryEndpoints"]["blob"].endswith("/packages1/")


def test_a_component_keeps_azures_own_capitals(engine_client: Engine, plane: ControlPlane) -> None:
    inputs = {**IN_GROUP, "resourceName": "ai", "location": "westeurope", "kind": "web", "applicationType": "web", "disableLocalAuth": True}
    id, outputs = engine_client.create("applicationinsights:Component", inputs)
    stored = plane.store.get(ResourceId.parse(id))

    assert stored is not None
    assert (stored["properties"]["Application_Type"], stored["properties"]["DisableLocalAuth"]) == ("web", True)
    assert (outputs["applicationType"], outputs["disableLocalAuth"]) == ("web", True)
    assert outputs["connectionString"].startswith("InstrumentationKey=")


def test_what_exists_already_is_not_created_again(engine_client: Engine, plane: ControlPlane) -> None:
    engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    before = len(plane.journal)

    with pytest.raises(RuntimeError, match=f"^cannot create already existing resource '{IDENTITY}'$"):
        engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    assert len(plane.journal) == before


def test_an_existence_check_that_fails_stops_the_create(engine_client: Engine, plane: ControlPlane) -> None:
    plane.faults.add(Fault("get *", status=403, code="AuthorizationFailed", message="no"))
    before = len(plane.journal)

    with pytest.raises(RuntimeError, match=f"^cannot check existence of resource '{IDENTITY}': status code 403, .*AuthorizationFailed"):
        engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    assert len(plane.journal) == before


def test_an_error_of_azures_is_shown_as_the_real_provider_shows_it(engine_client: Engine, plane: ControlPlane) -> None:
    plane.faults.add(
        Fault("put *", status=409, code="Conflict", message="Cannot modify this site because another operation is in progress.")
    )

    with pytest.raises(RuntimeError) as error:
        engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    assert str(error.value) == 'Status=409 Code="Conflict" Message="Cannot modify this site because another operation is in progress."'


def test_a_dropped_connection_is_an_error_that_names_the_request(engine_client: Engine, plane: ControlPlane) -> None:
    plane.faults.add(Fault("put *", drop=True))

    with pytest.raises(RuntimeError) as error:
        engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    assert str(error.value) == f'Put "https://management.azure.com{IDENTITY}": EOF'


def test_a_read_that_fails_after_the_write_does_not_lose_the_resource(engine_client: Engine, plane: ControlPlane) -> None:
    """provider.go `readAfterWrite` logs a warning and keeps the answer of the write."""
    plane.faults.add(Fault(f"put {IDENTITY}", call=lambda: plane.faults.add(Fault(f"get {IDENTITY}", status=500)) and None))
    id, outputs = engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)

    assert (id, outputs["name"]) == (IDENTITY, "id1")


def test_an_update_writes_the_new_inputs(engine_client: Engine, plane: ControlPlane) -> None:
    _, outputs = engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    after = engine_client.update("managedidentity:UserAssignedIdentity", outputs, {**INPUTS, "tags": {"a": "c"}})

    assert (after["tags"], after["principalId"]) == ({"a": "c"}, outputs["principalId"])


def test_a_preview_of_an_update_keeps_name_and_location_known(engine_client: Engine) -> None:
    olds = {"name": "id1", "location": "westeurope", "principalId": "p"}
    outputs = engine_client.update("managedidentity:UserAssignedIdentity", olds, {**INPUTS, "location": "West Europe"}, preview=True)

    assert (outputs["name"], outputs["location"], outputs["principalId"]) == ("id1", "westeurope", UNKNOWN)


def test_update_and_create_use_the_configured_subscription(engine_client: Engine) -> None:
    """crud.go `PrepareAzureRESTIdAndQuery` builds the id from inputs and provider configuration, in Update too."""
    engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    engine_client.configure(subscriptionId="11111111-1111-4111-8111-111111111111")

    with pytest.raises(RuntimeError, match='Status=404 Code="ResourceGroupNotFound"'):
        engine_client.update("managedidentity:UserAssignedIdentity", {}, INPUTS)


def test_read_and_delete_use_the_id_in_the_state(engine_client: Engine, plane: ControlPlane) -> None:
    engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    engine_client.configure(subscriptionId="11111111-1111-4111-8111-111111111111")

    assert engine_client.read("managedidentity:UserAssignedIdentity", IDENTITY, INPUTS)[0] == IDENTITY
    engine_client.delete("managedidentity:UserAssignedIdentity", IDENTITY)
    assert plane.store.get(ResourceId.parse(IDENTITY)) is None


def test_a_refresh_without_drift_keeps_the_inputs(engine_client: Engine) -> None:
    _, outputs = engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)

    assert engine_client.read("managedidentity:UserAssignedIdentity", IDENTITY, INPUTS, outputs) == (IDENTITY, outputs, INPUTS)


def test_a_refresh_brings_drift_into_the_inputs(engine_client: Engine, plane: ControlPlane) -> None:
    _, outputs = engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    plane.request("PUT", IDENTITY, {"location": "westeurope", "tags": {"a": "b", "by": "hand"}})
    _, _, inputs = engine_client.read("managedidentity:UserAssignedIdentity", IDENTITY, INPUTS, outputs)

    assert inputs == {**INPUTS, "tags": {"a": "b", "by": "hand"}}


def test_a_refresh_does_not_take_azures_defaults_for_inputs(engine_client: Engine) -> None:
    _, outputs = engine_client.create("storage:StorageAccount", ACCOUNT_INPUTS)

    assert engine_client.read("storage:StorageAccount", ACCOUNT, ACCOUNT_INPUTS, outputs)[2] == ACCOUNT_INPUTS


def test_what_is_gone_is_read_as_an_empty_id(engine_client: Engine) -> None:
    assert engine_client.read("managedidentity:UserAssignedIdentity", IDENTITY, INPUTS) == ("", {}, {})


def test_a_404_without_a_code_of_azures_is_an_error_not_an_absence(engine_client: Engine, plane: ControlPlane) -> None:
    """provider/pkg/azure `IsNotFound`: a proxy's 404 must not remove a resource from the state."""
    engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    plane.faults.add(Fault("get *", status=404, code="ProxyPage"))

    with pytest.raises(RuntimeError, match='Status=404 Code="ProxyPage"'):
        engine_client.read("managedidentity:UserAssignedIdentity", IDENTITY, INPUTS)


def test_an_import_finds_the_inputs_in_the_id_and_the_resource(engine_client: Engine) -> None:
    engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    id, outputs, inputs = engine_client.read("managedidentity:UserAssignedIdentity", IDENTITY)

    assert (id, outputs["name"], inputs) == (IDENTITY, "id1", INPUTS)


def test_an_id_of_another_type_is_refused_at_import(engine_client: Engine) -> None:
    with pytest.raises(RuntimeError, match=f"^'{GROUP}' is not an id of azure-native:managedidentity:UserAssignedIdentity"):
        engine_client.read("managedidentity:UserAssignedIdentity", GROUP)


def test_deleting_what_is_gone_is_no_error(engine_client: Engine) -> None:
    engine_client.delete("managedidentity:UserAssignedIdentity", IDENTITY)


def test_a_role_assignment_lies_below_its_scope(engine_client: Engine, plane: ControlPlane) -> None:
    _, identity = engine_client.create("managedidentity:UserAssignedIdentity", INPUTS)
    name, role = (
        "11111111-1111-4111-8111-111111111111",
        "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
    )
    inputs = {
        "scope": GROUP,
        "principalId": identity["principalId"],
        "roleDefinitionId": role,
        "roleAssignmentName": name,
        "principalType": "ServicePrincipal",
    }
    id, outputs = engine_client.create("authorization:RoleAssignment", inputs)

    assert id == f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{name}"
    assert (outputs["scope"], outputs["roleDefinitionId"]) == (GROUP, role)
    assert engine_client.read("authorization:RoleAssignment", id)[2]["scope"].strip("/") == GROUP.strip("/")


def test_a_singleton_is_taken_over_and_set_back_instead_of_deleted(engine_client: Engine, plane: ControlPlane) -> None:
    engine_client.create("storage:StorageAccount", ACCOUNT_INPUTS)
    inputs = {**IN_GROUP, "accountName": "packages1", "blobServicesName": "default", "deleteRetentionPolicy": {"enabled": True, "days": 7}}
    id, outputs = engine_client.create("storage:BlobServiceProperties", inputs)
    engine_client.delete("storage:BlobServiceProperties", id)

    assert (id, outputs["deleteRetentionPolicy"]) == (f"{ACCOUNT}/blobServices/default", {"enabled": True, "days": 7})
    assert "deleteRetentionPolicy" not in engine_client.read("storage:BlobServiceProperties", id, inputs)[1]
