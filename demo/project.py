"""A Pulumi project of this package in a temporary folder, and the two command lines that work on it: pulumi, and operations."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Project:
    """A copy, so that configuration is not written into the checkout. `engine` is the folder that holds `pulumi`."""

    def __init__(self, folder: Path, environment: Mapping[str, str], engine: Path, *, stack: str) -> None:
        self.folder = folder
        self.stack = stack
        self.environment = {
            **environment,
            "PATH": f"{engine}{os.pathsep}{environment['PATH']}",
            "PYTHONPATH": os.pathsep.join(one for one in (str(ROOT), environment.get("PYTHONPATH", "")) if one),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        folder.mkdir(parents=True)
        ignored = shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml")
        for name in ("stacks", "components"):
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, folder / name)
        (folder / ".venv").symlink_to(Path(sys.prefix).resolve())
        self.pulumi("stack", "init", stack)

    def configure(self, values: Mapping[str, str]) -> None:
        """Paths as `pulumi config set --path` takes them, without the project's name: `package.version` -> text."""
        pairs = [f"--plaintext={name if ':' in name else f'durable-deploy:{name}'}={value}" for name, value in values.items()]
        self.pulumi("config", "set-all", "--path", *pairs, "--stack", self.stack)

    def pulumi(self, *command: str) -> str:
        done = subprocess.run(
            ["pulumi", *command, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"pulumi {' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def operations(self, *command: str) -> list[str]:
        """The words of `python -m operations …` for this project."""
        return [sys.executable, "-m", "operations", *command, "--stack", self.stack, "--cwd", str(self.folder)]
