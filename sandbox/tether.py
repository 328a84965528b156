"""Run as a script between the sandbox and its COMMAND: ties the command to the sandbox's life, then becomes the command.

    python -I -S tether.py PARENT_PID TERMINAL COMMAND…

If the sandbox is killed without a chance to clean up, Linux sends the command SIGTERM. TERMINAL is the file descriptor of the terminal
whose foreground the command takes, or `none`. Standard library only: it has to start fast, and it knows no project.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, terminal: str, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(128 + signal.SIGTERM)
    if terminal != "none":
        # Taking the foreground from the background stops a process, unless it ignores SIGTTOU.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(int(terminal), os.getpgrp())
    for number in (signal.SIGTTOU, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):  # the last two are ignored by Python itself
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except FileNotFoundError:
        sys.exit(_said(command[0], "is not on PATH, or what its first line names is not there", 127))
    except OSError as problem:
        sys.exit(_said(command[0], f"can't be run: {problem.strerror}", 126))


def _said(command: str, what: str, status: int) -> int:
    sys.stderr.write(f"sandbox: {command} {what}\n")
    return status


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
