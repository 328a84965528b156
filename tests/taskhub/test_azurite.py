"""Verdicts on real hubs: each status, each size, what is counted, and what is not."""

from __future__ import annotations

import pytest

from benchmarks.taskhubs.emulator import Emulator
from benchmarks.taskhubs.rows import BEGAN, row, rows
from taskhub import ACTIVE, TERMINAL, Instance, Reason, Verdict
from tests.taskhub.hubs import AzuriteHub


def test_an_empty_hub_is_drained_after_two_passes(hub: AzuriteHub) -> None:
    finding = hub.check()
    assert (finding.verdict, finding.reason, finding.passes, finding.active) == (Verdict.DRAINED, Reason.EMPTY, 2, 0)
    assert finding.sentence == f"Nothing runs on task hub '{hub.hub.name}': two passes, 30 s apart, saw nothing."


@pytest.mark.parametrize("status", ACTIVE)
def test_one_instance_of_an_active_status_makes_the_hub_busy_at_once(hub: AzuriteHub, status: str) -> None:
    hub.put("order-1", status)
    for full in (True, False):
        finding = hub.check(full=full)
        assert (finding.verdict, finding.reason, finding.passes, finding.active) == (Verdict.BUSY, Reason.ACTIVE, 1, 1)
        assert finding.by_orchestrator == [("Order", "1.0", {status: 1})]


@pytest.mark.parametrize("status", ["Paused", None])
def test_a_status_that_nobody_knows_yet_counts_as_active(hub: AzuriteHub, status: str | None) -> None:
    hub.put("order-1", "Running", RuntimeStatus=status)
    assert hub.check().by_orchestrator == [("Order", "1.0", {status or "": 1})]
    assert hub.check(full=False).verdict is Verdict.BUSY


def test_instances_that_ended_long_ago_leave_the_hub_drained(azurite: Emulator) -> None:
    hub = AzuriteHub.make(azurite, "Big")
    assert hub.check().verdict is Verdict.DRAINED


@pytest.mark.parametrize("status", TERMINAL)
def test_an_instance_that_has_ended_is_not_active_but_a_confirming_pass_knows_when_it_ended(hub: AzuriteHub, status: str) -> None:
    first = hub.read()
    hub.put("order-1", status)
    assert (hub.read().active, hub.read().ended_since) == ((), 0)
    confirming = hub.read(since=first.service_time)
    assert (confirming.active, confirming.ended_since) == ((), 1)


@pytest.mark.parametrize("size", [1, 1000])
def test_the_only_active_one_among_many_is_found(azurite: Emulator, size: int) -> None:
    hub = AzuriteHub.make(azurite)
    with hub.table() as table:
        found = list(rows(size - 1))
        for each in [*found, row("zz-last", "Suspended")]:
            table.create_entity(each)
    for full in (True, False):
        finding = hub.check(full=full)
        assert (finding.verdict, finding.active, finding.oldest and finding.oldest.id) == (Verdict.BUSY, 1, "zz-last")


def test_the_only_active_one_among_a_hundred_thousand_is_found(azurite: Emulator) -> None:
    hub = AzuriteHub.make(azurite, "Big")
    hub.put("zz-last", "ContinuedAsNew")
    try:
        assert [hub.check(full=full).reason for full in (True, False)] == [Reason.ACTIVE, Reason.ACTIVE]
    finally:
        with hub.table() as table:
            table.delete_entity("zz-last", "")


def test_a_busy_hub_says_what_runs_how_often_and_since_when(hub: AzuriteHub) -> None:
    hub.put("b", "Running", number=5)
    hub.put("a^0b", "Running", number=2)
    hub.put("c", "Suspended", number=9, Version=None)
    hub.put("d", "Completed")
    finding = hub.check()
    assert finding.active == 3
    assert finding.by_orchestrator == [("Order", None, {"Suspended": 1}), ("Order", "1.0", {"Running": 2})]
    created, updated = row("", "Running", number=2)["CreatedTime"], row("", "Running", number=2)["LastUpdatedTime"]
    assert finding.oldest == Instance("a/b", "Order", "1.0", "Running", created, updated, hub.hub.name)
    assert finding.sentence == (
        f"3 instances are active on task hub '{hub.hub.name}', the oldest being Order 1.0 'a/b', Running since {BEGAN:%Y-%m-%d} 00:00:02 UTC."
    )


def test_entities_are_counted_apart_and_keep_no_hub_busy(hub: AzuriteHub) -> None:
    hub.put("@counter@a", "Running", Name="@counter")
    hub.put("@counter@b", "Running", Name="@counter")
    finding = hub.check()
    assert (finding.verdict, finding.active, finding.entities, finding.entities_total) == (
        Verdict.DRAINED,
        0,
        ["@counter@a", "@counter@b"],
        2,
    )
    assert hub.check(full=False).verdict is Verdict.DRAINED


@pytest.mark.parametrize("full", [True, False])
def test_excluded_orchestrators_do_not_count_and_the_finding_says_what_they_hid(hub: AzuriteHub, full: bool) -> None:
    hub.put("a", "Running", Name="Monitor")
    hub.put("b", "Running", Name="Monitor")
    finding = hub.check(exclude=["Monitor"], full=full)
    assert (finding.verdict, finding.active, finding.excluded, finding.excluded_instances) == (Verdict.DRAINED, 0, ("Monitor",), 2)
    assert finding.sentence.endswith("saw nothing; not counted: 2 instances of Monitor.")
    assert hub.check(exclude=["monitor"], full=full).verdict is Verdict.BUSY


def test_the_first_hit_is_not_an_excluded_one(hub: AzuriteHub) -> None:
    for number in range(40):
        hub.put(f"a{number:02}", "Running", Name="Monitor")
    hub.put("z", "Pending")
    finding = hub.check(exclude=["Monitor"], full=False)
    assert (finding.verdict, finding.active, finding.oldest and finding.oldest.id) == (Verdict.BUSY, 1, "z")


@pytest.mark.parametrize("partitions", [1, 4, 16])
def test_a_message_in_any_control_queue_counts_whatever_their_number(azurite: Emulator, partitions: int) -> None:
    hub = AzuriteHub.make(azurite, partitions=partitions)
    last = f"control-{partitions - 1:02}"
    hub.send(last)
    finding = hub.check()
    assert len(finding.queued) == partitions + 1
    assert {name: count for name, count in finding.queued.items() if count} == {f"{hub.hub.queue_prefix}{last}": 1}
    assert finding.verdict is Verdict.UNKNOWN


def test_messages_that_are_invisible_or_delayed_count_too(hub: AzuriteHub) -> None:
    hub.send("control-01", visibility_timeout=3600)
    hub.send("workitems")
    with hub.queue("workitems") as queue:
        assert queue.receive_message() is not None
    assert sum(hub.read().queues.values()) == 2


def test_queues_of_a_hub_whose_name_begins_alike_are_not_its_own(azurite: Emulator) -> None:
    hub, longer = AzuriteHub.make(azurite, "alike"), AzuriteHub.make(azurite, "alike2")
    with azurite.queues() as service:
        for name in ("alike-control-panel", "alike-control-000", "alike-workitems-old"):
            service.create_queue(name).send_message("{}")
    longer.send()
    longer.put("order-1", "Running")
    finding = hub.check()
    assert finding.verdict is Verdict.DRAINED
    assert set(finding.queued) == {*(f"alike-control-0{number}" for number in range(4)), "alike-workitems"}


def test_a_hub_is_known_by_its_name_in_any_case(hub: AzuriteHub) -> None:
    hub.put("order-1", "Running")
    assert hub.named(hub.hub.name.upper()).check().reason is Reason.ACTIVE
    assert hub.named(hub.hub.name.lower()).find("order-1") == hub.find("order-1")
    assert [each.id for each in hub.named(hub.hub.name.lower()).list()] == ["order-1"]


def test_hubs_of_both_storage_layouts_are_read_alike(hub: AzuriteHub) -> None:
    with hub.azurite.tables() as service:
        service.create_table(f"{hub.hub.name}Partitions")
    assert hub.check().verdict is Verdict.DRAINED


def test_messages_that_stay_without_an_instance_pass_only_with_their_exact_count(hub: AzuriteHub) -> None:
    hub.send()
    hub.send("control-03")
    finding = hub.check()
    assert (finding.verdict, finding.reason, finding.passes) == (Verdict.UNKNOWN, Reason.UNSETTLED, 2)
    assert "2 messages in" in finding.sentence and finding.sentence.endswith("accept exactly 2.")
    assert [hub.check(accept_unsettled=count).reason for count in (0, 1, 3)] == [Reason.UNSETTLED] * 3
    accepted = hub.check(accept_unsettled=2)
    assert (accepted.verdict, accepted.passes) == (Verdict.DRAINED, 2)


def test_a_hub_of_a_wrong_name_opens_nothing(hub: AzuriteHub) -> None:
    finding = hub.named("Ordres").check()
    assert (finding.verdict, finding.reason, finding.active) == (Verdict.UNKNOWN, Reason.NO_HUB, None)
    assert "no table 'OrdresInstances' there" in finding.sentence


def test_no_hub_where_nothing_was_ever_deployed_is_drained(hub: AzuriteHub) -> None:
    never = hub.named("Never").check(had_code=False)
    assert (never.verdict, never.reason, never.passes) == (Verdict.DRAINED, Reason.NEVER_DEPLOYED, 1)


def test_half_a_hub_is_no_hub_whatever_was_deployed(azurite: Emulator, hub: AzuriteHub) -> None:
    azurite.make_queues("Queues")
    with azurite.tables() as service:
        service.create_table("TablesInstances")
    for name, lacking in (("Queues", "table 'QueuesInstances'"), ("Tables", "queue 'tables-control-00'")):
        for had_code in (True, False):
            finding = hub.named(name).check(had_code=had_code)
            assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Reason.NO_HUB)
            assert lacking in finding.sentence
