"""What a command leaves behind when it ends or is killed: children of its children. None of them outlives the sandbox."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 20.0
"""For what got SIGTERM: a Pulumi whose shell was killed finishes its running operations and unlocks its stack in that time."""
_LOOK_AGAIN_SECONDS = 0.02


def adopt_orphans() -> frozenset[int]:
    """On Linux, makes orphans of our children ours instead of init's, so that they can be found. Elsewhere only groups can be.

    Returns the children that we have already, which are no business of a command that starts later.
    """
    if sys.platform != "linux":
        return frozenset()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return frozenset(pid for pid, parent in _parents().items() if parent == os.getpid())


def end_all(group: int, spared: frozenset[int], *, grace: float = GRACE_SECONDS) -> None:
    """SIGTERM, after `grace` SIGKILL, to all of a command's family that is left, whatever session or group it made. Returns when it is gone.

    `group` is the command's process group, all that can be found where there is no /proc.
    """
    deadline = time.monotonic() + grace
    told: set[int] = set()
    while left := _left(group, spared):
        late = time.monotonic() >= deadline
        for target in left if late else left - told:
            _send(target, signal.SIGKILL if late else signal.SIGTERM)
        told |= left
        time.sleep(_LOOK_AGAIN_SECONDS)  # there is nothing to wait on: grandchildren are not ours to wait for


def _left(group: int, spared: frozenset[int]) -> set[int]:
    """What to signal: process ids, or where there is no /proc the group as a negative number."""
    if sys.platform != "linux":
        return {-group} if _send(-group, 0) else set()
    parents = _parents()
    family = {os.getpid()}
    while grown := {pid for pid, parent in parents.items() if parent in family and pid not in family | spared}:
        family |= grown
    family.discard(os.getpid())
    return {pid for pid in family if not (parents[pid] == os.getpid() and _reap(pid))}


def _parents() -> dict[int, int]:
    """Of every process, from /proc. The command's name, in parentheses, may hold anything; the parent is the second word after it."""
    found: dict[int, int] = {}
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            try:
                found[int(directory.name)] = int((directory / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, UnicodeDecodeError):
                continue  # it ended while we looked
    return found


def _reap(pid: int) -> bool:
    """Whether the child has ended."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _send(target: int, number: int) -> bool:
    """Whether there was anything to signal."""
    try:
        os.kill(target, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's now, by setuid: it exists, and it is not ours to end
    return True
