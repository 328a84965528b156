"""The folder in the user's cache directory where builds of the engine stand, one per key, shared by every checkout.

A build is made in a folder of its own beside its place and renamed into it when it is complete: whatever stands in a
place is whole. One process builds at a time; the lock is the kernel's and ends with its holder, also when that is killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from .pins import cache_key
from .progress import Progress

EXECUTABLES = ("pulumi", "pulumi-language-python")
POLL_SECONDS = 0.2

Builder = Callable[[Path, Progress], None]


class Cache:
    """The builds of this checkout's key."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        base = environment.get("XDG_CACHE_HOME") or os.path.join(environment.get("HOME") or str(Path.home()), ".cache")
        self.folder = Path(base) / "durable-deploy" / "engine"
        self._key = cache_key()
        self._place = self.folder / self._key

    def get(self) -> Path | None:
        """The folder of the finished build, if there is one."""
        programs = [self._place / "bin" / name for name in EXECUTABLES]
        return self._place if all(os.access(program, os.X_OK) for program in programs) else None

    def make(self, builder: Builder, report: TextIO) -> Path:
        """The finished build, made by builder(folder) unless another process has made it by the time it is our turn."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock(report):
            finished = self.get()
            if finished is not None:
                return finished
            self._remove_leftovers()
            aside = Path(tempfile.mkdtemp(prefix=self._aside_prefix, dir=self.folder))
            try:
                with Progress("building the Pulumi CLI, about 4 minutes, once", report) as progress:
                    builder(aside / "bin", progress)
                aside.chmod(0o755)
                os.replace(aside, self._place)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        return self._place

    @property
    def _aside_prefix(self) -> str:
        return f".building-{self._key}-"

    def _remove_leftovers(self) -> None:
        """What killed builds left behind, and a place from which something was deleted. Only under the lock."""
        for leftover in [*self.folder.glob(f"{self._aside_prefix}*"), self._place]:
            shutil.rmtree(leftover, ignore_errors=True)

    @contextmanager
    def _lock(self, report: TextIO) -> Iterator[None]:
        path = self.folder / f"{self._key}.lock"
        with path.open("a+") as file:
            if not _taken(file):
                with Progress("another process is building the Pulumi CLI; waiting for it", report) as progress:
                    while not _taken(file):
                        progress.wait(POLL_SECONDS)
            yield


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
