"""A machine that the test invents: an empty PATH, an empty cache, and a `go` that stands for the real build."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Announces each build through one pipe and, where there is a gate, waits at it, so that a test can act half way through.
FAKE_GO = """#!{python}
import os, pathlib, sys
here = pathlib.Path({folder!r})
if sys.argv[1:] == ["env", "GOVERSION"]:
    print({version!r})
    sys.exit()
assert sys.argv[1] == "build", sys.argv
target = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
with (here / "builds").open("a") as builds:
    builds.write(f"{{os.getpid()}}\\n")
(target / "pulumi").write_text("half of it")
if (here / "gate").exists():
    (here / "started").open("w").close()
    (here / "gate").open().close()
if (here / "fails").exists():
    sys.exit("go: no such module")
for name in ("pulumi", "pulumi-language-python"):
    (target / name).write_text("#!/bin/sh")
    (target / name).chmod(0o755)
"""


@dataclass
class Machine:
    """Environment of a user who has nothing but what the test gives them."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "path"

    @property
    def cache(self) -> Path:
        return self.folder / "cache" / "durable-deploy" / "engine"

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": str(self.path), "HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache")}

    @property
    def builds(self) -> list[int]:
        """The process ids of the builds so far."""
        log = self.path / "builds"
        return [int(line) for line in log.read_text().split()] if log.exists() else []

    def install(self, name: str, script: str, folder: Path | None = None) -> Path:
        program = (folder or self.path) / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(script)
        program.chmod(0o755)
        return program

    def install_go(self, version: str = "go1.26.8", *, gate: bool = False, fails: bool = False) -> None:
        self.install("go", FAKE_GO.format(python=sys.executable, folder=str(self.path), version=version))
        if gate:
            os.mkfifo(self.path / "gate")
            os.mkfifo(self.path / "started")
        if fails:
            (self.path / "fails").touch()

    def install_pulumi(self, version: str, folder: Path | None = None, *, host: bool = True) -> Path:
        if host:
            self.install("pulumi-language-python", "#!/bin/sh", folder)
        return self.install("pulumi", f"#!/bin/sh\necho v{version}\n", folder)

    def wait_until_building(self) -> None:
        (self.path / "started").open().close()

    def open_gate(self) -> None:
        (self.path / "gate").open("w").close()

    def remove_gate(self) -> None:
        (self.path / "gate").unlink()

    def start(self) -> subprocess.Popen[str]:
        """`python -m tools.engine`, as make starts it."""
        command = [sys.executable, "-m", "tools.engine"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.path.mkdir()
    return machine
