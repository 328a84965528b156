"""The instances of a Flex Consumption app and the updates that replace them, with fakes for processes.

Source: Microsoft docs, "Site update strategies in Flex Consumption"."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.functions.fleet import Fleet
from sandbox.functions.lane import Lane
from sandbox.functions.rollout import Rollout, fleet_size
from sandbox.functions.spec import Keys
from sandbox.functions.wanted import FlexApp, Wanted
from tests.sandbox.functions.test_rules import wanted as slot_wanted

RECREATE, ROLLING = "Recreate", "RollingUpdate"


def wanted(starts: int, strategy: str = ROLLING, **scale: Any) -> Wanted:
    config = {
        "scaleAndConcurrency": {"alwaysReady": [], "maximumInstanceCount": 100, **scale},
        "siteUpdateStrategy": {"type": strategy},
    }
    return slot_wanted(starts=starts, flex=FlexApp(config, "d-1", "https://127.0.0.1/a/code/released-package.zip"))


class Fake:
    """`work` holds it up when it is asked to end, until it is set or it is killed."""

    def __init__(self, stage: Stage, lane: Lane, wanted: Wanted, reported: Any) -> None:
        self.number, self.starts, self.timers = lane.place.number, wanted.starts, lane.place.runs_timers
        self.pid, self.grace = 100 + self.number, list[float | None]()
        self.killed = self.ended = False
        self._stage, self._reported, self._work = stage, reported, threading.Event()
        if not stage.works:
            self._work.set()

    def start(self) -> None:
        self._reported(self, {"state": "Running", "port": 4700 + self.number})

    def finish(self) -> None:
        self._work.set()

    def stop(self, grace: float | None = None) -> None:
        self.grace.append(grace)
        if grace != 0.0:
            self._work.wait(30)
        self.ended = True
        self._reported(self, None)

    def kill(self) -> None:
        self.killed = True
        self._work.set()

    def give_keys(self, keys: Keys) -> None: ...


class Stage:
    def __init__(self, *, works: bool = False) -> None:
        self.works = works
        self.fakes: list[Fake] = []
        self.told: list[Rollout] = []
        self.hook: Callable[[Rollout], None] = lambda stage: None
        self.gone: list[int] = []
        self.fleet = Fleet("orders/production", self._launch, self._tell, lambda lane: self.gone.append(lane.place.number))

    def _launch(self, lane: Lane, wanted: Wanted, reported: Any) -> Fake:
        fake = Fake(self, lane, wanted, reported)
        self.fakes.append(fake)
        fake.start()
        return fake

    def _tell(self, stage: Rollout) -> None:
        self.told.append(stage)
        self.hook(stage)

    def want(self, what: Wanted) -> None:
        self.fleet.want(what)
        assert self.fleet.wait(lambda status: status.state != "Starting", 30).state == "Running"

    def running(self) -> list[tuple[int, int]]:
        """Number and start of each instance that takes requests."""
        starts = {fake.number: fake.starts for fake in self.fakes}
        return [(one.number, starts[one.number]) for one in self.fleet.instances if not one.draining]

    def close(self) -> None:
        for fake in self.fakes:
            fake.finish()
        self.fleet.close()

    def stages(self) -> list[str]:
        return [stage.operation for stage in self.told]


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def working() -> Iterator[Stage]:
    """One whose instances have something to finish."""
    stage = Stage(works=True)
    yield stage
    stage.close()


def test_an_app_has_two_instances_and_the_first_start_is_no_update(stage: Stage) -> None:
    stage.want(wanted(1))
    assert (stage.running(), stage.told) == ([(1, 1), (2, 1)], [])


@pytest.mark.parametrize(
    ("scale", "size"),
    [
        ({}, 2),
        ({"alwaysReady": [{"name": "durable", "instanceCount": 1}]}, 2),
        ({"alwaysReady": [{"name": "durable", "instanceCount": 1}, {"name": "http", "instanceCount": 1}]}, 3),
        ({"alwaysReady": [{"name": "http", "instanceCount": 50}]}, 4),
        ({"maximumInstanceCount": 1}, 1),
    ],
)
def test_one_instance_is_on_demand_beside_those_that_are_always_ready(scale: dict[str, Any], size: int) -> None:
    config = wanted(1, **scale).flex
    assert config is not None
    assert fleet_size(config.config) == size


def test_a_rolling_update_replaces_one_instance_after_the_other(stage: Stage) -> None:
    stage.want(wanted(1))
    seen: list[list[tuple[int, int]]] = []
    stage.hook = lambda told: seen.append(stage.running())
    stage.want(wanted(2))
    assert stage.stages() == [
        "rolling update 1: begins",
        "rolling update 1: batch 1 of 2",
        "rolling update 1: batch 2 of 2",
        "rolling update 1: complete",
    ]
    assert [(told.replaced, told.started) for told in stage.told[1:3]] == [((1,), (3,)), ((2,), (4,))]
    assert seen[0] == [(1, 1), (2, 1)]
    assert seen[1] == [(2, 1), (3, 2)]
    assert seen[-1] == [(3, 2), (4, 2)]


def test_a_replaced_instance_may_finish_and_the_update_does_not_wait_for_it(working: Stage) -> None:
    working.want(wanted(1))
    working.want(wanted(2))
    assert working.stages()[-1] == "rolling update 1: complete"
    assert working.fleet.wait_drained(0) is False
    assert [(one.number, one.draining) for one in working.fleet.instances] == [(3, False), (4, False), (1, True), (2, True)]
    for fake in working.fakes[:2]:
        fake.finish()
    assert working.fleet.wait_drained(30) is True
    assert [fake.grace for fake in working.fakes[:2]] == [[3600.0], [3600.0]]
    assert sorted(working.gone) == [1, 2]


def test_recreate_ends_every_instance_by_force_before_a_new_one_starts(working: Stage) -> None:
    working.want(wanted(1, RECREATE))
    seen: list[list[tuple[int, int]]] = []
    working.hook = lambda told: seen.append(working.running())
    working.want(wanted(2, RECREATE))
    assert working.stages() == ["recreate 1: begins", "recreate 1: batch 1 of 1", "recreate 1: complete"]
    assert seen == [[(1, 1), (2, 1)], [(3, 2), (4, 2)], [(3, 2), (4, 2)]]
    assert [fake.grace for fake in working.fakes[:2]] == [[0.0], [0.0]]


def test_a_new_strategy_takes_effect_at_the_update_after_it(stage: Stage) -> None:
    stage.want(wanted(1, RECREATE))
    stage.want(wanted(2, ROLLING))
    stage.want(wanted(3, ROLLING))
    stage.want(wanted(4, RECREATE))
    stage.want(wanted(5, RECREATE))
    begun = [told.strategy for told in stage.told if told.stage == "begins"]
    assert begun == [RECREATE, ROLLING, ROLLING, RECREATE]


def test_an_update_that_comes_while_another_rolls_overlaps_it(stage: Stage) -> None:
    """All that is not of the newest is drained, what the update under way has just started too."""
    stage.want(wanted(1))

    def second(told: Rollout) -> None:
        if told.update == 1 and told.batch == 1:
            stage.fleet.want(wanted(3))

    stage.hook = second
    stage.want(wanted(2))
    assert stage.stages() == [
        "rolling update 1: begins",
        "rolling update 1: batch 1 of 2",
        "rolling update 1: superseded by a newer update",
        "rolling update 2: begins while update 1 is under way",
        "rolling update 2: batch 1 of 2",
        "rolling update 2: batch 2 of 2",
        "rolling update 2: complete",
    ]
    assert [told.overlaps for told in stage.told if told.stage == "begins"] == [None, 1]
    assert stage.running() == [(4, 3), (5, 3)]
    assert {fake.starts for fake in stage.fakes} == {1, 2, 3}


def test_one_instance_alone_runs_the_timers_through_every_update(stage: Stage) -> None:
    stage.want(wanted(1))
    stage.want(wanted(2))
    stage.want(wanted(3, RECREATE))
    stage.want(wanted(4, RECREATE))
    assert [fake.number for fake in stage.fakes if fake.timers] == [1, 3, 5, 7]


def test_more_instances_that_are_always_ready_start_with_the_update_and_fewer_end_with_it(stage: Stage) -> None:
    stage.want(wanted(1))
    stage.want(wanted(2, alwaysReady=[{"name": "http", "instanceCount": 2}]))
    assert len(stage.running()) == 3
    stage.want(wanted(3, maximumInstanceCount=1))
    assert [starts for _, starts in stage.running()] == [3]


def test_requests_go_to_all_instances_by_turns(stage: Stage) -> None:
    stage.want(wanted(1))
    assert {stage.fleet.serving(30).port for _ in range(4)} == {4701, 4702}


def test_a_stopped_app_has_no_instances(stage: Stage) -> None:
    stage.want(wanted(1))
    stage.fleet.want(slot_wanted(enabled=False, flex=wanted(1).flex))
    assert stage.fleet.wait(lambda status: status.state == "Stopped", 30).state == "Stopped"
    assert (stage.running(), stage.told) == ([], [])


def test_closing_ends_what_drains_at_once(working: Stage) -> None:
    working.want(wanted(1))
    working.want(wanted(2))
    for fake in working.fakes[2:]:
        fake.finish()
    working.fleet.close()
    assert [fake.killed for fake in working.fakes[:2]] == [True, True]
    assert all(fake.ended for fake in working.fakes)
