"""What lies in the tables and queues, whole rows, and in which order it is written."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sandbox.durable import Timings
from tests.sandbox.durable.apps import app_with, counter
from tests.sandbox.durable.conftest import MakeHub
from tests.sandbox.durable.recording import Recorder
from tests.sandbox.durable.taskhub import TaskHub, until


def Order(context):
    context.set_custom_status({"step": 1})
    return (yield context.call_activity("Reserve", context.get_input()))


def order_app():
    return app_with(Order, activities={"Reserve": lambda value: value["id"] * 2})


def without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, datetime)}


def test_the_parts_of_a_hub_have_the_names_that_azure_gives_them(make_hub: MakeHub) -> None:
    hub = make_hub(hub="MyHub", partition_count=3)
    hub.worker(order_app())
    account = hub.account
    tables = {table.name for table in account.tables(account.by_key).list_tables()}
    queues = {queue.name for queue in account.queues(account.by_key).list_queues()}
    containers = {container.name for container in account.blobs(account.by_key).list_containers()}
    assert {name for name in tables if name.lower().startswith("myhub")} == {"MyHubInstances", "MyHubHistory", "MyHubPartitions"}
    assert {name for name in queues if name.startswith("myhub")} == {f"myhub-control-0{n}" for n in range(3)} | {"myhub-workitems"}
    assert {name for name in containers if name.startswith("myhub")} == {"myhub-leases", "myhub-applease", "myhub-largemessages"}


def test_a_started_instance_is_pending_and_its_message_is_in_a_control_queue(taskhub: TaskHub) -> None:
    taskhub.raw.create()
    idle = taskhub.worker(order_app(), start=False)
    taskhub.start("Order", "o-1", {"id": 7}, to=idle, version="1.5")
    row = taskhub.instance("o-1")
    assert row is not None
    execution = row["ExecutionId"]
    assert without_times(row) == {
        "PartitionKey": "o-1",
        "RowKey": "",
        "Input": '"{\\"id\\": 7}"',
        "Name": "Order",
        "Version": "1.5",
        "RuntimeStatus": "Pending",
        "TaskHubName": taskhub.options.hub,
        "ExecutionId": execution,
        "Generation": 0,
    }
    assert {name for name, value in row.items() if isinstance(value, datetime)} == {"CreatedTime", "LastUpdatedTime"}
    (message,) = taskhub.take()
    assert (message.message.instance_id, message.message.execution_id) == ("o-1", execution)
    assert without_times(message.message.event) == {
        "EventType": "ExecutionStarted",
        "EventId": -1,
        "IsPlayed": False,
        "Name": "Order",
        "Version": "1.5",
        "Input": '"{\\"id\\": 7}"',
        "OrchestrationInstance": {"InstanceId": "o-1", "ExecutionId": execution},
    }


def test_a_completed_instance_says_so_in_whole_rows(taskhub: TaskHub) -> None:
    taskhub.worker(order_app())
    taskhub.start("Order", "a#b?c", {"id": 7})
    until(lambda: (row := taskhub.instance("a^2b^3c")) and row["RuntimeStatus"] == "Completed")
    row = taskhub.instance("a^2b^3c")
    assert row is not None
    execution = row["ExecutionId"]
    assert without_times(row) == {
        "PartitionKey": "a^2b^3c",
        "RowKey": "",
        "Input": '"{\\"id\\": 7}"',
        "Output": "14",
        "CustomStatus": '{"step":1}',
        "Name": "Order",
        "Version": "",
        "RuntimeStatus": "Completed",
        "TaskHubName": taskhub.options.hub,
        "ExecutionId": execution,
        "Generation": 0,
    }
    assert {name for name, value in row.items() if isinstance(value, datetime)} == {"CreatedTime", "LastUpdatedTime", "CompletedTime"}
    common = {"PartitionKey": "a^2b^3c", "ExecutionId": execution, "IsPlayed": False}
    instance = json.dumps({"InstanceId": "a#b?c", "ExecutionId": execution})
    rows = [without_times(one) for one in taskhub.history("a^2b^3c")]
    assert rows == [
        {**common, "RowKey": "0000000000000000", "EventType": "OrchestratorStarted", "EventId": -1},
        {
            **common,
            "RowKey": "0000000000000001",
            "EventType": "ExecutionStarted",
            "EventId": -1,
            "Name": "Order",
            "Version": "",
            "Input": '"{\\"id\\": 7}"',
            "OrchestrationInstance": instance,
        },
        {
            **common,
            "RowKey": "0000000000000002",
            "EventType": "TaskScheduled",
            "EventId": 0,
            "Name": "Reserve",
            "Version": "",
            "Input": '["{\\"id\\": 7}"]',
        },
        {**common, "RowKey": "0000000000000003", "EventType": "OrchestratorCompleted", "EventId": -1},
        {**common, "RowKey": "0000000000000004", "EventType": "OrchestratorStarted", "EventId": -1},
        {**common, "RowKey": "0000000000000005", "EventType": "TaskCompleted", "EventId": -1, "TaskScheduledId": 0, "Result": "14"},
        {
            **common,
            "RowKey": "0000000000000006",
            "EventType": "ExecutionCompleted",
            "EventId": 1,
            "OrchestrationStatus": "Completed",
            "Result": "14",
        },
        {**common, "RowKey": "0000000000000007", "EventType": "OrchestratorCompleted", "EventId": -1},
        {"PartitionKey": "a^2b^3c", "RowKey": "sentinel", "ExecutionId": execution, "IsCheckpointComplete": True},
    ]
    until(lambda: taskhub.queued() == {})


def test_without_a_custom_status_the_column_holds_the_text_null(taskhub: TaskHub) -> None:
    def Silent(context):
        return 1
        yield

    taskhub.worker(app_with(Silent))
    taskhub.start("Silent")
    taskhub.finished()
    assert taskhub.instance()["CustomStatus"] == "null"


def test_an_entity_is_an_instance_that_runs_for_ever_and_keeps_its_state_as_input(taskhub: TaskHub) -> None:
    taskhub.worker(app_with(counter=counter))
    taskhub.request("POST", "entities/counter/Tea?op=add", "3")
    row = until(lambda: taskhub.instance("@counter@Tea"))
    assert without_times(row) == {
        "PartitionKey": "@counter@Tea",
        "RowKey": "",
        "Input": '{"exists":true,"state":"3","sorter":{}}',
        "CustomStatus": '{"entityExists":true}',
        "Name": "@counter@Tea",
        "Version": "",
        "RuntimeStatus": "Running",
        "TaskHubName": taskhub.options.hub,
        "ExecutionId": row["ExecutionId"],
        "Generation": 0,
    }


def test_a_partition_names_its_owner(taskhub: TaskHub) -> None:
    taskhub.worker(order_app(), "worker-7")
    (first, _) = taskhub.rows("partitions")
    assert without_times(first) == {
        "PartitionKey": "",
        "RowKey": f"{taskhub.options.hub.lower()}-control-00",
        "CurrentOwner": "worker-7",
        "IsDraining": False,
    }
    assert first["ExpiresAt"] - first["LastRenewal"] == timedelta(seconds=2)


def test_a_tracking_store_holds_tables_and_blobs_while_queues_stay(make_hub: MakeHub, durable_cloud) -> None:
    main, tracking = durable_cloud.account(), durable_cloud.account()
    urls = durable_cloud.sandbox.storage.endpoints
    hub = make_hub(
        hub="Split",
        queue=urls(main.name)["queue"].rstrip("/"),
        table=urls(main.name)["table"].rstrip("/"),
        blob=urls(main.name)["blob"].rstrip("/"),
        tracking_table=urls(tracking.name)["table"].rstrip("/"),
        tracking_blob=urls(tracking.name)["blob"].rstrip("/"),
        tracking_prefix="Shared",
        connection_string=connection_string(main),
        tracking_connection_string=connection_string(tracking),
    )
    hub.worker(order_app())
    hub.start("Order", input={"id": 1})
    assert hub.finished()["output"] == 2
    assert {table.name for table in tracking.tables(tracking.by_key).list_tables()} == {
        "SharedInstances",
        "SharedHistory",
        "SplitPartitions",
    }
    assert [table.name for table in main.tables(main.by_key).list_tables()] == []
    assert len(list(tracking.blobs(tracking.by_key).list_containers())) == 3
    assert [container.name for container in main.blobs(main.by_key).list_containers()] == []
    assert {queue.name for queue in main.queues(main.by_key).list_queues()} >= {"split-workitems"}
    assert [queue.name for queue in tracking.queues(tracking.by_key).list_queues()] == []


def connection_string(account) -> str:
    urls = account.sandbox.storage.endpoints(account.name)
    parts = {
        "AccountName": account.name,
        "AccountKey": account.key,
        **{f"{kind.title()}Endpoint": url.rstrip("/") for kind, url in urls.items()},
    }
    return "DefaultEndpointsProtocol=https;" + ";".join(f"{name}={value}" for name, value in parts.items())


def test_a_start_sends_its_message_before_it_writes_the_row(taskhub: TaskHub) -> None:
    taskhub.raw.create()
    recorder = Recorder(str(taskhub.account.sandbox.ca_bundle))
    idle = taskhub.worker(order_app(), start=False, transport=recorder)
    taskhub.start("Order", input={"id": 1}, to=idle)
    assert recorder.writes == ["send control", "instances"]


def test_a_checkpoint_sends_then_records_then_tells_and_deletes_last(taskhub: TaskHub) -> None:
    taskhub.raw.create()
    idle = taskhub.worker(order_app(), start=False)
    taskhub.start("Order", input={"id": 1}, to=idle)
    recorder = Recorder(str(taskhub.account.sandbox.ca_bundle))
    taskhub.worker(order_app(), transport=recorder, timings=Timings(slow=0.1))
    taskhub.finished()
    until(lambda: taskhub.queued() == {})
    mine = [write for write in recorder.writes if write.endswith(("control", "history", "instances"))]
    # What the activity's thread writes may fall in between.
    assert sorted(recorder.writes) == sorted(
        [
            "send workitems",
            "history",
            "instances",
            "delete control",
            "send control",
            "delete workitems",
            "history",
            "instances",
            "delete control",
        ]
    )
    assert recorder.writes[:2] == ["send workitems", "history"]
    assert [write for write in mine if write != "send control"] == ["history", "instances", "delete control"] * 2
    assert recorder.writes.index("send control") < recorder.writes.index("delete workitems")
