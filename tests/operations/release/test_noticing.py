"""What a release says of what others did meanwhile, before it goes on from what is live."""

from __future__ import annotations

import pytest

from operations.release.noticing import notices_of
from operations.release.record import Outcome
from operations.release.steps import Kind
from operations.release.world import World

from .worlds import kept, record, slot, swapped, world

one, two = slot("production", "1.0.0"), slot("staging", "2.0.0")

NOTICES: dict[str, tuple[World, list[str]]] = {
    "nothing is said without a record": (world(), []),
    "nothing is said after a release that is done": (
        world(slot("production", "2.0.0"), slot("staging", "1.0.0"), record=record(swap=swapped())),
        [],
    ),
    "what others did is told after how the last release ended": (
        world(one, two, record=record(outcome=Outcome.STOPPED), notices=("Somebody swapped.",)),
        ["The release of 2.0.0 that began at 2026-03-01 09:00:00Z was stopped. This goes on with it.", "Somebody swapped."],
    ),
    "a release that was killed is told with its step": (
        world(record=record(outcome=None, steps=[kept(Kind.STAGE, minutes=1, ended=False)])),
        ["The release of 2.0.0 that began at 2026-03-01 09:00:00Z was killed during 'stage'. This goes on with it."],
    ),
    "a release that was stopped is told": (
        world(record=record(outcome=Outcome.STOPPED)),
        ["The release of 2.0.0 that began at 2026-03-01 09:00:00Z was stopped. This goes on with it."],
    ),
    "an unfinished release of another version is told": (
        world(record=record(to="1.5.0", outcome=None)),
        ["The release of 1.5.0 that began at 2026-03-01 09:00:00Z was killed. This is the release of 2.0.0 instead."],
    ),
    "a release that was rolled back is told": (
        world(one, two, record=record(outcome=Outcome.ROLLED_BACK, swap=swapped(production="1.0.0", staging="2.0.0"))),
        ["The last release of 2.0.0 was rolled back at 2026-03-01 09:05:00Z."],
    ),
    "a swap that was asked for and not seen to end is no contradiction": (
        world(one, two, record=record(outcome=None, swap=swapped(complete=False), steps=[kept(Kind.SWAP, minutes=4, ended=False)])),
        ["The release of 2.0.0 that began at 2026-03-01 09:00:00Z was killed during 'swap'. This goes on with it."],
    ),
}


@pytest.mark.parametrize("case", NOTICES)
def test_a_release_says(case: str) -> None:
    found, expected = NOTICES[case]
    assert list(notices_of(found)) == expected
