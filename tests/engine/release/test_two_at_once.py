"""Two releases of one stack at once: one wins, the other ends with the winner's name and has changed nothing."""

from __future__ import annotations

import getpass
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.lease import Seen, read_record
from sandbox.world import Sandbox
from tests.sampling import story

from .background import Background, Halt
from .team import ROOT, Team

pytestmark = [pytest.mark.azurite, *story("two at once")]

ORDERS = ROOT / "examples" / "orders"
OWNER = f"{getpass.getuser()}@{socket.gethostname()}"
HELD = "is in the hands of"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("two-at-once")
    with Sandbox(folder / "azure", functions=True) as sandbox:
        team = Team(folder, sandbox, engine)
        team.wants_next(ORDERS)
        team.release()
        yield team


def test_of_two_releases_one_wins_and_the_other_ends_with_its_name(team: Team, tmp_path: Path) -> None:
    halt, version = Halt(tmp_path), team.wants_next(ORDERS)
    command = ("release", "--settle", "1s", *halt.flags)
    with Background(team.start(*command)) as one, Background(team.start(*command)) as other:
        lost = [HELD in each.hears(halt.REACHED, HELD) for each in (one, other)]
        assert sorted(lost) == [False, True]
        winner, loser = (other, one) if lost[0] else (one, other)
        said = loser.ends(3).text
        assert re.search(rf"'orders' {HELD} {OWNER} \(release of {version}, for .*, process {winner.process.pid}\)", said), said

        before, record = len(team.azure.plane.journal), record_of(team)
        for third in (("release", "--settle", "1s"), ("swap", "--slot", "staging")):
            assert f"{HELD} {OWNER} (release of {version}, " in team.operations(*third, code=3).text
        assert (team.azure.writes_since(before), record_of(team)) == ([], record)

        halt.go()
        assert f"{version} is in production" in winner.ends(0).text
    assert (team.azure.bundle()[1], record_of(team).held, swaps_since(team, before)) == (version, False, 1)


def test_the_control_without_the_lease_the_second_overtakes_and_the_first_is_stopped_before_it_swaps_again(
    team: Team, tmp_path: Path
) -> None:
    halt, version = Halt(tmp_path), team.wants_next(ORDERS)
    with Background(team.start("release", "--settle", "1s", *halt.flags)) as first:
        first.hears(halt.REACHED)
        before = len(team.azure.plane.journal)
        assert f"{version} is in production" in team.release("--force-unlock").text

        halt.go()
        assert "The lease on 'orders' was lost" in first.ends(1).text
    assert (team.azure.bundle()[1], swaps_since(team, before)) == (version, 1)


def record_of(team: Team) -> Seen:
    """The blob of the lease, with who has it and the release's own journal."""
    url = team.azure.settings()["WEBSITE_RUN_FROM_PACKAGE"].rpartition("/")[0]
    return read_record(url, "orders", team.sandbox.credential(), connection_verify=str(team.sandbox.ca_bundle))


def swaps_since(team: Team, number: int) -> int:
    """Swaps that were begun after so many writes."""
    return [write.operation for write in team.azure.plane.journal.since(number)].count("swap 1 of 4: settings")
