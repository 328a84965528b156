"""History retention: what ended long ago goes with its history and blobs; all else stays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient

import taskhub
from benchmarks.taskhubs.emulator import ACCOUNTS, Emulator
from benchmarks.taskhubs.rows import BEGAN, row
from taskhub import ACTIVE, TERMINAL, Hub, Purged, Tracking
from tests.taskhub.hubs import AzuriteHub

BEFORE = BEGAN + timedelta(days=10)
LATE = BEFORE + timedelta(seconds=1)


@pytest.fixture
def container(azurite: Emulator, hub: AzuriteHub) -> Iterator[ContainerClient]:
    with azurite.blobs() as service:
        yield service.create_container(hub.hub.large_messages)


def add(hub: AzuriteHub, id: str, status: str, *, ended: datetime = BEGAN, history: int = 2, **columns: Any) -> None:
    """With history, as a worker leaves it."""
    written = row(id, status, hub=hub.hub.name, LastUpdatedTime=ended, CompletedTime=ended if status in TERMINAL else None, **columns)
    with hub.table() as table:
        table.upsert_entity(written)
    with hub.table(hub.hub.history) as table:
        names = [*(f"{number:016X}" for number in range(history)), "sentinel"]
        for start in range(0, len(names), 100):
            table.submit_transaction(
                [
                    ("upsert", {"PartitionKey": id, "RowKey": key, "ExecutionId": written["ExecutionId"]})
                    for key in names[start : start + 100]
                ]
            )


def keys(hub: AzuriteHub, table: str) -> list[str]:
    with hub.table(table) as client:
        return sorted({each["PartitionKey"] for each in client.list_entities()})


def purge(hub: AzuriteHub, **options: Any) -> Purged:
    wanted = {"before": BEFORE, **hub.azurite.client_options, **options}
    return asyncio.run(taskhub.purge(hub.hub, hub.key, **wanted))


def blobs(container: ContainerClient) -> list[str]:
    return sorted(container.list_blob_names())


@pytest.mark.parametrize("status", TERMINAL)
def test_what_ended_before_goes_with_history_and_blobs(hub: AzuriteHub, container: ContainerClient, status: str) -> None:
    add(hub, "a^0b", status)
    for name in ("a/b/message-1.json.gz", "a^0b/history-1.json.gz", "a/message-of-a.json.gz", "a/b/c/message-of-abc.json.gz", "a^0bc/x"):
        container.upload_blob(name, b"")
    assert purge(hub) == Purged(instances=1, history_rows=3, blobs=2, slices=1, up_to=BEFORE)
    assert (keys(hub, hub.hub.instances), keys(hub, hub.hub.history)) == ([], [])
    assert blobs(container) == ["a/b/c/message-of-abc.json.gz", "a/message-of-a.json.gz", "a^0bc/x"]


def test_what_is_active_is_an_entity_or_ended_later_stays_as_it_is(hub: AzuriteHub, container: ContainerClient) -> None:
    for status in ACTIVE:
        add(hub, status, status)
    add(hub, "@counter@a", "Running")
    add(hub, "@counter@terminated", "Terminated")
    add(hub, "late", "Completed", ended=LATE)
    add(hub, "just", "Completed", ended=BEFORE)
    container.upload_blob("late/message-1.json.gz", b"")
    before = keys(hub, hub.hub.instances), keys(hub, hub.hub.history), blobs(container)
    assert purge(hub) == Purged(up_to=BEFORE)
    assert (keys(hub, hub.hub.instances), keys(hub, hub.hub.history), blobs(container)) == before


def test_a_dry_run_counts_and_removes_nothing(hub: AzuriteHub) -> None:
    add(hub, "a", "Completed")
    assert purge(hub, dry_run=True) == Purged(instances=1, slices=1, up_to=BEFORE, dry_run=True)
    assert keys(hub, hub.hub.instances) == ["a"]


def test_slices_come_oldest_first_and_are_told_as_they_are_done(hub: AzuriteHub) -> None:
    for day in (5, 1, 5, 9):
        add(hub, f"{day}-{len(keys(hub, hub.hub.instances))}", "Completed", ended=BEGAN + timedelta(days=day))
    told: list[tuple[int, datetime | None, list[str]]] = []
    purge(hub, progress=lambda so_far: told.append((so_far.instances, so_far.up_to, keys(hub, hub.hub.instances))))
    assert told == [
        (1, BEGAN + timedelta(days=2), ["5-0", "5-2", "9-3"]),
        (3, BEGAN + timedelta(days=6), ["9-3"]),
        (4, BEFORE, []),
    ]


def test_a_long_history_goes_in_several_batches(hub: AzuriteHub) -> None:
    add(hub, "a", "Failed", history=120)
    assert purge(hub).history_rows == 121
    assert keys(hub, hub.hub.history) == []


def test_a_purge_that_died_half_way_is_finished_by_the_next_one(hub: AzuriteHub) -> None:
    add(hub, "a", "Completed")
    with hub.table(hub.hub.history) as table:
        table.delete_entity("a", "sentinel")
    assert purge(hub).instances == 1
    assert (keys(hub, hub.hub.instances), keys(hub, hub.hub.history)) == ([], [])


def test_an_instance_that_is_started_anew_keeps_its_new_history(hub: AzuriteHub, container: ContainerClient) -> None:
    """Its worker has written history, and not yet the row: to a scan it still looks ended."""
    add(hub, "a", "Completed")
    container.upload_blob("a/message-2.json.gz", b"")
    with hub.table(hub.hub.history) as table:
        table.upsert_entity({"PartitionKey": "a", "RowKey": "sentinel", "ExecutionId": "another"})
    assert purge(hub) == Purged(left=1, slices=1, up_to=BEFORE)
    assert (keys(hub, hub.hub.history), blobs(container)) == (["a"], ["a/message-2.json.gz"])


def test_rows_of_other_hubs_in_a_shared_store_stay_and_blobs_of_both_accounts_go(azurite: Emulator) -> None:
    other = ACCOUNTS[1]
    tracking = Tracking(azurite.endpoint("table", other), "Kept", azurite.endpoint("blob", other), azurite.connection_string(other))
    hub = Hub.from_connection_string(azurite.connection_string(), "Mine", tracking=tracking)
    with azurite.tables(other) as service, azurite.blobs() as own, azurite.blobs(other) as tracked:
        instances, history = service.create_table("KeptInstances"), service.create_table("KeptHistory")
        containers = [blob.create_container("mine-largemessages") for blob in (own, tracked)]
        for container in containers:
            container.upload_blob("a/message-1.json.gz", b"")
        for id, name in (("a", "Mine"), ("b", "Theirs"), ("c", "Minf")):
            instances.upsert_entity(row(id, "Completed", hub=name))
            history.upsert_entity({"PartitionKey": id, "RowKey": "sentinel", "ExecutionId": row(id, "")["ExecutionId"]})
        done = asyncio.run(taskhub.purge(hub, azurite.connection_string(), before=BEFORE, **azurite.client_options))
        assert (done.instances, done.history_rows, done.blobs) == (1, 1, 2)
        assert [each["PartitionKey"] for each in instances.list_entities()] == ["b", "c"]
        assert [each["PartitionKey"] for each in history.list_entities()] == ["b", "c"]
        assert [list(container.list_blob_names()) for container in containers] == [[], []]


def test_a_missing_blob_endpoint_is_said_before_anything_is_removed(hub: AzuriteHub) -> None:
    add(hub, "a", "Completed")
    with pytest.raises(ValueError, match="give the blob endpoint"):
        asyncio.run(taskhub.purge(replace(hub.hub, blob=None), hub.key, before=BEFORE, **hub.azurite.client_options))
    assert keys(hub, hub.hub.instances) == ["a"]


def test_a_refusal_is_raised_as_the_storages_own_error(hub: AzuriteHub) -> None:
    wrong = hub.key.replace("AccountKey=", "AccountKey=AAAA")
    with pytest.raises(HttpResponseError):
        asyncio.run(taskhub.purge(hub.hub, wrong, before=BEFORE, **hub.azurite.client_options))
