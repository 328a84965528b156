"""Ctrl-C and Ctrl-Z at a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.command.running import Running

pytestmark = [
    pytest.mark.azurite,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]
CTRL_C, CTRL_Z = b"\x03", b"\x1a"
COUNTS = """
import signal, sys
got = []
signal.signal(signal.SIGINT, lambda *_: (got.append(1), print("asked to end")))
print("ready")
while sys.stdin.readline() != "quit\\n":
    print("still here")
print("after", len(got))
sys.exit(5)
"""


class Terminal:
    def __init__(self, sandbox: Running) -> None:
        self.sandbox = sandbox
        self.master, self.slave = pty.openpty()  # ours stays open, or the terminal would hang up before the other end is there
        # A process that leads a session and opens a terminal gets it as its own, as a login shell does.
        opening = ["sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(self.slave), *sandbox.arguments(sys.executable, "-c", COUNTS)]
        self.process = subprocess.Popen(opening, env=sandbox.environment, start_new_session=True)
        self.seen = ""

    def wait_for(self, text: str) -> None:
        while text not in self.seen:
            self.seen += os.read(self.master, 4096).decode()
        self.seen = self.seen.partition(text)[2]

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(Running(tmp_path / "sandbox"))
    terminal.wait_for("ready")
    yield terminal
    for pid in terminal.sandbox.alive():
        os.kill(pid, signal.SIGKILL)
    terminal.process.wait()
    os.close(terminal.slave)
    os.close(terminal.master)


def test_ctrl_c_reaches_the_command_once_and_the_sandbox_stays_until_it_has_ended(terminal: Terminal) -> None:
    terminal.type(CTRL_C)
    terminal.wait_for("asked to end")
    terminal.type(b"quit\n")
    terminal.wait_for("after 1")
    assert terminal.process.wait() == 5
    assert terminal.sandbox.alive() == {}


def test_ctrl_z_stops_the_command_and_the_sandbox_and_both_go_on_together(terminal: Terminal) -> None:
    terminal.type(CTRL_Z)
    _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(terminal.process.pid, signal.SIGCONT)
    terminal.type(b"hello\n")
    terminal.wait_for("still here")
    terminal.type(b"quit\n")
    terminal.wait_for("after 0")
    assert terminal.process.wait() == 5
