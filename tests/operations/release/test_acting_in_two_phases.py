"""What a release does where the task hub stays with its slot: what clients start, in every phase, and what is left when a step fails."""

from __future__ import annotations

from typing import Any

import pytest

from operations.problem import ROLLED_BACK, UNEXPECTED, USAGE, OperationProblem
from operations.release.acting import Result, carry_out
from operations.release.hooks import HookFailed
from operations.release.world import Options

from .fake_hands import FakeHands, Silent

HOOKED = Options(after_swap="after")
STAGED = ["up replacing None", "sync staging", "running staging"]


@pytest.fixture
def hands() -> FakeHands:
    return FakeHands().with_versions()


def release(hands: FakeHands, options: Options = Options(), **more: Any) -> Result:  # noqa: B008 - frozen
    return carry_out(hands, options, Silent(), **more)


def failed(hands: FakeHands, options: Options = Options()) -> tuple[int, str]:  # noqa: B008 - frozen
    with pytest.raises(OperationProblem) as caught:
        release(hands, options)
    return caught.value.code, str(caught.value)


def starts(hands: FakeHands) -> dict[str, str | None]:
    return {name: one.starts for name, one in hands.slots.items()}


def test_clients_are_told_the_new_version_by_a_second_update_when_the_swap_is_over(hands: FakeHands) -> None:
    told: list[tuple[str, str | None, str | None]] = []
    hands.before = lambda what: told.append((what, hands.slots["production"].version, hands.starts()))
    release(hands)
    assert hands.done == [*STAGED, "orphans of staging", "swap staging", "verify production", "up replacing None"]
    assert starts(hands) == {"production": "2.0", "staging": "1.0"}
    assert told[-3:] == [("swap staging", "1.0.0", "1.0"), ("verify production", "2.0.0", "1.0"), ("up replacing None", "2.0.0", "1.0")]


def test_what_still_runs_and_the_new_code_lacks_stops_the_release_before_the_swap(hands: FakeHands) -> None:
    hands.orphans = ["2.0.0 does not have what still runs."]
    assert failed(hands) == (USAGE, "2.0.0 does not have what still runs.\nNothing was swapped.")
    assert hands.versions() == {"production": "1.0.0", "staging": "2.0.0"}
    hands.orphans = []
    release(hands)
    assert (hands.versions()["production"], hands.starts()) == ("2.0.0", "2.0")


def test_killed_between_the_phases_the_same_command_makes_the_second(hands: FakeHands) -> None:
    def killed(what: str) -> None:
        if what == "up replacing None" and hands.versions()["production"] == "2.0.0":
            raise KeyboardInterrupt

    hands.before = killed
    with pytest.raises(KeyboardInterrupt):
        release(hands)
    assert starts(hands) == {"production": "1.0", "staging": "1.0"}
    hands.before = lambda _: None
    hands.done.clear()
    release(hands)
    assert hands.done == ["verify production", "up replacing None"]
    assert starts(hands)["production"] == "2.0"


def test_an_update_that_raises_nothing_is_told_as_what_it_is(hands: FakeHands) -> None:
    """A configuration that names another version since the plan was made, or a swap under way that the program has seen."""

    def meanwhile(what: str) -> None:
        hands.pinned = "1.0" if what == "verify production" else hands.pinned

    hands.before = meanwhile
    code, said = failed(hands)
    assert code == UNEXPECTED and "clients in production start 1.0, and its code is 2.0.0, whose newest version is 2.0." in said
    assert starts(hands)["production"] == "1.0"


def test_a_failed_hook_takes_the_code_back_before_any_client_was_told(hands: FakeHands) -> None:
    def fails(what: str) -> None:
        if what == "hook after":
            raise HookFailed("The smoke test says no.")

    hands.before = fails
    code, said = failed(hands, HOOKED)
    assert code == ROLLED_BACK
    assert said.splitlines() == [
        "The smoke test says no.",
        "Swapped back: production runs 1.0.0 again.",
        "2.0.0 is in slot 'staging' again; what it worked on goes on in production.",
    ]
    assert (hands.versions(), starts(hands)) == ({"production": "1.0.0", "staging": "2.0.0"}, {"production": "1.0", "staging": "1.0"})


def test_a_swap_back_that_would_orphan_instances_is_not_made(hands: FakeHands) -> None:
    def fails(what: str) -> None:
        if what == "hook after":
            hands.orphans = ["1.0.0 does not have 1 instance of Orders of version 2.0."]
            raise HookFailed("The smoke test says no.")

    hands.before = fails
    code, said = failed(hands, HOOKED)
    assert code == UNEXPECTED
    assert "The swap was not taken back: 1.0.0 does not have 1 instance of Orders of version 2.0. 2.0.0 is in production." in said
    assert hands.versions()["production"] == "2.0.0"


def test_a_pinned_version_is_left_as_it_is(hands: FakeHands) -> None:
    hands.pinned = "1.0"
    release(hands)
    assert hands.done == [*STAGED, "orphans of staging", "swap staging", "verify production"]
    assert starts(hands)["production"] == "1.0"
