"""The HTTP API under /runtime/webhooks/durabletask."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.durable import PATH
from tests.sandbox.durable.apps import app_with, counter
from tests.sandbox.durable.taskhub import BASE, TaskHub, until


def Echo(context):
    return context.get_input()
    yield


def Wait(context):
    yield context.wait_for_external_event("Go")


def Fail(context):
    raise RuntimeError("no")
    yield


def app():
    return app_with(Echo, Wait, Fail, counter=counter)


@pytest.fixture
def api(taskhub: TaskHub) -> TaskHub:
    taskhub.worker(app())
    return taskhub


def test_nothing_is_answered_without_the_key(api: TaskHub) -> None:
    (worker,) = api.workers
    assert [worker.handle("GET", f"{PATH}/instances{query}", headers, b"")[0] for query, headers in KEYS] == [401, 401, 401, 200, 200]
    assert worker.handle("GET", "/elsewhere?code=system-key", {}, b"")[0] == 404


KEYS: list[tuple[str, dict[str, str]]] = [
    ("", {}),
    ("?code=wrong", {}),
    ("", {"x-functions-key": ""}),
    ("?code=system-key", {}),
    ("", {"X-Functions-Key": "system-key"}),
]


def test_a_start_answers_the_urls_to_manage_the_instance(api: TaskHub) -> None:
    answer = api.request("POST", "orchestrators/Echo/e-1", {"n": 1})
    own, query = f"{BASE}{PATH}/instances/e-1", f"taskHub={api.options.hub}&connection=AzureWebJobsStorage&code=system-key"
    assert answer.body == {
        "id": "e-1",
        "statusQueryGetUri": f"{own}?{query}",
        "sendEventPostUri": f"{own}/raiseEvent/{{eventName}}?{query}",
        "terminatePostUri": f"{own}/terminate?reason={{text}}&{query}",
        "rewindPostUri": f"{own}/rewind?reason={{text}}&{query}",
        "purgeHistoryDeleteUri": f"{own}?{query}",
        "restartPostUri": f"{own}/restart?{query}",
        "suspendPostUri": f"{own}/suspend?reason={{text}}&{query}",
        "resumePostUri": f"{own}/resume?reason={{text}}&{query}",
    }
    assert (answer.status, answer.headers["Location"], answer.headers["Retry-After"]) == (202, f"{own}?{query}", "10")
    assert api.finished("e-1")["output"] == {"n": 1}
    assert len(api.request("POST", "orchestrators/Echo").body["id"]) == 32


def test_a_start_that_can_not_be_is_refused(api: TaskHub) -> None:
    unknown = api.request("POST", "orchestrators/Nobody")
    assert unknown.status == 400
    assert unknown.body["ExceptionMessage"] == (
        "The function 'Nobody' doesn't exist, is disabled, or is not an orchestrator function. "
        "Additional info: The following are the known orchestrator functions: 'Echo', 'Wait', 'Fail'."
    )
    status, _, _ = api.workers[0].handle("POST", f"{PATH}/orchestrators/Echo?code=system-key", {}, b"{no json")
    assert (status, api.rows("instances")) == (400, [])
    api.start("Wait", "w")
    assert api.request("POST", "orchestrators/Wait/w").status == 409


def test_an_instance_that_ended_can_be_started_again_under_its_id(api: TaskHub) -> None:
    for number in range(2):
        api.start("Echo", input=number)
        until(lambda number=number: api.status().get("output") == number)


def test_a_status_says_whether_the_instance_still_runs(api: TaskHub) -> None:
    for name in ("Wait", "Echo", "Fail"):
        api.start(name, name)
    for name in ("Echo", "Fail"):
        api.finished(name)
    api.reaches("Running", "Wait")
    running = api.request("GET", "instances/Wait")
    assert (running.status, running.headers["Retry-After"]) == (202, "5")
    assert running.headers["Location"].startswith(f"{BASE}{PATH}/instances/Wait?")
    assert [api.request("GET", f"instances/{path}").status for path in ("Echo", "Fail", "nobody")] == [200, 200, 404]
    assert api.request("GET", "instances/Fail?returnInternalServerErrorOnFailure=true").status == 500
    assert api.request("GET", "instances/Echo?returnInternalServerErrorOnFailure=true").status == 200


def test_a_status_shows_input_and_history_as_asked(api: TaskHub) -> None:
    api.start("Echo", input=5)
    body: dict[str, Any] = api.finished()
    created, updated = body.pop("createdTime"), body.pop("lastUpdatedTime")
    assert body == {
        "name": "Echo",
        "instanceId": "i-1",
        "runtimeStatus": "Completed",
        "input": "5",
        "customStatus": None,
        "output": 5,
    }
    assert created <= updated
    assert api.request("GET", "instances/i-1?showInput=false").body["input"] is None
    history = api.request("GET", "instances/i-1?showHistory=true").body["historyEvents"]
    assert [(event["EventType"], "Result" in event) for event in history] == [("ExecutionStarted", False), ("ExecutionCompleted", False)]
    with_output = api.request("GET", "instances/i-1?showHistory=true&showHistoryOutput=true").body["historyEvents"]
    assert with_output[-1]["Result"] == 5


def test_a_list_comes_in_pages_that_a_token_connects(api: TaskHub) -> None:
    for number in range(5):
        api.start("Echo", f"e-{number}")
    for number in range(5):
        api.finished(f"e-{number}")
    seen, sizes, token = [], [], ""
    while True:
        answer = api.request("GET", "instances?top=2", **{"x-ms-continuation-token": token})
        assert answer.status == 200
        seen += [one["instanceId"] for one in answer.body]
        sizes.append(len(answer.body))
        token = answer.headers["x-ms-continuation-token"]
        if not token:
            break
    assert (sorted(seen), max(sizes)) == ([f"e-{number}" for number in range(5)], 2)
    assert api.request("GET", "instances").body[0]["input"] is None


def test_a_list_shows_entities_too_and_drops_statuses_it_does_not_know(api: TaskHub) -> None:
    api.start("Wait", "w-1")
    api.start("Echo", "e-1")
    api.finished("e-1")
    api.reaches("Running", "w-1")
    api.request("POST", "entities/counter/tea?op=add", "1")
    until(lambda: api.request("GET", "entities/counter/tea").status == 200)

    def listed(query: str) -> list[str]:
        return sorted(one["instanceId"] for one in api.request("GET", f"instances?{query}").body)

    everything = ["@counter@tea", "e-1", "w-1"]
    assert listed("") == everything
    assert listed("runtimeStatus=Running,Pending") == ["@counter@tea", "w-1"]
    assert listed("runtimeStatus=Completed&runtimeStatus=Running") == everything
    assert listed("runtimeStatus=Completed,nonsense") == ["e-1"]
    assert listed("runtimeStatus=running") == everything
    assert listed("instanceIdPrefix=w") == ["w-1"]
    assert listed("createdTimeFrom=2100-01-01T00:00:00Z") == []
    assert listed("createdTimeTo=2100-01-01T00:00:00Z") == everything


@pytest.mark.parametrize("operation", ["terminate?reason=x", "suspend?reason=x", "resume?reason=x", "raiseEvent/Go"])
def test_what_is_over_is_gone_and_what_never_was_is_not_found(api: TaskHub, operation: str) -> None:
    api.start("Echo")
    api.finished()
    assert api.request("POST", f"instances/i-1/{operation}", 1).status == 410
    assert api.request("POST", f"instances/nobody/{operation}", 1).status == 404


def test_an_event_must_be_json(api: TaskHub) -> None:
    api.start("Wait")
    api.reaches("Running")
    headers = {"x-functions-key": "system-key", "Content-Type": "text/plain"}
    assert api.workers[0].handle("POST", f"{PATH}/instances/i-1/raiseEvent/Go", headers, b"1")[0] == 400


def test_an_instance_is_purged_with_everything_of_it(api: TaskHub) -> None:
    api.start("Echo", input="x" * 80_000)
    api.finished()
    answer = api.request("DELETE", "instances/i-1")
    assert (answer.status, answer.body) == (200, {"instancesDeleted": 1})
    assert (api.rows("instances"), api.rows("history"), list(api.raw.large_messages.list_blobs())) == ([], [], [])
    assert api.request("DELETE", "instances/i-1").status == 404


def test_a_purge_by_filter_needs_a_time_and_keeps_what_runs(api: TaskHub) -> None:
    api.start("Wait", "w")
    for name in ("a", "b"):
        api.start("Echo", name)
        api.finished(name)
    api.reaches("Running", "w")
    assert api.request("DELETE", "instances").status == 400
    assert api.request("DELETE", "instances?createdTimeFrom=2100-01-01T00:00:00Z").status == 404
    answer = api.request("DELETE", "instances?createdTimeFrom=2000-01-01T00:00:00Z&runtimeStatus=Completed,Running")
    assert answer.body == {"instancesDeleted": 2}
    assert [row["PartitionKey"] for row in api.rows("instances")] == ["w"]


@pytest.mark.parametrize("statuses", ["", "&runtimeStatus=Running"])
def test_a_purge_that_names_no_finished_status_takes_everything(api: TaskHub, statuses: str) -> None:
    """As the source reads: what is left of the statuses is an empty list, and that is no filter."""
    api.start("Wait", "w")
    api.reaches("Running", "w")
    assert api.request("DELETE", f"instances?createdTimeFrom=2000-01-01T00:00:00Z{statuses}").body == {"instancesDeleted": 1}


def test_an_instance_restarts_with_its_input_under_a_new_id(api: TaskHub) -> None:
    api.start("Echo", input=3)
    api.finished()
    answer = api.request("POST", "instances/i-1/restart")
    assert answer.status == 202
    assert answer.body["id"] != "i-1"
    assert api.finished(answer.body["id"])["output"] == 3
    assert api.request("POST", "instances/nobody/restart").status == 400


def test_rewind_is_not_there(api: TaskHub) -> None:
    assert api.request("POST", "instances/i-1/rewind?reason=x").status == 501


def test_entities_are_read_signaled_and_listed(api: TaskHub) -> None:
    assert api.request("GET", "entities/counter/tea").status == 404
    for key in ("tea", "cup"):
        assert api.request("POST", f"entities/Counter/{key}?op=add", "2").status == 202
    until(lambda: all(api.request("GET", f"entities/counter/{key}").body == 2 for key in ("tea", "cup")))
    listed = api.request("GET", "entities/counter").body
    assert sorted(one["entityId"]["key"] for one in listed) == ["cup", "tea"]
    assert len(api.request("GET", "entities").body) == 2
