from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.directory import SandboxDirectory
from sandbox.problem import SandboxProblem


def opened(path: Path) -> SandboxDirectory:
    directory = SandboxDirectory(path)
    directory.open()
    return directory


def test_a_second_one_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    first = opened(tmp_path / "sandbox")
    with pytest.raises(SandboxProblem, match=rf"process {os.getpid()}.*--directory"):
        opened(tmp_path / "sandbox")
    first.close()
    opened(tmp_path / "sandbox").close()


def test_the_lock_of_a_killed_process_does_not_count(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from sandbox.directory import SandboxDirectory as D; D(Path(sys.argv[1])).open(); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "s")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(SandboxProblem, match=str(holder.pid)):
            opened(tmp_path / "s")
        holder.kill()
        holder.wait()
    opened(tmp_path / "s").close()


def test_what_a_killed_process_left_with_the_lock_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(tmp_path / "s")
    with subprocess.Popen(["sleep", "600"], pass_fds=(first.lock,)) as left_behind:
        first.close()
        (tmp_path / "s" / "lock").write_text("999999999\n")  # no such process
        waits: list[float] = []

        def it_ends(seconds: float) -> None:
            waits.append(seconds)
            left_behind.kill()
            left_behind.wait()

        monkeypatch.setattr("sandbox.directory.time.sleep", it_ends)
        opened(tmp_path / "s").close()
    assert waits == [0.05]


def test_ports_and_the_token_key_are_chosen_once(tmp_path: Path) -> None:
    first = opened(tmp_path / "sandbox")
    ports, secret = first.ports(), first.token_secret()
    first.close()
    again = opened(tmp_path / "sandbox")
    assert (again.ports(), again.token_secret()) == (ports, secret)
    again.close()
    assert list(ports) == ["blob", "queue", "table", "arm"]
    assert len(set(ports.values())) == 4


def test_ports_that_are_taken_are_not_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        monkeypatch.setattr("sandbox.directory._PORT_RANGE", range(number, number + 60))
        directory = opened(tmp_path / "sandbox")
        assert number not in directory.ports().values()
        directory.close()


def test_it_is_private_and_not_committed(tmp_path: Path) -> None:
    directory = opened(tmp_path / "sandbox")
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700
    assert (directory.path / ".gitignore").read_text() == "*\n"
    directory.close()


def test_a_directory_that_holds_something_else_is_neither_used_nor_reset(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for use in (SandboxDirectory.open, SandboxDirectory.reset):
        with pytest.raises(SandboxProblem, match=r"thesis\.txt"):
            use(SandboxDirectory(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_its_place_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SandboxProblem, match="is a file"):
        opened(tmp_path / "file")


def test_reset_removes_everything_and_only_where_there_is_something(tmp_path: Path) -> None:
    opened(tmp_path / "sandbox").close()
    assert SandboxDirectory(tmp_path / "sandbox").reset() is True
    assert not (tmp_path / "sandbox").exists()
    assert SandboxDirectory(tmp_path / "sandbox").reset() is False


def test_reset_is_refused_while_a_sandbox_runs(tmp_path: Path) -> None:
    running = opened(tmp_path / "sandbox")
    (running.storage / "data").mkdir()
    with pytest.raises(SandboxProblem, match="Another sandbox uses"):
        SandboxDirectory(tmp_path / "sandbox").reset()
    assert (running.storage / "data").exists()
    running.close()
