"""One pass of the monitor: from what is to be seen to what is done, and what is remembered of it."""

from __future__ import annotations

from functions.router.keeping import RequestState
from functions.router.lines import State
from functions.router.versions import Version
from tests.functions.router.executing.world import asked_for


def test_a_first_request_is_answered_by_one_pass() -> None:
    monitor = asked_for("a", starter="b")
    report = monitor.run()
    row = monitor.row()
    assert (row.state, row.deployed, row.error, row.attempts) == (State.ACTIVE, Version(1, 0, 0), "", 0)
    assert [one.state for one in monitor.requests.all.values()] == [RequestState.DONE] * 2
    assert [one.answer.status for one in monitor.requests.all.values() if one.answer] == [200, 202]
    assert report.problem == ""
    assert report.again_at is None
