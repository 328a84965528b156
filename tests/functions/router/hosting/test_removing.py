"""What goes when a line retires, what stays, and what is nobody's to remove."""

from __future__ import annotations

import pytest

from functions.router.arm import ArmProblem, NotOurs
from functions.router.describing import names
from functions.router.hosting import Apps
from sandbox.arm.faults import Fault
from tests.functions.router.arm.transports import names_of
from tests.functions.router.hosting.test_killed import DEDICATED, FLEX, OWN_ACCOUNT, used
from tests.functions.router.hosting.world import GROUP, OWNER, World, blueprint, line_row

SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders-1-0"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/orders-1-0-plan"


async def remove(apps: Apps) -> None:
    await apps.remove(line_row())


def test_the_site_goes_first_then_the_plan_then_the_hub() -> None:
    world = used(FLEX)
    world.run(remove)
    assert names_of(world.transport.writes()) == ["DELETE sites/orders-1-0", "DELETE serverfarms/orders-1-0-plan"]
    assert world.data.done == [
        "made app-package-orders-1-0",
        "deleted app-package-orders-1-0",
        "deleted ordersv1x0-control-00",
        "deleted ordersv1x0-control-01",
        "deleted ordersv1x0-workitems",
        "deleted ordersv1x0-leases",
        "deleted ordersv1x0-applease",
    ]


def test_removing_it_again_changes_nothing() -> None:
    world = used(FLEX)
    world.run(remove)
    before = (world.transport.writes(), list(world.data.done))
    world.run(remove)
    assert (world.transport.writes(), world.data.done) == before


def test_an_existing_plan_stays() -> None:
    world = World()
    plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/shared"
    world.put(plan, {"location": "westeurope", "kind": "linux", "sku": {"name": "P1v3"}, "properties": {"reserved": True}})
    wanted = blueprint(plan={"kind": "existing", "existing_id": plan})
    world.run(lambda apps: apps.make(line_row()), wanted)
    world.run(remove, wanted)
    assert world.in_group() == ["serverfarms shared"]


def test_the_lines_own_account_goes_when_all_that_is_kept_is_elsewhere() -> None:
    world = used(OWN_ACCOUNT)
    world.run(remove)
    assert world.in_group() == []


def test_the_lines_own_account_stays_with_the_rows_and_payloads_in_it() -> None:
    wanted = blueprint(durable={"scheduling": "account_per_line", "tracking": "per_line"})
    world = used(wanted)
    world.run(remove)
    name = names.account_name(wanted, line_row().line)
    assert world.in_group() == [f"storageAccounts {name}"]
    assert not any(queue.startswith("ordersv1x0-") for queue in world.storage._account(name).queues)


def test_the_lines_own_account_stays_if_anything_lies_in_it() -> None:
    world = used(OWN_ACCOUNT)
    name = names.account_name(OWN_ACCOUNT, line_row().line)
    container = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}/blobServices/default/containers/ordersv1x0-largemessages"
    world.put(container, {})
    world.run(remove)
    assert world.in_group() == [f"storageAccounts {name}"]


@pytest.mark.parametrize("target", [SITE, PLAN])
@pytest.mark.parametrize("owner", ["", "somebody", OWNER + "x"])
def test_nothing_at_all_is_removed_if_any_of_it_is_not_ours(target: str, owner: str) -> None:
    world = used(DEDICATED)
    world.plane.request("PATCH", target, {"tags": {"durable-deploy-owner": owner}})
    before = world.in_group()
    with pytest.raises(NotOurs):
        world.run(remove)
    assert (world.in_group(), world.transport.writes()) == (before, [])
    assert world.data.done == []


def test_an_account_of_somebody_else_under_the_lines_name_is_left_alone() -> None:
    world = used(OWN_ACCOUNT)
    id = names.account_id(OWN_ACCOUNT, line_row().line)
    world.plane.request("PATCH", id, {"tags": {}})
    before = world.in_group()
    with pytest.raises(NotOurs):
        world.run(remove)
    assert (world.in_group(), world.transport.writes()) == (before, [])


def test_a_plan_that_can_not_go_yet_is_an_error_and_the_next_try_removes_it() -> None:
    world = used(FLEX)
    world.plane.faults.add(
        Fault(matching="delete */serverfarms/*", status=409, code="Conflict", message="it has web app(s) assigned to it")
    )
    with pytest.raises(ArmProblem, match="assigned to it"):
        world.run(remove)
    world.run(remove)
    assert world.in_group() == []


@pytest.mark.parametrize("asked", range(1, 8))
def test_it_asks_before_each_deletion_and_ends_where_the_answer_is_no(asked: int) -> None:
    world = used(FLEX)
    undisturbed = used(FLEX)
    undisturbed.run(remove)
    count = 0

    async def still() -> None:
        nonlocal count
        count += 1
        if count == asked:
            raise KeyError("another router has ended it")

    with pytest.raises(KeyError):
        world.run(lambda apps: apps.remove(line_row(), still=still))
    done = [*names_of(world.transport.writes()), *world.data.done[1:]]
    whole = [*names_of(undisturbed.transport.writes()), *undisturbed.data.done[1:]]
    assert done == whole[: len(done)] and len(done) < len(whole)
