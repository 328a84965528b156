"""`python -m sandbox` as a process, and a look at every process that came of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MARK = "SANDBOX_TEST_MARK"
PATIENCE = 60.0


class Running:
    """All that a test starts carries its mark in its environment, so that none of it can hide."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.mark = uuid.uuid4().hex

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, MARK: self.mark, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def arguments(self, *command: str) -> list[str]:
        return [sys.executable, "-m", "sandbox", "--directory", str(self.directory), "--", *command]

    def run(self, *command: str, input: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.arguments(*command), env=self.environment, input=input, capture_output=True, text=True, timeout=PATIENCE)

    @contextmanager
    def started(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """Yields once the command has said `ready`. Whatever is left of it at the end is killed."""
        pipe = subprocess.PIPE
        process = subprocess.Popen(self.arguments(*command), env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
            process.communicate()
            for pid in self.alive():
                os.kill(pid, 9)

    def alive(self) -> dict[int, str]:
        """Process id and command line of every living process that came of this test."""
        found: dict[int, str] = {}
        for directory in Path("/proc").iterdir():
            if not directory.name.isdigit():
                continue
            try:
                if f"{MARK}={self.mark}".encode() in (directory / "environ").read_bytes():
                    found[int(directory.name)] = (directory / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return found


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true in a while. For what has no event to wait for: processes of other processes."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
