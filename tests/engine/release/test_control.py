"""The control: the same two versions, staged and swapped without a gate by a program that states a storage per slot, break what runs.

If this passes quietly, the embedded Azure is too kind, and that nothing broke in the other tests is worth nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.shop import LARGE
from tests.sampling import story

from ..invariants import assert_code_kept_its_storage
from ..project import Project
from .team import ROOT, STACK, Team

pytestmark = [pytest.mark.azurite, *story("without the gate")]

ORDERS = ROOT / "examples" / "orders"
SECOND = ROOT / "demo" / "versions" / "2.0.0"

FIXED = """\
import json
from pathlib import Path
from pulumi_azure_native import web

wanted = json.loads(Path(__file__).with_name("args.json").read_text())
web.WebAppApplicationSettings("settings", name="orders", resource_group_name="orders-rg", properties=wanted["production"])
web.WebAppApplicationSettingsSlot("staging-settings", name="orders", slot="staging", resource_group_name="orders-rg", properties=wanted["staging"])
"""
EARLIER = "Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task"
CHANGED = "named 'ReserveItem', but the current orchestration replay instead scheduled an activity task named 'CheckCustomer'"
CODE = ("WEBSITE_RUN_FROM_PACKAGE", "DURABLE_DEPLOY_VERSION")


def test_without_the_gate_a_fixed_storage_per_slot_hands_running_orders_to_code_that_fails_them(
    team: Team, engine: Path, tmp_path: Path
) -> None:
    orders = ("samovar", "cups")
    stage_the_second_version(team)
    first = {slot: team.azure.settings(slot) for slot in ("production", "staging")}
    program = Project(tmp_path / "fixed", team.sandbox.environment(), engine, FIXED)
    program.args(first)
    program.up()
    assert {slot: team.azure.settings(slot) for slot in first} == first, "it takes the slots over as they are"
    team.shop.order("samovar", LARGE)
    team.shop.wait_for("samovar", lambda order: order["customStatus"] == "waiting for approval")
    team.shop.order("cups")
    team.shop.wait_for("cups", lambda order: order["customStatus"] == "can be withdrawn")
    team.shop.suspend("cups")
    team.shop.wait_for("cups", lambda order: order["runtimeStatus"] == "Suspended")

    team.azure.swap()
    assert [team.shop.status(order) for order in orders] == [None, None], "lost to whoever asks production for them"
    program.args(
        {"production": first["production"] | code_of(first["staging"]), "staging": first["staging"] | code_of(first["production"])}
    )
    program.up("--refresh")
    assert team.azure.bundles() == {"production": ("ordersblue", "2.0.0"), "staging": ("ordersgreen", "1.0.0")}
    team.sandbox.functions.wait_ready()
    team.shop.approve("samovar")
    team.shop.resume("cups")

    broken = [team.shop.wait_for(order, lambda order: order["runtimeStatus"] not in ("Running", "Suspended")) for order in orders]
    assert [one["runtimeStatus"] for one in broken] == ["Failed", "Failed"]
    assert all(EARLIER in one["output"] and CHANGED in one["output"] for one in broken), broken
    assert team.executed_by() == {order: {"1.0.0", "2.0.0"} for order in orders}
    with pytest.raises(AssertionError, match=r"moved \d\.0\.0 from .*/orders(blue|green)/ to .*/orders(green|blue)/"):
        assert_code_kept_its_storage(team.azure)


def stage_the_second_version(team: Team) -> None:
    """1.0.0 in production, 2.0.0 in staging: whatever a fixed program finds to take over."""
    team.wants("1.0.0", team.version_of("1.0.0", ORDERS))
    team.release()
    team.wants("2.0.0", team.version_of("2.0.0", ORDERS, SECOND))
    team.project.pulumi("up", "--yes", "--skip-preview", "--stack", STACK)
    for slot in ("production", "staging"):
        team.sandbox.functions.wait_ready(slot=slot)


def code_of(settings: dict[str, str]) -> dict[str, str]:
    return {name: settings[name] for name in CODE}
