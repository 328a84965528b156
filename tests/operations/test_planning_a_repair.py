"""What becomes of each pending operation: pure functions over the state's JSON, before the refresh and after it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from operations.repair.planning import Finding, settled, with_what_may_exist

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/things"
ACCOUNT_ID = f"{GROUP_ID}/providers/Microsoft.Storage/storageAccounts/things4711"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:azure-native::default"
ACCOUNT = {"accountName": "things4711", "resourceGroupName": "things", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::p::{type_}::{name}"


def resource(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"urn": urn(type_, name), "custom": True, "type": type_, "inputs": inputs, "provider": f"{PROVIDER}::id", **more}


def account(**more: Any) -> dict[str, Any]:
    return resource("azure-native:storage:StorageAccount", "account", copy.deepcopy(ACCOUNT), **more)


def state(*pending: dict[str, Any], resources: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    provider = {"urn": PROVIDER, "custom": True, "id": "id", "type": "pulumi:providers:azure-native", "inputs": {}}
    group = resource(
        "azure-native:resources:ResourceGroup", "group", {"resourceGroupName": "things"}, id=GROUP_ID, outputs={"name": "things"}
    )
    return {"version": 3, "deployment": {"resources": [provider, group, *resources], "pending_operations": list(pending)}}


def creating(one: dict[str, Any]) -> dict[str, Any]:
    return {"resource": one, "type": "creating"}


def the_one(findings: Any) -> Finding:
    (one,) = findings
    return one


def refreshed(tentative: Any, **found: dict[str, Any]) -> dict[str, Any]:
    """What a refresh makes of the state: what Azure has, by name, gets these inputs and outputs; what it has not is gone."""
    after = copy.deepcopy(tentative.state)
    opened = {one.urn for one in tentative.open}
    kept = [one for one in after["deployment"]["resources"] if one["urn"] not in opened or one["urn"].rpartition("::")[2] in found]
    for one in kept:
        one.update(found.get(one["urn"].rpartition("::")[2], {}))
    after["deployment"]["resources"] = kept
    return after


def test_a_creation_that_may_have_taken_place_is_put_behind_everything_it_depends_on() -> None:
    tentative = with_what_may_exist(state(creating(account())), None)
    assert the_one(tentative.open).id == ACCOUNT_ID
    assert tentative.decided == ()
    assert tentative.state["deployment"]["resources"][-1] == account(id=ACCOUNT_ID, outputs={})


def test_what_the_refresh_found_is_adopted_with_the_programs_own_inputs_and_azures_values() -> None:
    tentative = with_what_may_exist(state(creating(account())), None)
    live = {**ACCOUNT, "isHnsEnabled": False, "sku": {"name": "Standard_ZRS", "tier": "Standard"}, "tags": {}}
    after, findings = settled(refreshed(tentative, account={"inputs": live, "outputs": {"name": "things4711"}}), tentative)
    adopted = after["deployment"]["resources"][-1]
    assert adopted["inputs"] == {**ACCOUNT, "sku": {"name": "Standard_ZRS"}}
    assert adopted["outputs"] == {"name": "things4711"}
    assert "pending_operations" not in after["deployment"]
    assert (the_one(findings).verdict, the_one(findings).id) == ("adopted", ACCOUNT_ID)


def test_what_the_refresh_did_not_find_is_dropped() -> None:
    before = state(creating(account()))
    tentative = with_what_may_exist(before, None)
    after, findings = settled(refreshed(tentative), tentative)
    assert after["deployment"]["resources"] == before["deployment"]["resources"]
    assert "pending_operations" not in after["deployment"]
    assert (the_one(findings).verdict, the_one(findings).id) == ("dropped", None)


def test_a_resource_that_azure_has_not_finished_is_in_the_state_and_still_wrong() -> None:
    tentative = with_what_may_exist(state(creating(account())), None)
    found = {"inputs": ACCOUNT, "outputs": {"properties": {"provisioningState": "Creating"}}}
    after, findings = settled(refreshed(tentative, account=found), tentative)
    assert after["deployment"]["resources"][-1]["id"] == ACCOUNT_ID
    assert the_one(findings).verdict == "still wrong"
    assert "Azure calls it 'Creating'" in the_one(findings).reason


@pytest.mark.parametrize(
    "type_",
    [
        "web:WebAppApplicationSettings",
        "web:WebAppApplicationSettingsSlot",
        "web:WebAppSlotConfigurationNames",
        "web:WebAppFtpAllowedSlot",
        "storage:BlobServiceProperties",
    ],
)
def test_a_singleton_is_dropped_because_adopting_it_could_keep_the_next_update_from_writing_it(type_: str) -> None:
    before = state(creating(resource(f"azure-native:{type_}", "one", {"name": "site", "resourceGroupName": "things"})))
    tentative = with_what_may_exist(before, None)
    assert tentative.open == ()
    assert the_one(tentative.decided).verdict == "dropped"
    assert tentative.state["deployment"]["resources"] == before["deployment"]["resources"]


@pytest.mark.parametrize("operation", ["updating", "deleting", "reading"])
def test_any_other_pending_operation_is_left_to_the_refresh(operation: str) -> None:
    one = account(id=ACCOUNT_ID, outputs={"name": "things4711"})
    before = state({"resource": one, "type": operation}, resources=(one,))
    tentative = with_what_may_exist(before, None)
    after, findings = settled(copy.deepcopy(tentative.state), tentative)
    assert the_one(findings).verdict == "dropped"
    assert after["deployment"] == {"resources": before["deployment"]["resources"]}


def test_components_and_providers_exist_in_the_state_only() -> None:
    component = {
        "urn": urn("durable-deploy:index:StatusCheckWithSlot", "app"),
        "custom": False,
        "type": "durable-deploy:index:StatusCheckWithSlot",
    }
    provider = {"urn": urn("pulumi:providers:azure-native", "other"), "custom": True, "type": "pulumi:providers:azure-native"}
    tentative = with_what_may_exist(state(creating(component), creating(provider)), None)
    assert [one.verdict for one in tentative.decided] == ["dropped", "dropped"]
    assert tentative.open == ()


def test_a_type_whose_ids_are_not_known_is_still_wrong_and_keeps_nothing_else_from_being_repaired() -> None:
    vault = creating(resource("azure-native:keyvault:Vault", "vault", {"vaultName": "v", "resourceGroupName": "things"}))
    tentative = with_what_may_exist(state(vault, creating(account())), None)
    after, findings = settled(refreshed(tentative, account={"inputs": ACCOUNT, "outputs": {"name": "things4711"}}), tentative)
    assert {one.name: one.verdict for one in findings} == {"vault": "still wrong", "account": "adopted"}
    assert [one["urn"].rpartition("::")[2] for one in after["deployment"]["resources"]] == ["default", "group", "account"]


def test_a_secret_name_is_read_from_a_state_that_shows_secrets() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"things4711"'}
    one = resource("azure-native:storage:StorageAccount", "account", {**ACCOUNT, "accountName": secret})
    assert the_one(with_what_may_exist(state(creating(one)), None).open).id == ACCOUNT_ID


def test_a_creation_that_succeeded_later_is_in_the_state_already() -> None:
    one = account(id=ACCOUNT_ID.upper(), outputs={"name": "things4711"})
    tentative = with_what_may_exist(state(creating(account()), resources=(one,)), None)
    assert (the_one(tentative.decided).verdict, tentative.open) == ("dropped", ())
    assert tentative.state["deployment"]["resources"][-1] == one


def test_a_replacement_whose_old_resource_is_still_in_the_state_is_not_guessed_at() -> None:
    one = account(id=ACCOUNT_ID.replace("4711", "0815"), outputs={"name": "things0815"})
    before = state(creating(account()), resources=(one,))
    tentative = with_what_may_exist(before, None)
    assert the_one(tentative.decided).verdict == "still wrong"
    assert tentative.state["deployment"]["resources"] == before["deployment"]["resources"]


def test_a_replacement_whose_old_resource_was_deleted_takes_its_place() -> None:
    gone = account(id=ACCOUNT_ID, outputs={"name": "things4711"}, pendingReplacement=True)
    dependent = resource("azure-native:storage:BlobContainer", "container", {}, id="x", outputs={"name": "x"})
    tentative = with_what_may_exist(state(creating(account()), resources=(gone, dependent)), None)
    assert tentative.state["deployment"]["resources"][-2:] == [account(id=ACCOUNT_ID, outputs={}), dependent]


def test_the_subscription_is_the_providers_own_then_that_of_its_other_resources_then_the_callers() -> None:
    def id_with(inputs: dict[str, Any], group_id: str | None, default: str | None) -> str | None:
        before = state(creating(account()))
        provider, group = before["deployment"]["resources"]
        provider["inputs"] = inputs
        if group_id is None:
            before["deployment"]["resources"].remove(group)
        tentative = with_what_may_exist(before, default)
        return next((one.id for one in tentative.open), None)

    assert id_with({"subscriptionId": "configured"}, GROUP_ID, "callers") == ACCOUNT_ID.replace(SUBSCRIPTION, "configured")
    assert id_with({}, GROUP_ID, "callers") == ACCOUNT_ID
    assert id_with({}, None, "callers") == ACCOUNT_ID.replace(SUBSCRIPTION, "callers")
    assert id_with({}, None, None) is None
