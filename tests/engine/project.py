"""A Pulumi project in a temporary folder, driven by the real command line against an embedded Azure in the test's process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

COMPONENT_PROGRAM = """\
import json, sys
from pathlib import Path

sys.path.insert(0, {root!r})
import pulumi
from components import StatusCheckWithSlot

wanted = json.loads(Path(__file__).with_name("args.json").read_text())
if tag := wanted.pop("site_tag", None):
    def add_tag(args):
        if args.type_ in ("azure-native:web:WebApp", "azure-native:web:WebAppSlot"):
            return pulumi.ResourceTransformationResult({{**args.props, "tags": {{"changed": tag}}}}, args.opts)
    pulumi.runtime.register_stack_transformation(add_tag)
app = StatusCheckWithSlot("orders", wanted)
for name in ("slots", "bundles", "slots_at_last_update", "wanted_package_url", "host_names"):
    pulumi.export(name, getattr(app, name))
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    text: str

    @property
    def changes(self) -> dict[str, int]:
        """What the summary counted: `{"same": 33, "update": 1}`; operations that did not occur are left out."""
        found = re.findall(
            r"^\s+[+\-~]{0,2}\s*(\d+) (to create|created|to update|updated|to delete|deleted|to replace|replaced|unchanged)",
            self.text,
            re.MULTILINE,
        )
        names = {
            "to create": "create",
            "created": "create",
            "to update": "update",
            "updated": "update",
            "to delete": "delete",
            "deleted": "delete",
        }
        return {names.get(word, "replace" if "replace" in word else "same"): int(number) for number, word in found}


class Project:
    def __init__(
        self, folder: Path, environment: Mapping[str, str], engine: Path, program: str = COMPONENT_PROGRAM, stack: str = "test-orders"
    ) -> None:
        self.folder = folder
        self.stack = stack
        self.environment = {**environment, "PATH": f"{engine}{os.pathsep}{environment['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
        folder.mkdir(parents=True, exist_ok=True)
        virtual = Path(sys.prefix).resolve()
        (folder / "Pulumi.yaml").write_text(f"name: orders\nruntime:\n  name: python\n  options:\n    virtualenv: {virtual}\n")
        (folder / "__main__.py").write_text(program.format(root=str(ROOT)))
        self.run("stack", "init", stack)
        self.run("config", "set", "azure-native:location", "westeurope")

    def args(self, args: Mapping[str, Any]) -> None:
        """What the program gives to the component from now on."""
        (self.folder / "args.json").write_text(json.dumps(args))

    def up(self, *flags: str, check: bool = True) -> Outcome:
        return self.run("up", "--yes", "--skip-preview", "--stack", self.stack, *flags, check=check)

    def preview(self, *flags: str, check: bool = True) -> Outcome:
        return self.run("preview", "--stack", self.stack, *flags, check=check)

    def destroy(self) -> Outcome:
        return self.run("destroy", "--yes", "--skip-preview", "--stack", self.stack)

    def run(self, *command: str, check: bool = True) -> Outcome:
        done = self.start(*command)
        text, _ = done.communicate()
        if check and done.returncode != 0:
            raise AssertionError(f"pulumi {' '.join(command)} ended with {done.returncode}:\n{text}")
        return Outcome(done.returncode, text)

    def start(self, *command: str) -> subprocess.Popen[str]:
        """In a process group of its own, so that a test can kill the whole of it."""
        return subprocess.Popen(
            ["pulumi", *command, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
