"""Shared keys and what is signed with them. Source: Microsoft docs, "Prevent Shared Key authorization for an Azure Storage account"."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from typing import Any

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.storage.blob import (
    AccountSasPermissions,
    BlobClient,
    BlobSasPermissions,
    ResourceTypes,
    generate_account_sas,
    generate_blob_sas,
)

from tests.sandbox.storage.cloud import Account, Cloud

KEYS_OFF = "KeyBasedAuthenticationNotPermitted"
SOON = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)


def list_blobs(account: Account, credential: Any) -> list[Any]:
    return list(account.blobs(credential).list_containers())


def list_queues(account: Account, credential: Any) -> list[Any]:
    return list(account.queues(credential).list_queues())


def list_tables(account: Account, credential: Any) -> list[Any]:
    return list(account.tables(credential).list_tables())


EACH_SERVICE = pytest.mark.parametrize("use", [list_blobs, list_queues, list_tables])


def refusal(use: Callable[[], object]) -> tuple[int | None, str]:
    with pytest.raises(HttpResponseError) as caught:
        use()
    assert caught.value.response is not None
    return caught.value.status_code, caught.value.response.headers["x-ms-error-code"]


@EACH_SERVICE
def test_an_account_made_at_run_time_answers_at_once_to_its_key(cloud: Cloud, use: Callable[..., list[Any]]) -> None:
    account = cloud.account()
    assert use(account, account.by_key) == []


def test_blobs_queues_and_tables_keep_what_a_key_holder_writes(account: Account) -> None:
    container = account.blobs(account.by_key).create_container("letters")
    container.upload_blob("a/b c.txt", b"content", metadata={"colour": "blue"})
    queue = account.queues(account.by_key).create_queue("work")
    queue.send_message("do it")
    table = account.tables(account.by_key).create_table("Orders")
    table.create_entity({"PartitionKey": "p", "RowKey": "r", "Total": 3})
    assert container.get_blob_client("a/b c.txt").download_blob().readall() == b"content"
    assert container.get_blob_client("a/b c.txt").get_blob_properties().metadata == {"colour": "blue"}
    assert [message.content for message in queue.receive_messages()] == ["do it"]
    assert dict(table.get_entity("p", "r")) == {"PartitionKey": "p", "RowKey": "r", "Total": 3}


@EACH_SERVICE
def test_a_wrong_key_is_refused(account: Account, use: Callable[..., list[Any]]) -> None:
    account.key = base64.b64encode(bytes(64)).decode()
    with pytest.raises(ClientAuthenticationError):
        use(account, account.by_key)


def test_a_key_is_refused_from_the_moment_it_is_regenerated(cloud: Cloud, account: Account) -> None:
    assert list_blobs(account, account.by_key) == []
    cloud.sandbox.plane.request("POST", f"{account.id}/regenerateKey", {"keyName": "key1"})
    with pytest.raises(ClientAuthenticationError):
        list_blobs(account, account.by_key)


def test_the_second_key_is_as_good_as_the_first(cloud: Cloud, account: Account) -> None:
    account.key = cloud.sandbox.plane.request("POST", f"{account.id}/listKeys").body["keys"][1]["value"]
    assert list_tables(account, account.by_key) == []


@EACH_SERVICE
def test_a_right_key_is_refused_where_keys_are_off(keyless: Account, use: Callable[..., list[Any]]) -> None:
    assert refusal(lambda: use(keyless, keyless.by_key)) == (403, KEYS_OFF)


def test_keys_work_again_when_they_are_switched_on(cloud: Cloud, keyless: Account) -> None:
    cloud.sandbox.plane.request("PATCH", keyless.id, {"properties": {"allowSharedKeyAccess": True}})
    assert list_queues(keyless, keyless.by_key) == []


def blob_sas_url(account: Account) -> str:
    signature = generate_blob_sas(
        account.name, "letters", "a", account_key=account.key, permission=BlobSasPermissions(read=True), expiry=SOON
    )
    return f"{account.blobs(None).url}letters/a?{signature}"


def test_a_service_sas_reads_its_blob_and_nothing_more(account: Account) -> None:
    account.blobs(account.by_key).create_container("letters").upload_blob("a", b"content")
    blob = BlobClient.from_blob_url(blob_sas_url(account), connection_verify=str(account.sandbox.ca_bundle), retry_total=0)
    assert blob.download_blob().readall() == b"content"
    assert refusal(blob.delete_blob) == (403, "AuthorizationPermissionMismatch")


def test_a_service_sas_is_a_key_and_refused_where_keys_are_off(keyless: Account) -> None:
    answer = requests.get(blob_sas_url(keyless), verify=keyless.sandbox.ca_bundle)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (403, KEYS_OFF)
    assert f"<Code>{KEYS_OFF}</Code>" in answer.text


def test_an_account_sas_is_a_key_and_refused_where_keys_are_off(cloud: Cloud, account: Account, keyless: Account) -> None:
    def listed(of: Account) -> list[Any]:
        signature = generate_account_sas(of.name, of.key, ResourceTypes(service=True), AccountSasPermissions(list=True), expiry=SOON)
        return list(of.blobs(signature).list_containers())

    assert listed(account) == []
    assert refusal(lambda: listed(keyless)) == (403, KEYS_OFF)


def test_a_refusal_of_the_table_service_is_json(keyless: Account) -> None:
    orders = keyless.tables(keyless.by_key).get_table_client("Orders")
    with pytest.raises(HttpResponseError, match="Key based authentication is not permitted on this storage account") as caught:
        orders.get_entity("p", "r")
    assert caught.value.response is not None
    assert caught.value.response.json()["odata.error"]["code"] == KEYS_OFF


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("blob", (409, "PublicAccessNotPermitted")),
        ("queue", (401, "NoAuthenticationInformation")),
        ("table", (401, "NoAuthenticationInformation")),
    ],
)
def test_nobody_gets_in_without_a_credential(account: Account, service: str, expected: tuple[int, str]) -> None:
    answer = requests.get(account.sandbox.storage.endpoints(account.name)[service] + "things", verify=account.sandbox.ca_bundle)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == expected


def test_an_account_that_was_never_made_is_not_found(account: Account) -> None:
    account.name = "neverwas"
    assert refusal(lambda: list_blobs(account, account.by_key)) == (404, "ResourceNotFound")


def test_the_emulators_own_account_does_not_exist(account: Account) -> None:
    account.name = "devstoreaccount1"
    account.key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    assert refusal(lambda: list_blobs(account, account.by_key)) == (404, "ResourceNotFound")
