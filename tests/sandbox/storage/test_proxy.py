"""Faults on the data plane, and that what passes the proxy passes unchanged."""

from __future__ import annotations

import os
import threading

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError, ServiceRequestError, ServiceResponseError

from sandbox.arm import Fault
from tests.sandbox.storage.cloud import Account, Cloud


def test_a_fault_fails_the_requests_that_it_names_as_storage_would(cloud: Cloud, account: Account) -> None:
    cloud.sandbox.plane.faults.add(Fault(f"get /data/{account.name}/queue/*", times=2, status=503, code="ServerBusy", message="busy"))
    queues = account.queues(account.by_key)
    for _ in range(2):
        with pytest.raises(HttpResponseError, match="busy") as caught:
            list(queues.list_queues())
        assert (caught.value.status_code, caught.value.error_code) == (503, "ServerBusy")
    assert list(queues.list_queues()) == []
    assert list(account.tables(account.by_key).list_tables()) == []


def test_a_dropped_connection_gives_no_answer_and_has_no_effect(cloud: Cloud, account: Account) -> None:
    cloud.sandbox.plane.faults.add(Fault(f"put /data/{account.name}/blob/letters", drop=True))
    with pytest.raises((ServiceRequestError, ServiceResponseError)):
        account.blobs(account.by_key).create_container("letters")
    assert list(account.blobs(account.by_key).list_containers()) == []


def test_a_connection_dropped_afterwards_loses_the_answer_and_not_the_effect(cloud: Cloud, account: Account) -> None:
    cloud.sandbox.plane.faults.add(Fault(f"put /data/{account.name}/blob/letters", drop=True, after=True))
    with pytest.raises((ServiceRequestError, ServiceResponseError)):
        account.blobs(account.by_key).create_container("letters")
    assert [container.name for container in account.blobs(account.by_key).list_containers()] == ["letters"]


def test_a_delayed_request_holds_up_no_other(cloud: Cloud, account: Account) -> None:
    arrived, goes_on = threading.Event(), threading.Event()

    def delay() -> None:
        arrived.set()
        goes_on.wait(30)

    cloud.sandbox.plane.faults.add(Fault(f"get /data/{account.name}/queue/*", delay=delay))
    answers: list[object] = []
    slow = threading.Thread(target=lambda: answers.append(list(account.queues(account.by_key).list_queues())))
    slow.start()
    assert arrived.wait(30)
    assert list(account.queues(account.by_key).list_queues()) == []
    assert answers == []
    goes_on.set()
    slow.join(30)
    assert answers == [[]]


def test_garbage_reaches_the_client_instead_of_an_answer(cloud: Cloud, account: Account) -> None:
    cloud.sandbox.plane.faults.add(Fault(f"get /data/{account.name}/blob/letters/a", garbage="<html>sign in to the guest network</html>"))
    with pytest.raises(Exception, match=r"(?i)content-range|range"):
        account.blobs(account.by_key).get_blob_client("letters", "a").download_blob().readall()


def test_a_large_blob_arrives_whole_in_blocks_and_ranges(account: Account) -> None:
    content = os.urandom(9 * 1024 * 1024)
    account.blobs(account.by_key).create_container("large")
    client = account.blobs(account.by_key).get_blob_client("large", "bytes")
    client.upload_blob(content, max_concurrency=2)
    client.stage_block("unused", b"never committed")
    assert client.download_blob(max_concurrency=2).readall() == content
    assert client.download_blob(offset=1024, length=10).readall() == content[1024:1034]


@pytest.mark.parametrize("name", ["a/b", "a b+c", "ü/日本", "50%25", "x?y#z"])
def test_a_blob_keeps_an_unusual_name(account: Account, name: str) -> None:
    container = account.blobs(account.by_key).create_container("names")
    container.upload_blob(name, b"content")
    assert [blob.name for blob in container.list_blobs()] == [name]
    assert account.sandbox.storage.get_blob(account.name, "names", name) == b"content"


def test_a_missing_blob_is_missing_also_by_head(account: Account) -> None:
    blob = account.blobs(account.by_key).create_container("letters").get_blob_client("a")
    assert blob.exists() is False
    with pytest.raises(ResourceNotFoundError):
        blob.get_blob_properties()


def test_the_size_of_a_blob_is_known_by_head(account: Account) -> None:
    blob = account.blobs(account.by_key).create_container("letters").upload_blob("a", b"content")
    assert blob.get_blob_properties().size == len(b"content")


def test_an_empty_blob_and_a_condition_pass(account: Account) -> None:
    blob = account.blobs(account.by_key).create_container("letters").upload_blob("a", b"")
    with pytest.raises(ResourceExistsError):
        blob.upload_blob(b"new", overwrite=False)
    assert blob.download_blob().readall() == b""


def test_listed_pages_follow_on_through_the_proxy(account: Account) -> None:
    table = account.tables(account.by_key).create_table("Orders")
    table.submit_transaction([("create", {"PartitionKey": "p", "RowKey": f"{number:03}"}) for number in range(25)])
    assert len(list(table.list_entities(results_per_page=10))) == 25
