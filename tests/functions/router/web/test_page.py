"""What people see of a line that a gateway sends straight to its app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.router.lines import LineRow, Pins, State
from functions.router.versions import Line
from functions.router.web.page import page
from functions.router.web.status import overview
from tests.functions.router.hosting.world import AT, blueprint, line_row

LIST = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/orders/namedValues/direct-lines"
NO = "the gateway's list can't be written: 403: <no right>"


def seen(row: LineRow, **gateway: Any) -> dict[str, Any]:
    of = blueprint(gateway={"list_id": LIST, **gateway})
    return overview(of, [row, line_row(Line(2, 0), state=State.ACTIVE)], [], Pins(), {}, AT)


def of_line(found: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in found["lines"] if one["line"] == "1.0")


def test_a_listed_line_is_said_to_get_its_requests_straight_from_the_gateway() -> None:
    found = seen(line_row(state=State.ACTIVE, listed=True))
    assert (of_line(found)["listed"], of_line(found)["gateway_error"]) == (True, "")
    assert page(found).count("straight from the gateway") == 1


def test_what_is_wrong_with_the_list_is_shown_and_escaped() -> None:
    found = seen(line_row(state=State.DRAINING, listed=True, gateway_error=NO, verdict="drained: nothing runs", judged_at=AT))
    assert of_line(found)["gateway_error"] == NO
    assert of_line(found)["next"]["why_not_yet"].startswith(NO)
    assert "<no right>" not in page(found) and page(found).count("403: &lt;no right&gt;") == 2


def test_it_is_said_when_the_active_instances_were_counted_but_not_of_a_line_that_has_gone() -> None:
    read = AT - timedelta(minutes=4)
    told = f'3<br><small><time title="{read.isoformat()}">4 min ago</time></small>'
    assert page(seen(line_row(state=State.ACTIVE, active=3, judged_at=read))).count(told) == 1
    assert told not in page(seen(line_row(state=State.RETIRED, active=3, judged_at=read)))


def test_a_line_that_is_in_no_list_says_nothing_of_a_gateway() -> None:
    found = seen(line_row(state=State.DRAINING))
    assert (of_line(found)["listed"], "straight from" in page(found)) == (False, False)


def test_a_closing_line_says_until_when_gateways_may_go_by_an_older_list() -> None:
    since = AT - timedelta(hours=1)
    row = line_row(state=State.CLOSING, since=since, delisted_at=AT - timedelta(seconds=100), retire_forced=True)
    assert of_line(seen(row, seconds=300))["next"] == {
        "what": "a last look, then its removal",
        "at": (AT + timedelta(seconds=200)).isoformat(),
        "why_not_yet": "gateways may go by an older list until then",
    }
