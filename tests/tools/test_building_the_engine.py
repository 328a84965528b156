"""A build is whole or absent, whoever is killed and however many build at once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from .conftest import Machine

pytestmark = pytest.mark.timeout(120)


def leftovers(machine: Machine) -> list[str]:
    return [path.name for path in machine.cache.iterdir() if path.name.startswith(".building-")]


def wait_until_ended(process: int) -> None:
    """A killed process is there until the kernel has taken it down, and its name until whoever inherited it has asked for it."""
    stat = Path(f"/proc/{process}/stat")
    while stat.exists():  # the test's time limit ends this if nothing does
        try:
            if stat.read_text().rpartition(") ")[2][0] in "ZX":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.01)


def test_two_builders_at_once_build_once_and_the_second_says_what_it_waits_for(machine: Machine) -> None:
    machine.install_go(gate=True)
    first = machine.start()
    machine.wait_until_building()
    second = machine.start()
    assert second.stderr is not None
    assert second.stderr.readline() == "another process is building the Pulumi CLI; waiting for it\n"

    machine.open_gate()
    printed = [process.communicate()[0] for process in (first, second)]

    assert [first.returncode, second.returncode] == [0, 0]
    assert printed[0] == printed[1] != ""
    assert len(machine.builds) == 1
    assert leftovers(machine) == []


def test_a_build_under_way_is_not_yet_in_the_cache(machine: Machine) -> None:
    machine.install_go(gate=True)
    builder = machine.start()
    machine.wait_until_building()

    assert [path.name for path in machine.cache.iterdir() if path.is_dir()] == leftovers(machine)

    machine.open_gate()
    builder.communicate()


def test_a_killed_build_never_counts_and_the_next_one_clears_it_away(machine: Machine) -> None:
    machine.install_go(gate=True)
    builder = machine.start()
    machine.wait_until_building()
    builder.kill()
    builder.communicate()
    os.kill(machine.builds[0], signal.SIGKILL)  # what a machine that goes down would do to the compiler
    assert len(leftovers(machine)) == 1
    machine.remove_gate()

    second = machine.start()
    printed, _ = second.communicate()

    assert second.returncode == 0
    assert leftovers(machine) == []
    assert sorted(os.listdir(f"{printed.strip()}/bin")) == ["pulumi", "pulumi-language-python"]
    assert len(machine.builds) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_asked_to_stop_ends_the_compiler_and_leaves_nothing(machine: Machine, number: signal.Signals) -> None:
    machine.install_go(gate=True)
    builder = machine.start()
    machine.wait_until_building()

    builder.send_signal(number)
    printed, report = builder.communicate()

    assert (builder.returncode, printed) == (130, "")
    assert "Traceback" not in report
    assert leftovers(machine) == []
    wait_until_ended(machine.builds[0])


def test_a_failed_build_shows_what_go_said_and_leaves_nothing(machine: Machine) -> None:
    machine.install_go(fails=True)
    builder = machine.start()

    printed, report = builder.communicate()

    assert (builder.returncode, printed) == (1, "")
    assert report.splitlines()[-2:] == ["error: building the Pulumi CLI failed: go build ended with 1", "go: no such module"]
    assert leftovers(machine) == []


def test_only_the_folder_goes_to_standard_output_and_progress_to_standard_error(machine: Machine) -> None:
    machine.install_go()
    builder = machine.start()

    printed, report = builder.communicate()

    assert [line.startswith(str(machine.cache)) for line in printed.splitlines()] == [True]
    assert report.splitlines()[0] == "building the Pulumi CLI, about 4 minutes, once"
