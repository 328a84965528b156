"""The router's process ends after any single step. The next one comes to exactly what an undisturbed one comes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.router.blueprint import Blueprint
from functions.router.hosting import Apps
from tests.functions.router.hosting.world import ONE, Killed, World, blueprint, line_row

FLEX = blueprint()
DEDICATED = blueprint(plan={"kind": "dedicated", "sku": "P0v3"})
OWN_ACCOUNT = blueprint(durable={"scheduling": "account_per_line"})
KINDS = {"flex": FLEX, "dedicated": DEDICATED, "own_account": OWN_ACCOUNT}
Work = Callable[[World], Callable[[Apps], Any]]


def provisioning(world: World) -> Callable[[Apps], Any]:
    version = world.version()

    async def work(apps: Apps) -> None:
        await apps.make(line_row())
        await apps.deploy(line_row(), version)

    return work


def retirement(world: World) -> Callable[[Apps], Any]:
    return lambda apps: apps.remove(line_row())


def used(wanted: Blueprint) -> World:
    """Its app has run: queues and containers of its hub, and of one whose name begins alike, are there."""
    world = World(wanted)
    world.run(provisioning(world))
    world.transport.asked.clear()
    accounts = [id.name for id, _ in world.plane.store.of_type("Microsoft.Storage/storageAccounts") if id.name not in ("hosts", "packages")]
    for account in accounts:
        for hub in ("ordersv1x0", "ordersv1x01"):
            for queue in ("control-00", "control-01", "workitems"):
                world.storage.create_queue(account, f"{hub}-{queue}")
        id = next(id for id, _ in world.plane.store.of_type("Microsoft.Storage/storageAccounts") if id.name == account)
        kept = ("ordersv1x0-largemessages",) if account == "tracking" else ()
        for container in ("ordersv1x0-leases", "ordersv1x0-applease", *kept) if account == "tracking" else ():
            world.put(f"{id}/blobServices/default/containers/{container}", {})
    return world


def steps_of(work: Work, world: World) -> int:
    """How many requests an undisturbed run makes."""
    count = 0

    def counting(_what: object, _more: object = None) -> None:
        nonlocal count
        count += 1

    world.transport.before = counting
    world.data.step = counting
    world.run(work(world))
    return count


def kill_at(world: World, step: int, *, after: bool) -> None:
    """Before or after the request with that number, of either kind."""
    count = 0

    def passing(what: object, more: object = None, *, is_after: bool = False) -> None:
        nonlocal count
        count += 0 if is_after else 1
        if count == step and is_after is after:
            raise Killed(f"{what} {more}")

    world.transport.before = lambda number, what: passing(number, what)
    world.transport.after = lambda number, what: passing(number, what, is_after=True)
    world.data.step = lambda what: passing(what)


def let_live(world: World) -> None:
    world.transport.before = world.transport.after = lambda _number, _what: None
    world.data.step = lambda _what: None


def picture(world: World) -> dict[str, Any]:
    """All that is left, without the number of deployments and starts that it took."""
    site = world.site()
    accounts = [id.name for id, _ in world.plane.store.of_type("Microsoft.Storage/storageAccounts")]
    return {
        "group": world.in_group(),
        "tags": site and site["tags"],
        "settings": world.settings() if site else None,
        "queues": {name: sorted(world.storage._account(name).queues) for name in accounts},
        "containers": {name: world.containers(name) for name in accounts},
    }


PROVISIONING_STEPS = {name: steps_of(provisioning, World(wanted)) for name, wanted in KINDS.items()}
RETIREMENT_STEPS = {name: steps_of(retirement, used(wanted)) for name, wanted in KINDS.items()}
MADE = {name: (lambda world: (world.run(provisioning(world)), picture(world))[1])(World(wanted)) for name, wanted in KINDS.items()}
RETIRED = {name: (lambda world: (world.run(retirement(world)), picture(world))[1])(used(wanted)) for name, wanted in KINDS.items()}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "step"), [(kind, step) for kind, most in PROVISIONING_STEPS.items() for step in range(1, most + 1)])
def test_provisioning_that_was_killed_comes_to_one_app_and_no_leftovers(kind: str, step: int, after: bool) -> None:
    world = World(KINDS[kind])
    kill_at(world, step, after=after)
    try:
        world.run(provisioning(world))
    except Killed:
        pass
    let_live(world)
    world.run(provisioning(world))
    assert picture(world) == MADE[kind]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "step"), [(kind, step) for kind, most in RETIREMENT_STEPS.items() for step in range(1, most + 1)])
def test_retirement_that_was_killed_leaves_what_is_kept_and_nothing_else(kind: str, step: int, after: bool) -> None:
    world = used(KINDS[kind])
    kill_at(world, step, after=after)
    try:
        world.run(retirement(world))
    except Killed:
        pass
    let_live(world)
    world.run(retirement(world))
    assert picture(world) == RETIRED[kind]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(1, PROVISIONING_STEPS["flex"] + 1))
def test_a_half_made_app_can_be_removed_without_a_trace(step: int, after: bool) -> None:
    world = World(FLEX)
    kill_at(world, step, after=after)
    try:
        world.run(provisioning(world))
    except Killed:
        pass
    let_live(world)
    world.run(retirement(world))
    assert (world.in_group(), world.containers("hosts")) == ([], [])


def test_the_steps_are_as_many_as_a_change_of_them_should_notice() -> None:
    assert line_row().line == ONE
    assert min(PROVISIONING_STEPS.values()) >= 15 and min(RETIREMENT_STEPS.values()) >= 5


def test_retirement_keeps_histories_and_large_payloads_and_the_queues_of_other_hubs() -> None:
    left = RETIRED["flex"]
    assert left["group"] == []
    assert left["queues"]["queues"] == ["ordersv1x01-control-00", "ordersv1x01-control-01", "ordersv1x01-workitems"]
    assert left["containers"]["tracking"] == ["ordersv1x0-largemessages"]
    assert left["containers"]["hosts"] == []
