"""What a command says while it works, in a pipeline and for machines, and how an interruption ends."""

from __future__ import annotations

import io
import json
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from operations.problem import UNEXPECTED, OperationProblem
from operations.reporting import Reporter, age

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.at)


def test_a_log_gets_a_line_when_what_is_waited_for_changes_and_then_one_a_minute() -> None:
    clock, file = Clock(), io.StringIO()
    reporter = Reporter(console=Console(file=file, width=200, highlight=False), clock=clock, now=clock.now)
    reporter.say("looking")
    for second in range(0, 121, 15):
        clock.at = float(second)
        reporter.waiting("2 running instances", NOON, "oldest: Order 'a1'")
    clock.at = 130.0
    reporter.waiting("1 running instance", NOON)
    assert file.getvalue().splitlines() == [
        "operations: looking",
        "operations: waiting for 2 running instances since 12:00:00 UTC (0 s); oldest: Order 'a1'",
        "operations: waiting for 2 running instances since 12:00:00 UTC (1 min); oldest: Order 'a1'",
        "operations: waiting for 2 running instances since 12:00:00 UTC (2 min); oldest: Order 'a1'",
        "operations: waiting for 1 running instance since 12:00:00 UTC (2 min)",
    ]


def test_machines_get_events_on_standard_error_and_the_answer_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    reporter = Reporter(as_json=True, clock=clock, now=clock.now)
    reporter.say("looking")
    reporter.waiting("2 running instances", NOON, "oldest")
    reporter.note("passed over: Nightly")
    reporter.result({"verdict": "drained"})
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"verdict": "drained"}
    assert [json.loads(line) for line in captured.err.splitlines()] == [
        {"event": "step", "at": NOON.isoformat(), "text": "looking"},
        {"event": "waiting", "at": NOON.isoformat(), "what": "2 running instances", "since": NOON.isoformat(), "detail": "oldest"},
        {"event": "note", "at": NOON.isoformat(), "text": "passed over: Nightly"},
    ]


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_in_a_sentence_about_the_state_that_is_left(kind: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(OperationProblem) as caught, Reporter() as reporter:
        reporter.standing("The swap is complete.")
        os.kill(os.getpid(), kind)
    assert (str(caught.value), caught.value.code) == ("Interrupted. The swap is complete.", UNEXPECTED)
    assert signal.getsignal(signal.SIGTERM) == before


def test_until_something_is_changed_an_interruption_says_that_nothing_was() -> None:
    with pytest.raises(OperationProblem, match=r"^Interrupted. Nothing was changed.$"), Reporter():
        raise KeyboardInterrupt


@pytest.mark.parametrize(("seconds", "text"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3700, "1 h 1 min"), (90000, "1 d 1 h")])
def test_an_age_is_short(seconds: int, text: str) -> None:
    assert age(NOON, NOON + timedelta(seconds=seconds)) == text
