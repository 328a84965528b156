"""Workers and clients that die between two writes: what they left is finished by others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import azure.durable_functions as df
import pytest

from sandbox.durable.engine.events import TERMINAL
from tests.sampling import sampled
from tests.sandbox.durable.apps import app_with, counter
from tests.sandbox.durable.recording import Killed, Recorder
from tests.sandbox.durable.taskhub import PATIENCE, QUICK, TaskHub, until

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

WRITES = [
    *("send workitems", "history", "instances", "delete control"),  # starts the activity
    *("send control", "delete workitems"),  # the activity
    *("send control", "history", "instances", "delete control"),  # calls the child
    *("send control", "history", "instances", "delete control"),  # the child
    *("send control", "history", "instances", "delete control"),  # calls the entity
    *("send control", "history", "instances", "delete control"),  # the entity
    *("send control", "history", "instances", "delete control"),  # sets the timer
    *("history", "instances", "delete control"),  # ends
]
"""Of one worker that runs `Everything` alone. The activity writes in a thread of its own, so that neighbours may change places."""


def Everything(context):
    first = yield context.call_activity("Double", 1)
    second = yield context.call_sub_orchestrator("Child", first, f"child-{context.instance_id}")
    third = yield context.call_entity(df.EntityId("counter", context.instance_id), "add", second)
    yield context.create_timer(context.current_utc_datetime + timedelta(seconds=1))
    return third


def Child(context):
    return context.get_input() * 10
    yield


def everything():
    return app_with(Everything, Child, activities={"Double": lambda value: value * 2}, counter=counter)


def started(hub: TaskHub) -> TaskHub:
    hub.raw.create()
    hub.start("Everything", to=hub.worker(everything(), start=False))
    return hub


def dies_before(write: int | str, hub: TaskHub) -> None:
    """A worker on the hub, killed before that write. Its lease is short, so that another can follow soon."""
    recorder = Recorder(str(hub.account.sandbox.ca_bundle), dies_before=write)
    dying = hub.worker(everything(), "dying", start=False, transport=recorder, timings=replace(QUICK, lease=0.5, visibility=1))
    dying.start()
    assert recorder.dead.wait(PATIENCE), f"it never came to {write}"
    dying.stop(graceful=False)


def test_these_are_the_writes_of_a_worker(taskhub: TaskHub) -> None:
    recorder = Recorder(str(taskhub.account.sandbox.ca_bundle))
    started(taskhub).worker(everything(), transport=recorder)
    assert taskhub.finished()["output"] == 20
    until(lambda: taskhub.queued() == {})
    assert sorted(recorder.writes) == sorted(WRITES)


@pytest.mark.parametrize("number", sampled(range(len(WRITES)), count=5))
def test_a_worker_killed_before_any_of_its_writes_leaves_an_instance_that_another_finishes(taskhub: TaskHub, number: int) -> None:
    dies_before(number, started(taskhub))
    taskhub.worker(everything(), "survivor")
    status = taskhub.finished()
    assert (status["runtimeStatus"], status["output"]) == ("Completed", 20)
    until(lambda: taskhub.queued() == {})
    assert {row["PartitionKey"]: row["RuntimeStatus"] for row in taskhub.rows("instances")} == {
        "i-1": "Completed",
        "child-i-1": "Completed",
        "@counter@i-1": "Running",
    }
    # Orchestrations say everything once, however often they send it.
    assert taskhub.request("GET", "entities/counter/i-1").body == 20


def test_an_activity_whose_worker_died_before_its_answer_runs_again(taskhub: TaskHub) -> None:
    dies_before("send control", started(taskhub))
    taskhub.worker(everything(), "survivor")
    taskhub.finished()
    assert [seen["worker"] for seen in taskhub.observed if seen["kind"] == "activity"] == ["dying", "survivor"]


def test_a_row_behind_its_history_is_mended_when_the_message_comes_again(taskhub: TaskHub) -> None:
    """The last checkpoint: the history says Completed, the row still Running."""
    dies_before(len(WRITES) - 2, started(taskhub))
    assert "ExecutionCompleted" in taskhub.events()
    assert taskhub.instance()["RuntimeStatus"] not in TERMINAL
    replays = taskhub.executions("orchestrator")
    taskhub.worker(everything(), "survivor")
    assert taskhub.finished()["output"] == 20
    assert taskhub.executions("orchestrator") == replays
    assert taskhub.instance()["CompletedTime"] is not None


def test_a_start_whose_client_died_before_the_row_is_tried_ten_times_and_thrown_away(taskhub: TaskHub) -> None:
    taskhub.raw.create()
    recorder = Recorder(str(taskhub.account.sandbox.ca_bundle), dies_before=1)
    client = taskhub.worker(everything(), start=False, transport=recorder)
    with pytest.raises(Killed):
        taskhub.start("Everything", to=client)
    assert (list(taskhub.queued().values()), taskhub.rows("instances")) == ([1], [])
    taskhub.worker(everything(), timings=replace(QUICK, put_off=0))
    until(lambda: taskhub.queued() == {})
    assert (taskhub.rows("instances"), taskhub.observed) == ([], [])
