"""Role assignments. Sources: Microsoft docs, "Understand Azure role assignments" (scope, uniqueness), "Troubleshoot Azure RBAC" (delay,
PrincipalNotFound and principalType), "Role Assignments - Create"."""

from __future__ import annotations

import pytest

from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.resources import has_role
from sandbox.resources.role_ids import STORAGE_BLOB_DATA_OWNER, STORAGE_BLOB_DATA_READER, STORAGE_QUEUE_DATA_READER

from .azure import ACCOUNT, CONTAINER, GROUP, SUBSCRIPTION, Azure

NAME = "11111111-1111-4111-8111-111111111111"
OTHER_NAME = "22222222-2222-4222-8222-222222222222"
STRANGER = "33333333-3333-4333-8333-333333333333"


def assignment(scope: str, name: str = NAME) -> str:
    return f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"


def grant(role: str = STORAGE_BLOB_DATA_READER, principal: str = OPERATOR_OBJECT_ID, **more: str) -> dict[str, dict[str, str]]:
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    return {"properties": {"roleDefinitionId": definition, "principalId": principal, **more}}


def may_read(azure: Azure, account: str = ACCOUNT) -> bool:
    return has_role(azure.plane, OPERATOR_OBJECT_ID, [STORAGE_BLOB_DATA_READER, STORAGE_BLOB_DATA_OWNER], account)


@pytest.mark.parametrize("scope", [ACCOUNT, GROUP, SUBSCRIPTION, ACCOUNT.upper().replace("/PROVIDERS/", "/providers/")])
def test_a_role_holds_for_its_scope_and_all_below(azure: Azure, scope: str) -> None:
    assert may_read(azure) is False
    azure.put(assignment(scope), **grant())
    assert may_read(azure) is True
    assert may_read(azure, ACCOUNT.upper()) is True


def test_a_role_holds_for_no_other_scope(azure: Azure) -> None:
    azure.put_account(ACCOUNT + "2")
    azure.put(CONTAINER)
    azure.put(assignment(ACCOUNT + "2"), **grant())
    azure.put(assignment(CONTAINER), **grant())
    assert may_read(azure) is False


def test_another_role_or_principal_does_not_count(azure: Azure) -> None:
    azure.put(assignment(ACCOUNT), **grant(STORAGE_QUEUE_DATA_READER))
    azure.put(assignment(ACCOUNT, OTHER_NAME), **grant(principal=STRANGER, principalType="User"))
    assert may_read(azure) is False


def test_a_role_takes_effect_after_a_while() -> None:
    azure = Azure(role_delay=300.0)
    azure.put(assignment(ACCOUNT), **grant())
    azure.now += 299
    assert may_read(azure) is False
    azure.now += 1
    assert may_read(azure) is True


def test_putting_an_assignment_again_does_not_delay_it_again() -> None:
    azure = Azure(role_delay=300.0)
    azure.put(assignment(ACCOUNT), **grant())
    azure.now += 300
    azure.put(assignment(ACCOUNT), **grant())
    assert may_read(azure) is True


def test_a_deleted_assignment_no_longer_counts(azure: Azure) -> None:
    azure.put(assignment(ACCOUNT), **grant())
    azure.delete(assignment(ACCOUNT))
    assert may_read(azure) is False


def test_one_grant_under_two_names_is_refused(azure: Azure) -> None:
    azure.put(assignment(ACCOUNT), **grant())
    assert azure.refusal("PUT", assignment(ACCOUNT, OTHER_NAME), **grant()) == (409, "RoleAssignmentExists")
    azure.put(assignment(GROUP, OTHER_NAME), **grant())


def test_an_assignment_can_not_change_what_it_grants(azure: Azure) -> None:
    azure.put(assignment(ACCOUNT), **grant())
    assert azure.refusal("PUT", assignment(ACCOUNT), **grant(STORAGE_QUEUE_DATA_READER)) == (400, "RoleAssignmentUpdateNotPermitted")


def test_an_unknown_role_is_refused(azure: Azure) -> None:
    assert azure.refusal("PUT", assignment(ACCOUNT), **grant(STRANGER)) == (404, "RoleDefinitionDoesNotExist")


def test_an_unknown_principal_is_refused_unless_its_type_is_given(azure: Azure) -> None:
    assert azure.refusal("PUT", assignment(ACCOUNT), **grant(principal=STRANGER)) == (400, "PrincipalNotFound")
    assert azure.refusal("PUT", assignment(ACCOUNT), **grant(principal="me", principalType="User")) == (400, "PrincipalNotFound")
    azure.put(assignment(ACCOUNT), **grant(principal=STRANGER, principalType="ServicePrincipal"))


def test_the_principal_of_an_identity_is_known(azure: Azure) -> None:
    identity = azure.put(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app", location="westeurope")
    azure.put(assignment(ACCOUNT), **grant(principal=identity["properties"]["principalId"]))


def test_a_scope_that_does_not_exist_is_refused(azure: Azure) -> None:
    assert azure.refusal("PUT", assignment(ACCOUNT + "gone"), **grant()) == (404, "ResourceNotFound")


def test_the_name_of_an_assignment_is_a_guid(azure: Azure) -> None:
    assert azure.refusal("PUT", assignment(ACCOUNT, "reader"), **grant()) == (400, "InvalidResourceName")


def test_deleting_the_scope_deletes_the_assignment(azure: Azure) -> None:
    azure.put(assignment(ACCOUNT), **grant())
    azure.delete(ACCOUNT)
    assert [id for id in azure.plane.store.ids() if "roleAssignments" in id] == []
