"""What goes wrong in one step is that line's alone: shown in its row, tried again later, and no hindrance for the others."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError

from functions.router.executing import PassReport
from functions.router.executing.passing import _carry_out
from functions.router.executing.performing import perform
from functions.router.executing.reading import read_world
from functions.router.hosting import Apps
from functions.router.keeping import RequestState
from functions.router.lines import State
from functions.router.planning import Failed, Make, plan
from functions.router.versions import Version
from sandbox.arm.faults import Fault
from tests.functions.router.executing.world import TWO, Monitor, asked_for, closing
from tests.functions.router.hosting.world import AT, GROUP, ONE, line_row

SITES = f"*/resourcegroups/versions/providers/microsoft.web/sites/{line_row().app}"


def two_lines() -> Monitor:
    """Both are asked for. 2.0 has a request that waits."""
    monitor = asked_for()
    monitor.deployed("2.0.0")
    monitor.store.rows[TWO] = replace(line_row(TWO, wanted=Version(2, 0, 0)), etag="two")
    monitor.asks("a", line=TWO)
    return monitor


def is_served(monitor: Monitor) -> bool:
    return monitor.row(TWO).state is State.ACTIVE and monitor.requests.all["a" * 32].state is RequestState.DONE


def test_an_error_of_azures_is_the_rows_and_the_other_line_is_served() -> None:
    monitor = two_lines()
    monitor.world.plane.faults.add(Fault(f"put {SITES}", status=403, code="AuthorizationFailed", message="no right"))
    report = monitor.run()
    row = monitor.row()
    assert (row.state, row.attempts, row.error) == (State.PROVISIONING, 1, "403: AuthorizationFailed: no right")
    assert (row.retry_at, report.again_at) == (AT + timedelta(seconds=15), AT + timedelta(seconds=15))
    assert is_served(monitor)


def test_throttling_is_no_failed_try_and_ends_when_azure_says() -> None:
    monitor = asked_for()
    wanted = {"Retry-After": "120"}
    monitor.world.plane.faults.add(Fault(f"put {SITES}", status=429, code="TooManyRequests", headers=wanted))
    report = monitor.run()
    assert (monitor.row().state, monitor.row().attempts) == (State.PROVISIONING, 0)
    assert report.again_at == AT + timedelta(seconds=120)
    monitor.run()
    assert monitor.row().state is State.PROVISIONING
    monitor.later(seconds=121)
    assert (monitor.run().again_at, monitor.row().state) == (None, State.ACTIVE)


def test_a_plan_of_somebody_else_under_our_name_ends_the_line_and_is_left_alone() -> None:
    monitor = asked_for("a")
    plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/orders-1-0-plan"
    theirs = {"location": "westeurope", "kind": "linux", "sku": {"name": "P1v3"}, "properties": {"reserved": True}, "tags": {"team": "x"}}
    monitor.world.put(plan, theirs)
    monitor.run()
    assert monitor.row().state is State.FAILED
    assert "'orders-1-0-plan' is not the router's" in monitor.row().error
    assert (monitor.world.get(plan)["tags"], monitor.world.in_group()) == ({"team": "x"}, ["serverfarms orders-1-0-plan"])


def test_a_mistake_in_one_lines_step_is_the_rows_and_the_other_line_is_served() -> None:
    monitor = two_lines()
    make = Apps.make

    class Mistaken(Apps):
        async def make(self, row: Any, deployed: Any = None) -> str:
            return await make(self, row, deployed) if row.line == TWO else str(1 // 0)

    monitor.world.apps = lambda arm: Mistaken(monitor.world.blueprint, arm, monitor.world.data, lambda: AT)  # type: ignore[assignment, method-assign, misc]
    report = monitor.run()
    assert (monitor.row().attempts, monitor.row().error) == (1, "ZeroDivisionError: integer division or modulo by zero")
    assert (is_served(monitor), report.problem) == (True, "")


def test_a_mistake_is_an_outcome_and_the_end_of_the_process_is_not() -> None:
    async def work(context: Any) -> Any:
        context.apps.make = lambda *_: 1 // 0
        return await perform(context, line_row(), Make(ONE, "w"))

    assert isinstance(asyncio.run(asked_for().inside(work)), Failed)


@pytest.mark.parametrize("word", ["expire", "waiting"])
def test_a_request_store_that_fails_is_no_hindrance_for_making_apps(word: str) -> None:
    monitor = asked_for("a")

    def refuse(what: str) -> None:
        if what == word:
            raise ServiceRequestError("no")

    monitor.requests._before = refuse
    assert (monitor.run().problem, monitor.row().state) == ("", State.ACTIVE)


def test_what_can_not_be_stored_for_one_line_is_no_hindrance_for_the_other() -> None:
    monitor = two_lines()
    save = monitor.store.save

    async def refuse(row: Any) -> Any:
        if row.line == ONE:
            raise ServiceRequestError("no")
        return await save(row)

    monitor.store.save = refuse  # type: ignore[method-assign]
    monitor.run()
    assert is_served(monitor)
    monitor.store.save = save  # type: ignore[method-assign]
    monitor.run()
    assert (monitor.row().state, [one for one in monitor.world.in_group() if one.startswith("sites")]) == (
        State.DRAINING,
        ["sites orders-1-0", "sites orders-2-0"],
    )


@pytest.mark.parametrize("list_fails", [True, False])
def test_without_azures_list_nothing_is_made(list_fails: bool) -> None:
    monitor = asked_for()
    if list_fails:
        monitor.world.plane.faults.add(Fault("get */resourcegroups/versions/providers/microsoft.web/sites", times=9, status=500))
    monitor.run()
    assert (monitor.world.in_group() == [], monitor.row().attempts) == (list_fails, 0)


def test_an_alarm_is_raised_once_in_a_pass_and_again_in_the_next() -> None:
    monitor = asked_for("a")
    policy = monitor.world.blueprint.policy.model_copy(update={"maximum_lines": 1})
    monitor.world.blueprint = monitor.world.blueprint.model_copy(update={"policy": policy})
    monitor.run()
    assert len(monitor.alarms) == 1
    monitor.run()
    assert monitor.alarms == [monitor.alarms[0]] * 2


@pytest.mark.parametrize("word", ["DELETE */sites/orders-1-0", "DELETE */serverfarms/orders-1-0-plan"])
def test_a_removal_that_another_router_has_ended_stops_before_its_next_deletion(word: str) -> None:
    """The other one has ended it, and the line has begun anew: its new app's queues are not this one's to delete."""
    monitor = closing()
    revived = replace(line_row(), etag="revived")

    def write() -> None:
        monitor.store.rows[ONE] = revived

    monitor.world.plane.faults.add(Fault(word, call=write, after=True))
    monitor.world.data.done.clear()
    asyncio.run(monitor.inside(once))
    assert monitor.world.data.done == []
    assert monitor.row() == revived


async def once(context: Any) -> Any:
    world = await read_world(context)
    return await _carry_out(context, world, plan(world), PassReport())
