"""Passes of the monitor: a line's whole life on the embedded Azure, killed at every step, and watched by two routers at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError

from functions.router.arm import ArmProblem
from functions.router.executing import PassReport, run_pass
from functions.router.executing.passing import _carry_out
from functions.router.executing.reading import read_world
from functions.router.executing.stored import ABANDONED_AFTER
from functions.router.forwarding import Backend
from functions.router.keeping import RequestState
from functions.router.lines import State
from functions.router.planning import plan
from functions.router.versions import Version
from tests.functions.router.executing.stage import ONE, TWO, Stage, opened, passed, ran, stage, stored
from tests.functions.router.hosting.world import Killed
from tests.functions.router.planning.worlds import NOW

APP = ["serverfarms orders-1-0-plan", "sites orders-1-0"]


def superseded(**changes: Any) -> Stage:
    """2.0 is active; 1.0 was, and drains."""
    on = stage(removal_delay_seconds=60, quiet_seconds=60, closing_seconds=30, **changes)
    on.deployed("1.0.0", wanted=True)
    passed(on)
    on.deployed("2.0.0", wanted=True)
    passed(on, 3)
    return on


def test_a_first_request_is_made_deployed_probed_and_answered_in_one_pass() -> None:
    on = stage()
    on.deployed("1.0.0", wanted=True)
    stored(on, "a" * 32)
    report = passed(on)
    answered = on.requests.all["a" * 32]
    assert (on.states(), on.row().deployed, on.row().host_name != "", report.again_at) == ({"1.0": "active"}, Version(1, 0, 0), True, None)
    assert on.world.in_group() == APP
    assert on.received == ["POST /api/orders?a=1 tea"]
    assert (on.headers[0]["Idempotency-Key"], on.headers[0]["X-Durable-Instance-Id"]) == ("a" * 32, "1.0-" + "a" * 32)
    assert (answered.state, answered.answer and answered.answer.status, answered.body, answered.headers) == (
        RequestState.DONE,
        201,
        b"",
        (),
    )


def test_a_patch_goes_into_the_app_of_its_line() -> None:
    on = stage()
    on.deployed("1.0.0", wanted=True)
    passed(on)
    on.deployed("1.0.1")
    on.store.rows[ONE] = replace(on.row(), wanted=Version(1, 0, 1), etag="x")
    passed(on)
    assert (on.row().state, on.row().deployed, on.world.in_group()) == (State.ACTIVE, Version(1, 0, 1), APP)


def test_a_superseded_line_drains_closes_and_is_removed_while_the_newer_one_stays() -> None:
    on = superseded()
    assert on.states() == {"1.0": "draining", "2.0": "active"}
    passed(on, 20, 30)
    assert on.states() == {"1.0": "retired", "2.0": "active"}
    assert on.world.in_group() == ["serverfarms orders-2-0-plan", "sites orders-2-0"]
    assert [one.state for one in on.row().history][1:] == [State.ACTIVE, State.DRAINING, State.DRAINED, State.CLOSING, State.RETIRED]


@pytest.mark.parametrize("verdict", ["busy", "unknown"])
def test_a_line_that_is_busy_or_unknown_is_never_removed(verdict: str) -> None:
    on = superseded()
    getattr(on.hubs, verdict).add(ONE)
    passed(on, 60, 120)
    assert on.states() == {"1.0": "draining", "2.0": "active"}
    assert "sites orders-1-0" in on.world.in_group()


def test_an_app_without_our_mark_is_never_touched() -> None:
    on = superseded()
    id = f"{on.blueprint.app.resource_group_id}/providers/Microsoft.Web/sites/orders-1-0"
    on.world.plane.request("PATCH", id, {"tags": {"durable-deploy-owner": "somebody else"}})
    before = on.world.site()
    passed(on, 40, 60)
    assert (on.row().state, on.world.site() == before) == (State.DRAINING, True)
    assert any("left alone" in alarm for alarm in on.alarms)


def test_an_app_that_does_not_answer_is_asked_again_and_the_line_fails_in_the_end() -> None:
    on = stage()
    on.deployed("1.0.0", wanted=True)
    on.silent = True
    report = passed(on)
    assert (on.row().state, on.row().error, report.again_at) == (State.PROVISIONING, "its host is 'Error'", NOW + timedelta(seconds=5))
    passed(on, 10, 1000)
    assert on.row().state is State.FAILED
    on.silent = False
    stored(on, "a" * 32)
    on.wait(3600)
    passed(on)
    assert (on.row().state, len(on.received)) == (State.ACTIVE, 1)


def test_silence_of_resource_manager_changes_nothing() -> None:
    on = superseded()
    before = dict(on.store.rows)

    async def scene(context: Any) -> Any:
        async def no() -> Any:
            raise ArmProblem(500, "", "no")

        context.apps.list = no
        return await run_pass(context)

    ran(on, scene)
    assert {line: row.state for line, row in on.store.rows.items()} == {line: row.state for line, row in before.items()}


def test_rows_that_cant_be_read_are_a_problem_of_the_pass_alone() -> None:
    on = superseded()

    def refuse(_: str) -> None:
        raise ServiceRequestError("no")

    on.store._before = refuse
    assert passed(on).problem == "the router's state can't be read (ServiceRequestError)"


class Kills:
    """Kills the process at its n-th look at the store, or request to Azure."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


def killed_and_run_again(on: Stage, at: int, *, passes: int, seconds: float) -> bool:
    """Whether it was killed before it was done."""
    kills = Kills(at)
    on.store._before = on.requests._before = kills
    on.world.data.step = kills
    on.world.transport.before = kills
    try:
        passed(on, passes, seconds)
        was = False
    except Killed:
        was = True
    on.store._before = on.requests._before = lambda _: None
    on.world.data.step = lambda _: None
    on.world.transport.before = lambda _n, _what: None
    on.wait(400)
    passed(on, passes + 2, seconds)
    return was


@pytest.mark.parametrize("at", range(1, 51))
def test_a_router_killed_while_it_makes_an_app_leaves_nothing_that_the_next_one_does_not_end(at: int) -> None:
    on = stage()
    on.deployed("1.0.0", wanted=True)
    stored(on, "a" * 32)
    killed_and_run_again(on, at, passes=1, seconds=0)
    assert (on.states(), on.world.in_group(), len(on.received) <= 1) == ({"1.0": "active"}, APP, True)
    assert on.requests.all["a" * 32].state is RequestState.DONE


@pytest.mark.parametrize("at", range(1, 181, 5))
def test_a_router_killed_while_it_retires_a_line_leaves_nothing_that_the_next_one_does_not_end(at: int) -> None:
    on = superseded()
    killed_and_run_again(on, at, passes=20, seconds=30)
    assert (on.states(), on.world.in_group()) == ({"1.0": "retired", "2.0": "active"}, ["serverfarms orders-2-0-plan", "sites orders-2-0"])


@pytest.mark.parametrize("rounds", range(0, 18, 2))
def test_of_two_routers_that_plan_from_the_same_rows_one_acts(rounds: int) -> None:
    """The second one's plan is older than what the first has done: not a step of it may be carried out on a changed row."""
    on = superseded()

    async def scene(context: Any) -> Any:
        for _ in range(rounds):
            await run_pass(context)
            on.wait(30)
        stale = await read_world(context)
        await run_pass(context)
        moved = {line: row.etag for line, row in on.store.rows.items()}
        changed = {line for line, row in on.store.rows.items() if any(one.line == line and one.etag != row.etag for one in stale.lines)}
        before = len(on.world.transport.writes())
        await _carry_out(context, stale, plan(stale), PassReport())
        after = {line: row.etag for line, row in on.store.rows.items()}
        apps = [on.store.rows[line].app for line in changed]
        done = [one for one in on.world.transport.writes()[before:] if any(f"/{app}" in one for app in apps)]
        return {line for line in changed if moved[line] != after[line]}, done

    assert ran(on, scene) == (set(), [])


def test_a_plan_from_before_another_router_has_made_the_app_asks_azure_for_nothing() -> None:
    on = stage()
    on.deployed("1.0.0", wanted=True)

    async def scene(context: Any) -> Any:
        stale = await read_world(context)
        await run_pass(context)
        before = list(on.world.transport.asked)
        await _carry_out(context, stale, plan(stale), PassReport())
        return on.world.transport.asked[len(before) :]

    assert ran(on, scene) == []


def test_a_start_between_the_last_clean_verdict_and_the_removal_is_seen_by_the_last_look() -> None:
    on = superseded()
    while on.row().state is not State.CLOSING:
        passed(on, 1, 30)
    on.hubs.busy.add(ONE)
    passed(on, 1, 30)
    assert (on.row().state, "sites orders-1-0" in on.world.in_group()) == (State.DRAINING, True)


def test_two_monitors_side_by_side_make_one_app_and_send_a_request_once() -> None:
    on = stage()
    on.deployed("1.0.0", wanted=True)
    stored(on, "a" * 32)

    async def inside() -> None:
        async with opened(on) as one, opened(on) as other:
            await asyncio.gather(run_pass(one), run_pass(other))

    asyncio.run(inside())
    passed(on)
    assert (on.states(), on.world.in_group(), len(on.received)) == ({"1.0": "active"}, APP, 1)


def active(**changes: Any) -> Stage:
    on = stage(**changes)
    on.deployed("1.0.0", wanted=True)
    passed(on)
    return on


def test_a_claimed_start_with_an_instance_id_is_sent_again_once_its_router_is_certainly_gone() -> None:
    on = active()
    stored(
        on,
        "b" * 32,
        instance_id="1.0-" + "c" * 32,
        target="/orchestrators/Order/1.0-" + "c" * 32,
        state=RequestState.FORWARDING,
        claimed_at=NOW,
    )
    passed(on)
    assert on.received == []
    on.wait(ABANDONED_AFTER.total_seconds())
    passed(on)
    path = f"/runtime/webhooks/durabletask/orchestrators/Order/1.0-{'c' * 32}?taskHub=OrdersV1x0&connection=DurableStorage"
    assert on.received == [f"POST {path} tea"]


def test_any_other_claimed_request_is_not_sent_again_and_its_caller_is_told() -> None:
    on = active()
    stored(on, "b" * 32, state=RequestState.FORWARDING, claimed_at=NOW, attempts=1)
    on.wait(ABANDONED_AFTER.total_seconds())
    passed(on)
    answer = on.requests.all["b" * 32].answer
    assert (on.received, answer is not None and answer.status) == ([], 504)
    assert answer is not None and b"MayHaveRun" in answer.body and b"Idempotency-Key was " + b"b" * 32 in answer.body


def test_a_request_that_did_not_reach_its_app_waits_for_the_next_pass() -> None:
    on = active()
    on.backend = Backend("http://127.0.0.1:9", "k")
    stored(on, "b" * 32)
    passed(on)
    waiting = on.requests.all["b" * 32]
    on.backend = None
    passed(on)
    assert (waiting.state, waiting.body, len(on.received), on.requests.all["b" * 32].state) == (
        RequestState.WAITING,
        b"tea",
        1,
        RequestState.DONE,
    )


def test_requests_for_a_retired_line_are_given_up_with_410() -> None:
    on = superseded()
    passed(on, 20, 30)
    stored(on, "b" * 32)
    passed(on)
    answer = on.requests.all["b" * 32].answer
    assert answer is not None and (answer.status, b"LineRetired" in answer.body, on.received) == (410, True, [])


def test_history_is_purged_once_a_day_for_each_line() -> None:
    on = superseded(history_retention_days=30)
    passed(on, 3, 60)
    before = NOW - timedelta(days=30)
    assert sorted(name for name, _ in on.purged) == ["OrdersV1x0", "OrdersV2x0"]
    assert all(before <= at <= before + timedelta(hours=1) for _, at in on.purged)


def test_at_the_cap_nothing_is_made_and_an_alarm_says_so() -> None:
    on = stage(maximum_lines=1)
    on.deployed("1.0.0", wanted=True)
    passed(on)
    on.deployed("2.0.0", wanted=True)
    passed(on)
    assert (on.states()["2.0"], on.world.in_group()) == ("provisioning", APP)
    assert on.row(TWO).error.startswith("1 of at most 1 lines have an app: 1.0 (active).")
    assert on.alarms[-1].startswith("1 of at most 1 lines have an app")


def test_the_kills_reach_from_the_first_step_to_the_last() -> None:
    def kills(at: int, *, retire: bool) -> bool:
        on = superseded() if retire else stage()
        if not retire:
            on.deployed("1.0.0", wanted=True)
            stored(on, "a" * 32)
        return killed_and_run_again(on, at, passes=20 if retire else 1, seconds=30 if retire else 0)

    assert [kills(1, retire=False), kills(50, retire=False), kills(400, retire=False)] == [True, True, False]
    assert [kills(1, retire=True), kills(180, retire=True), kills(5000, retire=True)] == [True, True, False]
