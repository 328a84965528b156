from __future__ import annotations

import base64

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobLeaseClient

from tests.sandbox.storage.cloud import GROUP, Account, Cloud


def fill(account: Account) -> None:
    container = account.blobs(account.by_key).create_container("letters")
    container.upload_blob("a", b"content")
    BlobLeaseClient(container).acquire()
    account.queues(account.by_key).create_queue("work").send_message("text")
    account.tables(account.by_key).create_table("Orders")


def test_an_account_that_was_deleted_does_not_answer(cloud: Cloud, account: Account) -> None:
    cloud.sandbox.plane.request("DELETE", account.id)
    with pytest.raises(ResourceNotFoundError):
        account.blobs(account.by_key).get_account_information()


def test_an_account_made_again_under_its_old_name_is_empty(cloud: Cloud, account: Account) -> None:
    fill(account)
    cloud.sandbox.plane.request("DELETE", account.id)
    again = cloud.account(name=account.name)
    assert list(again.blobs(again.by_key).list_containers()) == []
    assert list(again.queues(again.by_key).list_queues()) == []
    assert list(again.tables(again.by_key).list_tables()) == []


def test_deleting_one_account_leaves_the_others_alone(cloud: Cloud, account: Account) -> None:
    fill(account)
    cloud.sandbox.plane.request("DELETE", cloud.account().id)
    assert [container.name for container in account.blobs(account.by_key).list_containers()] == ["letters"]


def test_a_container_that_arm_makes_is_really_there_and_goes_with_its_arm_resource(cloud: Cloud, keyless: Account) -> None:
    container = f"{keyless.id}/blobServices/default/containers/letters"
    cloud.put(container, {"properties": {}})
    cloud.sandbox.storage.put_blob(keyless.name, "letters", "a", b"content")
    cloud.sandbox.plane.request("DELETE", container)
    assert cloud.sandbox.storage.get_blob(keyless.name, "letters", "a") is None


def test_a_blob_that_arm_uploads_can_be_downloaded(cloud: Cloud, account: Account) -> None:
    container = f"{account.id}/blobServices/default/containers/letters"
    cloud.put(container, {"properties": {}})
    cloud.put(f"{container}/blobs/a.zip", {"properties": {}, "content": base64.b64encode(b"content").decode()})
    assert account.blobs(account.by_key).get_blob_client("letters", "a.zip").download_blob().readall() == b"content"


def test_deleting_the_resource_group_ends_its_accounts(cloud: Cloud) -> None:
    group = GROUP.replace("/storage", "/shortlived")
    cloud.put(group, {"location": "westeurope"})
    id = f"{group}/providers/Microsoft.Storage/storageAccounts/shortlived"
    cloud.put(id, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {}})
    key = cloud.sandbox.plane.request("POST", f"{id}/listKeys").body["keys"][0]["value"]
    account = Account(cloud.sandbox, "shortlived", id, key)
    fill(account)
    cloud.sandbox.plane.request("DELETE", group)
    with pytest.raises(HttpResponseError):
        account.blobs(account.by_key).get_account_information()
    assert cloud.sandbox.storage.has_queue("shortlived", "work") is False
