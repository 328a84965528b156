"""A team with an app in the embedded Azure: its project, its releases, its customers, and what its code was seen to execute."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from demo.project import Project
from demo.shop import Shop
from sandbox.arm import ResourceId
from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.world import Sandbox

from ..azure import Azure
from ..project import Outcome

ROOT = Path(__file__).resolve().parents[3]
STACK = "test-orders"

BASICS = {
    "azure-native:location": "westeurope",
    "lean": "true",
    "site.name": "orders",
    "storage.protect_state": "false",
    "access.operators[0]": OPERATOR_OBJECT_ID,
}


class Team:
    """`sandbox` runs functions, or not: then nothing of the app lives, and everything else does."""

    def __init__(self, folder: Path, sandbox: Sandbox, engine: Path, *, config: Mapping[str, str] | None = None) -> None:
        self.sandbox = sandbox
        self.azure = Azure(sandbox)
        self.apps = folder / "apps"
        self.project = Project(folder / "project", sandbox.environment(), engine, stack=STACK)
        self.project.configure({**BASICS, **(config or {})})

    @property
    def shop(self) -> Shop:
        return Shop(self.sandbox.functions)

    def wants(self, version: str, app: Path) -> None:
        """What the next release brings into production: the app's folder, under that version."""
        self.project.configure({"package.version": version, "package.path": str(app)})

    def version_of(self, version: str, *sources: Path) -> Path:
        """An app's folder made of others, each laid over the ones before."""
        folder = self.apps / version
        for source in sources:
            shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        return folder

    def wants_next(self, *sources: Path) -> str:
        """The next release brings the same app as a version after that in production, with a package of its own; which one that is."""
        live = self.azure.bundle()[1] if self.azure.plane.store.get(ResourceId.parse(self.azure.site)) else None
        version = f"{int((live or '0').partition('.')[0]) + 1}.0.0"
        folder = self.version_of(version, *sources)
        (folder / "version.txt").write_text(version)
        self.wants(version, folder)
        return version

    def release(self, *flags: str, code: int = 0) -> Outcome:
        return self.operations("release", "--settle", "1s", "--timeout", "2m", *flags, code=code)

    def operations(self, *command: str, code: int | None = 0) -> Outcome:
        running = self.start(*command)
        text, _ = running.communicate()
        assert code is None or running.returncode == code, f"operations {' '.join(command)} ended with {running.returncode}:\n{text}"
        return Outcome(running.returncode, text)

    def start(self, *command: str) -> subprocess.Popen[str]:
        """In a process group of its own, so that a test can kill the whole of it."""
        return subprocess.Popen(
            self.project.operations(*command),
            cwd=self.project.folder,
            env=self.project.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def executed_by(self) -> dict[str, set[str]]:
        """Instance -> the versions of the code that executed it, or an activity for it."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self.sandbox.functions.executions():
            if one.get("instance"):
                found[one["instance"]].add(one["app_version"])
        return dict(found)

    def statuses(self, slot: str = "production") -> dict[str, str]:
        """Instance -> status of all that a slot's task hub knows; entities are left out."""
        answer = self.sandbox.functions.request(slot, "GET", "/runtime/webhooks/durabletask/instances?top=1000")
        assert answer.status == 200, answer
        return {one["instanceId"]: one["runtimeStatus"] for one in json.loads(answer.body) if not one["instanceId"].startswith("@")}
