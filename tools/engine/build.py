"""Builds the pinned Pulumi CLI and our Python language host from published Go modules."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from .errors import EngineError
from .pins import CLI_PACKAGE, HOST_PACKAGE, MODULE, VERSION_VARIABLE, Version, pinned_pulumi, required_go
from .progress import Progress

LINES_SHOWN = 40
POLL_SECONDS = 0.2


def build(target: Path, environment: Mapping[str, str], progress: Progress) -> None:
    """Builds both executables into the folder target. Raises EngineError when Go is missing, too old, or fails."""
    go = _usable_go(environment)
    flags = ["-trimpath", "-buildvcs=false", "-tags", "osusergo,grpcnotrace"]
    linker = f"-s -w -X {VERSION_VARIABLE}=v{pinned_pulumi()}"
    command = [go, "build", *flags, "-ldflags", linker, "-o", f"{target}{os.sep}", CLI_PACKAGE, HOST_PACKAGE]
    target.mkdir()
    _run(command, _go_environment(environment), progress)


def _go_environment(environment: Mapping[str, str]) -> dict[str, str]:
    # GOTOOLCHAIN=local: Go would otherwise try to download another Go. GOWORK=off: this module stands alone.
    return {**environment, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def _usable_go(environment: Mapping[str, str]) -> str:
    go = shutil.which("go", path=environment.get("PATH", ""))
    if go is None:
        raise EngineError(_ways_out("Go is not installed (no `go` on PATH)"))
    try:
        done = subprocess.run([go, "env", "GOVERSION"], env=_go_environment(environment), capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EngineError(_ways_out(f"{go} does not tell its version ({error})")) from error
    version = Version.parse(done.stdout)
    if version is None or version < required_go():
        raise EngineError(_ways_out(f"{go} is {done.stdout.strip() or 'of an unknown version'}, older than {required_go()}"))
    return go


def _ways_out(reason: str) -> str:
    return (
        f"no Pulumi CLI {pinned_pulumi()} or newer was found on PATH, and none can be built here: {reason}.\n"
        "Either of these will do:\n"
        f"  - install the Pulumi CLI {pinned_pulumi()} or newer, with its Python language host, and put it on PATH: "
        "https://www.pulumi.com/docs/install/\n"
        f"  - install Go {required_go()} or newer, and put it on PATH: https://go.dev/doc/install"
    )


def _run(command: list[str], environment: dict[str, str], progress: Progress) -> None:
    """Runs the build; its newest line is the progress, and its last lines are the error if it fails."""
    lines: deque[str] = deque(maxlen=LINES_SHOWN)
    process = subprocess.Popen(
        command, cwd=MODULE, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    reader = threading.Thread(target=_collect, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            progress.detail = lines[-1] if lines else "compiling"
            progress.wait(POLL_SECONDS)
    except BaseException:
        _end(process)
        raise
    finally:
        reader.join()
        process.stdout.close()
    if process.returncode != 0:
        raise EngineError(f"building the Pulumi CLI failed: go build ended with {process.returncode}\n" + "\n".join(lines))


def _collect(stream: IO[str], lines: deque[str]) -> None:
    for line in stream:
        lines.append(line.rstrip())


def _end(process: subprocess.Popen[str]) -> None:
    """Ends the build with its compilers, which are processes of their own in its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
