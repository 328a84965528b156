"""The gateway's list on the embedded control plane: which lines are in it, and what is said where they can't be."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from functions.router.arm import ArmProblem
from functions.router.executing.listing import delist, enlist
from functions.router.gateway import Listing
from functions.router.hosting import Apps
from functions.router.hosting.keys import Keys
from functions.router.lines import State
from functions.router.planning import Enlist, Failed, NotEnlisted
from functions.router.versions import Version
from sandbox.arm.faults import Fault
from tests.functions.router.executing.front import LIST, WRITES, both_lines, in_front, list_writes, named, text, write
from tests.functions.router.executing.test_taking_turns import POLICY
from tests.functions.router.executing.world import TWO, Monitor, asked_for
from tests.functions.router.hosting.world import AT, ONE, line_row


def test_a_line_whose_app_answers_is_listed_with_its_address_and_key_and_the_default() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    [(line, entry)] = Listing.read(text(monitor)).entries.items()
    assert (line, entry.host) == (ONE, monitor.row().host_name)
    assert text(monitor) == f";default=1.0;1.0={entry.host}|{entry.key};"
    assert (monitor.row().state, monitor.row().listed, monitor.row().gateway_error) == (State.ACTIVE, True, "")


def test_a_pass_that_finds_the_list_as_it_should_be_writes_nothing() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    before = list_writes(monitor), monitor.row().etag
    monitor.run()
    assert (list_writes(monitor), monitor.row().etag) == before == (1, before[1])


def test_a_superseded_line_is_taken_out_in_the_pass_in_which_the_newer_one_is_listed() -> None:
    monitor = both_lines(in_front(asked_for()))
    assert named(monitor) == ["2.0"]
    assert (monitor.row().state, monitor.row().listed, monitor.row().delisted_at) == (State.DRAINING, False, AT)
    assert "default=2.0" in text(monitor)


def test_a_list_that_an_update_has_set_back_is_written_anew() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    listed = text(monitor)
    write(monitor, "none")
    monitor.run()
    assert text(monitor) == listed


def test_a_renewed_key_is_written_into_the_list() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    stale = text(monitor).replace("|", "|old")
    write(monitor, stale)
    monitor.run()
    assert "|old" not in text(monitor) and named(monitor) == ["1.0"]


@pytest.mark.parametrize("status", [403, 429, 500])
def test_a_list_that_can_not_be_written_is_said_in_the_row_and_the_line_goes_its_way(status: int) -> None:
    monitor = in_front(asked_for())
    monitor.world.plane.faults.add(Fault(WRITES, times=99, status=status, code="Refused", message="no"))
    monitor.run()
    row = monitor.row()
    assert (row.state, row.listed, row.attempts, row.error) == (State.ACTIVE, True, 0, "")
    assert row.gateway_error.startswith(f"the gateway's list can't be written: {status}")
    assert named(monitor) == []


def test_a_line_that_can_not_be_taken_out_is_not_drained_however_long_nothing_runs_in_it() -> None:
    monitor = in_front(asked_for(), **POLICY)
    monitor.run()
    monitor.world.plane.faults.add(Fault(WRITES, times=10_000, status=403, code="AuthorizationFailed", message="no right"))
    both_lines(monitor)
    for _ in range(40):
        monitor.later(seconds=60)
        monitor.run()
    assert (monitor.row().state, monitor.row().listed) == (State.DRAINING, True)
    assert monitor.row().gateway_error == "the gateway's list can't be written: 403: AuthorizationFailed: no right"


def test_nothing_is_removed_while_the_list_has_the_line() -> None:
    """However it came in: here somebody has written it by hand, after the last look."""
    monitor = both_lines(in_front(asked_for(), **POLICY))
    entry = f"1.0={monitor.row().host_name}|key;"

    def by_hand(number: int, what: str) -> None:
        if what.startswith("POST") and what.endswith("listValue") and monitor.row().removing:
            write(monitor, f";{entry}")

    monitor.world.transport.before = by_hand
    for _ in range(40):
        monitor.later(seconds=60)
        monitor.run()
    assert monitor.row().removing and monitor.world.site() is not None
    assert monitor.row().error == "409: the gateway's list still has 1.0"
    monitor.world.transport.before = lambda _number, _what: None
    for _ in range(40):
        monitor.later(seconds=60)
        monitor.run()
    assert (monitor.row().state, monitor.world.site()) == (State.RETIRED, None)


def test_without_a_gateway_nothing_of_it_is_asked() -> None:
    monitor = both_lines(asked_for())
    assert not [one for one in monitor.world.transport.asked if "ApiManagement" in one]


async def _fine() -> None: ...


def _enlisted(monitor: Monitor, key: Any) -> Any:
    """One entry, of an app whose key is this or can't be read."""

    async def told(self: Apps, row: Any) -> Keys:
        if isinstance(key, Exception):
            raise key
        return Keys(function=key)

    with patch.object(Apps, "key", told):
        return asyncio.run(monitor.inside(lambda context: enlist(context, monitor.row(), ONE, _fine)))


def test_a_key_that_can_not_be_in_the_list_takes_the_old_one_out_and_passes_the_router() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    outcome = _enlisted(monitor, 'a";b')
    assert outcome == NotEnlisted("its address or key can't be in the gateway's list: its requests pass the router")
    assert text(monitor) == "none"


def test_a_list_without_a_line_that_can_not_be_in_it_is_written_nevertheless_so_that_a_late_entry_is_refused() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    write(monitor, "none")
    before = list_writes(monitor)
    assert isinstance(_enlisted(monitor, "a b"), NotEnlisted)
    assert (list_writes(monitor), text(monitor)) == (before + 1, "none")


def test_a_line_that_there_is_no_room_for_says_so_and_passes_the_router() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    entries = "".join(f"9.{minor}={'h' * 60}|{'k' * 60};" for minor in range(10, 42))
    write(monitor, f";{entries}")
    outcome = asyncio.run(monitor.inside(lambda context: enlist(context, monitor.row(), ONE, _fine)))
    assert outcome == NotEnlisted("there is no room for it in the gateway's list: its requests pass the router")
    assert "1.0" not in named(monitor) and "9.41" in named(monitor)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (None, "the app has no function key yet, which the gateway would need"),
        (ArmProblem(503, "", "its host starts"), "the app's key for the gateway's list can't be read: 503: its host starts"),
    ],
    ids=["no key", "no answer"],
)
def test_an_app_without_a_key_leaves_the_list_as_it_is(key: Any, why: str) -> None:
    monitor = in_front(asked_for())
    monitor.run()
    before = text(monitor), list_writes(monitor)
    assert _enlisted(monitor, key) == Failed(why)
    assert (text(monitor), list_writes(monitor)) == before


def test_one_app_whose_key_can_not_be_read_does_not_hide_the_list_from_the_others() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    monitor.world.plane.faults.add(
        Fault("post */sites/orders-1-0/host/default/listkeys", times=10_000, status=403, code="No", message="no")
    )
    both_lines(monitor)
    assert (named(monitor), monitor.row().listed, monitor.row(TWO).listed) == (["2.0"], False, True)


def test_a_list_that_can_not_be_read_is_no_empty_list() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    monitor.world.plane.faults.add(Fault(f"post {LIST.lower()}/listvalue", times=10_000, status=403, code="No", message="no right"))
    monitor.deployed("2.0.0")
    monitor.store.rows[TWO] = replace(line_row(TWO, wanted=Version(2, 0, 0)), etag="two")
    before = list_writes(monitor)
    monitor.run()
    problem = "the gateway's list can't be read: 403: No: no right"
    assert (list_writes(monitor), monitor.row().listed, monitor.row().gateway_error) == (before, True, problem)
    assert (monitor.row(TWO).listed, monitor.row(TWO).state, monitor.row().state) == (False, State.ACTIVE, State.DRAINING)
    assert monitor.alarms == [f"{problem}. Lines that it may have are not removed until it can be"]


def test_no_line_is_put_into_the_list_whose_row_does_not_say_so_whatever_was_planned() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    write(monitor, "none")
    monitor.store.rows[ONE] = replace(monitor.row(), listed=False)
    with patch("functions.router.executing.passing.plan", lambda world: (Enlist(ONE, ONE, "without the mark"),)):
        monitor.run()
    assert (text(monitor), monitor.row().listed) == ("none", False)


def test_a_line_that_nobody_knows_is_taken_out_and_the_others_stay() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    listed = text(monitor)
    write(monitor, f";9.9=host|key{listed}")
    report = monitor.run()
    assert text(monitor) == listed
    assert report.done == ["9.9 taken out of the gateway's list: no such line is known"]


def test_a_line_that_is_made_while_it_is_taken_out_as_unknown_stays() -> None:
    monitor = in_front(asked_for())
    monitor.run()
    write(monitor, f";2.0=host|key{text(monitor)}")

    def made(_number: int, what: str) -> None:
        if what.startswith("POST") and what.endswith("listkeys"):
            monitor.store.rows[TWO] = replace(line_row(TWO), etag="two")

    monitor.world.transport.before = made
    monitor.run()
    assert named(monitor) == ["1.0", "2.0"]


def test_without_a_gateway_an_entry_is_a_failed_step_and_no_error_of_the_router() -> None:
    monitor = asked_for()
    monitor.run()
    row = monitor.row()
    assert asyncio.run(monitor.inside(lambda context: enlist(context, row, ONE, _fine))) == Failed("there is no gateway")
    assert asyncio.run(monitor.inside(lambda context: delist(context, row, _fine))) == Failed("there is no gateway")
