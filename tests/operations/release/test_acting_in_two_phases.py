"""What a release does where the task hub stays with its slot: what clients start, in every phase, and what is left when a step fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operations.deployment import Versioning
from operations.problem import ROLLED_BACK, UNEXPECTED, USAGE, OperationProblem
from operations.release.acting import Result, carry_out
from operations.release.hooks import HookFailed
from operations.release.world import Options

from .fake_hands import FakeHands, Silent, instance

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


RAMPED = Options(ramp=(10, 50), ramp_step=timedelta(minutes=5))


def ramps(hands: FakeHands) -> list[str]:
    return [entry for entry in hands.done if entry.startswith("ramp")]


def test_a_ramp_goes_up_step_by_step_before_every_client_is_told(hands: FakeHands) -> None:
    begun = hands.time
    release(hands, RAMPED)
    assert ramps(hands) == ["ramp 2.0 10", "ramp 2.0 50"]
    assert hands.done.index("ramp 2.0 50") < max(index for index, entry in enumerate(hands.done) if entry == "up replacing None")
    assert hands.time - begun >= timedelta(minutes=10)
    assert starts(hands)["production"] == "2.0"


def test_a_version_that_fails_is_taken_back_to_none_without_a_deployment(hands: FakeHands) -> None:
    def fails(what: str) -> None:
        if what == "ramp 2.0 50":
            hands.failures = [instance("order-7", "Failed")]

    hands.before = fails
    code, said = failed(hands, RAMPED)
    assert code == ROLLED_BACK
    assert said.splitlines() == [
        "The ramp of 2.0 was stopped at 50 %: 1 instance of it has failed since that step began, and 0 may. Clients start what they started before; "
        "nothing was deployed. Instances of the new version that run go on.",
        "  order-7 of Order",
    ]
    assert ramps(hands) == ["ramp 2.0 10", "ramp 2.0 50", "ramp 2.0 0"]
    assert (hands.versions()["production"], starts(hands)["production"]) == ("2.0.0", "1.0")


def test_as_many_as_were_allowed_may_fail(hands: FakeHands) -> None:
    hands.failures = [instance("order-7", "Failed")]
    release(hands, replace(RAMPED, ramp_failures=1))
    assert starts(hands)["production"] == "2.0"


def test_a_ramp_that_was_killed_goes_on_with_the_share_that_it_had_begun(hands: FakeHands) -> None:
    def killed(what: str) -> None:
        if what == "failed 2.0" and hands.ramped is not None and hands.ramped.percent == 50:
            raise KeyboardInterrupt

    hands.before = killed
    with pytest.raises(KeyboardInterrupt):
        release(hands, RAMPED)
    hands.before = lambda _: None
    hands.done.clear()
    release(hands, RAMPED)
    assert ramps(hands) == []
    assert [entry for entry in hands.done if entry != "failed 2.0"] == ["verify production", "up replacing None"]


@pytest.mark.parametrize(
    ("pinned", "by_name", "said"),
    [
        (None, True, "--ramp: only with orchestration versioning can a start name a version. Leave it out."),
        ("1.0", False, "--ramp: the configuration pins the version that clients start (1.0)"),
    ],
)
def test_a_ramp_is_refused_where_it_could_not_end(hands: FakeHands, pinned: str | None, by_name: bool, said: str) -> None:
    hands.pinned = pinned
    if by_name:
        hands.versioning = Versioning("name-based-versioning", "LATEST_VERSION")
    code, text = failed(hands, RAMPED)
    assert code == USAGE and said in text and hands.done == []
