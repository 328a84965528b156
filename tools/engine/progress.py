"""Shows that long work is going on: a live line on a terminal, a line now and then elsewhere (a log)."""

from __future__ import annotations

import shutil
import time
from types import TracebackType
from typing import TextIO

LOG_EVERY_SECONDS = 30.0
REDRAW_EVERY_SECONDS = 0.5


class Progress:
    """`with Progress("what is being done", sys.stderr) as progress:`, then progress.wait() in the loop that waits."""

    def __init__(self, what: str, report: TextIO) -> None:
        self._what = what
        self._report = report
        self._live = report.isatty()
        self._started = time.monotonic()
        self._shown = self._started
        self.detail = ""

    def __enter__(self) -> Progress:
        self._say(self._what)
        return self

    def wait(self, seconds: float) -> None:
        """Sleeps, and shows the time that has passed, with `detail`, where it is due."""
        time.sleep(seconds)
        now = time.monotonic()
        if now - self._shown < (REDRAW_EVERY_SECONDS if self._live else LOG_EVERY_SECONDS):
            return
        self._shown = now
        line = f"  {self.elapsed()}  {self.detail}".rstrip()
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self._report.write(f"\r{line[:width]:<{width}}")
            self._report.flush()
        else:
            self._say(line)

    def elapsed(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
        return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live:
            self._report.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
        self._say(f"{'done' if kind is None else 'failed'} after {self.elapsed()}: {self._what}")

    def _say(self, line: str) -> None:
        print(line, file=self._report, flush=True)
