"""What both storage services promise alike."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from sandbox.storage import MemoryStorage, NoSuchParent, StorageService

KEY = base64.b64encode(bytes(64)).decode()


@pytest.fixture(params=["memory", pytest.param("azurite", marks=pytest.mark.azurite)])
def storage(request: pytest.FixtureRequest) -> StorageService:
    service: StorageService = MemoryStorage() if request.param == "memory" else request.getfixturevalue("cloud").sandbox.storage
    service.remove_account("contract")
    service.add_account("contract", KEY, KEY)
    return service


def test_endpoints_name_the_account_and_end_in_a_slash(storage: StorageService) -> None:
    endpoints = storage.endpoints("contract")
    assert list(endpoints) == ["blob", "queue", "table"]
    assert all(url.startswith("https://127.0.0.1:") and url.endswith("/contract/") for url in endpoints.values())
    assert len(set(endpoints.values())) == 3


def test_a_blob_is_read_back_replaced_and_deleted(storage: StorageService) -> None:
    storage.create_container("contract", "letters")
    storage.put_blob("contract", "letters", "a/b", b"one", content_type="text/plain", metadata={"colour": "blue"})
    storage.put_blob("contract", "letters", "a/b", b"two")
    assert storage.get_blob("contract", "letters", "a/b") == b"two"
    storage.delete_blob("contract", "letters", "a/b")
    assert storage.get_blob("contract", "letters", "a/b") is None


def test_tables_and_queues_come_and_go(storage: StorageService) -> None:
    storage.create_table("contract", "Orders")
    storage.create_queue("contract", "work")
    assert (storage.has_table("contract", "orders"), storage.has_queue("contract", "work")) == (True, True)
    assert (storage.has_table("contract", "Order"), storage.has_queue("contract", "wor")) == (False, False)
    storage.delete_table("contract", "Orders")
    storage.delete_queue("contract", "work")
    assert (storage.has_table("contract", "Orders"), storage.has_queue("contract", "work")) == (False, False)


def test_creating_twice_and_deleting_what_is_not_there_change_nothing(storage: StorageService) -> None:
    for _ in range(2):
        storage.create_container("contract", "letters")
        storage.create_table("contract", "Orders")
        storage.create_queue("contract", "work")
    storage.put_blob("contract", "letters", "a", b"kept")
    storage.add_account("contract", KEY, KEY)
    storage.create_container("contract", "letters")
    for account in ("contract", "nobody"):
        storage.delete_blob(account, "nowhere", "a")
        storage.delete_container(account, "nowhere")
        storage.delete_table(account, "Nothing")
        storage.delete_queue(account, "nothing")
    storage.remove_account("nobody")
    assert storage.get_blob("contract", "letters", "a") == b"kept"


@pytest.mark.parametrize(
    "create",
    [
        lambda storage: storage.create_container("nobody", "letters"),
        lambda storage: storage.create_table("nobody", "Orders"),
        lambda storage: storage.create_queue("nobody", "work"),
        lambda storage: storage.put_blob("contract", "nowhere", "a", b"content"),
    ],
    ids=["container", "table", "queue", "blob"],
)
def test_nothing_is_created_inside_what_does_not_exist(storage: StorageService, create: Callable[[StorageService], None]) -> None:
    with pytest.raises(NoSuchParent):
        create(storage)


def test_nothing_is_found_in_an_account_that_does_not_exist(storage: StorageService) -> None:
    assert storage.get_blob("nobody", "letters", "a") is None
    assert (storage.has_table("nobody", "Orders"), storage.has_queue("nobody", "work")) == (False, False)
