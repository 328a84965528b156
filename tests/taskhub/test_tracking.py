"""A tracking store that several hubs share: rows of all of them in one table, told apart by TaskHubName."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import taskhub
from benchmarks.taskhubs.emulator import ACCOUNTS, Emulator
from benchmarks.taskhubs.rows import row
from taskhub import Hub, Reason, Tracking, Verdict
from tests.taskhub.hubs import AzuriteHub

OTHER = ACCOUNTS[1]


@pytest.fixture
def hub(azurite: Emulator) -> Iterator[AzuriteHub]:
    """`OrdersV1`, with its queues in one account and its rows in another, among those of its neighbours."""
    tracking = Tracking(
        azurite.endpoint("table", OTHER), "Shared", azurite.endpoint("blob", OTHER), connection_string=azurite.connection_string(OTHER)
    )
    azurite.make_queues("OrdersV1")
    with azurite.tables(OTHER) as service:
        for name in ("SharedInstances", "SharedHistory"):
            service.create_table_if_not_exists(name)
        yield AzuriteHub(azurite, Hub.from_connection_string(azurite.connection_string(), "OrdersV1", tracking=tracking))
        for name in ("SharedInstances", "SharedHistory"):
            service.delete_table(name)


def put(hub: AzuriteHub, id: str, status: str, of: str, **columns: object) -> None:
    with hub.azurite.tables(OTHER) as service:
        service.get_table_client("SharedInstances").upsert_entity(row(id, status, hub=of, **columns))


NEIGHBOURS = ["OrdersV2", "OrdersV", "OrdersV10", "ordersv0", "Zebra", "ORDERS"]


def test_running_instances_of_other_hubs_do_not_make_a_hub_busy(hub: AzuriteHub) -> None:
    for name in NEIGHBOURS:
        put(hub, f"of-{name}", "Running", of=name)
        put(hub, f"@entity@{name}", "Running", of=name)
    put(hub, "@entity@mine", "Running", of="OrdersV1")
    finding = hub.check()
    assert (finding.verdict, finding.reason, finding.entities) == (Verdict.DRAINED, Reason.EMPTY, ["@entity@mine"])
    assert hub.check(full=False).verdict is Verdict.DRAINED


@pytest.mark.parametrize("written", ["OrdersV1", "ordersv1", "ORDERSV1", "oRdErSv1"])
@pytest.mark.parametrize("asked", ["OrdersV1", "ordersv1", "ORDERSV1"])
def test_its_own_are_found_in_whatever_case_its_name_was_written(hub: AzuriteHub, written: str, asked: str) -> None:
    put(hub, "of-OrdersV2", "Running", of="OrdersV2")
    put(hub, "mine", "Running", of=written)
    asking = hub.named(asked)
    assert [asking.check(full=full).active for full in (True, False)] == [1, 1]
    assert [each.id for each in asking.list()] == ["mine"]


def test_an_instance_of_another_hub_is_not_found_in_this_one(hub: AzuriteHub) -> None:
    put(hub, "theirs", "Running", of="OrdersV2")
    assert hub.find("theirs") is None
    assert hub.list() == []


def test_a_row_that_names_no_hub_counts_for_every_one(hub: AzuriteHub) -> None:
    """Older extensions write no name for sub-orchestrations."""
    put(hub, "nobodys", "Running", of="", TaskHubName=None)
    assert [hub.check(full=full).active for full in (True, False)] == [1, 1]
    assert hub.find("nobodys") is not None


def test_a_shared_table_alone_is_no_hub(hub: AzuriteHub) -> None:
    wrong = hub.named("OrdersV9")
    finding = wrong.check()
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Reason.NO_HUB)
    assert "queue 'ordersv9-control-00'" in finding.sentence
    assert wrong.check(had_code=False).reason is Reason.NEVER_DEPLOYED


def test_rows_of_a_hub_without_queues_are_busy_all_the_same(hub: AzuriteHub) -> None:
    put(hub, "mine", "Pending", of="OrdersV9")
    assert hub.named("OrdersV9").check(had_code=False).verdict is Verdict.BUSY


def test_a_tracking_store_in_an_account_that_refuses_is_unreadable(hub: AzuriteHub) -> None:
    assert hub.hub.tracking is not None
    wrong_key = replace(hub.hub.tracking, connection_string=hub.key)
    finding = asyncio.run(taskhub.check(replace(hub.hub, tracking=wrong_key), hub.key, **hub.azurite.client_options, retry_total=0))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Reason.UNREADABLE)


def test_rows_without_a_hub_s_name_may_be_its_own_and_make_it_busy(hub: AzuriteHub) -> None:
    """Older extensions name the hub at a client's start only: a running sub-orchestration must not read as "nothing runs"."""
    put(hub, "a-sub-orchestration", "Running", of="")
    with hub.azurite.tables(OTHER) as service:
        table = service.get_table_client("SharedInstances")
        entity = table.get_entity("a-sub-orchestration", "")
        del entity["TaskHubName"]
        table.update_entity(entity, mode="replace")
    assert [hub.check(full=full).reason for full in (True, False)] == [Reason.ACTIVE, Reason.ACTIVE]
    assert [each.id for each in hub.list()] == ["a-sub-orchestration"]


def test_timers_of_other_hubs_explain_no_message(hub: AzuriteHub) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=72)
    for id, of in (("mine", "OrdersV1"), ("theirs", "OrdersV2")):
        put(hub, id, "Completed", of=of)
        with hub.azurite.tables(OTHER) as service:
            row = {"PartitionKey": id, "RowKey": "0", "EventType": "TimerCreated", "EventId": 0, "FireAt": later}
            service.get_table_client("SharedHistory").upsert_entity(row)
    found = asyncio.run(taskhub.leftover_timers(hub.hub, hub.key, datetime.now(UTC), **hub._client()))
    assert found == [taskhub.LeftoverTimer("mine", later)]
