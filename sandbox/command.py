"""Runs COMMAND in the foreground, hands signals on to it, and sees to it that nothing it started outlives it.

The command gets a process group of its own and, where there is one, the terminal: Ctrl-C reaches the command once, from the
terminal, and not the sandbox, which has to stay until the command has ended. (A second SIGINT would make Pulumi give up its state.)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from .descendants import adopt_orphans, end_all

_TETHER = Path(__file__).with_name("tether.py")
_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(command: Sequence[str], environment: Mapping[str, str], ended: Callable[[], None] = lambda: None) -> int:
    """Returns the command's exit code; 128 + N if signal N ended it, 127 if there is no such command.

    `ended` is called as soon as the command has ended, before what it left behind is: the place to stop processes of our own that were
    started meanwhile and can't be told from the command's.
    """
    spared = adopt_orphans()
    terminal = _foreground_terminal()
    # Under the handler only the flag is set until the command runs: a signal in between must not be lost.
    early: list[int] = []
    with _handlers(early.append):
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), "none" if terminal is None else str(terminal), *command],
            env=dict(environment),
            process_group=0,
        )
        with _handlers(child.send_signal):
            for number in early:
                child.send_signal(number)
            status = _wait(child, terminal)
            if terminal is not None:
                _take_foreground(terminal, os.getpgrp())
            ended()
            end_all(child.pid, spared)
    return status if status >= 0 else 128 - status


def _wait(child: subprocess.Popen[bytes], terminal: int | None) -> int:
    """Like `child.wait()`, but a command that is stopped (Ctrl-Z) stops the sandbox with it, and goes on with it."""
    while True:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode
        if terminal is not None:
            _take_foreground(terminal, os.getpgrp())
            os.killpg(os.getpgrp(), signal.SIGSTOP)
            _take_foreground(terminal, child.pid)
            os.killpg(child.pid, signal.SIGCONT)


def _foreground_terminal() -> int | None:
    """Standard input, if it is a terminal in whose foreground we are."""
    try:
        return 0 if os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp() else None
    except OSError:
        return None


def _take_foreground(terminal: int, group: int) -> None:
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        os.tcsetpgrp(terminal, group)
    except OSError:
        pass  # the terminal is gone: there is no foreground to take
    finally:
        signal.signal(signal.SIGTTOU, before)


@contextmanager
def _handlers(hand_on: Callable[[int], None]) -> Iterator[None]:
    def handle(number: int, frame: FrameType | None) -> None:
        hand_on(number)

    # A SIGHUP that nohup made us ignore stays ignored.
    before = {number: signal.signal(number, handle) for number in _HANDED_ON if signal.getsignal(number) != signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
