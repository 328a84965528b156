"""The points at which stories begin. Each is reached once, by releases that nothing disturbs, and kept as a copy of the Azure's directory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from sandbox.world import Sandbox

from ..azure import Azure
from ..packages import write_app
from .killing import Scene
from .team import STACK, Team
from .undisturbed import CHAIN, Steps, Story

HUB = "ordersTasks"


class Scenes:
    """No code of the app runs, so that a scene is there at once: health is answered from the store, and task hubs are made here."""

    def __init__(self, folder: Path, engine: Path) -> None:
        self._folder, self._engine = folder, engine
        self._azure = folder / "azure"
        self._config = folder / "project" / "stacks" / f"Pulumi.{STACK}.yaml"
        self._configs: dict[str | None, str] = {}
        self._ends: dict[str, dict[str, Any]] = {}
        self._plans: dict[str, list[Steps]] = {}
        self._team: Team | None = None

    def end_of(self, story: Story) -> dict[str, Any]:
        """`Scene.end` where nothing goes wrong."""
        self._reach(story.wants)
        return self._ends[story.wants]

    def plans_of(self, story: Story) -> list[Steps]:
        """What the planner lists where nothing goes wrong."""
        if story in CHAIN:
            self._reach(story.wants)
            return self._plans[story.wants]
        with self.begin(story) as scene:
            return scene.release(dry_run=True).plans

    @contextmanager
    def begin(self, story: Story) -> Iterator[Scene]:
        self._reach(story.begins)
        shutil.rmtree(self._azure)
        shutil.copytree(self._kept(story.begins), self._azure, symlinks=True)
        self._config.write_text(self._configs[story.begins])
        (self._folder / "hooks.jsonl").unlink(missing_ok=True)
        with Sandbox(self._azure) as sandbox:
            team = self._moved(sandbox)
            bundles = team.azure.bundles() if story.begins is not None else {}
            yield Scene(team, self._folder, story, {version: account for account, version in bundles.values() if version is not None})

    def _reach(self, version: str | None) -> None:
        if version in self._configs:
            return
        if version is None:
            self._begin_anew()
        else:
            self._release(next(story for story in CHAIN if story.wants == version))
        self._configs[version] = self._config.read_text()
        shutil.copytree(self._azure, self._kept(version), symlinks=True)

    def _begin_anew(self) -> None:
        with Sandbox(self._azure) as sandbox:
            self._team = Team(self._folder, sandbox, self._engine)
            for story in CHAIN:
                write_app(self._team.apps / story.wants, story.wants)
            self._wants(CHAIN[0])

    def _release(self, story: Story) -> None:
        with self.begin(story) as scene:
            self._plans[story.wants] = scene.goes_well().plans
            self._ends[story.wants] = scene.end()
            make_hub(scene.azure, scene.azure.bundle()[0])
            if story is not CHAIN[-1]:
                self._wants(CHAIN[CHAIN.index(story) + 1])

    def _wants(self, story: Story) -> None:
        assert self._team is not None
        self._team.wants(story.wants, self._team.apps / story.wants)

    def _moved(self, sandbox: Sandbox) -> Team:
        """The same team, whose Azure was started anew: at other ports, as far as they don't stand in its state."""
        team = self._team
        assert team is not None
        own = {name: team.project.environment[name] for name in ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")}
        team.sandbox, team.azure = sandbox, Azure(sandbox)
        team.project.environment = {**sandbox.environment(), **own}
        return team

    def _kept(self, version: str | None) -> Path:
        return self._folder / f"with-{version or 'nothing'}"


def make_hub(azure: Azure, account: str) -> None:
    """Empty, as the app's host makes it when it starts. Where it is already, it stays."""
    sandbox = azure.sandbox
    [(_, identity)] = sandbox.plane.store.of_type("Microsoft.ManagedIdentity/userAssignedIdentities")
    endpoints, credential = sandbox.storage.endpoints(account), sandbox.credential(identity["properties"]["principalId"])
    options: dict[str, Any] = {"connection_verify": str(sandbox.ca_bundle)}
    with TableServiceClient(endpoints["table"].rstrip("/"), credential=credential, **options) as tables:
        for table in ("Instances", "History"):
            tables.create_table_if_not_exists(f"{HUB}{table}")
    with QueueServiceClient(endpoints["queue"].rstrip("/"), credential=credential, **options) as queues:
        there = {queue.name for queue in queues.list_queues()}
        for queue in {f"{HUB.lower()}-control-00", f"{HUB.lower()}-workitems"} - there:
            queues.create_queue(queue)
