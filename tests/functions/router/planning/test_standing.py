"""Which lines are kept, which is the default, what the cap says, when a verdict is wanted, and when history is purged."""

from __future__ import annotations

import pytest

from functions.router.lines import LineRow, Pins, State
from functions.router.planning import Purge, default_line, full, kept, plan, revivable, wants_verdict
from functions.router.planning.capacity import alarm, frees_up_first

from .worlds import NOW, at, line, planned, policy, row, world

ACTIVE, DRAINING, PROVISIONING, RETIRED, FAILED = State.ACTIVE, State.DRAINING, State.PROVISIONING, State.RETIRED, State.FAILED
THREE = (row("1.0", DRAINING), row("1.1", ACTIVE), row("2.0", ACTIVE))

DEFAULTS: dict[str, tuple[tuple[LineRow, ...], str | None, str, str | None]] = {
    "the newest active line": (THREE, None, "latest", "2.0"),
    "the pinned line": (THREE, "1.1", "latest", "1.1"),
    "the pinned line though it drains": (THREE, "1.0", "latest", "1.0"),
    "the pinned line though nobody knows it, rather than another one silently": (THREE, "7.0", "latest", "7.0"),
    "the policy's line": (THREE, None, "1.1", "1.1"),
    "the pin before the policy": (THREE, "1.1", "2.0", "1.1"),
    "the newest active one for a policy that names no line": (THREE, None, "newest", "2.0"),
    "the newest active one, not one that is being made": ((*THREE, row("3.0", PROVISIONING)), None, "latest", "2.0"),
    "one that is being made if there is no other": ((row("3.0", PROVISIONING),), None, "latest", "3.0"),
    "none if all are draining": ((row("1.0", DRAINING),), None, "latest", None),
    "none if all are retired": ((row("1.0", RETIRED),), None, "latest", None),
    "none if there are none": ((), None, "latest", None),
}


@pytest.mark.parametrize("sentence", DEFAULTS)
def test_requests_without_a_version_go_to(sentence: str) -> None:
    rows, pin, default, expected = DEFAULTS[sentence]
    found = default_line(rows, Pins(line(pin) if pin else None), policy(default=default))
    assert found == (line(expected) if expected else None)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(THREE, {"2.0"}, id="the newest is kept"),
        pytest.param((row("2.0", FAILED), *THREE[:2]), {"1.1"}, id="a failed line is not"),
        pytest.param((row("2.0", RETIRED), *THREE[:2]), {"1.1"}, id="a retired line is not"),
        pytest.param((row("2.0", PROVISIONING), *THREE[:2]), {"1.1"}, id="a line that is being made is not"),
        pytest.param((row("2.0", ACTIVE, retire_asked=True), *THREE[:2]), {"1.1"}, id="a line that is asked to end is not"),
        pytest.param((row("2.0", ACTIVE, retire_forced=True), *THREE[:2]), {"1.1"}, id="a line that is forced to end is not"),
        pytest.param((row("2.0", State.CLOSING, removing=True), *THREE[:2]), {"1.1"}, id="a line whose removal has begun is not"),
        pytest.param((row("2.0", State.CLOSING), *THREE[:2]), {"2.0"}, id="a closing line is, and comes back"),
        pytest.param((), set(), id="nothing is kept of nothing"),
    ],
)
def test_what_is_kept(rows: tuple[LineRow, ...], expected: set[str]) -> None:
    assert {str(one) for one in kept(rows, Pins(), policy())} == expected


def test_a_retired_line_is_made_anew_by_policy_or_if_it_never_had_an_app() -> None:
    over, never = row("1.0", RETIRED), row("1.0", RETIRED, history=())
    assert [revivable(one, policy(revive=revive)) for revive in (False, True) for one in (over, never)] == [False, True, True, True]


FREES = {
    "a closing line before a drained one": (
        (row("1.0", State.DRAINED), row("1.1", State.CLOSING)),
        "1.1 frees up first: it is closing, and is removed after a last look.",
    ),
    "a drained line before a draining one": (
        (row("1.0", DRAINING, active=0), row("1.1", State.DRAINED)),
        "1.1 frees up first: nothing runs in it any more, and it is removed after its delay.",
    ),
    "the one in which least runs": (
        (row("1.0", DRAINING, active=9), row("1.1", DRAINING, active=1)),
        "1.1 frees up first: it is draining; 1 instance of it still runs.",
    ),
    "a known number before an unknown one": (
        (row("1.0", DRAINING), row("1.1", DRAINING, active=900)),
        "1.1 frees up first: it is draining; 900 instances of it still run.",
    ),
    "one of which nothing is known": ((row("1.0", DRAINING),), "1.0 frees up first: it is draining; how much runs in it is not known."),
    "none": ((row("1.0", ACTIVE),), "None of them is draining: raise maximum_lines, keep fewer lines, or retire one."),
}


@pytest.mark.parametrize("sentence", FREES)
def test_which_place_is_free_first(sentence: str) -> None:
    rows, expected = FREES[sentence]
    assert frees_up_first(rows) == expected


def test_the_cap_counts_what_has_an_app_or_is_getting_one() -> None:
    rows = (row("1.0", ACTIVE), row("2.0", PROVISIONING), row("3.0", FAILED), row("4.0", RETIRED))
    assert full(rows, policy(maximum_lines=4)) is None
    assert full(rows, policy(maximum_lines=3), beside=line("3.0")) is None
    said = "3 of at most 3 lines have an app: 1.0 (active), 2.0 (provisioning), 3.0 (failed). None of them is draining"
    assert str(full(rows, policy(maximum_lines=3))).startswith(said)


def test_of_many_lines_the_first_twelve_are_named() -> None:
    said = full([row(f"{n}.0", ACTIVE) for n in range(30)], policy(maximum_lines=30))
    assert said is not None and "11.0 (active) and 18 more." in said and "12.0" not in said


def test_an_alarm_begins_at_its_share() -> None:
    said = [alarm(count, policy(maximum_lines=10, alarm_at=0.8)) is not None for count in (7, 8, 9, 10, 11)]
    assert said == [False, True, True, True, True]


VERDICTS = {
    "a draining line": (row("1.0", DRAINING), None, True),
    "a drained line": (row("1.0", State.DRAINED), None, True),
    "a closing line": (row("1.0", State.CLOSING), None, True),
    "a failed line": (row("1.0", FAILED), None, True),
    "an active line that was not read yet": (row("1.0", ACTIVE, judged_at=None), None, True),
    "an active line after five minutes": (row("1.0", ACTIVE, judged_at=at(-5)), None, True),
    "an active line that was read in the future": (row("1.0", ACTIVE, judged_at=at(5)), None, True),
    "not an active line before": (row("1.0", ACTIVE, judged_at=at(-4)), None, False),
    "not a line that is being made": (row("1.0", PROVISIONING), True, False),
    "not a line whose removal has begun": (row("1.0", State.CLOSING, removing=True), True, False),
    "not a retired line": (row("1.0", RETIRED), False, False),
    "not a retired line of which nothing is known": (row("1.0", RETIRED), None, False),
    "a retired line that has an app": (row("1.0", RETIRED), True, True),
}


@pytest.mark.parametrize("sentence", VERDICTS)
def test_a_verdict_is_wanted_for(sentence: str) -> None:
    of, has_app, expected = VERDICTS[sentence]
    assert wants_verdict(of, NOW, has_app=has_app) is expected


DAY = 1440
PURGES = {
    "nothing without a retention": (world(row("1.0", ACTIVE)), []),
    "a line that was never purged": (world(row("1.0", ACTIVE), history_retention_days=30), ["purge 1.0"]),
    "a line that was purged a day ago": (world(row("1.0", ACTIVE, purged_at=at(-DAY)), history_retention_days=30), ["purge 1.0"]),
    "no line before a day has passed": (world(row("1.0", ACTIVE, purged_at=at(1 - DAY)), history_retention_days=30), []),
    "one line in a pass, the one that was never purged": (
        world(row("1.0", ACTIVE, purged_at=at(-9 * DAY)), row("1.1", ACTIVE), keep=2, history_retention_days=30),
        ["purge 1.1"],
    ),
    "else the one that waits longest": (
        world(row("1.0", ACTIVE, purged_at=at(-2 * DAY)), row("1.1", ACTIVE, purged_at=at(-3 * DAY)), keep=2, history_retention_days=30),
        ["purge 1.1"],
    ),
    "a retired line, whose history is kept": (world(row("1.0", RETIRED), history_retention_days=30), ["purge 1.0"]),
    "not a line that is being made": (world(row("1.0", PROVISIONING, retry_at=at(1)), history_retention_days=30), []),
}


@pytest.mark.parametrize("sentence", PURGES)
def test_history_is_purged_of(sentence: str) -> None:
    given, expected = PURGES[sentence]
    assert planned(given) == expected


def test_a_purge_names_the_time_before_which_history_goes() -> None:
    (purge,) = [action for action in plan(world(row("1.0", ACTIVE), history_retention_days=30)) if isinstance(action, Purge)]
    assert purge == Purge(line("1.0"), at(-30 * DAY), "history is kept for 30 days")
