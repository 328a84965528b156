"""A throw-away Pulumi project in Python, driven through the plain command line on a file backend."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEADLINE_SECONDS = 60.0
VENV_OPTIONS = "{toolchain: pip, virtualenv: venv}"


@dataclass(frozen=True)
class Done:
    code: int
    output: str


@dataclass
class Project:
    """The folder `project` holds Pulumi.yaml; its virtual environment `venv` is a link to the one the tests run in."""

    folder: Path
    engine: Path

    @classmethod
    def create(cls, folder: Path, engine: Path, program: str, options: str = VENV_OPTIONS) -> Project:
        project = cls(folder / "project", engine)
        project.folder.mkdir()
        (folder / "state").mkdir()
        (project.folder / "Pulumi.yaml").write_text(f"name: tiny\nruntime: {{name: python, options: {options}}}\n")
        (project.folder / "__main__.py").write_text(program)
        (project.folder / "venv").symlink_to(sys.prefix)
        assert project.run("stack", "init", "test-tiny").code == 0
        return project

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG") if name in os.environ}
        return inherited | {
            "PATH": f"{self.engine}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(self.folder.parent / "home"),
            "PULUMI_BACKEND_URL": (self.folder.parent / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "only for this test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        command = ["pulumi", "--non-interactive", *arguments]
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=self.folder, env=self.environment | more, **streams)

    def run(self, *arguments: str, **more: str) -> Done:
        process = self.start(*arguments, **more)
        output, _ = process.communicate(timeout=DEADLINE_SECONDS)
        return Done(process.returncode, output)

    def outputs(self, *arguments: str) -> Any:
        return json.loads(self.run("stack", "output", "--json", *arguments).output)

    def locks(self) -> list[str]:
        return [path.name for path in (self.folder.parent / "state").rglob("locks/**/*.json")]


class WaitingProgram:
    """A program that says which process it is and then never ends by itself."""

    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "told"
        os.mkfifo(self._pipe)
        self.source = (
            "import os, threading\n"
            f"with open({str(self._pipe)!r}, 'w') as told:\n"
            "    told.write(f'{os.getpid()} {os.getppid()}')\n"
            "threading.Event().wait()\n"
        )

    def processes(self) -> tuple[int, int]:
        """The program and its language host, once the program is running."""
        descriptor = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor) as pipe:
            if not _ready(descriptor):
                raise TimeoutError("the program was never started")
            program, host = pipe.read().split()
        return int(program), int(host)


class Watch:
    """Sees the end of a process that is not our child."""

    def __init__(self, pid: int) -> None:
        self._descriptor = os.pidfd_open(pid)

    def ended(self) -> bool:
        """True as soon as it has ended; False if it still runs at the deadline."""
        try:
            return _ready(self._descriptor)
        finally:
            os.close(self._descriptor)


def _ready(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(DEADLINE_SECONDS * 1000))
