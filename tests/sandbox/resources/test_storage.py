"""Storage accounts and what lies in them. Sources: Microsoft docs, "Storage account overview" (names, endpoints), "Prevent Shared Key
authorization for an Azure Storage account", "Storage Accounts - List Keys", "Naming and referencing containers", "Blob service error codes"."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from sandbox.arm import ControlPlane, Store
from sandbox.resources import all_types, restore_accounts
from sandbox.storage import MemoryStorage

from .azure import ACCOUNT, CONTAINER, GROUP, OTHER_SUBSCRIPTION, Azure

TABLE = f"{ACCOUNT}/tableServices/default/tables/HubInstances"
QUEUE = f"{ACCOUNT}/queueServices/default/queues/hub-control-00"


def keys(azure: Azure) -> list[str]:
    return [key["value"] for key in azure.post(f"{ACCOUNT}/listKeys").body["keys"]]


def test_an_account_shows_the_endpoints_of_the_storage_service(azure: Azure) -> None:
    assert azure.get(ACCOUNT)["properties"]["primaryEndpoints"] == azure.storage.endpoints("orders")


@pytest.mark.parametrize("name", ["ab", "Orders", "or-ders", "x" * 25])
def test_an_account_name_against_the_rules_is_refused(azure: Azure, name: str) -> None:
    assert azure.refusal("PUT", ACCOUNT.replace("orders", name), location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"}) == (
        400,
        "InvalidResourceName",
    )


def test_an_account_name_is_taken_in_every_subscription(azure: Azure) -> None:
    azure.put(f"{OTHER_SUBSCRIPTION}/resourceGroups/rg", location="westeurope")
    path = f"{OTHER_SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/orders"
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    assert azure.refusal("PUT", path, **body) == (409, "StorageAccountAlreadyTaken")


def test_keys_are_two_and_of_64_bytes(azure: Azure) -> None:
    assert [len(base64.b64decode(key)) for key in keys(azure)] == [64, 64]
    assert len(set(keys(azure))) == 2


def test_keys_are_listed_while_shared_keys_are_off(azure: Azure) -> None:
    before = keys(azure)
    azure.put_account(allowSharedKeyAccess=False)
    assert keys(azure) == before


def test_a_regenerated_key_differs_and_the_other_stays(azure: Azure) -> None:
    first, second = keys(azure)
    azure.post(f"{ACCOUNT}/regenerateKey", keyName="key1")
    assert keys(azure)[0] != first
    assert keys(azure)[1] == second


def test_an_update_keeps_the_properties_that_it_does_not_name(azure: Azure) -> None:
    azure.put_account(allowSharedKeyAccess=False)
    azure.put(ACCOUNT, location="westeurope", tags={"a": "1"})
    after = azure.get(ACCOUNT)
    assert (after["properties"]["allowSharedKeyAccess"], after["sku"]["name"], after["tags"]) == (False, "Standard_LRS", {"a": "1"})


def test_deleting_an_account_deletes_its_data(azure: Azure) -> None:
    azure.put(TABLE)
    assert azure.delete(ACCOUNT) == 200
    assert azure.storage.has_table("orders", "HubInstances") is False
    assert azure.refusal("GET", TABLE)[0] == 404


def test_services_are_there_without_having_been_put(azure: Azure) -> None:
    assert azure.get(f"{ACCOUNT}/blobServices/default")["properties"] == {}
    azure.put(f"{ACCOUNT}/blobServices/default", properties={"deleteRetentionPolicy": {"enabled": True, "days": 7}})
    assert azure.get(f"{ACCOUNT}/blobServices/default")["properties"]["deleteRetentionPolicy"] == {"enabled": True, "days": 7}
    assert azure.refusal("DELETE", f"{ACCOUNT}/blobServices/default")[0] == 405
    assert azure.refusal("GET", f"{ACCOUNT}x/blobServices/default")[0] == 404


def test_a_container_keeps_its_metadata_and_is_really_there(azure: Azure) -> None:
    azure.put(CONTAINER, properties={"metadata": {"hashes": "abc"}})
    assert azure.get(CONTAINER)["properties"]["metadata"] == {"hashes": "abc"}
    azure.storage.put_blob("orders", "packages", "x", b"1")
    azure.delete(CONTAINER)
    assert azure.storage.get_blob("orders", "packages", "x") is None


@pytest.mark.parametrize("name", ["ab", "Packages", "a--b", "-ab"])
def test_a_container_name_against_the_rules_is_refused(azure: Azure, name: str) -> None:
    assert azure.refusal("PUT", CONTAINER.replace("packages", name)) == (400, "InvalidResourceName")


def test_a_public_container_needs_an_account_that_allows_it(azure: Azure) -> None:
    body = {"properties": {"publicAccess": "Blob"}}
    assert azure.refusal("PUT", CONTAINER, **body) == (409, "PublicAccessNotPermitted")
    azure.put_account(allowBlobPublicAccess=True)
    assert azure.put(CONTAINER, **body)["properties"]["publicAccess"] == "Blob"


@pytest.mark.parametrize("path", [TABLE, QUEUE])
def test_what_an_app_made_on_the_data_plane_is_seen_by_arm(azure: Azure, path: str) -> None:
    assert azure.refusal("GET", path) == (404, "ResourceNotFound")
    azure.storage.create_table("orders", "HubInstances")
    azure.storage.create_queue("orders", "hub-control-00")
    assert azure.get(path)["id"] == path


@pytest.mark.parametrize("path", [TABLE, QUEUE])
def test_what_an_app_deleted_on_the_data_plane_is_gone_for_arm(azure: Azure, path: str) -> None:
    azure.put(path)
    azure.storage.delete_table("orders", "HubInstances")
    azure.storage.delete_queue("orders", "hub-control-00")
    assert azure.refusal("GET", path) == (404, "ResourceNotFound")


@pytest.mark.parametrize("path", [TABLE, QUEUE])
def test_arm_deletes_what_an_app_made(azure: Azure, path: str) -> None:
    azure.storage.create_table("orders", "HubInstances")
    azure.storage.create_queue("orders", "hub-control-00")
    assert azure.delete(path) == 200
    assert azure.refusal("GET", path) == (404, "ResourceNotFound")


def test_a_blob_is_uploaded_and_described_by_its_hashes(azure: Azure) -> None:
    azure.put(CONTAINER)
    made = azure.put_blob("app.zip", b"code", contentType="application/zip")
    assert azure.storage.get_blob("orders", "packages", "app.zip") == b"code"
    assert made["properties"] == {
        "contentType": "application/zip",
        "url": azure.storage.endpoints("orders")["blob"] + "packages/app.zip",
        "size": 4,
        "contentMd5": base64.b64encode(hashlib.md5(b"code").digest()).decode(),
        "sha256": hashlib.sha256(b"code").hexdigest(),
    }
    assert azure.get(f"{CONTAINER}/blobs/app.zip") == made


def test_the_journal_has_no_content_of_a_blob(azure: Azure) -> None:
    azure.put(CONTAINER)
    azure.put_blob("app.zip", b"a secret in the code")
    written = json.dumps([write.after for write in azure.plane.journal])
    assert base64.b64encode(b"a secret in the code").decode() not in written


def test_a_blob_on_an_account_without_shared_keys_is_refused(azure: Azure) -> None:
    azure.put(CONTAINER)
    azure.put_account(allowSharedKeyAccess=False)
    refused = (403, "KeyBasedAuthenticationNotPermitted")
    assert azure.refusal("PUT", f"{CONTAINER}/blobs/app.zip", content="") == refused
    assert azure.refusal("GET", f"{CONTAINER}/blobs/app.zip") == refused
    assert azure.refusal("DELETE", f"{CONTAINER}/blobs/app.zip") == refused
    assert azure.storage.get_blob("orders", "packages", "app.zip") is None


def test_a_blob_that_exists_is_not_uploaded_again(azure: Azure) -> None:
    azure.put(CONTAINER)
    azure.storage.put_blob("orders", "packages", "app.zip", b"by another tool")
    assert azure.refusal("PUT", f"{CONTAINER}/blobs/app.zip", content="") == (409, "BlobAlreadyExists")
    assert azure.storage.get_blob("orders", "packages", "app.zip") == b"by another tool"


def test_a_blob_needs_its_container(azure: Azure) -> None:
    assert azure.refusal("PUT", f"{CONTAINER}/blobs/app.zip", content="") == (404, "ContainerNotFound")


def test_a_blob_that_was_deleted_on_the_data_plane_is_gone(azure: Azure) -> None:
    azure.put(CONTAINER)
    azure.put_blob("app.zip", b"code")
    azure.storage.delete_blob("orders", "packages", "app.zip")
    assert azure.refusal("GET", f"{CONTAINER}/blobs/app.zip") == (404, "ResourceNotFound")


def test_a_blobs_metadata_changes_without_its_content(azure: Azure) -> None:
    azure.put(CONTAINER)
    azure.put_blob("app.zip", b"code")
    changed = azure.put(f"{CONTAINER}/blobs/app.zip", properties={"metadata": {"a": "1"}})["properties"]
    assert (changed["metadata"], changed["size"]) == ({"a": "1"}, 4)


def test_a_blob_name_may_have_slashes_written_as_percent_2f(azure: Azure) -> None:
    azure.put(CONTAINER)
    azure.put_blob("v1%2Fapp.zip", b"code")
    assert azure.storage.get_blob("orders", "packages", "v1/app.zip") == b"code"
    assert azure.delete(f"{CONTAINER}/blobs/v1%2Fapp.zip") == 200
    assert azure.storage.get_blob("orders", "packages", "v1/app.zip") is None


def test_accounts_of_a_store_on_disk_are_known_to_the_storage_service_again(tmp_path: Path) -> None:
    first, second = MemoryStorage(), MemoryStorage()
    plane = ControlPlane(Store(tmp_path / "store.json"), all_types(first))
    plane.request("PUT", GROUP, {"location": "westeurope"})
    plane.request("PUT", ACCOUNT, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})
    restore_accounts(ControlPlane(Store(tmp_path / "store.json"), all_types(second)))
    second.create_table("orders", "HubInstances")
    assert second.has_table("orders", "HubInstances")
