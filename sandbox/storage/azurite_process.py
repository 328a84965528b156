"""The Azurite process: started from the pinned npm package, ended with whoever started it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

from sandbox.problem import SandboxProblem

from .certificate import Certificate
from .service import SERVICES

_ROOT = Path(__file__).resolve().parent.parent
_PRELOAD = Path(__file__).with_name("preload.cjs")
_LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at https://127\.0\.0\.1:(\d+)")
START_SECONDS = 120.0
"""About two on a warm machine; the first start reads some thousand small files from a cold disk."""
_STOP_SECONDS = 10.0


class AzuriteProcess:
    """`data` None keeps everything in memory. `accounts` is a JSON file `{name: [key1, key2]}`, read again whenever it is replaced.

    Azurite chooses its own ports, so that two sandboxes never meet; `ports` holds them once `start` has returned. Its standard
    input is a pipe that closes when this process ends, also by SIGKILL; `preload.cjs` takes that for SIGTERM. `inherits` are file
    descriptors that it holds open for as long as it lives, such as a lock on its directory.
    """

    def __init__(
        self,
        certificate: Certificate,
        accounts: Path,
        log: Path,
        data: Path | None,
        *,
        package: Path | None = None,
        inherits: tuple[int, ...] = (),
    ) -> None:
        self.ports: dict[str, int] = {}
        self._certificate, self._accounts, self._log, self._data = certificate, accounts, log, data
        self._inherits = inherits
        self._package = package or _ROOT / "node_modules" / "azurite"
        self._process: subprocess.Popen[str] | None = None
        self._settled = threading.Event()
        self._reader: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Returns when all three services answer. Raises SandboxProblem if Node or the package is missing, or Azurite gives up."""
        command = self._command()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AZURITE_", "NODE_"))}
        environment |= {"SANDBOX_AZURITE": str(self._package), "SANDBOX_AZURITE_ACCOUNTS": str(self._accounts)}
        # In a session of its own a Ctrl-C in the terminal does not reach it: it has to outlive the command that is being interrupted.
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            pass_fds=self._inherits,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="azurite-log", daemon=True)
        self._reader.start()
        if not self._settled.wait(START_SECONDS) or len(self.ports) < len(SERVICES):
            self.stop()
            said = self._log.read_text().strip() if self._log.exists() else ""
            raise SandboxProblem(f"Azurite did not start within {START_SECONDS:.0f} s, or ended. What it said, from {self._log}:\n{said}")

    def stop(self) -> None:
        """Lets Azurite write its data, then makes sure that it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _command(self) -> list[str]:
        node = shutil.which("node")
        if node is None:
            raise SandboxProblem(
                "The storage emulator needs Node.js 20 or newer, and there is no `node` on PATH: install it from https://nodejs.org"
            )
        program = self._package / "dist" / "src" / "azurite.js"
        if not program.exists():
            raise SandboxProblem(
                f"The storage emulator Azurite is not installed in {self._package.parent}. Install it with:\n  npm ci --prefix {_ROOT}"
            )
        place = ["--inMemoryPersistence"] if self._data is None else ["--location", str(self._data)]
        listen = [part for service in SERVICES for part in (f"--{service}Host", "127.0.0.1", f"--{service}Port", "0")]
        tls = ["--oauth", "basic", "--cert", str(self._certificate.chain), "--key", str(self._certificate.key)]
        # Without --skipApiVersionCheck Azurite 3.35.0 answers 400 to the newest Python clients, whose API version it does not list.
        return [
            node,
            "--require",
            str(_PRELOAD),
            str(program),
            *place,
            *listen,
            *tls,
            "--skipApiVersionCheck",
            "--disableTelemetry",
            "--silent",
        ]

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with self._log.open("w") as log:
            for line in process.stdout:
                log.write(line)
                log.flush()
                if match := _LISTENING.search(line):
                    self.ports[match[1].lower()] = int(match[2])
                    if len(self.ports) == len(SERVICES):
                        self._settled.set()
        self._settled.set()
