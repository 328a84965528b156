"""The sandbox's directory: who uses it, what lies in it, how it goes.

lock                the process that uses it now. The operating system forgets the lock when that process has ended, and its Azurite,
                    which holds the lock too, has written its data
azure.json          every ARM resource
storage/            Azurite: its data, the accounts with their keys, its log
ports.json          where the storage proxy and the ARM endpoint listen: chosen once, for they stand in the stack's outputs
functions/          the functions host: unpacked packages, logs, the execution log
tls/                the certificate and what clients need in order to trust it
token.key           what access tokens are signed with
pulumi/home         PULUMI_HOME: plugins and templates that are installed inside the sandbox
pulumi/backend      the stacks' state
azure-cli           AZURE_CONFIG_DIR, empty: `az` is signed out
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import secrets
import shutil
import socket
import time
from pathlib import Path

from .problem import SandboxProblem

_LAYOUT = ("azure.json", "azure.new", "azure-cli", "functions", "ports.json", "pulumi", "storage", "tls", "token.key", ".gitignore", "lock")
_DYING_SECONDS = 15.0
"""How long a sandbox that was killed may take to be gone altogether."""
PORTS_FOR = ("blob", "queue", "table", "arm")
_PORT_RANGE = range(20000, 30000)
"""Below what Linux and macOS give to outgoing connections, so that a port is still free at the next start."""


class SandboxDirectory:
    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.azure = self.path / "azure.json"
        self.storage = self.path / "storage"
        self.functions = self.path / "functions"
        self.tls = self.path / "tls"
        self.pulumi_home = self.path / "pulumi" / "home"
        self.pulumi_backend = self.path / "pulumi" / "backend"
        self.azure_cli = self.path / "azure-cli"
        self._lock: int | None = None
        self._ports_are_new = False

    def open(self) -> None:
        """Takes the directory for this process, and makes it if it is not there.

        Raises SandboxProblem if another process uses it, or if it holds something that is not a sandbox's.
        """
        self._refuse_strange_content()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # settings and keys of the embedded apps lie here
        self._take_lock()
        for directory in (self.storage, self.pulumi_home, self.pulumi_backend, self.azure_cli):
            directory.mkdir(parents=True, exist_ok=True)
        (self.path / ".gitignore").write_text("*\n")

    @property
    def lock(self) -> int:
        """The file descriptor that holds the lock, for a process that has to be gone before the directory is free."""
        assert self._lock is not None, "the directory is not open"
        return self._lock

    def close(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def ports(self) -> dict[str, int]:
        file = self.path / "ports.json"
        if not file.exists():
            file.write_text(json.dumps(_free_ports()))
            self._ports_are_new = True
        return {name: int(port) for name, port in json.loads(file.read_text()).items()}

    def gives_up_new_ports(self) -> bool:
        """Forgets ports that were chosen since `open`, which nothing can name yet. False: they are older, and outputs may name them."""
        if self._ports_are_new:
            (self.path / "ports.json").unlink()
        return self._ports_are_new

    def token_secret(self) -> bytes:
        file = self.path / "token.key"
        if not file.exists():
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                new.write(secrets.token_hex(32))
        return bytes.fromhex(file.read_text())

    def reset(self) -> bool:
        """Removes everything. False if there was nothing. Raises SandboxProblem while a process uses it."""
        if not self.path.exists():
            return False
        self._refuse_strange_content()
        self._take_lock()
        for name in _LAYOUT:
            found = self.path / name
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink(missing_ok=True)
        self.close()
        self.path.rmdir()
        return True

    def _refuse_strange_content(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise SandboxProblem(f"{self.path} is a file. Name a directory for the sandbox with --directory.")
        strange = sorted(found.name for found in self.path.iterdir() if found.name not in _LAYOUT) if self.path.exists() else []
        if strange:
            raise SandboxProblem(
                f"{self.path} holds {strange[0]!r}, which is not a sandbox's. Name an empty directory, or one that does not exist, with --directory."
            )

    def _take_lock(self) -> None:
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + _DYING_SECONDS
        while not _lock(lock):
            holder = os.pread(lock, 100, 0).decode().strip()
            if _is_alive(holder) or time.monotonic() > deadline:
                os.close(lock)
                raise SandboxProblem(
                    f"Another sandbox uses {self.path}: process {holder}. Wait until its command ends, end it with `kill {holder}`, "
                    "or give this one a directory of its own with --directory."
                )
            time.sleep(0.05)  # it was killed; its Azurite is still writing
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    return True


def _free_ports() -> dict[str, int]:
    """All are held until the last is found, so that they differ."""
    held: list[socket.socket] = []
    try:
        while len(held) < len(PORTS_FOR):
            attempt = socket.socket()
            try:
                attempt.bind(("127.0.0.1", random.SystemRandom().choice(_PORT_RANGE)))
                held.append(attempt)
            except OSError:
                attempt.close()
        return {name: bound.getsockname()[1] for name, bound in zip(PORTS_FOR, held, strict=True)}
    finally:
        for bound in held:
            bound.close()
