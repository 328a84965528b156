"""Who is at work: a process, told so that the same machine can see whether it still lives, and a person can see whose it is."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .reporting import age


@dataclass(frozen=True)
class Holder:
    owner: str
    """`user@host`, with the pipeline's run where there is one."""
    machine: str
    """This start of this machine, and in it this container: process ids mean nothing anywhere else."""
    pid: int
    started: str
    """When the process began, as the kernel counts it: process ids come again."""
    since: datetime
    what: str

    def described(self, now: datetime) -> str:
        return f"{self.owner} ({self.what}, for {age(self.since, now)}, process {self.pid})"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "since": self.since.isoformat()}

    @classmethod
    def read(cls, content: Any) -> Holder | None:
        """None for nothing, and for what is no holder."""
        if not isinstance(content, Mapping):
            return None
        try:
            since = datetime.fromisoformat(str(content["since"]))
            since = since if since.tzinfo else since.replace(tzinfo=UTC)
            return cls(
                str(content["owner"]), str(content["machine"]), int(content["pid"]), str(content["started"]), since, str(content["what"])
            )
        except (KeyError, ValueError):
            return None


def this_process(what: str, now: datetime, environ: Mapping[str, str] = os.environ) -> Holder:
    return Holder(_owner(environ), _machine(), os.getpid(), _started(os.getpid()) or "", now, what)


def is_dead_here(holder: Holder) -> bool:
    """True only if it was a process of this machine and is certainly gone. Of other machines nothing is known."""
    if holder.machine != _machine():
        return False
    started = _started(holder.pid)
    if started is not None:
        return started != holder.started
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _owner(environ: Mapping[str, str]) -> str:
    run = environ.get("GITHUB_RUN_ID") or environ.get("BUILD_BUILDID")
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for its user
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}" + (f", run {run}" if run else "")


def _machine() -> str:
    """Two containers may have one host name, and count their processes from 1 each."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()}/{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _started(pid: int) -> str | None:
    """Clock ticks since the machine's start; None where there is no such process, or no /proc."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] == "Z" else after_name[19]


__all__ = ["Holder", "is_dead_here", "this_process"]
