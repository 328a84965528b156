"""A release is killed at every boundary of its steps, in its swap, and in its `pulumi up`: production's code keeps its storage, and the same
command, or the recovery that it names, ends where an undisturbed release ends.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from operations.problem import USAGE
from operations.release import Kind
from sandbox.arm import Write
from sandbox.web import SwapPhase, swaps_of
from tests.sampling import sampled

from .killing import Scene, assert_ends, assert_nothing_is_broken, wait_until_gone
from .scenes import Scenes
from .undisturbed import DRAIN_BEHIND, FIRST, IDLE, Story

pytestmark = [pytest.mark.engine, pytest.mark.azurite]

STORIES = {"first": FIRST, "idle": IDLE, "drain-behind": DRAIN_BEHIND}
BOUNDARIES = [
    pytest.param(story, number, id=f"{name}: {moment} {kind}")
    for name, story in STORIES.items()
    for number, moment, kind in story.boundaries
]
WAITS = (Kind.WAIT_FOR_SWAP, Kind.RESET_PREVIEW)
"""Each is a plan of its own, after which the rest is planned."""
WAITING = [pytest.param(kind, number, id=f"{moment} {kind}") for kind in WAITS for number, moment in enumerate(("before", "after"))]
OF_VERSIONING = {Kind.CONTAINS, Kind.RAISE, Kind.RAMP, Kind.SETTINGS, Kind.SETTLE, Kind.ONE_DEPLOY}
"""Steps of strategies whose hub stays with its slot: killed in tests/operations/release, on fakes."""
AFTER_THE_SWAP = (Kind.VERIFY, Kind.AFTER_SWAP, Kind.LATE_STARTERS)
STAGING_WRITES = 3
"""Of the `up` of the story `IDLE`: the hash of the package, the package, the settings of the slot."""


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Scenes:
    return Scenes(tmp_path_factory.mktemp("scenes"), engine)


@pytest.fixture
def idle(scenes: Scenes) -> Iterator[Scene]:
    """2.0.0 in production, 1.0.0 in staging, 3.0.0 wanted."""
    scenes.end_of(IDLE)
    with scenes.begin(IDLE) as scene:
        yield scene


def test_the_matrix_covers_every_step_that_the_planner_lists(scenes: Scenes, capsys: pytest.CaptureFixture[str]) -> None:
    assert {name: scenes.plans_of(story) for name, story in STORIES.items()} == {name: [story.steps] for name, story in STORIES.items()}
    assert {kind for story in STORIES.values() for kind in story.steps} | {*WAITS} == set(Kind) - OF_VERSIONING
    with capsys.disabled():
        print(
            f"\na release is killed at {len(BOUNDARIES) + len(WAITING)} boundaries, of steps of all {len(set(Kind) - OF_VERSIONING)} kinds"
        )


@pytest.mark.parametrize(("story", "boundary"), sampled(BOUNDARIES, count=2))
def test_a_killed_release_is_finished_by_the_next(scenes: Scenes, story: Story, boundary: int) -> None:
    undisturbed = scenes.end_of(story)
    with scenes.begin(story) as scene:
        assert scene.killed(boundary).boundaries == story.boundaries[: boundary + 1]
        assert_nothing_is_broken(scene)
        assert scene.version == (story.wants if story.is_over(boundary) else story.begins)
        assert scene.locks() == []
        text = scene.goes_well().text
        assert (told(story, boundary) in text) is (scene.version is not None and (story, boundary) != (FIRST, 0))
        assert_ends(scene, undisturbed)


@pytest.mark.parametrize("phase", sampled(range(1, 5), count=1))
def test_a_swap_goes_on_without_the_release_that_asked_for_it(scenes: Scenes, idle: Scene, phase: int) -> None:
    with killed_in_its_swap(idle, phase) as go_on:
        waiting = idle.start()
        waiting.reaches("before", Kind.WAIT_FOR_SWAP)
        go_on.set()
        finished = waiting.end()
    assert (finished.code, finished.plans) == (0, [(Kind.WAIT_FOR_SWAP,), AFTER_THE_SWAP]), finished.text
    assert told(IDLE, IDLE.boundaries.index((12, "before", Kind.SWAP))) in finished.text
    assert_ends(idle, scenes.end_of(IDLE))


@pytest.mark.parametrize(("kind", "boundary"), sampled(WAITING, count=1))
def test_a_release_that_was_killed_while_it_waits_for_a_plan_can_be_made_is_finished_by_the_next(
    scenes: Scenes, idle: Scene, kind: Kind, boundary: int
) -> None:
    if kind is Kind.RESET_PREVIEW:
        idle.azure.plane.request("POST", f"{idle.azure.slot_id('staging')}/applySlotConfig", {"targetSlot": "production"}, caller="test")
        killed = idle.killed(boundary)
    else:
        with killed_in_its_swap(idle, 2) as go_on:
            running = idle.start(kill_at=boundary)
            running.reaches("before", kind)
            go_on.set()
            killed = running.end()
    assert (killed.code, killed.plans) == (-signal.SIGKILL, [(kind,)]), killed.text
    idle.goes_well()
    assert_ends(idle, scenes.end_of(IDLE))


@pytest.mark.parametrize(
    ("write", "alone"),
    sampled(
        [
            pytest.param(write, alone, id=f"{'the release' if alone else 'the release and pulumi'}-{write}")
            for write in range(1, STAGING_WRITES + 1)
            for alone in (True, False)
        ],
        count=1,
    ),
)
def test_an_update_that_was_killed_with_its_release_is_repaired_as_the_next_says(
    scenes: Scenes, idle: Scene, write: int, alone: bool
) -> None:
    killed_in_its_update(idle, write, alone=alone)
    assert_nothing_is_broken(idle)
    assert idle.version == IDLE.begins
    refused = idle.release()
    repair = f"python -m operations repair --stack {idle.team.project.stack}"
    assert (refused.code, repair in refused.text) == (USAGE, True), refused.text
    idle.team.operations("repair", "--yes")
    idle.goes_well()
    # Killed after its last write, the update has staged everything, and the release makes no other: what the state still retains goes with the next one.
    idle.team.project.pulumi("up", "--yes", "--skip-preview", "--stack", idle.team.project.stack)
    assert_ends(idle, scenes.end_of(IDLE))


def told(story: Story, boundary: int) -> str:
    """By the next release, of the one that was killed."""
    _, moment, kind = story.boundaries[boundary]
    during = f" during '{kind}'" if moment == "before" else ""
    return f"was killed{during}. This goes on with it."


@contextmanager
def killed_in_its_swap(scene: Scene, phase: int) -> Iterator[threading.Event]:
    """The swap stands still right after that phase until the event is set."""
    started, stands, go_on = threading.Event(), threading.Event(), threading.Event()

    def kill(at: SwapPhase) -> None:
        if at.number == phase and not go_on.is_set():
            assert started.wait(60)
            running.kill()
            stands.set()
            assert go_on.wait(120)

    swaps = swaps_of(scene.azure.plane)
    swaps.hooks.append(kill)
    running = scene.start()
    started.set()
    ran = running.end()
    assert (ran.code, ran.boundaries[-1:]) == (-signal.SIGKILL, [(12, "before", Kind.SWAP)]), ran.text
    assert stands.is_set()
    try:
        yield go_on
    finally:
        go_on.set()
        swaps.hooks.remove(kill)
        swaps.wait(scene.azure.site)


def killed_in_its_update(scene: Scene, number: int, *, alone: bool) -> None:
    """Right after the `number`-th write of `pulumi up` was carried out, and before pulumi hears of it.

    A pulumi that is left alone can't write another line to the pipe, and dies of that.
    """
    seen = 0
    pulumi: list[int] = []
    started = threading.Event()

    def kill(_: Write) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            assert started.wait(60)
            [lock] = scene.locks()
            pulumi.append(json.loads(lock.read_text())["pid"])
            running.kill()
            if not alone:
                os.killpg(pulumi[0], signal.SIGKILL)

    end = scene.azure.plane.journal.subscribe(kill)
    running = scene.start()
    started.set()
    ran = running.end()
    assert (ran.code, ran.boundaries[-1][1:]) == (-signal.SIGKILL, ("before", Kind.STAGE)), ran.text
    wait_until_gone(pulumi[0])
    end()
    assert len(scene.locks()) == 1
