"""One Pulumi project per program and size, driven by the real command line, with the clock running."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).with_name("programs")
STACK = "test-bench"


_PROFILED = """\
import atexit, cProfile, runpy
from pathlib import Path

profile = cProfile.Profile()
atexit.register(profile.dump_stats, {file!r})
profile.enable()
runpy.run_path(str(Path(__file__).with_name("program.py")))
"""


class BenchmarkError(Exception):
    """A measurement that can't be taken, and why."""


@dataclass(frozen=True)
class Taken:
    """What one command took, in seconds. `cpu` is that of all its processes; those of the embedded Azure are not among them."""

    wall: float
    cpu: float


class Project:
    """`profile`: where the program writes a profile of itself, which makes it slower."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], program: str, parameters: Mapping[str, Any], profile: Path | None = None
    ) -> None:
        self._folder = folder
        self._environment = with_bytecode(environment)
        folder.mkdir(parents=True)
        virtual = Path(sys.prefix).resolve()
        (folder / "Pulumi.yaml").write_text(f"name: {folder.name}\nruntime:\n  name: python\n  options:\n    virtualenv: {virtual}\n")
        (folder / "parameters.json").write_text(json.dumps(parameters))
        shutil.copy(PROGRAMS / f"{program}.py", folder / ("__main__.py" if profile is None else "program.py"))
        if profile is not None:
            (folder / "__main__.py").write_text(_PROFILED.format(file=str(profile)))
        self._run("stack", "init", STACK)
        self._run("config", "set", "azure-native:location", "westeurope")

    def preview(self, *flags: str) -> Taken:
        return self._timed("preview", "--stack", STACK, *flags)

    def up(self, *flags: str) -> Taken:
        return self._timed("up", "--yes", "--skip-preview", "--stack", STACK, *flags)

    def state(self) -> Any:
        """What `pulumi stack export` prints."""
        return json.loads(self._run("stack", "export", "--stack", STACK))

    def outputs(self) -> Any:
        return json.loads(self._run("stack", "output", "--json", "--stack", STACK))

    def _timed(self, *command: str) -> Taken:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        self._run(*command)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return Taken(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            ["pulumi", *command, "--non-interactive", "--color=never"],
            cwd=self._folder,
            env=self._environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != 0:
            raise BenchmarkError(f"pulumi {' '.join(command)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
        return done.stdout


def with_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """Compiled once, and not at every run, as on a person's machine."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
