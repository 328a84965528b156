"""Every request that a release makes to Resource Manager fails in turn: production's code keeps its storage, and the same command, run again
when Azure answers, ends where an undisturbed release ends.

The release's own requests are those that come over REST; the provider's, which pulumi makes, fail in test_failed_writes.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from operations.problem import DONE, UNEXPECTED, UNKNOWN
from sandbox.arm import ControlPlane, Fault, Response
from tests.sampling import sampled

from .killing import assert_ends, assert_nothing_is_broken
from .scenes import Scenes
from .undisturbed import FIRST, INTO_EMPTY, Story

pytestmark = [pytest.mark.engine, pytest.mark.azurite]

REFUSED: dict[str, Any] = {"status": 403, "code": "AuthorizationFailed", "message": "a right that was taken away"}
BROKEN: dict[str, Any] = {"status": 500, "code": "InternalServerError"}
BUSY: dict[str, Any] = {"status": 409, "code": "Conflict", "message": "Cannot modify this site because another operation is in progress."}
UNHEARD: dict[str, Any] = {"drop": True}
"""The connection is lost before the request arrives."""
LOST: dict[str, Any] = {"drop": True, "after": True}
"""The request is carried out, and the answer is lost."""
OUTAGES = {"refused": REFUSED, "broken": BROKEN, "lost": LOST}

READ = (
    "GET",
    "POST config/appsettings/list",
    "GET config/web",
    "GET staging",
    "POST staging/config/appsettings/list",
    "GET staging/config/web",
)
"""What is live."""
REQUESTS = {
    "first": (FIRST, (*READ, "POST host/default/sync", "GET hostruntime/admin/host/status", *2 * READ)),
    "next": (
        INTO_EMPTY,
        (
            *2 * READ,
            "POST staging/host/default/sync",
            "GET staging/hostruntime/admin/host/status",
            *4 * READ,
            "POST slotsswap",
            "GET operationresults",
            *5 * READ,
        ),
    ),
}
"""Of a release that goes well; the same request asked several times in a row counts once."""


def outages() -> Iterator[Any]:
    """What reads is left without answer in one way, by turns; what changes something, or tells of a change, in every way."""
    for name, (story, requests) in REQUESTS.items():
        for number, request in enumerate(requests):
            ways = [*OUTAGES] if request not in READ else [[*OUTAGES][number % len(OUTAGES)]]
            for way in ways:
                yield pytest.param(story, number, OUTAGES[way], id=f"{name}: {way} from {number} {request}")


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Scenes:
    return Scenes(tmp_path_factory.mktemp("scenes"), engine)


@pytest.mark.parametrize(("story", "requests"), REQUESTS.values(), ids=REQUESTS)
def test_the_matrix_covers_every_request(scenes: Scenes, story: Story, requests: tuple[str, ...]) -> None:
    with scenes.begin(story) as scene, door(scene.azure.plane) as seen:
        scene.goes_well()
        assert tuple(seen.requests) == requests


@pytest.mark.parametrize(("story", "number", "fault"), sampled(outages(), count=2))
def test_a_release_that_azure_stops_answering_says_so_and_the_next_one_goes_on(
    scenes: Scenes, story: Story, number: int, fault: dict[str, Any]
) -> None:
    undisturbed = scenes.end_of(story)
    with scenes.begin(story) as scene:
        with door(scene.azure.plane, lambda seen: fault if seen.number >= number else None):
            stopped = scene.release()
        assert stopped.code in (UNEXPECTED, UNKNOWN) and "Traceback" not in stopped.text, stopped.text
        scene.wait_for_swap()
        assert_nothing_is_broken(scene)
        assert scene.locks() == []
        scene.goes_well()
        assert_ends(scene, undisturbed)


@pytest.mark.parametrize(
    ("fault", "code"),
    sampled(
        [
            pytest.param(BUSY, DONE, id="busy"),
            pytest.param(LOST, DONE, id="lost"),
            pytest.param(BROKEN, UNKNOWN, id="broken"),
            pytest.param(UNHEARD, UNKNOWN, id="unheard"),
        ],
        count=1,
    ),
)
def test_where_every_request_fails_once_only_a_swap_of_which_nothing_is_known_stops_a_release(
    scenes: Scenes, fault: dict[str, Any], code: int
) -> None:
    """A swap may not be asked for twice. One that was carried out is seen; one that was not is left to whoever reads the message."""
    undisturbed = scenes.end_of(INTO_EMPTY)
    with scenes.begin(INTO_EMPTY) as scene:
        with door(scene.azure.plane, lambda seen: fault if seen.times == 1 else None) as seen:
            ran = scene.release()
        assert (ran.code, "Traceback" in ran.text) == (code, False), ran.text
        assert seen.swaps == (2 if fault is BUSY else 1)
        assert scene.version == (INTO_EMPTY.wants if code == DONE else INTO_EMPTY.begins)
        assert_nothing_is_broken(scene)
        scene.goes_well()
        assert_ends(scene, undisturbed)


@pytest.mark.parametrize("fault", sampled([pytest.param(fault, id=name) for name, fault in OUTAGES.items()], count=1))
def test_a_swap_that_azure_does_not_tell_about_is_not_one_that_was_taken_back(scenes: Scenes, fault: dict[str, Any]) -> None:
    """Whoever may not ask how it goes on still sees where it ended: the live state says so."""
    undisturbed = scenes.end_of(INTO_EMPTY)
    with scenes.begin(INTO_EMPTY) as scene:
        with door(scene.azure.plane, lambda seen: fault if seen.requests[-1] == "GET operationresults" else None) as seen:
            ran = scene.release()
        assert (ran.code, seen.swaps, "Traceback" in ran.text) == (DONE, 1, False), ran.text
        assert_nothing_is_broken(scene)
        assert_ends(scene, undisturbed)


@dataclass
class Seen:
    """What came through the door so far, up to the request that is there now."""

    requests: list[str] = field(default_factory=list)
    times: int = 0
    """How often the one that is there now was asked in a row; of a swap, how often in all."""
    swaps: int = 0

    @property
    def number(self) -> int:
        return len(self.requests) - 1

    def note(self, request: str) -> None:
        if self.requests[-1:] != [request]:
            self.requests.append(request)
            self.times = 0
        self.times += 1
        if request == "POST slotsswap":
            self.swaps += 1
            self.times = self.swaps


@contextmanager
def door(plane: ControlPlane, fails: Callable[[Seen], dict[str, Any] | None] = lambda _: None) -> Iterator[Seen]:
    """Notes each request that comes over REST, and asks `fails` for the fault that it meets."""
    seen, carry_out = Seen(), plane.request

    def request(method: str, path: str, body: Any = None, *, caller: str = "rest", **more: Any) -> Response:
        if caller != "rest":
            return carry_out(method, path, body, caller=caller, **more)
        seen.note(shown(method, path))
        fault = fails(seen)
        if fault is not None:
            plane.faults.add(Fault(f"{method} {path}", **fault))
        return carry_out(method, path, body, caller=caller, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plane, "request", request)
        yield seen
    plane.faults.clear()


def shown(method: str, path: str) -> str:
    """Below the site, and without the number of an operation."""
    below = path.partition("/Microsoft.Web/sites/orders")[2].strip("/").removeprefix("slots/")
    below = below.rpartition("/")[0] if "operationresults" in below else below
    return f"{method} {below}".strip()
