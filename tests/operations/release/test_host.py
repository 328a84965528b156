"""Whether a slot runs is asked until it does; what its host says of itself is passed on, and a missing right is not waited for."""

from __future__ import annotations

from typing import Any

import pytest

from operations.azure import Answer, ArmFailed
from operations.problem import UNEXPECTED, OperationProblem
from operations.release.host import Host, HostState, state_of

ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/orders/slots/staging"


class FakeArm:
    """Gives these answers, one after another; the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    def request(self, method: str, path: str, *, repeatable: bool) -> Answer:
        assert repeatable is False  # the wait is this module's, with progress
        self.asked.append((method, path.removeprefix(ID)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Answer(200, answer)


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds


def host(arm: FakeArm, said: list[tuple[str, str]] | None = None, time: Time | None = None) -> Host:
    time = time or Time()
    waits = [] if said is None else said
    return Host(
        arm,  # type: ignore[arg-type]
        "staging",
        ID,
        waiting=lambda what, _since, detail: waits.append((what, detail)),
        pause=time.pause,
        clock=time,
        patience=60,
    )


FRESH = ArmFailed("GET x", 503, "ServiceUnavailable", "Service Unavailable")
COLD = ArmFailed("GET x", 400, "BadRequest", "Encountered an error (ServiceUnavailable) from host runtime.")
LOST = ArmFailed("GET x", None, "", "connection reset")


def test_a_fresh_app_is_waited_for_with_what_stands_in_the_way() -> None:
    arm, said = FakeArm(FRESH, COLD, LOST, {"state": "Initializing"}, {"state": "Running"}), []
    host(arm, said).wait_until_running()
    assert arm.asked == [("GET", "/hostruntime/admin/host/status")] * 5
    assert [what for what, _ in said] == ["slot 'staging' to run"] * 4
    assert said[-1][1] == "its host is 'Initializing'"


def test_triggers_are_synced_through_the_host() -> None:
    arm = FakeArm(COLD, {"status": "success"})
    host(arm).sync()
    assert arm.asked == [("POST", "/host/default/sync")] * 2


def test_a_host_that_does_not_come_up_is_told_in_its_own_words_after_the_patience() -> None:
    time = Time()
    with pytest.raises(OperationProblem) as caught:
        host(FakeArm({"state": "Error", "errors": ["No module named 'ordering'"]}), time=time).wait_until_running()
    assert str(caught.value) == (
        "Slot 'staging' does not run: its host is 'Error' and says: No module named 'ordering' Nothing was swapped. Its log says more; when it "
        "is mended, run this again."
    )
    assert (caught.value.code, time.seconds) == (UNEXPECTED, 60.0)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_missing_right_or_slot_is_not_waited_for(status: int) -> None:
    arm = FakeArm(ArmFailed("GET x", status, "AuthorizationFailed", "no"))
    with pytest.raises(ArmFailed):
        host(arm).wait_until_running()
    assert len(arm.asked) == 1


STATES: dict[str, tuple[Any, HostState]] = {
    "running": ({"state": "Running"}, HostState(True, "Running")),
    "running with errors": ({"state": "Running", "errors": ["x"]}, HostState(False, "its host is 'Running' and says: x")),
    "nothing": (None, HostState(False, "its host gave no status")),
    "something else": ({}, HostState(False, "its host is 'unknown'")),
}


@pytest.mark.parametrize("case", STATES)
def test_of_a_status_only_running_without_errors_counts(case: str) -> None:
    body, expected = STATES[case]
    assert state_of(body) == expected
