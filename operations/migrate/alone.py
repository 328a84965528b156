"""One migration of an app at a time: a second one would take the first one's half-made change for one that was killed, and undo it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..problem import Busy


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Raises Busy. The operating system lets go when the process ends, however it ends. Windows locks no folders: there, nothing is locked."""
    if sys.platform == "win32" or not folder.is_dir():
        yield
        return
    import fcntl

    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"{folder}: another `migrate` command is at work there. Wait until it has ended.") from None
        yield
    finally:
        os.close(held)


__all__ = ["alone"]
