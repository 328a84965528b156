"""Which Pulumi CLI is used, in which order, and what is said when there is none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tools.engine import EngineError, ensure_engine
from tools.engine.pins import pinned_pulumi, required_go

from .conftest import Machine


def locate(machine: Machine) -> tuple[Path, str]:
    report = io.StringIO()
    return ensure_engine(machine.environment, report), report.getvalue()


@pytest.mark.parametrize("version", ["3.259.0", "3.259.1", "3.300.0", "4.0.0"])
def test_a_cli_on_path_that_is_new_enough_is_used_and_nothing_is_built(machine: Machine, version: str) -> None:
    machine.install_go()
    bin_folder = machine.folder / "own" / "bin"
    machine.install_pulumi(version, bin_folder)
    report = io.StringIO()

    root = ensure_engine({**machine.environment, "PATH": f"{bin_folder}:{machine.path}"}, report)

    assert (root, report.getvalue(), machine.builds) == (machine.folder / "own", "", [])


@pytest.mark.parametrize("version", ["3.258.9", "3.9.0", "2.300.0", "3.259.0-alpha.1"])
def test_a_cli_on_path_that_is_too_old_is_named_and_passed_over(machine: Machine, version: str) -> None:
    machine.install_go()
    own = machine.install_pulumi(version)

    root, report = locate(machine)

    assert root.parent == machine.cache
    assert f"{own} is {version.split('-')[0]}" in report
    assert "older than 3.259.0: not used" in report
    assert len(machine.builds) == 1


def test_a_cli_that_does_not_tell_its_version_is_passed_over(machine: Machine) -> None:
    machine.install_go()
    machine.install("pulumi", "#!/bin/sh\nexit 1\n")

    root, report = locate(machine)

    assert root.parent == machine.cache
    assert "is of an unknown version" in report


def test_a_cli_without_a_python_language_host_is_passed_over(machine: Machine) -> None:
    machine.install_go()
    own = machine.install_pulumi("3.260.0", host=False)

    root, report = locate(machine)

    assert root.parent == machine.cache
    assert f"{own} has no pulumi-language-python beside it or on PATH" in report


def test_a_language_host_is_found_beside_the_file_that_a_link_on_path_leads_to(machine: Machine) -> None:
    real = machine.install_pulumi("3.260.0", machine.folder / "opt" / "bin")
    (machine.path / "pulumi").symlink_to(real)

    root, report = locate(machine)

    assert (report, machine.builds) == ("", [])
    assert (root / "bin" / "pulumi").resolve() == real


def test_a_cli_in_a_folder_of_another_name_gets_a_bin_folder_with_a_link(machine: Machine) -> None:
    own = machine.install_pulumi("3.260.0", machine.path)

    root, _ = locate(machine)
    again, _ = locate(machine)

    assert root == again
    assert (root / "bin" / "pulumi").readlink() == own


def test_a_cached_build_is_used_without_go(machine: Machine) -> None:
    machine.install_go()
    first, _ = locate(machine)
    (machine.path / "go").unlink()

    second, report = locate(machine)

    assert (second, report, len(machine.builds)) == (first, "", 1)


def test_a_cached_build_that_lost_a_file_is_built_again(machine: Machine) -> None:
    machine.install_go()
    root, _ = locate(machine)
    (root / "bin" / "pulumi-language-python").unlink()

    assert locate(machine)[0] == root
    assert (root / "bin" / "pulumi-language-python").exists()
    assert len(machine.builds) == 2


def test_without_go_the_error_names_both_ways_out(machine: Machine) -> None:
    with pytest.raises(EngineError) as error:
        locate(machine)

    assert str(error.value).splitlines() == [
        "no Pulumi CLI 3.259.0 or newer was found on PATH, and none can be built here: Go is not installed (no `go` on PATH).",
        "Either of these will do:",
        "  - install the Pulumi CLI 3.259.0 or newer, with its Python language host, and put it on PATH: "
        "https://www.pulumi.com/docs/install/",
        "  - install Go 1.25.11 or newer, and put it on PATH: https://go.dev/doc/install",
    ]


@pytest.mark.parametrize("version", ["go1.25.10", "go1.9", "go1.24.0 X:nocoverageredesign"])
def test_with_an_old_go_the_error_says_how_old_and_names_both_ways_out(machine: Machine, version: str) -> None:
    machine.install_go(version)

    with pytest.raises(EngineError) as error:
        locate(machine)

    assert f"{machine.path / 'go'} is {version}, older than 1.25.11" in str(error.value)
    assert "install the Pulumi CLI 3.259.0" in str(error.value)
    assert "install Go 1.25.11" in str(error.value)
    assert machine.builds == []


@pytest.mark.parametrize("version", ["go1.25.11", "go1.26.8", "devel go1.27-3e9b4d2 linux/amd64"])
def test_a_go_that_is_new_enough_builds(machine: Machine, version: str) -> None:
    machine.install_go(version)

    root, report = locate(machine)

    assert sorted(path.name for path in (root / "bin").iterdir()) == ["pulumi", "pulumi-language-python"]
    assert report.startswith("building the Pulumi CLI, about 4 minutes, once\n")


def test_the_python_sdk_and_the_engine_are_of_one_version() -> None:
    pins = (Path(__file__).resolve().parents[2] / "requirements.txt").read_text().splitlines()

    assert f"pulumi=={pinned_pulumi()}" in pins
    assert str(required_go()) == "1.25.11"
