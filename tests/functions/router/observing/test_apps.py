"""Whose the apps of the group are, and what they run: by their marks, as Azure lists them."""

from __future__ import annotations

from typing import Any

import pytest

from functions.router.describing import names
from functions.router.lines import LineRow
from functions.router.observing import Seen, seen_apps
from functions.router.planning import ObservedApp
from functions.router.versions import Line, Version
from tests.functions.router.hosting.world import ONE, OWNER, World, blueprint, line_row

TWO = Line(2, 0)


def site(name: str = "orders-1-0", owner: str = OWNER, **tags: str) -> dict[str, Any]:
    known = {names.OWNER: owner, names.LINE: "1.0", names.VERSION: "1.0.0", names.BLUEPRINT: "b1", **tags}
    return {"name": name, "tags": known, "properties": {"state": "Running", "defaultHostName": f"{name}.azurewebsites.net"}}


def app(name: str = "orders-1-0", **changes: Any) -> ObservedApp:
    known: dict[str, Any] = {
        "name": name,
        "state": "Running",
        "host_name": f"{name}.azurewebsites.net",
        "owner": OWNER,
        "blueprint": "b1",
        "deployed": Version(1, 0, 0),
        "answering": None,
        "busy_deploying": False,
    }
    return ObservedApp(**{**known, **changes})


def seen(*sites: dict[str, Any], rows: tuple[LineRow, ...] = (line_row(),)) -> Seen:
    return seen_apps(sites, rows, blueprint())


def test_an_app_is_its_rows_by_name_and_nothing_is_foreign() -> None:
    assert seen(site()) == Seen({ONE: app()}, frozenset())


@pytest.mark.parametrize("name", ["ORDERS-1-0", "Orders-1-0"])
def test_names_and_owners_are_compared_without_case(name: str) -> None:
    assert seen(site(name, OWNER.upper())).apps == {ONE: app(name, owner=OWNER.upper(), host_name=f"{name}.azurewebsites.net")}


@pytest.mark.parametrize("owner", ["", "somebody", OWNER + "x"])
def test_what_lacks_our_mark_is_foreign_and_no_lines_app(owner: str) -> None:
    assert seen(site(owner=owner)) == Seen({}, frozenset({"orders-1-0"}))


@pytest.mark.parametrize("tags", [None, {}, "none", {names.LINE: "1.0"}])
def test_a_site_without_tags_is_foreign(tags: Any) -> None:
    assert seen({"name": "orders-1-0", "tags": tags}) == Seen({}, frozenset({"orders-1-0"}))


def test_one_of_ours_that_no_row_names_belongs_to_the_line_of_its_mark() -> None:
    assert set(seen(site("orders-2-0", **{names.LINE: "2.0"})).apps) == {TWO}


@pytest.mark.parametrize("order", [1, -1])
def test_a_rows_own_app_goes_before_another_with_its_mark(order: int) -> None:
    both = [site(), site("old-orders-1-0")][::order]
    assert seen(*both).apps[ONE].name == "orders-1-0"


@pytest.mark.parametrize("mark", ["", "1", "latest", "01.0"])
def test_one_of_ours_whose_mark_is_no_line_is_left_out_and_not_foreign(mark: str) -> None:
    assert seen(site("orders-x", **{names.LINE: mark})) == Seen({}, frozenset())


def test_a_package_on_its_way_hides_what_was_deployed() -> None:
    assert seen(site(**{names.DEPLOYING: "1.0.1 abc"})).apps[ONE] == app(deployed=None, busy_deploying=True)


@pytest.mark.parametrize("version", ["", "1.0", "latest"])
def test_a_mark_that_is_no_version_is_none(version: str) -> None:
    assert seen(site(**{names.VERSION: version})).apps[ONE] == app(deployed=None)


def test_a_site_that_azure_shows_next_to_nothing_of_is_still_an_app() -> None:
    bare = {"name": "orders-1-0", "tags": {names.OWNER: OWNER}}
    assert seen(bare).apps[ONE] == app(state="", host_name="", blueprint="", deployed=None)


def test_an_app_that_the_router_has_made_is_seen_as_its_own() -> None:
    world = World()
    version = world.version()

    async def work(apps: Any) -> Any:
        await apps.make(line_row())
        half = seen_apps(await apps.list(), [line_row()], world.blueprint)
        await apps.deploy(line_row(), version)
        return half, seen_apps(await apps.list(), [line_row()], world.blueprint)

    half, whole = world.run(work)
    assert half == Seen({ONE: app(deployed=None)}, frozenset())
    assert whole == Seen({ONE: app()}, frozenset())
