"""How the demo speaks: chapters, what the customers do, and the commands with what they print, as it comes."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

_QUIET = ("azure-native:", "pulumi:pulumi:", "durable-deploy:index:")
"""What an update says of single resources: forty lines that tell nothing here."""


class Telling:
    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def chapter(self, title: str) -> None:
        self._print(f"\n[bold]{title}[/bold]")

    def say(self, text: str) -> None:
        self._print(f"  {text}")

    def table(self, title: str, rows: Sequence[tuple[str, ...]], *columns: str) -> None:
        table = Table(*columns, title=title, box=None, pad_edge=False, title_justify="left")
        for row in rows:
            table.add_row(*row)
        with self._lock:
            self._console.print(table)

    def ended(self) -> None:
        self._print(f"\nThat took {time.monotonic() - self._began:.0f} seconds.")

    def run(self, words: Sequence[str], environment: Mapping[str, str], folder: Path, *, expected: int = 0) -> None:
        """A command to its end. Raises RuntimeError if it ends otherwise than expected."""
        self.start(words, environment, folder).wait(expected)

    def start(self, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> Running:
        shown = " ".join(["python", *words[1:]])
        self._print(f"  [cyan]$ {shown.partition(' --cwd')[0]}[/cyan]")
        process = subprocess.Popen(
            words, env=environment, cwd=folder, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return Running(process, self, shown)

    def quote(self, line: str) -> None:
        if line.strip() and not any(name in line for name in _QUIET):
            with self._lock:
                self._console.print(f"    {line.removeprefix('operations: ')}", style="dim", markup=False)

    def _print(self, text: str) -> None:
        with self._lock:
            self._console.print(text)


class Running:
    """A command whose output is quoted while the story goes on."""

    def __init__(self, process: subprocess.Popen[str], telling: Telling, shown: str) -> None:
        self._process, self._telling, self._shown = process, telling, shown
        self._heard: list[str] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def wait_until_it_says(self, text: str, timeout: float = 90) -> None:
        """Raises RuntimeError if it ends, or `timeout` seconds pass, without having said it."""

        def said() -> bool:
            return any(text in line for line in self._heard)

        with self._news:
            heard = self._news.wait_for(lambda: said() or not self._thread.is_alive(), timeout)
        if not said():
            self._process.kill()
            raise RuntimeError(f"{self._shown}: did not say {text!r}{'' if heard else ' in time'}")

    def wait(self, expected: int = 0) -> None:
        code = self._process.wait()
        self._thread.join()
        if code != expected:
            raise RuntimeError(f"{self._shown} ended with {code}, not with {expected}")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._telling.quote(line.rstrip())
            with self._news:
                self._heard.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()
