"""Names and locations that Check adds. Source: pulumi-azure-native, provider.go `getDefaultName`, `getDefaultLocation`."""

from __future__ import annotations

import re
from typing import Any

from pulumi.runtime.proto import provider_pb2

from sandbox.arm import ControlPlane, Fault

from .conftest import IN_GROUP, UNKNOWN, Engine

Options = provider_pb2.CheckRequest.AutonamingOptions
MISSING_LOCATION = (
    "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
)


def named(client: Engine, seed: bytes, **fields: Any) -> dict[str, Any]:
    return client.check("web:WebApp", {**IN_GROUP, "location": "x"}, name="orders", randomSeed=seed, **fields)


def test_a_name_left_out_is_the_resource_name_and_eight_digits(engine_client: Engine) -> None:
    checked = named(engine_client, b"seed")

    assert re.fullmatch("orders[0-9a-f]{8}", checked["name"])
    assert checked["__createBeforeDelete"] is True


def test_the_same_seed_gives_the_same_name(engine_client: Engine) -> None:
    assert named(engine_client, b"seed") == named(engine_client, b"seed") != named(engine_client, b"other")


def test_an_old_name_is_kept_and_stays_random(engine_client: Engine) -> None:
    checked = named(engine_client, b"seed", olds={"name": "orders0", "__createBeforeDelete": True})

    assert (checked["name"], checked["__createBeforeDelete"]) == ("orders0", True)


def test_an_old_name_that_was_chosen_is_not_taken_for_random(engine_client: Engine) -> None:
    checked = named(engine_client, b"seed", olds={"name": "mine"})

    assert (checked["name"], "__createBeforeDelete" in checked) == ("mine", False)


def test_a_given_name_stays(engine_client: Engine) -> None:
    assert engine_client.check("web:WebApp", {**IN_GROUP, "location": "x", "name": "mine"}) == {**IN_GROUP, "location": "x", "name": "mine"}


def test_a_role_assignment_is_named_by_a_uuid(engine_client: Engine) -> None:
    checked = engine_client.check(
        "authorization:RoleAssignment", {"scope": "/s", "principalId": "p", "roleDefinitionId": "r"}, randomSeed=b"s"
    )

    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", checked["roleAssignmentName"])


def test_a_blob_is_named_as_the_resource_without_digits(engine_client: Engine) -> None:
    checked = engine_client.check("storage:Blob", {**IN_GROUP, "accountName": "a", "containerName": "c"}, name="app.zip")

    assert (checked["blobName"], "__createBeforeDelete" in checked) == ("app.zip", False)


def test_a_settings_resource_has_no_name_to_make_up(engine_client: Engine) -> None:
    assert engine_client.problems("web:WebAppApplicationSettings", IN_GROUP) == ["missing required property 'name'"]


def test_autonaming_can_be_switched_off(engine_client: Engine) -> None:
    problems = engine_client.problems("web:WebApp", {**IN_GROUP, "location": "x"}, autonaming=Options(mode=Options.DISABLE))

    assert problems == ["missing required property 'name'"]


def test_an_enforced_name_is_taken_even_for_a_role_assignment(engine_client: Engine) -> None:
    options = Options(mode=Options.ENFORCE, proposed_name="wanted")
    inputs = {"scope": "/s", "principalId": "p", "roleDefinitionId": "r"}

    assert named(engine_client, b"seed", autonaming=options)["name"] == "wanted"
    assert engine_client.check("authorization:RoleAssignment", inputs, autonaming=options)["roleAssignmentName"] == "wanted"


def test_a_proposed_name_is_taken_but_not_for_a_uuid(engine_client: Engine) -> None:
    options = Options(mode=Options.PROPOSE, proposed_name="wanted")
    inputs = {"scope": "/s", "principalId": "p", "roleDefinitionId": "r"}

    assert named(engine_client, b"seed", autonaming=options)["name"] == "wanted"
    assert engine_client.check("authorization:RoleAssignment", inputs, autonaming=options)["roleAssignmentName"] != "wanted"


def test_the_old_location_comes_before_the_configured_one(engine_client: Engine) -> None:
    engine_client.configure(location="northeurope")

    assert engine_client.check("web:WebApp", {**IN_GROUP, "name": "a"}, {"location": "eastus"})["location"] == "eastus"


def test_the_configured_location_comes_before_the_groups(engine_client: Engine) -> None:
    engine_client.configure(location="northeurope")

    assert engine_client.check("web:WebApp", {**IN_GROUP, "name": "a"})["location"] == "northeurope"


def test_a_location_left_out_is_the_resource_groups(engine_client: Engine) -> None:
    assert engine_client.check("web:WebApp", {**IN_GROUP, "name": "a"})["location"] == "westeurope"


def test_the_location_is_unknown_while_the_group_is(engine_client: Engine) -> None:
    assert engine_client.check("web:WebApp", {"resourceGroupName": UNKNOWN, "name": "a"})["location"] == UNKNOWN


def test_no_location_is_added_to_a_type_without_one(engine_client: Engine) -> None:
    assert engine_client.check("web:WebAppFtpAllowed", {**IN_GROUP, "name": "a", "allow": False}) == {
        **IN_GROUP,
        "name": "a",
        "allow": False,
    }


def test_without_a_way_to_know_the_location_the_error_names_the_command(engine_client: Engine) -> None:
    assert engine_client.problems("web:WebApp", {"resourceGroupName": "other", "name": "a"}) == [MISSING_LOCATION]


def test_a_group_that_cannot_be_read_leaves_the_location_missing(engine_client: Engine, plane: ControlPlane) -> None:
    """provider.go logs the failed look-up and goes on."""
    plane.faults.add(Fault("get *", status=500))

    assert engine_client.problems("web:WebApp", {**IN_GROUP, "name": "a"}) == [MISSING_LOCATION]
