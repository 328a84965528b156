"""After a look at a hub: stop, or look again and when."""

from __future__ import annotations

from typing import Any

import pytest

from operations.durations import seconds
from operations.gate import EVERY, Again, Stop, next_step
from operations.gate.waiting import detail
from operations.problem import OperationProblem
from taskhub import Finding, Reason

from .lives import finding, instance


def after(found: Finding, *, elapsed: float = 0, timeout: float = 7200, unreadable_for: float = 0) -> Stop | Again:
    return next_step(found, hub="tasks", elapsed=elapsed, timeout=timeout, unreadable_for=unreadable_for)


@pytest.mark.parametrize(
    ("found", "times"),
    [
        (finding(Reason.EMPTY), {}),
        (finding(Reason.NEVER_DEPLOYED), {}),
        (finding(Reason.NO_HUB), {}),
        (finding(Reason.ACTIVE), {"timeout": 0}),
        (finding(Reason.ACTIVE), {"elapsed": 7200}),
        (finding(Reason.UNREADABLE, status=403), {"unreadable_for": 600}),
        (finding(Reason.UNREADABLE), {"timeout": 0}),
        (finding(Reason.DEADLINE), {"elapsed": 7300}),
    ],
)
def test_the_gate_ends_with_the_verdict_it_has(found: Finding, times: dict[str, Any]) -> None:
    assert after(found, **times) == Stop(found)


@pytest.mark.parametrize(
    ("found", "times", "expected"),
    [
        (finding(Reason.ACTIVE, active=2), {}, Again(EVERY, "2 running instances on task hub 'tasks'")),
        (finding(Reason.ACTIVE, active=1), {}, Again(EVERY, "1 running instance on task hub 'tasks'")),
        (finding(Reason.ACTIVE, active=None), {}, Again(EVERY, "running instances on task hub 'tasks'")),
        (finding(Reason.QUEUED, queued={"a": 2, "b": 1}), {}, Again(EVERY, "3 queue messages on task hub 'tasks'")),
        (finding(Reason.UNSETTLED, queued={"a": 2}), {}, Again(EVERY, "2 queue messages without an instance on task hub 'tasks'")),
        (finding(Reason.UNREADABLE, status=403), {"unreadable_for": 599}, Again(EVERY, "the right to read task hub 'tasks'")),
        (finding(Reason.UNREADABLE, status=503), {}, Again(EVERY, "the storage of task hub 'tasks' to answer")),
        (finding(Reason.DEADLINE), {}, Again(EVERY, "an answer from task hub 'tasks'")),
        (finding(Reason.ACTIVE, active=1, seconds=50.0), {}, Again(150.0, "1 running instance on task hub 'tasks'")),
        (finding(Reason.ACTIVE, active=1), {"elapsed": 7195}, Again(5, "1 running instance on task hub 'tasks'")),
    ],
)
def test_what_may_end_by_itself_is_looked_at_again(found: Finding, times: dict[str, Any], expected: Again) -> None:
    assert after(found, **times) == expected


def test_the_oldest_instance_is_shown_while_waiting() -> None:
    assert detail(finding(Reason.ACTIVE, oldest=instance())) == "oldest: Order 1.0.0 'a1', Running since 2026-01-01 12:00:00 UTC"
    assert detail(finding(Reason.ACTIVE)) == ""
    assert detail(finding(Reason.UNREADABLE, "No right.")) == "No right."


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("45s", 45), ("30m", 1800), ("2h", 7200), ("90d", 7776000), ("1h30m", 5400), ("0.5h", 1800), ("90", 90)],
)
def test_durations_are_written_as_people_do(text: str, expected: float) -> None:
    assert seconds("--timeout", text) == expected


@pytest.mark.parametrize("text", ["", "soon", "2 weeks", "-1h", "2hx", "h"])
def test_anything_else_is_refused_with_the_options_name(text: str) -> None:
    with pytest.raises(OperationProblem, match=r"--timeout .*is no duration. Write it like 45s, 30m, 2h"):
        seconds("--timeout", text)
