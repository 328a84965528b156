"""One operating system process that runs a slot's code, from its start to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .spec import Keys, Spec

_ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10.0
"""For what runs to end, before the process is killed. Azure promises nothing here; orchestrations go on elsewhere."""


class SiteProcess:
    """`reported` is called in a thread of its own with what the worker says of its start, and with None when it has ended."""

    def __init__(
        self,
        spec: Spec,
        spec_file: Path,
        environment: Mapping[str, str],
        log: Path,
        reported: Callable[[SiteProcess, dict[str, Any] | None], None],
    ) -> None:
        spec.write(spec_file)
        reading, writing = os.pipe()
        try:
            with log.open("ab") as output:
                # A session of its own: a Ctrl-C in the terminal does not reach it, and it can be ended with all that it has started.
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "sandbox.functions.worker", str(spec_file), str(writing)],
                    cwd=_ROOT,
                    env=dict(environment),
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    pass_fds=(writing,),
                    start_new_session=True,
                )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._spec_file = spec_file
        self._reported = reported
        self._reader = threading.Thread(target=self._read, args=(reading,), name=f"reports of {self.pid}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def give_keys(self, keys: Keys) -> None:
        """While it runs; one that has ended takes none."""
        self._tell({"keys": asdict(keys)})

    def kill(self) -> None:
        """Returns at once."""
        self._signal(signal.SIGKILL, group=True)

    def stop(self, grace: float = STOP_SECONDS) -> None:
        """Lets what runs end within so many seconds, then makes sure that it is gone, with everything it started."""
        if grace:
            self._signal(signal.SIGTERM)
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            pass
        self._signal(signal.SIGKILL, group=True)
        self._process.wait()
        self._reader.join()
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except OSError:
            pass  # it ended before it had read everything
        self._spec_file.unlink(missing_ok=True)

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{json.dumps(what)}\n".encode())
            self._process.stdin.flush()
        except OSError:
            pass

    def _signal(self, number: int, *, group: bool = False) -> None:
        try:
            if group:
                os.killpg(self.pid, number)
            elif self._process.poll() is None:
                os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def _read(self, reading: int) -> None:
        with os.fdopen(reading) as reports:
            for line in reports:
                self._reported(self, json.loads(line))
        self._reported(self, None)
