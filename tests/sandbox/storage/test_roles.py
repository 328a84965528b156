"""Roles on the data plane. Sources: Microsoft docs, "Authorize with Microsoft Entra ID (REST API)", "Azure built-in roles",
"Troubleshoot Azure RBAC" (assignments take minutes), "Create a user delegation SAS"."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, BlobSasPermissions, generate_blob_sas

from sandbox.resources import role_ids as role
from sandbox.storage.tokens import Tokens
from tests.sandbox.storage.cloud import GROUP, ROLE_DELAY, SOMEBODY, Account, Cloud

CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
SOMEBODY_ELSE = "22222222-0000-4000-8000-000000000002"
STORAGE = "https://storage.azure.com"


def read_blobs(account: Account) -> object:
    return list(account.blobs(account.as_(SOMEBODY)).get_container_client("things").list_blobs())


def write_blob(account: Account) -> object:
    return account.blobs(account.as_(SOMEBODY)).get_blob_client("things", "new").upload_blob(b"content", overwrite=True)


def delete_blob(account: Account) -> object:
    return account.blobs(account.as_(SOMEBODY)).get_blob_client("things", "old").delete_blob()


def delegate(account: Account) -> Any:
    now = datetime.datetime.now(datetime.UTC)
    return account.blobs(account.as_(SOMEBODY)).get_user_delegation_key(now, now + datetime.timedelta(hours=1))


def count_messages(account: Account) -> object:
    return account.queues(account.as_(SOMEBODY)).get_queue_client("things").get_queue_properties()


def peek(account: Account) -> object:
    return account.queues(account.as_(SOMEBODY)).get_queue_client("things").peek_messages()


def send(account: Account) -> object:
    return account.queues(account.as_(SOMEBODY)).get_queue_client("things").send_message("text")


def receive(account: Account) -> object:
    return list(account.queues(account.as_(SOMEBODY)).get_queue_client("things").receive_messages())


def create_queue(account: Account) -> object:
    return account.queues(account.as_(SOMEBODY)).create_queue("another")


def clear_queue(account: Account) -> object:
    return account.queues(account.as_(SOMEBODY)).get_queue_client("things").clear_messages()


def query(account: Account) -> object:
    return list(account.tables(account.as_(SOMEBODY)).get_table_client("things").query_entities("PartitionKey eq 'p'"))


def upsert(account: Account) -> object:
    return account.tables(account.as_(SOMEBODY)).get_table_client("things").upsert_entity({"PartitionKey": "p", "RowKey": "new"})


def batch(account: Account) -> object:
    return (
        account.tables(account.as_(SOMEBODY))
        .get_table_client("things")
        .submit_transaction([("upsert", {"PartitionKey": "p", "RowKey": "b"})])
    )


def delete_entity(account: Account) -> object:
    return account.tables(account.as_(SOMEBODY)).get_table_client("things").delete_entity("p", "old")


EVERYTHING = [
    read_blobs, write_blob, delete_blob, delegate,
    count_messages, peek, send, receive, create_queue, clear_queue,
    query, upsert, batch, delete_entity,
]  # fmt: skip
ALLOWED: dict[str, list[Callable[[Account], object]]] = {
    role.STORAGE_BLOB_DATA_OWNER: [read_blobs, write_blob, delete_blob, delegate],
    role.STORAGE_BLOB_DATA_CONTRIBUTOR: [read_blobs, write_blob, delete_blob, delegate],
    role.STORAGE_BLOB_DATA_READER: [read_blobs, delegate],
    role.STORAGE_BLOB_DELEGATOR: [delegate],
    role.STORAGE_QUEUE_DATA_CONTRIBUTOR: [count_messages, peek, send, receive, create_queue, clear_queue],
    role.STORAGE_QUEUE_DATA_READER: [count_messages, peek],
    role.STORAGE_QUEUE_DATA_MESSAGE_SENDER: [send],
    role.STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR: [peek, receive],
    role.STORAGE_TABLE_DATA_CONTRIBUTOR: [query, upsert, batch, delete_entity],
    role.STORAGE_TABLE_DATA_READER: [query],
    role.STORAGE_ACCOUNT_CONTRIBUTOR: [],
    CONTRIBUTOR: [],
    OWNER: [],
}


@pytest.fixture
def filled(cloud: Cloud) -> Account:
    """Keys on, so that the stage can be set with them."""
    account = cloud.account()
    account.blobs(account.by_key).create_container("things").upload_blob("old", b"content")
    account.queues(account.by_key).create_queue("things").send_message("text")
    account.tables(account.by_key).create_table("things").create_entity({"PartitionKey": "p", "RowKey": "old"})
    return account


def outcome(use: Callable[[], object]) -> str:
    try:
        use()
    except HttpResponseError as refused:
        assert refused.response is not None
        return f"{refused.status_code} {refused.response.headers['x-ms-error-code']}"
    return "done"


@pytest.mark.parametrize("which", ALLOWED, ids=lambda id: role.BUILT_IN_ROLES[id])
def test_a_role_allows_what_it_carries_and_nothing_else(cloud: Cloud, filled: Account, which: str) -> None:
    cloud.grant(which, filled.id)
    expected = {use.__name__: "done" if use in ALLOWED[which] else "403 AuthorizationPermissionMismatch" for use in EVERYTHING}
    assert {use.__name__: outcome(lambda use=use: use(filled)) for use in EVERYTHING} == expected


def test_nobody_has_rights_without_a_role_though_the_token_is_good(filled: Account) -> None:
    assert outcome(lambda: query(filled)) == "403 AuthorizationPermissionMismatch"


def test_the_token_of_another_principal_is_refused(cloud: Cloud, filled: Account) -> None:
    cloud.grant(role.STORAGE_TABLE_DATA_READER, filled.id, SOMEBODY_ELSE)
    assert outcome(lambda: query(filled)) == "403 AuthorizationPermissionMismatch"


def test_a_role_on_one_account_says_nothing_about_another(cloud: Cloud, filled: Account) -> None:
    cloud.grant(role.STORAGE_TABLE_DATA_READER, cloud.account().id)
    assert outcome(lambda: query(filled)) == "403 AuthorizationPermissionMismatch"


def test_a_role_takes_effect_only_after_a_while(cloud: Cloud, filled: Account) -> None:
    cloud.grant(role.STORAGE_QUEUE_DATA_READER, filled.id, wait=False)
    cloud.clock.now += ROLE_DELAY - 1
    assert outcome(lambda: peek(filled)) == "403 AuthorizationPermissionMismatch"
    cloud.clock.now += 1
    assert outcome(lambda: peek(filled)) == "done"


def test_a_role_that_is_taken_away_is_gone(cloud: Cloud, filled: Account) -> None:
    assignment = cloud.grant(role.STORAGE_BLOB_DATA_READER, filled.id)
    assert outcome(lambda: read_blobs(filled)) == "done"
    cloud.sandbox.plane.request("DELETE", assignment)
    assert outcome(lambda: read_blobs(filled)) == "403 AuthorizationPermissionMismatch"


def test_a_role_on_the_resource_group_reaches_the_accounts_in_it(cloud: Cloud, filled: Account) -> None:
    assignment = cloud.grant(role.STORAGE_TABLE_DATA_READER, GROUP)
    try:
        assert outcome(lambda: query(filled)) == "done"
    finally:
        cloud.sandbox.plane.request("DELETE", assignment)


def test_a_role_on_a_container_reaches_that_container_only(cloud: Cloud, filled: Account) -> None:
    containers = f"{filled.id}/blobServices/default/containers"
    for name in ("mine", "other"):
        cloud.put(f"{containers}/{name}", {"properties": {}})
    cloud.grant(role.STORAGE_BLOB_DATA_CONTRIBUTOR, f"{containers}/mine")
    blobs = filled.blobs(filled.as_(SOMEBODY))
    assert outcome(lambda: blobs.get_blob_client("mine", "a").upload_blob(b"content")) == "done"
    assert outcome(lambda: blobs.get_blob_client("other", "a").upload_blob(b"content")) == "403 AuthorizationPermissionMismatch"
    assert outcome(lambda: list(blobs.list_containers())) == "403 AuthorizationPermissionMismatch"


def test_roles_are_enforced_also_where_keys_are_off(cloud: Cloud, keyless: Account) -> None:
    cloud.put(f"{keyless.id}/queueServices/default/queues/things", {"properties": {}})
    assert outcome(lambda: send(keyless)) == "403 AuthorizationPermissionMismatch"
    cloud.grant(role.STORAGE_QUEUE_DATA_CONTRIBUTOR, keyless.id)
    assert outcome(lambda: send(keyless)) == "done"


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        (lambda good: good.issue(SOMEBODY, STORAGE, lifetime=-1), "expired"),
        (lambda good: good.issue(SOMEBODY, "https://management.azure.com"), "Audience"),
        (lambda good: good.issue(SOMEBODY, "https://another.table.core.windows.net"), "Audience"),
        (lambda good: Tokens(b"somebody else's secret").issue(SOMEBODY, STORAGE), "signature"),
    ],
    ids=["expired", "for ARM", "for another account", "not signed by this sandbox"],
)
def test_a_token_that_is_not_good_is_refused_whatever_its_roles(
    cloud: Cloud, filled: Account, flaw: Callable[[Tokens], Any], reason: str
) -> None:
    cloud.grant(role.STORAGE_TABLE_DATA_CONTRIBUTOR, filled.id)
    headers = {"Authorization": f"Bearer {flaw(cloud.sandbox.tokens).token}", "x-ms-version": "2020-12-06", "Accept": "application/json"}
    answer = requests.get(cloud.sandbox.storage.endpoints(filled.name)["table"] + "Tables", headers=headers, verify=cloud.sandbox.ca_bundle)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (401, "InvalidAuthenticationInfo")
    assert reason in answer.json()["odata.error"]["message"]["value"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer authorization_uri=https://login.microsoftonline.com/")


def sas_client(account: Account, *, read: bool = True) -> BlobClient:
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    allowed = BlobSasPermissions(read=read, delete=not read)
    signature = generate_blob_sas(account.name, "things", "old", user_delegation_key=delegate(account), permission=allowed, expiry=end)
    url = f"{account.sandbox.storage.endpoints(account.name)['blob']}things/old?{signature}"
    return BlobClient.from_blob_url(url, connection_verify=str(account.sandbox.ca_bundle), retry_total=0)


def test_a_user_delegation_sas_reads_where_keys_are_off(cloud: Cloud, filled: Account) -> None:
    cloud.grant(role.STORAGE_BLOB_DATA_READER, filled.id)
    cloud.sandbox.plane.request("PATCH", filled.id, {"properties": {"allowSharedKeyAccess": False}})
    blob = sas_client(filled)
    assert blob.download_blob().readall() == b"content"
    assert outcome(blob.delete_blob) == "403 AuthorizationPermissionMismatch"


def test_a_user_delegation_sas_grants_no_more_than_its_principal_may_do(cloud: Cloud, filled: Account) -> None:
    cloud.grant(role.STORAGE_BLOB_DATA_READER, filled.id)
    assert outcome(sas_client(filled, read=False).delete_blob) == "403 AuthorizationPermissionMismatch"


def test_a_user_delegation_sas_with_a_changed_signature_is_refused(cloud: Cloud, filled: Account) -> None:
    cloud.grant(role.STORAGE_BLOB_DATA_READER, filled.id)
    answer = requests.get(sas_client(filled).url.replace("sig=", "sig=AAAA"), verify=cloud.sandbox.ca_bundle)
    assert answer.status_code == 403
