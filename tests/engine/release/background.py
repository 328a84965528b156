"""A command that runs while a test goes on, and a hook that keeps a release where it is until the test says go."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Self

from ..project import Outcome

PATIENCE = 120.0
"""Seconds. What a command has not said by then it won't say."""


class Background:
    """Takes over a process of `Team.start`: reads what it prints, as it comes. At the end of its context it does not run any more."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self._thread.join(PATIENCE)
        self.process.wait(PATIENCE)

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def hears(self, *texts: str) -> str:
        """The first line so far, or to come, that has one of the texts in it. Fails if it ends, or goes on, without one."""

        def found() -> str | None:
            return next((line for line in self._lines if any(text in line for text in texts)), None)

        with self._news:
            self._news.wait_for(lambda: found() or not self._thread.is_alive(), PATIENCE)
            line = found()
        assert line is not None, f"it never said {' or '.join(map(repr, texts))}:\n{self.text}"
        return line.rstrip()

    def ends(self, code: int = 0) -> Outcome:
        """Its whole output, once it has ended. Fails if it ends otherwise than expected."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), f"it does not end:\n{self.text}"
        found = self.process.wait()
        assert found == code, f"it ended with {found}, not with {code}:\n{self.text}"
        return Outcome(found, self.text)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                with self._news:
                    self._lines.append(line)
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()


class Halt:
    """A before-swap hook: the new version is staged and healthy, and the release stands still right before its gate."""

    REACHED = "the hook waits for the test"

    def __init__(self, folder: Path) -> None:
        self._go = folder / "go"
        script = folder / "halt.sh"
        script.write_text(f"echo '{self.REACHED}'\nuntil test -e '{self._go}'; do kill -0 $PPID || exit 1; sleep 0.05; done\n")
        self.flags = ("--before-swap", f"sh {script}")

    def go(self) -> None:
        self._go.touch()
