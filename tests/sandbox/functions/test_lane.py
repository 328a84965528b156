"""A lane makes true what is wanted: one process at a time, no start that nobody asked for, no report of a process that has gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.functions import lane as module
from sandbox.functions.lane import Lane, Status
from sandbox.functions.packages import PackageProblem
from sandbox.functions.spec import Keys
from sandbox.functions.wanted import Wanted
from tests.sandbox.functions.test_rules import wanted


class Fake:
    def __init__(self, pid: int, reported: Any) -> None:
        self.pid, self._reported = pid, reported
        self.stopped = self.killed = False

    def say(self, report: dict[str, Any] | None) -> None:
        self._reported(self, report)

    def stop(self, grace: float | None = None) -> None:
        self.stopped = True
        self.say(None)

    def kill(self) -> None:
        self.killed = True
        self.say(None)

    def give_keys(self, keys: Keys) -> None: ...


class Stage:
    """Starts fakes; `running` of them at a time. `refusals` are raised first."""

    def __init__(self, *refusals: str) -> None:
        self.started: list[Fake] = []
        self.refusals = list(refusals)
        self.most = 0
        self.lane = Lane("test", self._launch)

    def _launch(self, lane: Lane, wanted: Wanted, reported: Any) -> Fake:
        if self.refusals:
            raise PackageProblem(self.refusals.pop(0))
        fake = Fake(len(self.started) + 1, reported)
        self.started.append(fake)
        self.most = max(self.most, sum(not one.stopped for one in self.started))
        fake.say({"state": "Running", "port": 4700 + fake.pid})  # before the launch has returned, as a fast process may
        return fake

    def settled(self) -> Status:
        return self.lane.wait(lambda status: status.state != "Starting", 30)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.lane.close()


def test_nothing_runs_until_something_is_wanted(stage: Stage) -> None:
    assert stage.lane.status == Status("Stopped")
    stage.lane.want(wanted())
    assert stage.settled() == Status("Running", (), 4701, 1)


def test_from_the_moment_of_a_change_it_is_starting_and_not_running(stage: Stage) -> None:
    stage.lane.want(wanted())
    stage.settled()
    stage.lane.want(wanted(starts=2))
    states = {stage.lane.status.port for _ in range(1)}
    assert 4701 not in states
    assert stage.settled() == Status("Running", (), 4702, 2)
    assert (stage.started[0].stopped, stage.most) == (True, 1)


def test_wanting_the_same_elsewhere_starts_nothing(stage: Stage) -> None:
    stage.lane.want(wanted())
    stage.settled()
    stage.lane.want(wanted(slot="staging", host_name="orders-staging.azurewebsites.net"))
    assert stage.settled().pid == 1
    assert stage.lane.starts == 1


def test_wanting_nothing_stops_the_process(stage: Stage) -> None:
    stage.lane.want(wanted())
    stage.settled()
    stage.lane.want(wanted(enabled=False))
    assert stage.lane.wait(lambda status: status.state == "Stopped", 30) == Status("Stopped")
    assert stage.started[0].stopped


def test_an_error_of_the_app_itself_is_not_tried_again(stage: Stage) -> None:
    stage.lane.want(wanted())
    stage.settled()
    stage.started[0].say({"state": "Error", "port": 4701, "errors": ["why"], "final": True})
    assert stage.lane.status == Status("Error", ("why",), 4701, 1, final=True)
    assert stage.lane._retry_at is None


@pytest.mark.parametrize("report", [None, {"state": "Error", "port": 4701, "errors": ["why"], "final": False}])
def test_what_may_go_better_is_tried_again(stage: Stage, monkeypatch: pytest.MonkeyPatch, report: Any) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", (0.0,))
    stage.lane.want(wanted())
    stage.settled()
    stage.started[0].say(report)
    assert stage.lane.wait(lambda status: status.pid == 2, 30).state == "Running"
    assert stage.most == 1


def test_a_process_that_came_after_another_one_is_the_one_that_is_killed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", (0.0,))
    stage.lane.want(wanted())
    stage.settled()
    for pid in (2, 3):
        stage.lane.kill()
        assert stage.lane.wait(lambda status, pid=pid: status.pid == pid, 30).state == "Running"
    assert [one.killed for one in stage.started] == [True, True, False]


def test_a_package_that_can_not_be_had_is_fetched_again_and_ever_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", (0.0, 0.0, 0.0))
    stage = Stage("403", "403", "403", "403", "403")
    stage.lane.want(wanted())
    assert stage.lane.wait(lambda status: status.state == "Running", 30).pid == 1
    assert stage.refusals == []
    stage.lane.close()


def test_what_an_old_process_says_counts_for_nothing(stage: Stage) -> None:
    stage.lane.want(wanted())
    stage.settled()
    stage.lane.want(wanted(starts=2))
    stage.settled()
    stage.started[0].say({"state": "Error", "port": 1, "errors": ["old"], "final": False})
    assert stage.lane.status == Status("Running", (), 4702, 2)


def test_closing_ends_the_process_and_whoever_waits(stage: Stage) -> None:
    stage.lane.want(wanted())
    stage.settled()
    waiting = threading.Thread(target=lambda: stage.lane.wait(lambda status: False, 600))
    waiting.start()
    stage.lane.close()
    waiting.join(30)
    assert (stage.started[0].stopped, waiting.is_alive()) == (True, False)
